//! The state file of a host, `/var/lib/kafka-privatelink/<node.id>/state`: lines of `word value`.

use super::payload::process;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a command leaves to the next one.
#[derive(Clone, Debug, Default)]
pub struct State {
    words: BTreeMap<String, String>,
    /// What the editor has to know of the file in place: what was not there before our edits.
    pub kept: Vec<String>,
    /// The same of the file that comes next.
    pub other: Vec<String>,
}

/// Phases in which a command is not finished.
const UNFINISHED: [&str; 6] = [
    "prepared", "replaced", "stopping", "stopped", "starting", "started",
];

impl State {
    /// The state in a file.
    pub fn read(file: &[u8]) -> Self {
        let mut state = Self::default();
        for line in String::from_utf8_lossy(file).lines() {
            let (word, value) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "kept" => state.kept.push(value.to_owned()),
                "other" => state.other.push(value.to_owned()),
                word => state.set(word, value),
            }
        }
        state
    }

    /// What it says; empty if it says nothing.
    pub fn get(&self, word: &str) -> &str {
        self.words.get(word).map_or("", String::as_str)
    }

    /// Says something else.
    pub fn set(&mut self, word: &str, value: impl Into<String>) {
        self.words.insert(word.to_owned(), value.into());
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a command did not come to its end.
    pub fn is_unfinished(&self) -> bool {
        UNFINISHED.contains(&self.get("phase"))
    }

    /// The file.
    pub fn text(&self) -> String {
        let words = self.words.iter();
        let words = words.map(|(word, value)| format!("{word} {value}\n"));
        let kept = self.kept.iter().map(|line| format!("kept {line}\n"));
        let other = self.other.iter().map(|line| format!("other {line}\n"));
        words.chain(kept).chain(other).collect()
    }

    /// Another file takes the place of this one.
    pub fn exchange_kept(&mut self) {
        std::mem::swap(&mut self.kept, &mut self.other);
    }

    /// As an answer tells it.
    pub fn json(&self) -> Value {
        if self.is_empty() {
            return Value::Null;
        }
        // Each answer says these, the script's variables, whether they are set or not.
        let always = [
            "generation",
            "revision",
            "old-sha256",
            "new-sha256",
            "first",
            "cause",
            "outcome",
        ];
        let mut told: Map<String, Value> = always
            .into_iter()
            .map(|word| (word.to_owned(), json!("")))
            .collect();
        for (word, value) in &self.words {
            let value = match (word.as_str(), process(value)) {
                ("said", _) if value.is_empty() => continue,
                ("process" | "running", Some(it)) => json!({"pid": it.pid, "start": it.start}),
                (_, _) => json!(value),
            };
            told.insert(word.clone(), value);
        }
        let kept = self.kept.iter().map(|line| {
            let (key, was) = line.split_once(' ').unwrap_or((line, ""));
            json!({"key": key, "was": was})
        });
        told.insert("kept".to_owned(), kept.collect());
        Value::Object(told)
    }
}

//! What a script answers.

use crate::order::sha256;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// An exit code and a line of JSON whose checksum is right.
#[derive(Debug)]
pub struct Answer {
    /// The exit code; nothing if a signal ended the shell.
    pub code: Option<i32>,
    /// The JSON; null if the shell was killed.
    pub json: Value,
    /// What went to stdout.
    pub stdout: String,
    /// What went to stderr.
    pub stderr: String,
}

impl Answer {
    /// Reads the two lines of stdout.
    ///
    /// # Panics
    ///
    /// If they are anything else, or too long.
    #[must_use]
    pub fn read(code: Option<i32>, stdout: &[u8], stderr: &[u8]) -> Self {
        let stderr = String::from_utf8_lossy(stderr).into_owned();
        let text = str::from_utf8(stdout).expect("text");
        let stdout = text.to_owned();
        if code.is_none() && text.is_empty() {
            let json = Value::Null;
            return Self {
                code,
                json,
                stdout,
                stderr,
            };
        }
        let lines: Vec<&str> = text.lines().collect();
        let [line, trailer] = lines[..] else {
            panic!("two lines, not {text:?}; {stderr}");
        };
        let expected = format!(
            "kafka-privatelink {} {}",
            line.len(),
            sha256(line.as_bytes())
        );
        assert_eq!(trailer, expected, "{line}");
        assert!(text.len() <= 23_000, "{} characters", text.len());
        assert!(!line.contains(' '), "no blanks: {line}");
        let json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self {
            code,
            json,
            stdout,
            stderr,
        }
    }

    /// The word for what came of it.
    #[must_use]
    pub fn outcome(&self) -> &str {
        self.json["outcome"].as_str().unwrap_or_default()
    }

    /// Why it refused.
    #[must_use]
    pub fn why(&self) -> &str {
        self.json["why"].as_str().unwrap_or_default()
    }

    /// A string of the answer that is base64.
    #[must_use]
    pub fn decoded(&self, pointer: &str) -> Vec<u8> {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        BASE64_STANDARD
            .decode(text.unwrap_or_default())
            .expect("base64")
    }

    /// The same as text.
    #[must_use]
    pub fn told(&self, pointer: &str) -> String {
        String::from_utf8_lossy(&self.decoded(pointer)).into_owned()
    }

    /// A number of the answer.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.json.pointer(pointer)?.as_u64()
    }
}

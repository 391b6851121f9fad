//! For tests: what the hosts of a look are like, and what commands said there.

use super::{Look, PATH, base64};
use crate::server_properties::mask;
use flate2::Compression;
use flate2::write::GzEncoder;
use fleet::documents::{Comment, Document};
use fleet::host::reply::hex;
use fleet::look::{ORDERS, command, id, node, noon};
use fleet::observed::{CommandOutput, CommandStatus};
use fleet::shown::Shown;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::io::Write;

/// How a command puts its answer out.
pub(crate) fn put_out(answer: &Value) -> String {
    let line = answer.to_string();
    let (length, sum) = (line.len(), hex(line.as_bytes()));
    format!("{line}\nkafka-privatelink {length} {sum}\n")
}

impl Look {
    /// Its host was inspected 30 s ago.
    pub(crate) fn inspected(self) -> Self {
        self.inspected_ago(30)
    }

    /// Its host was inspected so many seconds ago.
    pub(crate) fn inspected_ago(mut self, age: i64) -> Self {
        let mut host = self.host.clone();
        host["clock"] = json!(noon().as_second() - age);
        if host.get("file").is_none() {
            host["file"] = self.file_json();
        }
        let output = put_out(&host);
        self = self.commanded(Document::Inspect, age, CommandStatus::Success, &output);
        self
    }

    /// A command of ours was sent so many seconds ago.
    pub(crate) fn commanded(
        mut self,
        document: Document,
        age: i64,
        status: CommandStatus,
        output: &str,
    ) -> Self {
        let name = document.name(&ORDERS.into());
        let who = self.who;
        let mut sent = command(
            &format!("c{who}-{}-{age}", document.word()),
            name.as_str(),
            id(who).as_str(),
            age,
        );
        sent.status = status.clone();
        let is_silent = matches!(self.answer().shown, Shown::Silent { .. });
        sent.comment = Comment {
            document,
            node: node(who),
            generation: None,
            nonce: "0123456789abcdef".to_owned(),
            is_silent,
        }
        .to_string();
        let output = CommandOutput {
            command: sent.id.clone(),
            instance: id(who),
            status,
            exit_code: Some(0),
            ended_at: Some(sent.requested_at),
            stdout: output.to_owned(),
            stderr: String::new(),
        };
        let outputs = &mut self.observed.outputs;
        outputs.insert(sent.id.clone(), Ok(Some(output)));
        self.observed.commands.as_mut().expect("seen").push(sent);
        self
    }

    fn file_json(&self) -> Value {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let masked = mask(self.file.as_bytes());
        encoder.write_all(&masked).expect("packed");
        let masked = encoder.finish().expect("packed");
        json!({
            "path": base64(PATH), "real": base64(PATH), "symlink": false, "readable": true, "writable": true,
            "uid": 1000, "gid": 1000, "mode": "644", "links": 1, "size": self.file.len(), "free": 1_000_000_000,
            "sha256": hex(self.file.as_bytes()), "generated": false, "masked": base64(masked),
        })
    }

    /// Something of the host is otherwise: a JSON pointer and a value.
    pub(crate) fn host(mut self, pointer: &str, value: Value) -> Self {
        if pointer.starts_with("/file") && self.host.get("file").is_none() {
            self.host["file"] = self.file_json();
        }
        *self.host.pointer_mut(pointer).expect(pointer) = value;
        if let Some(rest) = pointer.strip_prefix("/broker/") {
            let first = format!("/processes/0/{rest}");
            let value = self.host.pointer(pointer).cloned().expect(pointer);
            if let Some(place) = self.host.pointer_mut(&first) {
                *place = value;
            }
        }
        self
    }

    /// What our last command left on the host; the file is the one before it.
    pub(crate) fn left(self, phase: &str, outcome: &str, revision: &str, kept: Value) -> Self {
        let generation = noon().as_millisecond() - 3_600_000;
        let state = json!({
            "phase": phase, "heading": "forth", "mode": "edit", "nonce": "0123456789abcdef",
            "generation": generation.to_string(), "revision": revision, "old-sha256": hex(self.file.as_bytes()),
            "new-sha256": "b2".repeat(32), "outcome": outcome, "said": "", "cause": "", "process": null, "kept": kept,
        });
        self.host("/state", state)
    }

    /// Its process is gone; its disk is its own.
    pub(crate) fn gone(mut self) -> Self {
        let disk = json!({
            "path": base64("/data"), "there": true, "formatted": true, "node": self.who, "cluster": null, "partitions": 3,
            "used": true, "quorum": false, "closed": false,
        });
        self.host["disks"] = json!([disk]);
        self.host("/broker", Value::Null)
            .host("/matches", json!(0))
            .host("/processes", json!([]))
    }

    /// It was restarted so many seconds ago, for what was written a day before, and that took so long; nobody
    /// knows how long if it is not said.
    pub(crate) fn restarted(mut self, age: i64, took: Option<i64>) -> Self {
        let answer = put_out(&json!({"outcome": "started"}));
        self = self.commanded(Document::Apply, age, CommandStatus::Success, &answer);
        let commands = self.observed.commands.as_mut().expect("seen");
        let sent = commands.last_mut().expect("a command");
        let generation = (sent.requested_at - SignedDuration::from_hours(24)).as_millisecond();
        sent.comment = format!("{}, generation {generation}", sent.comment);
        let ended_at = took.map(|it| sent.requested_at + SignedDuration::from_secs(it));
        let output = self.observed.outputs.get_mut(&sent.id).expect("an output");
        let output = output.as_mut().expect("seen").as_mut().expect("known");
        output.ended_at = ended_at;
        self
    }

    /// Each broker was inspected.
    pub(crate) fn all_inspected(mut self) -> Self {
        let shown = self.observed.shown.clone().expect("seen");
        for answer in shown {
            self = self.of(answer.question.broker.get()).inspected();
        }
        self
    }
}

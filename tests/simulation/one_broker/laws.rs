//! What may never be, whatever was lost, late or wrong.

use super::history::History;
use fleet::words::CommandId;
use jiff::{SignedDuration, Timestamp};
use push_listeners::documents::Document;
use push_listeners::host::reply::hex;
use push_listeners::restarts::{Consent, Restarts};
use std::collections::BTreeSet;
use tests::CLUSTER;
use tests::history::Broken;
use tests::listeners::Pushed;
use world::model::CommandRecord;

/// What was so at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When.
    pub at: Timestamp,
    is_paused: bool,
    may_restart: bool,
    is_running: bool,
}

/// The keys that we may change.
const OURS: [&str; 3] = [
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
];

/// The lines of a file that are not ours, in order; continuation lines count to their first one.
pub(super) fn others(file: &str) -> Vec<String> {
    let mut others = Vec::new();
    let mut is_ours = false;
    let mut continues = false;
    for line in file
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
    {
        if !continues {
            let key = line.split(['=', ' ', ':']).next().unwrap_or_default();
            is_ours = OURS.contains(&key);
        }
        continues = line.ends_with('\\') && !line.starts_with('#');
        if !is_ours {
            others.push(line.to_owned());
        }
    }
    others.sort();
    others
}

impl History {
    /// Takes note of what is so.
    pub(super) fn note(&mut self) {
        let now = self.stage.now();
        let is_running = self
            .stage
            .on_host(&self.broker, |host, now| host.living(now).is_some());
        let model = self.stage.model();
        let parameter = |name: &str| {
            let path = format!("/kafka-privatelink/{CLUSTER}/{name}");
            model.parameter(&path).cloned()
        };
        let restarts = parameter("restarts").map(|it| Restarts::read(&it));
        let may_restart = match restarts {
            Some(Ok(restarts)) => matches!(restarts.at(now), Consent::Given(_)),
            Some(Err(_)) | None => false,
        };
        let facts = Facts {
            at: now,
            is_paused: parameter("paused").is_some(),
            may_restart,
            is_running,
        };
        drop(model);
        self.facts.push(facts);
    }

    /// Commands that are there.
    pub(super) fn known(&self) -> BTreeSet<CommandId> {
        self.stage
            .model()
            .commands()
            .map(|it| it.id.clone())
            .collect()
    }

    /// Those that are there since.
    pub(super) fn sent_since(&self, known: &BTreeSet<CommandId>) -> Vec<CommandRecord> {
        let model = self.stage.model();
        let new = model.commands().filter(|it| !known.contains(&it.id));
        new.cloned().collect()
    }

    /// The laws of a run that began then and sent these commands.
    pub(super) fn check_run(
        &self,
        began: Timestamp,
        run: Option<&Pushed>,
        sent: &[CommandRecord],
    ) -> Result<(), Broken> {
        let [command] = sent else {
            return match sent {
                [] => Ok(()),
                _ => Err(format!("one command in a run, not {}", sent.len())),
            };
        };
        let told = |law: &str| Err(format!("{law}: {}", command.comment));
        let window = self.window(began);
        if window.iter().all(|facts| facts.is_paused) {
            return told("nothing is sent while everything is paused");
        }
        let inspects = Document::Inspect.name(&CLUSTER.into());
        let is_look = command.document.name == inspects;
        if self.is_another_seen(began, command) {
            return told("one command at a time");
        }
        if is_look {
            return Ok(());
        }
        if run.is_some_and(|run| !run.report.gaps.is_empty()) {
            return told("nothing is changed on a gap");
        }
        let order = mode(command);
        match order.as_str() {
            "edit" | "restart" if !window.iter().any(|facts| facts.may_restart) => {
                told("nobody's broker is restarted without consent")
            }
            "edit" | "restart" if !window.iter().any(|facts| facts.is_running) => {
                told("what does not run is not edited")
            }
            "start" | "back" if !self.was_touched(command) => {
                told("only what we stopped is started")
            }
            "edit" | "restart" | "start" | "back" => Ok(()),
            other => told(&format!("no such mode, {other:?}")),
        }
    }

    /// Whether a run that began then must have seen a command that has not ended yet.
    fn is_another_seen(&self, began: Timestamp, command: &CommandRecord) -> bool {
        let model = self.stage.model();
        let late = self.lag + self.shown_after + model.settings().command_seen_after;
        let seen_until = began - SignedDuration::try_from(late).unwrap_or_default();
        let mut others = model.commands().filter(|it| it.id != command.id);
        others.any(|it| it.status.is_in_flight() && it.requested_at <= seen_until)
    }

    /// Whether we changed something on the host in the day before.
    fn was_touched(&self, command: &CommandRecord) -> bool {
        let model = self.stage.model();
        let inspects = Document::Inspect.name(&CLUSTER.into());
        let since = command.requested_at - SignedDuration::from_hours(24);
        let mut earlier = model.commands().filter(|it| it.id != command.id);
        earlier.any(|it| it.document.name != inspects && it.requested_at >= since)
    }

    /// Nothing changes in the file but what is ours.
    pub(super) fn check_file(&self) -> Result<(), Broken> {
        let file = self.stage.file_of(&self.broker);
        let found = others(&file);
        match found == self.theirs {
            true => Ok(()),
            false => Err(format!(
                "other lines of the file changed ({}): {found:#?}, not {:#?}",
                hex(file.as_bytes()),
                self.theirs
            )),
        }
    }
}

/// The mode that a command orders.
pub fn mode(command: &CommandRecord) -> String {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let text = command
        .parameters
        .get("payload")
        .cloned()
        .unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64");
    let text = String::from_utf8(bytes).expect("text");
    let mut lines = text.lines();
    let mode = lines.find_map(|line| line.strip_prefix("mode "));
    mode.unwrap_or_default().to_owned()
}

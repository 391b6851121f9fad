//! The laws of a command, when it is sent.

use super::brokers::OfBroker;
use super::facts::Facts;
use super::history::History;
use super::setup::Mood;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fleet::documents::Document;
use jiff::{SignedDuration, Timestamp};
use tests::CLUSTER;
use world::model::CommandRecord;

impl History<'_> {
    /// A run that began then, and asked the probe then for the last time, has sent a command.
    pub(super) fn check_order(
        &mut self,
        began: Timestamp,
        asked: Option<Timestamp>,
        command: &CommandRecord,
    ) {
        for law in self.laws_against(began, asked, command) {
            self.breaks(format!("{law}: {}", command.comment));
        }
    }

    /// Each law that an order breaks.
    fn laws_against(
        &self,
        began: Timestamp,
        asked: Option<Timestamp>,
        command: &CommandRecord,
    ) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let window = || self.since(began - self.lag);
        if window().all(|it| it.is_paused) {
            broken.push("(e) nothing is sent while everything is paused");
        }
        let Some(at) = self.place_of(&command.instance) else {
            broken.push("a host of nobody's");
            return broken;
        };
        // Whom AWS takes back waits for nobody else, nor who leaves and has no time left.
        let ends = |it: &OfBroker| it.is_taken_back || it.scaled.is_last;
        let ends = window().any(|it| ends(&it.brokers[at]));
        if self.is_another_seen(began, command, ends) {
            broken.push("(c) one command at a time");
        }
        if command.document.name == Document::Inspect.name(&CLUSTER.into()) {
            return broken;
        }
        let is_beside = |it: &Facts| {
            let mut others = (0..it.brokers.len()).filter(|other| *other != at);
            others.any(|other| {
                let other = &it.brokers[other];
                other.is_taken_back || other.scaled.leaves && other.runs
            })
        };
        let enters = window().any(|it| it.brokers[at].scaled.enters);
        match mode(command).as_str() {
            "edit" | "restart" | "start" if enters => {
                broken.extend(self.laws_of_entry(at, began, asked, command));
            }
            "edit" | "restart" => {
                if !window().any(|it| it.consents) {
                    broken.push("(e) nobody's broker is restarted without consent");
                }
                if window().all(is_beside) {
                    broken.push("(a) nobody is restarted beside one that AWS takes back");
                }
                if !window().any(|it| it.brokers[at].runs) {
                    broken.push("what does not run is not edited");
                }
                let is_lost = window().all(|it| it.brokers[at].needs_word);
                if is_lost && !window().any(|it| it.allows()) {
                    broken.push("(b) nobody allowed that partitions or the quorum are lost");
                }
                match asked {
                    None => broken.push("(b) nobody asked the gate"),
                    Some(asked) => {
                        let mut since = self.since(asked - self.lag);
                        if !since.any(|it| it.brokers[at].can_stop) {
                            broken.push("(b) the gate was never open");
                        }
                    }
                }
            }
            "start" if self.setup.mood == Mood::Ill && self.is_at_rest(at) => {
                broken.extend(self.laws_of_start(at, began));
            }
            "revive" => broken.extend(self.laws_of_revival(at, began, asked)),
            "start" | "back" if !self.was_touched(command) => {
                broken.push("only what we stopped is started");
            }
            "start" | "back" => {}
            "stop" if ends => {}
            "stop" => broken.extend(self.laws_of_leave(at, began, asked)),
            _ => broken.push("no such mode"),
        }
        broken
    }

    /// Whether nothing was left unfinished on a host, so that a start there is nobody's but healing's.
    fn is_at_rest(&self, at: usize) -> bool {
        ["", "done", "back"].contains(&self.phase(at).as_str())
    }

    /// Whether a run that began then must have seen a command that has not ended yet.
    fn is_another_seen(&self, began: Timestamp, command: &CommandRecord, only_here: bool) -> bool {
        let model = self.stage.model();
        let usual = super::setup::long(model.settings().command_seen_after);
        let seen_until = began - (self.lag + self.shown_after + usual);
        let others = model.commands().filter(|it| it.id != command.id);
        let mut others = others.filter(|it| !only_here || it.instance == command.instance);
        others.any(|it| it.status.is_in_flight() && it.requested_at <= seen_until)
    }

    /// Whether we changed something on the host in the day before.
    fn was_touched(&self, command: &CommandRecord) -> bool {
        let model = self.stage.model();
        let inspects = Document::Inspect.name(&CLUSTER.into());
        let since = command.requested_at - SignedDuration::from_hours(24);
        let mut earlier = model.commands().filter(|it| it.id != command.id);
        earlier.any(|it| {
            let is_here = it.instance == command.instance && it.document.name != inspects;
            is_here && it.requested_at >= since
        })
    }
}

/// The mode that a command orders; none is written if it only looks.
pub fn mode(command: &CommandRecord) -> String {
    match command.document.name == Document::Stop.name(&CLUSTER.into()) {
        true => "stop".to_owned(),
        false => field(command, "mode").unwrap_or_default(),
    }
}

/// A field of what a command tells its host.
pub fn field(command: &CommandRecord, name: &str) -> Option<String> {
    let text = command
        .parameters
        .get("payload")
        .cloned()
        .unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64");
    let text = String::from_utf8(bytes).expect("text");
    let mut fields = text.lines().filter_map(|line| line.split_once(' '));
    let found = fields.find(|(field, _)| *field == name);
    found.map(|(_, value)| value.to_owned())
}

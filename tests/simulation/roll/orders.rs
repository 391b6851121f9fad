//! The laws of a command, when it is sent.

use super::history::History;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use push_listeners::documents::Document;
use tests::CLUSTER;
use tests::history::Broken;
use world::model::CommandRecord;

impl History<'_> {
    /// A run that began then, and asked the probe then for the last time, has sent a command.
    pub(super) fn check_order(
        &self,
        began: Timestamp,
        asked: Option<Timestamp>,
        command: &CommandRecord,
    ) -> Result<(), Broken> {
        let told = |law: &str| Err(format!("{law}: {}", command.comment));
        let window = || self.since(began - self.lag);
        if window().all(|it| it.is_paused) {
            return told("nothing is sent while everything is paused");
        }
        if self.is_another_seen(began, command) {
            return told("one command at a time");
        }
        if command.document.name == Document::Inspect.name(&CLUSTER.into()) {
            return Ok(());
        }
        let mut brokers = self.brokers.iter();
        let at = brokers.position(|it| it.id == command.instance);
        let Some(at) = at else {
            return told("a host of nobody's");
        };
        match mode(command).as_str() {
            "edit" | "restart" => {
                if !window().any(|it| it.consents) {
                    return told("(e) nobody's broker is restarted without consent");
                }
                if !window().any(|it| it.brokers[at].runs) {
                    return told("what does not run is not edited");
                }
                let is_lost = window().all(|it| it.brokers[at].needs_word);
                if is_lost && !window().any(|it| it.allows()) {
                    return told("(b) nobody allowed that partitions or the quorum are lost");
                }
                let Some(asked) = asked else {
                    return told("(b) nobody asked the gate");
                };
                match self
                    .since(asked - self.lag)
                    .any(|it| it.brokers[at].can_stop)
                {
                    true => Ok(()),
                    false => told("(b) the gate was never open"),
                }
            }
            "start" | "back" if !self.was_touched(command) => {
                told("only what we stopped is started")
            }
            "start" | "back" => Ok(()),
            other => told(&format!("no such mode, {other:?}")),
        }
    }

    /// Whether a run that began then must have seen a command that has not ended yet.
    fn is_another_seen(&self, began: Timestamp, command: &CommandRecord) -> bool {
        let model = self.stage.model();
        let usual = super::setup::long(model.settings().command_seen_after);
        let seen_until = began - (self.lag + self.shown_after + usual);
        let mut others = model.commands().filter(|it| it.id != command.id);
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

/// The mode that a command orders.
pub fn mode(command: &CommandRecord) -> String {
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

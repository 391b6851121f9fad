//! The laws of a broker that a script stops, whenever it comes to it: the operator's word holds, all others are
//! up and in sync, and it is once for a generation.

use super::history::History;
use super::orders::mode;
use super::setup::long;
use fleet::words::InstanceId;
use jiff::SignedDuration;
use push_listeners::documents::generation_of;
use push_listeners::restarts::Consent;
use std::collections::BTreeSet;
use tests::history::Broken;
use world::model::CommandRecord;

/// An order ends so long after the gate's answer (`push-listeners/README.md`, "The roll").
const ORDER: SignedDuration = SignedDuration::from_secs(60);
/// What a script takes until it stops a broker, and what is rounded on the way.
const SCRIPT: SignedDuration = SignedDuration::from_secs(5);

/// A script that was started.
pub struct Started {
    /// Where.
    pub instance: InstanceId,
    /// In which mode.
    pub mode: String,
    /// For which generation of the parameters.
    pub generation: Option<i64>,
    /// What was written about its command.
    pub comment: String,
}

impl Started {
    /// That of a command.
    pub fn of(command: &CommandRecord) -> Self {
        Self {
            instance: command.instance.clone(),
            mode: mode(command),
            generation: generation_of(&command.comment),
            comment: command.comment.clone(),
        }
    }
}

impl History<'_> {
    /// A broker that was up has just been stopped by one of these.
    pub(super) fn check_stop(&mut self, at: usize, by: &[&Started]) -> Result<(), Broken> {
        self.figures.stops += 1;
        let now = self.stage.now();
        let broker = &self.brokers[at];
        let told: Vec<String> = by
            .iter()
            .map(|it| format!("{} ({})", it.comment, it.mode))
            .collect();
        let what = format!("broker {} is stopped by {told:?}", broker.node);
        let skew = self.skew(at);
        let from = now - (ORDER + SCRIPT + skew);
        if !self.since(from).any(|it| it.brokers[at].can_stop) {
            return Err(format!(
                "(b) no gate was open within the order's minute: {what}"
            ));
        }
        let run = long(self.functions[0].time_out());
        let from = from - (run + self.lag);
        let is_lost = self.since(from).all(|it| it.brokers[at].needs_word);
        if is_lost && !self.since(from).any(|it| it.allows()) {
            return Err(format!(
                "(b) nobody allowed that partitions or the quorum are lost: {what}"
            ));
        }
        if !self.since(from).any(|it| it.consents) {
            return Err(format!("(e) nobody's consent: {what}"));
        }
        let last = self.facts.back();
        let read = last.and_then(|it| Some((it.written, it.restarts.clone()?)));
        if let Some((written, restarts)) = read.filter(|(written, _)| *written < from) {
            let times = [now - skew - SCRIPT, now, now + skew];
            let given = |time: &jiff::Timestamp| matches!(restarts.at(*time), Consent::Given(_));
            if !times.iter().any(given) {
                return Err(format!("(e) the window is shut since {written}: {what}"));
            }
        }
        // The same order may have been sent twice, and was carried out once.
        let rolls = by
            .iter()
            .filter(|it| ["edit", "restart"].contains(&it.mode.as_str()));
        let generations: BTreeSet<i64> = rolls.filter_map(|it| it.generation).collect();
        for generation in generations {
            let key = (self.brokers[at].id.clone(), generation);
            let count = self.restarts_of.entry(key).or_default();
            *count += 1;
            if *count > 1 {
                return Err(format!("(c) {count} times for one generation: {what}"));
            }
        }
        Ok(())
    }

    /// How far a host's clock is off, either way.
    fn skew(&self, at: usize) -> SignedDuration {
        let model = self.stage.model();
        let record = model.instance(&self.brokers[at].id);
        let host = record.and_then(|it| it.kafka.host.as_ref());
        host.map(|it| it.clock_ahead.abs()).unwrap_or_default()
    }
}

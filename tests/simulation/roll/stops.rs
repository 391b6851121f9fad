//! The laws of a broker that a script stops, whenever it comes to it: the operator's word holds, all others are
//! up and in sync, and it is once for a generation.

use super::history::History;
use super::orders::{field, mode};
use super::setup::long;
use fleet::documents::generation_of;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
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
    /// For which wish: another one may follow from a parameter that is deleted, which makes no generation.
    pub revision: String,
    /// Later than this it stops nothing, by its host's clock.
    pub not_after: Option<Timestamp>,
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
            revision: field(command, "revision").unwrap_or_default(),
            not_after: field(command, "not-after").and_then(|it| {
                let seconds = it.parse().ok()?;
                Timestamp::from_second(seconds).ok()
            }),
            comment: command.comment.clone(),
        }
    }
}

impl History<'_> {
    /// A broker that was up has just been stopped by one of these.
    pub(super) fn check_stop(&mut self, at: usize, by: &[&Started]) {
        self.figures.stops += 1;
        let told = by.iter().map(|it| format!("{} ({})", it.comment, it.mode));
        let told: Vec<String> = told.collect();
        let what = format!("broker {} is stopped by {told:?}", self.brokers[at].node);
        if self.is_taken_back(at) && by.iter().all(|it| it.mode == "stop") {
            // AWS ends it anyway.
            self.figures.ended += 1;
            if let Some(law) = self.check_end(at, by) {
                self.breaks(format!("{law}: {what}"));
            }
            return;
        }
        if let Some(broken) = self.check_scaled(at, by) {
            let law = self.check_end(at, by);
            for law in broken.into_iter().chain(law) {
                self.breaks(format!("{law}: {what}"));
            }
            return;
        }
        let broken = [
            self.check_gate(at),
            self.check_end(at, by),
            self.check_word(at),
            self.check_consent(at),
            self.check_once(at, by),
        ];
        for law in broken.into_iter().flatten() {
            self.breaks(format!("{law}: {what}"));
        }
    }

    pub(super) fn check_gate(&self, at: usize) -> Option<Broken> {
        let from = self.stage.now() - (ORDER + SCRIPT + self.skew(at));
        let is_shut = self.since(from).all(|it| !it.brokers[at].can_stop);
        is_shut.then(|| "(b) no gate was open within the order's minute".to_owned())
    }

    /// Who was told until when a broker may be stopped does not do so later.
    fn check_end(&self, at: usize, by: &[&Started]) -> Option<Broken> {
        let latest = by.iter().filter_map(|it| it.not_after).max()?;
        let is_late = self.stage.now() > latest + SCRIPT + self.skew(at);
        is_late.then(|| format!("(h) its order ended at {latest}"))
    }

    /// From when on something may have been read by whoever gave an order that is carried out now.
    pub(super) fn read_from(&self, at: usize) -> Timestamp {
        let run = long(self.functions[0].time_out());
        self.stage.now() - (ORDER + SCRIPT + self.skew(at) + run + self.lag)
    }

    fn check_word(&self, at: usize) -> Option<Broken> {
        let since = || self.since(self.read_from(at));
        let is_lost = since().all(|it| it.brokers[at].needs_word);
        let is_allowed = since().any(|it| it.allows());
        (is_lost && !is_allowed)
            .then(|| "(b) nobody allowed that partitions or the quorum are lost".to_owned())
    }

    fn check_consent(&self, at: usize) -> Option<Broken> {
        let (now, from) = (self.stage.now(), self.read_from(at));
        if !self.since(from).any(|it| it.consents) {
            return Some("(e) nobody's consent".to_owned());
        }
        let last = self.facts.back();
        let (written, restarts) = last.and_then(|it| Some((it.written, it.restarts.clone()?)))?;
        let skew = self.skew(at);
        let times = [now - skew - SCRIPT, now, now + skew];
        let given = |time: &Timestamp| matches!(restarts.at(*time), Consent::Given(_));
        let is_shut = written < from && !times.iter().any(given);
        is_shut.then(|| format!("(e) the window is shut since {written}"))
    }

    /// The same order may have been sent twice, and was carried out once.
    fn check_once(&mut self, at: usize, by: &[&Started]) -> Option<Broken> {
        // Whoever was started for healing's sake begins anew: what came to a bad end before is tried once more.
        let mut begun = self.cares.begun.iter();
        if begun.any(|it| it.node == self.brokers[at].node) {
            return None;
        }
        let is_roll = |it: &&&Started| ["edit", "restart"].contains(&it.mode.as_str());
        let rolls = by.iter().filter(is_roll);
        let wishes = rolls.filter_map(|it| Some((it.generation?, it.revision.clone())));
        let wishes: BTreeSet<(i64, String)> = wishes.collect();
        let instance = &self.brokers[at].id;
        let mut most = 0;
        for (generation, revision) in wishes {
            let key = (instance.clone(), generation, revision);
            let count = self.restarts_of.entry(key).or_default();
            *count += 1;
            most = most.max(*count);
        }
        (most > 1).then(|| format!("(c) {most} times for one generation"))
    }

    /// How far a host's clock is off, either way.
    fn skew(&self, at: usize) -> SignedDuration {
        let model = self.stage.model();
        let record = model.instance(&self.brokers[at].id);
        let host = record.and_then(|it| it.kafka.host.as_ref());
        host.map(|it| it.clock_ahead.abs()).unwrap_or_default()
    }
}

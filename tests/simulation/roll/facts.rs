//! What was so, moment by moment, as far back as a run may still act on it.

use super::brokers::OfBroker;
use super::history::History;
use jiff::{SignedDuration, Timestamp};
use push_listeners::restarts::{Consent, Restarts};
use std::rc::Rc;
use tests::CLUSTER;

/// How far back facts are kept: reads that are late by minutes, a run's time-out, and an order's.
const KEPT: SignedDuration = SignedDuration::from_mins(20);

/// What was so from a moment on.
#[derive(Clone, Debug)]
pub struct Facts {
    /// From when on.
    pub at: Timestamp,
    /// Whether everything was paused.
    pub is_paused: bool,
    /// What `restarts` said, if it could be read.
    pub restarts: Option<Rc<Restarts>>,
    /// Whether brokers might be restarted.
    pub consents: bool,
    /// When `restarts` was written or deleted last.
    pub written: Timestamp,
    /// Each broker.
    pub brokers: Vec<OfBroker>,
}

impl Facts {
    /// Those of a moment.
    pub fn new(
        at: Timestamp,
        is_paused: bool,
        restarts: Option<Rc<Restarts>>,
        written: Timestamp,
        brokers: Vec<OfBroker>,
    ) -> Self {
        let given = |it: &Rc<Restarts>| matches!(it.at(at), Consent::Given(_));
        Self {
            at,
            is_paused,
            consents: restarts.as_ref().is_some_and(given),
            restarts,
            written,
            brokers,
        }
    }

    /// Whether partitions or the quorum might be lost meanwhile.
    pub fn allows(&self) -> bool {
        self.restarts
            .as_ref()
            .is_some_and(|it| it.allow_unavailable)
    }
}

impl History<'_> {
    /// Takes note of what is so.
    pub(super) fn push(&mut self, facts: Facts) {
        let same = |it: &Facts| {
            it.is_paused == facts.is_paused
                && it.consents == facts.consents
                && it.restarts == facts.restarts
                && it.written == facts.written
                && it.brokers == facts.brokers
        };
        if !self.facts.back().is_some_and(same) {
            let oldest = facts.at - KEPT;
            self.facts.push_back(facts);
            while self.facts.get(1).is_some_and(|it| it.at < oldest) {
                self.facts.pop_front();
            }
        }
    }

    /// What was so from this moment on, what had begun before included, the newest first.
    pub(super) fn since(&self, from: Timestamp) -> impl Iterator<Item = &Facts> {
        let mut is_over = false;
        self.facts.iter().rev().take_while(move |it| {
            let was_over = is_over;
            is_over = it.at <= from;
            !was_over
        })
    }

    /// Whether everything is paused, what `restarts` says, and since when.
    pub(super) fn parameters_of_restarts(&mut self) -> (bool, Option<Rc<Restarts>>, Timestamp) {
        let now = self.stage.now();
        let path = |name: &str| format!("/kafka-privatelink/{CLUSTER}/{name}");
        let model = self.stage.model();
        let is_paused = model.parameter(&path("paused")).is_some();
        let found = model.parameter(&path("restarts"));
        if found != self.restarts.0.as_ref() {
            let read = found.and_then(|it| Restarts::read(it).ok());
            self.restarts = (found.cloned(), read.map(Rc::new), now);
        }
        let (_, restarts, since) = &self.restarts;
        (is_paused, restarts.clone(), *since)
    }
}

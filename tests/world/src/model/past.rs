//! How the account was a while ago, for reads that are late (P-15, P-44). Kept only while a fault
//! can look back.

use super::Model;
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Earlier states, and how long no read sees anything newer.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    versions: VecDeque<(Timestamp, Arc<Model>)>,
    blind: Option<(Timestamp, Arc<Model>)>,
}

impl Model {
    /// How many times something has changed; while it is the same, so is everything that is there.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// To be called after every change: the state as it is now is valid until the next one.
    pub(super) fn changed(&mut self) {
        self.changes += 1;
        let Some(faults) = &self.faults else { return };
        if !faults.looks_back() {
            return;
        }
        let lag = faults.longest_lag();
        let now = Arc::new(self.bare());
        self.past.push(self.at, now, lag);
    }

    /// From now on and for this long, every read is answered as things were `before`.
    pub(super) fn blind(&mut self, before: Self, lag: Duration) {
        let until = super::moment::after(self.at, lag);
        self.past.blind = Some((until, Arc::new(before)));
    }

    /// What a read sees that is this late; none if it sees what is there.
    pub(super) fn seen_late(&self, lag: Option<Duration>) -> Option<Self> {
        if let Some((until, before)) = &self.past.blind
            && self.at < *until
        {
            return Some(Self::clone(before));
        }
        let moment = self.at.checked_sub(lag?).ok()?;
        let mut seen = self.past.at(moment)?.clone();
        // What is shown from a later moment on, as a command that was sent, was shown then.
        seen.at = seen.at.max(moment);
        Some(seen)
    }

    /// The state alone: no past, no faults, nothing that was called.
    pub(super) fn bare(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            at: self.at,
            due: self.due,
            ids: self.ids.clone(),
            // Who may see it was asked before.
            desk: super::calls::Desk::default(),
            faults: None,
            past: Past::default(),
            changes: self.changes,
            events: Vec::new(),
            alarms: self.alarms.clone(),
            logs: self.logs.clone(),
            metrics: self.metrics.clone(),
            instances: self.instances.clone(),
            kafka_clusters: self.kafka_clusters.clone(),
            gate_fault: self.gate_fault,
            next_place: self.next_place.clone(),
            auto_scaling_groups: self.auto_scaling_groups.clone(),
            timed_out_actions: self.timed_out_actions,
            parameters: self.parameters.clone(),
            parameters_modified: self.parameters_modified,
            secrets: self.secrets.clone(),
            documents: self.documents.clone(),
            commands: self.commands.clone(),
            agents: self.agents.clone(),
            shell: Arc::clone(&self.shell),
            endpoint_services: self.endpoint_services.clone(),
            connections: self.connections.clone(),
            security_groups: self.security_groups.clone(),
            load_balancers: self.load_balancers.clone(),
            listeners: self.listeners.clone(),
            target_groups: self.target_groups.clone(),
            // What IAM sees of them is no part of what a read shows.
            unseen_tags: BTreeMap::new(),
            interfaces_by_hand: self.interfaces_by_hand.clone(),
        }
    }
}

impl Past {
    /// Nothing of it is left.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, at: Timestamp, version: Arc<Model>, lag: Duration) {
        if self.versions.back().is_some_and(|(last, _)| *last == at) {
            self.versions.pop_back();
        }
        self.versions.push_back((at, version));
        // The newest of those that are too old is the one that was valid when the lag began.
        let begin = at.checked_sub(lag).unwrap_or(at);
        while self.versions.get(1).is_some_and(|(next, _)| *next <= begin) {
            self.versions.pop_front();
        }
    }

    /// The version that was valid then; the oldest one if nothing is known of then.
    fn at(&self, moment: Timestamp) -> Option<&Model> {
        let mut versions = self.versions.iter().rev();
        let found = versions.find(|(at, _)| *at <= moment);
        found
            .or(self.versions.front())
            .map(|(_, version)| version.as_ref())
    }
}

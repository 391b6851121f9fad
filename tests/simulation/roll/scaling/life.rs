//! What becomes of instances by their Auto Scaling groups: each broker has a place, in which one instance follows the
//! other, and the next one may be there before the one before it is gone.

use super::super::history::History;
use super::super::setup::Mood;
use super::scaled::keeps_disk;
use fleet::observed::InstanceState;
use fleet::words::InstanceId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tests::Stage;
use tests::listeners::{FILE, Scripts, kafka};
use world::model::{InstanceRecord, KafkaHost};

/// What is known of the places.
#[derive(Default)]
pub struct Lives {
    /// The instance that is to follow the one that leaves, by place.
    pub next: BTreeMap<usize, InstanceId>,
    /// Places whose broker was up since its group wants it.
    pub entered: BTreeSet<usize>,
    /// Places whose data the next instance finds.
    pub kept: BTreeSet<usize>,
    /// Whose instance AWS began to end.
    pub ended: BTreeSet<InstanceId>,
    /// Since when, without a break, something could be done for an instance.
    pub due: BTreeMap<(InstanceId, &'static str), Timestamp>,
    /// Lifecycle actions that AWS ended.
    pub timed_out: usize,
}

impl Lives {
    /// The place that an instance is to take.
    pub fn place_of_next(&self, id: &InstanceId) -> Option<usize> {
        let found = self.next.iter().find(|(_, next)| *next == id);
        found.map(|(at, _)| *at)
    }
}

/// The name of a broker's group.
pub fn group(node: u32) -> String {
    format!("broker-{node}")
}

/// An instance gets a machine with this file, on which Kafka is installed; it runs already, or was never started.
pub fn machine(stage: &Stage, id: &InstanceId, file: &str, runs: bool) {
    stage.model().set_shell(Arc::new(Scripts));
    let edited = stage.edit(|model, now| {
        model.edit_kafka(id, |kafka| {
            let mut host = KafkaHost {
                loads_for: Duration::from_secs(5),
                recovers_for: Duration::from_secs(5),
                is_empty: !runs,
                ..KafkaHost::default()
            };
            host.files.insert(FILE.to_owned(), file.into());
            if runs {
                kafka::start(&mut host, now);
            }
            kafka.host = Some(host);
        })
    });
    edited.expect("an instance");
}

impl History<'_> {
    /// Follows what groups do with instances.
    pub(in super::super) fn follow_groups(&mut self) {
        if self.setup.mood != Mood::Scales {
            return;
        }
        for at in 0..self.brokers.len() {
            self.follow_place(at);
        }
        let timed_out = self.stage.model().timed_out_actions();
        if std::mem::replace(&mut self.lives.timed_out, timed_out) < timed_out {
            self.breaks("(hook) a lifecycle action timed out".to_owned());
        }
    }

    fn follow_place(&mut self, at: usize) {
        let node = self.brokers[at].node;
        let members = self.members(at);
        for id in members.keys() {
            let has_machine = self.record(id, |it| it.kafka.host.is_some());
            if *id != self.brokers[at].id && has_machine == Some(false) {
                let file = self.brokers[at].first.clone();
                machine(&self.stage, id, &file, false);
                self.lives.next.insert(at, id.clone());
                self.tell("launched", &format!("broker {node} is to be on {id}"));
            }
        }
        let id = self.brokers[at].id.clone();
        if self.lives.next.get(&at).is_some_and(|it| self.is_gone(it)) {
            self.lives.next.remove(&at);
        }
        self.follow_end(at, &id);
        if let Some(next) = self.lives.next.get(&at).cloned()
            && self.is_gone(&id)
        {
            self.take_place(at, next);
        }
        let id = self.brokers[at].id.clone();
        let runs = self.record(&id, |it| self.pid_of(it).is_some());
        if runs == Some(true) && !self.is_gone(&id) {
            self.stage.on_host(&id, |host, _| host.is_empty = false);
        }
        match (self.is_wanted(at), self.brokers[at].is_up) {
            (false, _) => {
                self.lives.entered.remove(&at);
                self.brokers[at].missing = None;
            }
            (true, true) if self.lives.entered.insert(at) => self.figures.entered += 1,
            (true, true) => {}
            (true, false) => {}
        }
    }

    /// An instance that AWS ends: what runs there has its plug pulled.
    fn follow_end(&mut self, at: usize, id: &InstanceId) {
        let state = self.record(id, |it| it.state.clone());
        let ends = matches!(
            state,
            Some(InstanceState::ShuttingDown | InstanceState::Terminated)
        );
        if !ends {
            return;
        }
        let runs = self.record(id, |it| self.pid_of(it).is_some()) == Some(true);
        if self.lives.ended.insert(id.clone()) {
            let kept = self.record(id, keeps_disk) == Some(true);
            match kept {
                true => self.lives.kept.insert(at),
                false => self.lives.kept.remove(&at),
            };
            let node = self.brokers[at].node;
            let what =
                format!("broker {node} on {id} ends; it runs: {runs}, its disk stays: {kept}");
            self.tell("aws", &what);
            if runs {
                self.breaks(format!("(plug) broker {node} runs, and its instance ends"));
            } else {
                self.figures.ended_idle += 1;
            }
        }
        if runs && state == Some(InstanceState::Terminated) {
            self.stage.on_host(id, |host, _| kafka::kill(host));
        }
    }

    /// The next instance is in the place of the one before it.
    fn take_place(&mut self, at: usize, next: InstanceId) {
        self.lives.next.remove(&at);
        if self.lives.kept.contains(&at) {
            self.stage.keeps_disk(&next);
            self.stage.on_host(&next, |host, _| host.is_empty = false);
        }
        let node = self.brokers[at].node;
        self.tell("replaced", &format!("broker {node} is on {next}"));
        let broker = &mut self.brokers[at];
        broker.file = broker.first.clone().into_bytes();
        (broker.id, broker.pid, broker.is_up) = (next, None, false);
        broker.theirs = super::super::laws::others(&broker.first);
        broker.is_edited = false;
        broker.moved = None;
    }

    /// Reads an instance as it is; none if AWS has forgotten it.
    pub(super) fn record<T>(
        &self,
        id: &InstanceId,
        read: impl FnOnce(&InstanceRecord) -> T,
    ) -> Option<T> {
        self.stage.model().instance(id).map(read)
    }

    /// Whether an instance is terminated, or forgotten.
    pub(super) fn is_gone(&self, id: &InstanceId) -> bool {
        let state = self.record(id, |it| it.state.clone());
        state.is_none_or(|it| it == InstanceState::Terminated)
    }
}

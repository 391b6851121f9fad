//! What becomes of instances by their Auto Scaling groups: each broker has a place, in which one instance follows the
//! other, and the next one may be there before the one before it is gone.

use super::super::history::History;
use super::super::setup::Mood;
use fleet::observed::InstanceState;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tests::Stage;
use tests::listeners::{FILE, Scripts, kafka};
use world::model::{AutoScalingGroupRecord, InstanceRecord, KafkaHost};

/// So long before its group ends the wait a broker may be stopped whatever is lost (`push-listeners/README.md`,
/// "Brokers that leave"), and what is rounded on the way.
const LAST: SignedDuration = SignedDuration::from_secs(5 * 60 + 2);

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

/// What an Auto Scaling group does with a broker at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scaled {
    /// Whether its group wants it, and it was up since.
    pub is_expected: bool,
    /// Whether an instance of it waits to enter.
    pub enters: bool,
    /// Whether an instance of it waits to be terminated.
    pub leaves: bool,
    /// Whether nobody needs it, or it comes back with its disk.
    pub may_leave: bool,
    /// Whether it has no replica and no vote.
    pub is_idle: bool,
    /// Whether the wait of its instance ends within minutes.
    pub is_last: bool,
    /// Whether another instance of it is to follow, and this one is not terminated.
    pub has_next: bool,
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
        for (id, _) in &members {
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
                self.figures.left[2] += 1;
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

    /// What each group does with its broker now.
    pub(in super::super) fn scaled(&self) -> Vec<Scaled> {
        let of = |at| match self.setup.mood {
            Mood::Scales => self.scaled_at(at),
            Mood::Any | Mood::Rolls | Mood::Ill => Scaled {
                is_expected: true,
                ..Scaled::default()
            },
        };
        (0..self.brokers.len()).map(of).collect()
    }

    fn scaled_at(&self, at: usize) -> Scaled {
        let (id, node) = (&self.brokers[at].id, self.brokers[at].node);
        let members = self.members(at);
        let state = |of: &str| members.get(id).is_some_and(|it| it.as_str() == of);
        let has_next = self.lives.next.contains_key(&at);
        let leaves = state("Terminating:Wait");
        let ends_at = self.wait_ends_at(at).filter(|_| leaves);
        let is_wanted = self.is_wanted(at);
        let comes_back = is_wanted && self.record(id, keeps_disk) == Some(true);
        let is_released = self.record(id, |it| {
            it.tags.get(tags::RELEASE).map(String::as_str) == Some(it.id.as_str())
        });
        let (has_replicas, is_alone, votes) = self.has_of(node);
        let is_free = !votes && !is_alone && (!has_replicas || is_released == Some(true));
        Scaled {
            is_expected: is_wanted && self.lives.entered.contains(&at),
            enters: has_next || state("Pending:Wait"),
            leaves,
            may_leave: leaves && (comes_back || is_free),
            is_idle: !has_replicas && !votes,
            is_last: ends_at.is_some_and(|it| self.stage.now() + LAST >= it),
            has_next,
        }
    }

    /// Whether a broker has replicas, is the only one in sync of some, and votes.
    pub(super) fn has_of(&self, of: NodeId) -> (bool, bool, bool) {
        self.with_cluster(|cluster| {
            let own = || cluster.partitions().map(|(_, _, it)| it);
            let has_replicas = own().any(|it| it.replicas.contains(&of));
            let is_alone = own().any(|it| it.isr.iter().eq([&of]));
            (has_replicas, is_alone, cluster.voters.contains(&of))
        })
    }

    /// Whether nobody misses a broker that is down: it leaves for good, or has no time left; or it was restarted while
    /// nobody had anything on it.
    pub(in super::super) fn is_nobodys_loss(&self, at: usize) -> bool {
        if self.setup.mood != Mood::Scales {
            return false;
        }
        let scaled = self.scaled_at(at);
        scaled.leaves && (scaled.is_last || !self.is_wanted(at)) || scaled.enters && scaled.is_idle
    }

    /// When AWS ends the wait of an instance at the latest.
    pub(super) fn wait_ends_at(&self, at: usize) -> Option<Timestamp> {
        let id = &self.brokers[at].id;
        self.with_group(at, |group| {
            let since = group.members.get(id)?.waits_since()?;
            let mut hooks = group.hooks.values();
            let longest = hooks.next().map(world::model::Hook::global_timeout)?;
            since.checked_add(longest).ok()
        })
    }

    /// Whether a group wants its broker.
    pub(super) fn is_wanted(&self, at: usize) -> bool {
        self.with_group(at, |group| group.desired_capacity > 0)
    }

    /// The instances of a group, with their lifecycle states.
    pub(super) fn members(&self, at: usize) -> BTreeMap<InstanceId, String> {
        self.with_group(at, |group| {
            let members = group.members.iter();
            members
                .map(|(id, it)| (id.clone(), it.lifecycle_state.clone()))
                .collect()
        })
    }

    fn with_group<T>(&self, at: usize, read: impl FnOnce(&AutoScalingGroupRecord) -> T) -> T {
        let name = group(self.brokers[at].node.get());
        let model = self.stage.model();
        let mut groups = model.auto_scaling_groups();
        let found = groups.find(|it| it.name.as_str() == name);
        read(found.expect("a group"))
    }

    /// Reads an instance as it is; none if AWS has forgotten it.
    pub(super) fn record<T>(
        &self,
        id: &InstanceId,
        read: impl FnOnce(&InstanceRecord) -> T,
    ) -> Option<T> {
        self.stage.model().instance(id).map(read)
    }

    /// Whether a broker's instance waits to be terminated.
    pub(super) fn leaves(&self, at: usize) -> bool {
        let members = self.members(at);
        members
            .get(&self.brokers[at].id)
            .is_some_and(|it| it == "Terminating:Wait")
    }

    /// Whether the data of a broker's instance stay when it goes.
    pub(super) fn keeps_disk(&self, at: usize) -> bool {
        self.record(&self.brokers[at].id, keeps_disk) == Some(true)
    }

    /// Whether an instance is terminated, or forgotten.
    pub(super) fn is_gone(&self, id: &InstanceId) -> bool {
        let state = self.record(id, |it| it.state.clone());
        state.is_none_or(|it| it == InstanceState::Terminated)
    }
}

/// Whether the data of an instance stay when it goes.
fn keeps_disk(record: &InstanceRecord) -> bool {
    let named = record.tags.get(tags::KEEPS_DISK);
    let named = named.map(|it| it.as_str().into());
    named.is_some_and(|it| record.volumes.get(&it) == Some(&false))
}

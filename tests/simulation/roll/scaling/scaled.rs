//! What an Auto Scaling group does with its broker, from moment to moment.

use super::super::history::History;
use super::super::setup::Mood;
use super::life::group;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use world::model::{AutoScalingGroupRecord, Hook, InstanceRecord};

/// So long before its group ends the wait a broker may be stopped whatever is lost (`push-listeners/README.md`,
/// "Brokers that leave"), and what is rounded on the way.
const LAST: SignedDuration = SignedDuration::from_secs(5 * 60 + 2);

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

impl History<'_> {
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
            let longest = hooks.next().map(Hook::global_timeout)?;
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
}

/// Whether the data of an instance stay when it goes.
pub(super) fn keeps_disk(record: &InstanceRecord) -> bool {
    let named = record.tags.get(tags::KEEPS_DISK);
    let named = named.map(|it| it.as_str().into());
    named.is_some_and(|it| record.volumes.get(&it) == Some(&false))
}

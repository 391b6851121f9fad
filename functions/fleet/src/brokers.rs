//! Which brokers there are, from instances, their tags and their Auto Scaling groups.

mod tagged;

use crate::observed::{AutoScalingGroup, Instance, InstanceState};
use crate::tags::{self, Tags};
use crate::words::{AzId, AzName, ClusterName, InstanceId, NodeId, VpcId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use tagged::Tagged;

/// The cluster's brokers by `node.id`, and what is wrong with instances that are no brokers.
#[derive(Debug, Default)]
pub struct Brokers {
    nodes: BTreeMap<NodeId, Vec<Broker>>,
    standing: BTreeMap<InstanceId, Standing>,
    lives: BTreeMap<InstanceId, Life>,
    released: BTreeSet<InstanceId>,
    warm: BTreeSet<NodeId>,
    controllers: BTreeSet<NodeId>,
    /// Who shuts down, and as which broker its process may run still.
    ending: BTreeMap<InstanceId, NodeId>,
    /// Instances of the cluster whose tags make no broker, and why.
    pub misfits: BTreeMap<InstanceId, String>,
    /// Instances that somebody wanted to release and did not, and why.
    pub unreleased: BTreeMap<InstanceId, String>,
}

/// One instance that is a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Its identity (P-27).
    pub node: NodeId,
    /// The instance that it runs on now.
    pub instance: InstanceId,
    /// The instance's state.
    pub state: InstanceState,
    /// The zone's ID, from EC2's placement (R5).
    pub az_id: Option<AzId>,
    /// The zone's name in this account.
    pub az_name: Option<AzName>,
    /// The VPC.
    pub vpc: Option<VpcId>,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    life: Life,
    /// A person takes it out of every port.
    released: bool,
}

impl Broker {
    /// Whether it can be registered as a target (P-30).
    pub fn is_running(&self) -> bool {
        self.state == InstanceState::Running
    }

    fn stays(&self) -> bool {
        self.life == Life::Live && !self.released
    }
}

/// What there is of one `node.id`.
#[derive(Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// One live instance.
    Live(&'a Broker),
    /// Two or more live instances: nobody can tell which is right.
    Twins(Vec<&'a InstanceId>),
    /// None live, but one that its Auto Scaling group is terminating, or that AWS takes back.
    Leaving(&'a Broker),
    /// None that stays, but one that lives and that a person takes out.
    Released(&'a Broker),
    /// None.
    Absent,
}

/// What an instance that stands in a target group of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A live broker with this `node.id`.
    Live(NodeId),
    /// A broker with this `node.id` that is being terminated by its Auto Scaling group.
    Leaving(NodeId),
    /// A live broker with this `node.id` that a person takes out.
    Released(NodeId),
    /// Tagged as the broker with this `node.id`, and in a warm pool: it is none as long as it waits there.
    Warm(NodeId),
    /// Shutting down or terminated: for good.
    Dead,
    /// Tagged for another cluster, or as a controller: surely not a broker of ours.
    Foreign,
    /// No tags that say what it is.
    Untagged,
    /// EC2 does not know it.
    Unknown,
}

/// How far an instance is in its life, whatever its tags say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Pending, running, stopping or stopped, and in service, entering it, in standby, or in no group.
    Live,
    /// Its Auto Scaling group is terminating it, with or without a hook, `Terminating:Retained` among
    /// them (P-19); or AWS takes it back (P-25).
    Leaving,
    /// In a warm pool: not a broker yet (P-23).
    Warm,
    /// Shutting down or terminated.
    Dead,
}

/// Whether tags make brokers of a cluster of what has them, or are meant to.
pub fn makes_brokers(cluster: &ClusterName, tags: &Tags) -> bool {
    match Tagged::read(cluster, tags) {
        Tagged::Broker(_) | Tagged::Misfit(_) => true,
        Tagged::Controller(_) | Tagged::Foreign | Tagged::Nothing => false,
    }
}

impl Brokers {
    /// Sorts instances into brokers. Without `groups` (a gap) nothing is known to be leaving.
    pub fn of(cluster: &ClusterName, instances: &[Instance], groups: &[AutoScalingGroup]) -> Self {
        let lifecycle: BTreeMap<&InstanceId, &str> = groups
            .iter()
            .flat_map(|group| &group.instances)
            .map(|(id, state)| (id, state.as_str()))
            .collect();
        let mut brokers = Self::default();
        for instance in instances {
            let life = Life::of(&instance.state, lifecycle.get(&instance.id).copied());
            brokers.lives.insert(instance.id.clone(), life);
            brokers.note_release(instance, life);
            brokers.sort_in(cluster, instance, life);
        }
        brokers
    }

    /// The same, and AWS takes these instances back: they leave, whatever their groups say
    /// ([`interruption`](crate::interruption)).
    pub fn without<'a>(mut self, interrupted: impl IntoIterator<Item = &'a InstanceId>) -> Self {
        for id in interrupted {
            let mut all = self.nodes.values_mut().flatten();
            let found = all.find(|it| it.instance == *id && it.life == Life::Live);
            if let Some(broker) = found {
                (broker.life, broker.released) = (Life::Leaving, false);
                let standing = Standing::Leaving(broker.node);
                self.standing.insert(id.clone(), standing);
                self.lives.insert(id.clone(), Life::Leaving);
                self.released.remove(id);
            }
        }
        self
    }

    /// Every `node.id` with an instance that is live or leaving.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.keys().copied()
    }

    /// What there is of a `node.id`.
    pub fn presence(&self, node: NodeId) -> Presence<'_> {
        let all = self.nodes.get(&node).map_or(&[][..], Vec::as_slice);
        let mut live = all.iter().filter(|broker| broker.stays());
        match (live.next(), live.next()) {
            (Some(only), None) => Presence::Live(only),
            (Some(_), Some(_)) => {
                let twins = all.iter().filter(|broker| broker.stays());
                Presence::Twins(twins.map(|broker| &broker.instance).collect())
            }
            (None, _) => match all.iter().find(|broker| broker.released) {
                Some(released) => Presence::Released(released),
                None => all.first().map_or(Presence::Absent, Presence::Leaving),
            },
        }
    }

    /// Every broker with one live instance.
    pub fn each_live(&self) -> impl Iterator<Item = &Broker> {
        self.nodes().filter_map(|node| match self.presence(node) {
            Presence::Live(broker) => Some(broker),
            Presence::Twins(_)
            | Presence::Leaving(_)
            | Presence::Released(_)
            | Presence::Absent => None,
        })
    }

    /// Every instance that is a broker by its tags and lives, twins and released ones included.
    pub fn all_live(&self) -> impl Iterator<Item = &Broker> {
        let all = self.nodes.values().flatten();
        all.filter(|broker| broker.life == Life::Live)
    }

    /// The broker that an instance is by its tags, live or leaving.
    pub fn find(&self, instance: &InstanceId) -> Option<&Broker> {
        let mut all = self.nodes.values().flatten();
        all.find(|broker| broker.instance == *instance)
    }

    /// Every instance that is a broker by its tags, and that its Auto Scaling group is terminating, or AWS takes back.
    pub fn leaving(&self) -> impl Iterator<Item = &Broker> {
        let all = self.nodes.values().flatten();
        all.filter(|broker| broker.life == Life::Leaving)
    }

    /// Another instance that is tagged as this broker and on which the broker may still run, although the instance is on
    /// its way out: a person has released it, its Auto Scaling group is terminating it, AWS takes it back, or it shuts
    /// down (F95).
    pub fn predecessor(&self, broker: &Broker) -> Option<&InstanceId> {
        let released = self.all_live();
        let released = released.filter(|it| it.released && it.state != InstanceState::Stopped);
        let on_their_way = self.leaving().chain(released);
        let on_their_way = on_their_way.map(|it| (&it.instance, &it.node));
        let mut all = on_their_way.chain(&self.ending);
        let other = all.find(|(id, node)| **node == broker.node && **id != broker.instance);
        other.map(|(id, _)| id)
    }

    /// How far an instance is in its life; `None` if EC2 does not show it.
    pub fn life(&self, instance: &InstanceId) -> Option<Life> {
        self.lives.get(instance).copied()
    }

    /// Whether a person takes an instance out of every port, by its tag `kafka-privatelink:release`.
    pub fn is_released(&self, instance: &InstanceId) -> bool {
        self.released.contains(instance)
    }

    /// Whether an instance that is tagged as this broker waits in a warm pool.
    pub fn is_warm(&self, node: NodeId) -> bool {
        self.warm.contains(&node)
    }

    /// Whether an instance that is not gone is tagged as the controller with this `node.id`.
    pub fn is_controller(&self, node: NodeId) -> bool {
        self.controllers.contains(&node)
    }

    /// What an instance is to us.
    pub fn standing(&self, instance: &InstanceId) -> Standing {
        self.standing
            .get(instance)
            .copied()
            .unwrap_or(Standing::Unknown)
    }

    fn note_release(&mut self, instance: &Instance, life: Life) {
        if life != Life::Live || !instance.tags.contains_key(tags::RELEASE) {
            return;
        }
        let id = instance.id.clone();
        if instance.is_marked(tags::RELEASE) {
            self.released.insert(id);
            return;
        }
        let why = format!(
            "tag {} is not the instance's own ID, so it releases nothing; write {id} into it, or remove it",
            tags::RELEASE
        );
        self.unreleased.insert(id, why);
    }

    fn sort_in(&mut self, cluster: &ClusterName, instance: &Instance, life: Life) {
        let standing = match (life, Tagged::read(cluster, &instance.tags)) {
            (Life::Dead, Tagged::Broker(node)) if instance.state == InstanceState::ShuttingDown => {
                self.ending.insert(instance.id.clone(), node);
                Standing::Dead
            }
            (Life::Dead, _) => Standing::Dead,
            (_, Tagged::Nothing) => Standing::Untagged,
            (_, Tagged::Controller(node)) => {
                self.controllers.extend(node);
                Standing::Foreign
            }
            (_, Tagged::Foreign) => Standing::Foreign,
            (_, Tagged::Broker(node)) => self.broker(instance, node, life),
            // What waits in a warm pool may be tagged when it enters service.
            (Life::Warm, Tagged::Misfit(_)) => Standing::Untagged,
            (Life::Live | Life::Leaving, Tagged::Misfit(why)) => {
                self.misfits.insert(instance.id.clone(), why);
                Standing::Untagged
            }
        };
        self.standing.insert(instance.id.clone(), standing);
    }

    fn broker(&mut self, instance: &Instance, node: NodeId, life: Life) -> Standing {
        if life == Life::Warm {
            self.warm.insert(node);
            return Standing::Warm(node);
        }
        let released = self.is_released(&instance.id);
        self.nodes.entry(node).or_default().push(Broker {
            node,
            instance: instance.id.clone(),
            state: instance.state.clone(),
            az_id: instance.az_id.clone(),
            az_name: instance.az_name.clone(),
            vpc: instance.vpc.clone(),
            private_ip: instance.private_ip,
            life,
            released,
        });
        match life {
            Life::Leaving => Standing::Leaving(node),
            _ if released => Standing::Released(node),
            Life::Live | Life::Warm | Life::Dead => Standing::Live(node),
        }
    }
}

impl Life {
    /// Of an instance's state and what its Auto Scaling group says of it.
    fn of(state: &InstanceState, lifecycle_state: Option<&str>) -> Self {
        match lifecycle_state {
            _ if state.is_terminal() => Self::Dead,
            Some(state) if state.starts_with("Warmed:") => Self::Warm,
            Some(state) if state == "Terminating" || state.starts_with("Terminating:") => {
                Self::Leaving
            }
            Some(_) | None => Self::Live,
        }
    }
}

#[cfg(test)]
mod tests;

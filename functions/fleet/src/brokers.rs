//! Which brokers there are, from instances, their tags and their Auto Scaling groups.

use crate::observed::{AutoScalingGroup, Instance, InstanceState};
use crate::tags;
use crate::words::{AzId, AzName, ClusterName, InstanceId, NodeId, VpcId};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// The cluster's brokers by `node.id`, and what is wrong with instances that are no brokers.
#[derive(Debug, Default)]
pub struct Brokers {
    nodes: BTreeMap<NodeId, Vec<Broker>>,
    standing: BTreeMap<InstanceId, Standing>,
    /// Instances of the cluster whose tags make no broker, and why.
    pub misfits: BTreeMap<InstanceId, String>,
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
    /// Its Auto Scaling group is terminating it: no longer live.
    leaving: bool,
}

impl Broker {
    /// Whether it can be registered as a target (P-30).
    pub fn is_running(&self) -> bool {
        self.state == InstanceState::Running
    }
}

/// What there is of one `node.id`.
#[derive(Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// One live instance.
    Live(&'a Broker),
    /// Two or more live instances: nobody can tell which is right.
    Twins(Vec<&'a InstanceId>),
    /// None live, but one that its Auto Scaling group is terminating.
    Leaving(&'a Broker),
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
    /// Shutting down or terminated: for good.
    Dead,
    /// Tagged for another cluster, or as a controller: surely not a broker of ours.
    Foreign,
    /// No tags that say what it is.
    Untagged,
    /// EC2 does not know it.
    Unknown,
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
            let phase = Phase::of(lifecycle.get(&instance.id).copied());
            brokers.sort_in(cluster, instance, phase);
        }
        brokers
    }

    /// Every `node.id` with an instance that is live or leaving.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.keys().copied()
    }

    /// The brokers with one live instance, by `node.id`.
    pub fn live(&self) -> impl Iterator<Item = &Broker> {
        self.nodes().filter_map(|node| match self.presence(node) {
            Presence::Live(broker) => Some(broker),
            Presence::Twins(_) | Presence::Leaving(_) | Presence::Absent => None,
        })
    }

    /// What there is of a `node.id`.
    pub fn presence(&self, node: NodeId) -> Presence<'_> {
        let all = self.nodes.get(&node).map_or(&[][..], Vec::as_slice);
        let mut live = all.iter().filter(|broker| !broker.leaving);
        match (live.next(), live.next()) {
            (Some(only), None) => Presence::Live(only),
            (Some(_), Some(_)) => Presence::Twins(
                all.iter()
                    .filter(|broker| !broker.leaving)
                    .map(|broker| &broker.instance)
                    .collect(),
            ),
            (None, _) => all.first().map_or(Presence::Absent, Presence::Leaving),
        }
    }

    /// What an instance is to us.
    pub fn standing(&self, instance: &InstanceId) -> Standing {
        self.standing
            .get(instance)
            .copied()
            .unwrap_or(Standing::Unknown)
    }

    fn sort_in(&mut self, cluster: &ClusterName, instance: &Instance, phase: Phase) {
        let tag = |key: &str| instance.tags.get(key).map(String::as_str);
        let standing = if instance.state.is_terminal() {
            Standing::Dead
        } else if tag(tags::CLUSTER).is_none() {
            Standing::Untagged
        } else if tag(tags::CLUSTER) != Some(cluster.as_str()) {
            Standing::Foreign
        } else {
            match (tag(tags::ROLE), tag(tags::NODE_ID)) {
                (Some("controller"), _) => Standing::Foreign,
                (Some(role), _) if role != "broker" => {
                    self.misfit(
                        instance,
                        format!(
                            "tag {} is \"{role}\"; write broker or controller",
                            tags::ROLE
                        ),
                    );
                    Standing::Untagged
                }
                (_, None) => {
                    self.misfit(
                        instance,
                        format!(
                            "tag {} is missing; set it to the broker's node.id",
                            tags::NODE_ID
                        ),
                    );
                    Standing::Untagged
                }
                (_, Some(text)) => match NodeId::parse(text) {
                    Err(reason) => {
                        self.misfit(
                            instance,
                            format!(
                                "tag {} \"{text}\" {reason}; set it to the broker's node.id",
                                tags::NODE_ID
                            ),
                        );
                        Standing::Untagged
                    }
                    Ok(node) => self.broker(instance, node, phase),
                },
            }
        };
        self.standing.insert(instance.id.clone(), standing);
    }

    fn broker(&mut self, instance: &Instance, node: NodeId, phase: Phase) -> Standing {
        if phase == Phase::Warm {
            self.misfit(
                instance,
                "stands in a warm pool; it is mapped when it enters service".to_owned(),
            );
            return Standing::Untagged;
        }
        let leaving = phase == Phase::Leaving;
        self.nodes.entry(node).or_default().push(Broker {
            node,
            instance: instance.id.clone(),
            state: instance.state.clone(),
            az_id: instance.az_id.clone(),
            az_name: instance.az_name.clone(),
            vpc: instance.vpc.clone(),
            private_ip: instance.private_ip,
            leaving,
        });
        if leaving {
            Standing::Leaving(node)
        } else {
            Standing::Live(node)
        }
    }

    fn misfit(&mut self, instance: &Instance, why: String) {
        self.misfits.insert(instance.id.clone(), why);
    }
}

/// Where an instance is in the life of its Auto Scaling group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// In service, entering it, in standby, or in no group at all.
    Serving,
    /// `Terminating`, with or without a hook, `Terminating:Retained` among them (P-19).
    Leaving,
    /// In a warm pool: not a broker yet (P-23).
    Warm,
}

impl Phase {
    fn of(lifecycle_state: Option<&str>) -> Self {
        match lifecycle_state {
            Some(state) if state.starts_with("Warmed:") => Self::Warm,
            Some(state) if state == "Terminating" || state.starts_with("Terminating:") => {
                Self::Leaving
            }
            Some(_) | None => Self::Serving,
        }
    }
}

#[cfg(test)]
mod tests;

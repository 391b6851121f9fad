//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::condition::{Condition, condition};
use crate::held::Held;
use crate::notes::IllSince;
use crate::observed::{Observed, Ward};
use fleet::brokers::{Broker, Brokers, Presence};
use fleet::documents::Document;
use fleet::healing::Healed;
use fleet::healing::{NoRequest, Request};
use fleet::ledger::Ledger;
use fleet::naming::Owner;
use fleet::observed::{
    AutoScalingGroup, Command, Instance, InstanceStatus, Parameter, Seen, TargetState,
};
use fleet::shown::{AdminAnswer, Itself, Shown};
use fleet::tags;
use fleet::words::{InstanceId, NodeId, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An observation without gaps in what everything depends on.
pub(super) struct View<'a> {
    pub(super) observed: &'a Observed,
    pub(super) ward: &'a Ward,
    pub(super) now: Timestamp,
    pub(super) parameters: &'a [Parameter],
    pub(super) brokers: Brokers,
    pub(super) groups: &'a [AutoScalingGroup],
    pub(super) instances: BTreeMap<&'a InstanceId, &'a Instance>,
    pub(super) statuses: BTreeMap<&'a InstanceId, &'a InstanceStatus>,
    ledger: Ledger,
    shown: BTreeMap<&'a InstanceId, &'a AdminAnswer>,
    commands: &'a [Command],
}

/// A broker with one live instance.
pub(super) struct Patient<'a> {
    pub(super) broker: &'a Broker,
    pub(super) instance: &'a Instance,
    pub(super) condition: Condition,
}

impl<'a> View<'a> {
    /// Opens an observation; the error says what everything is held for.
    pub(super) fn of(observed: &'a Observed, ward: &'a Ward) -> Result<Self, Held> {
        let now = *seen(&observed.now, "AWS's time")?;
        let parameters = seen(&ward.parameters, "the cluster's parameters")?;
        let instances = seen(&ward.instances, "the instances")?;
        seen(&ward.spot_requests, "the requests of Spot Instances")?;
        let groups = seen(&ward.auto_scaling_groups, "the Auto Scaling groups")?;
        let target_groups = seen(&ward.target_groups, "the target groups")?;
        let commands = seen(&ward.commands, "the commands of push-listeners")?;
        let shown = seen(&ward.shown, "what brokers show")?;
        let statuses = seen(&ward.statuses, "the status checks")?;
        for health in ward.health.values() {
            seen(health, "the health of targets")?;
        }
        for activities in ward.activities.values() {
            seen(activities, "what Auto Scaling groups did")?;
        }
        for output in ward.outputs.values() {
            seen(output, "what commands said")?;
        }
        seen(&ward.holdings, "what the others have of a broker")?;
        let cluster = &observed.cluster;
        Ok(Self {
            observed,
            ward,
            now,
            parameters,
            brokers: Brokers::of(cluster, instances, groups).without(&ward.interrupted(now)),
            groups,
            instances: instances.iter().map(|it| (&it.id, it)).collect(),
            statuses: statuses.iter().map(|it| (&it.instance, it)).collect(),
            ledger: Ledger::read(cluster, target_groups),
            shown: shown.iter().map(|it| (&it.question.instance, it)).collect(),
            commands,
        })
    }

    /// Each broker with one live instance. Of twins nobody can tell which one is right.
    pub(super) fn patients(&self) -> Vec<Patient<'_>> {
        let nodes = self.brokers.nodes();
        let patient = |node| match self.brokers.presence(node) {
            Presence::Live(broker) => {
                let instance = self.instances.get(&broker.instance).copied()?;
                let condition = condition(self, broker, instance);
                Some(Patient {
                    broker,
                    instance,
                    condition,
                })
            }
            Presence::Twins(_)
            | Presence::Leaving(_)
            | Presence::Released(_)
            | Presence::Absent => None,
        };
        nodes.filter_map(patient).collect()
    }

    /// Brokers that nobody can call up: of two live instances it is not known which one is right, one that its group
    /// takes away is not asked, and one that others know, or that has a port, has none.
    pub(super) fn away(&self) -> BTreeSet<NodeId> {
        let mut known: BTreeSet<NodeId> = self.brokers.nodes().collect();
        for (_, shows) in self.up() {
            known.extend(&shows.listed);
            known.extend(&shows.replicas);
            known.extend(&shows.followers);
        }
        known.extend(self.with_ports());
        known.retain(|node| match self.brokers.presence(*node) {
            Presence::Twins(_) | Presence::Leaving(_) => true,
            Presence::Live(_) | Presence::Released(_) => false,
            Presence::Absent => !self.brokers.is_controller(*node),
        });
        known
    }

    /// The brokers that have a port, but for those whose instance went because its group shrank: a port is kept for a
    /// day for one that may come back.
    fn with_ports(&self) -> impl Iterator<Item = NodeId> {
        let activities = self.ward.activities.values().flatten().flatten();
        let shrunk = activities.filter(|it| it.ends() && it.shrinks());
        let left: BTreeSet<&InstanceId> = shrunk.filter_map(|it| it.instance.as_ref()).collect();
        let entries = self.ledger.entries.values();
        entries.filter_map(move |it| match it.owner {
            Owner::Broker(node) => {
                let has_left = it.served_by.as_ref().is_some_and(|it| left.contains(it));
                (!has_left).then_some(node)
            }
            Owner::Bootstrap => None,
        })
    }

    /// The brokers whose Spot Instances AWS takes back.
    pub(super) fn interrupted(&self) -> BTreeSet<NodeId> {
        let interrupted = self.ward.interrupted(self.now);
        let brokers = interrupted.iter().filter_map(|id| self.brokers.find(id));
        brokers.map(|it| it.node).collect()
    }

    /// What an instance shows on its admin listener; none if it was not asked.
    pub(super) fn shown(&self, instance: &InstanceId) -> Option<&'a Shown> {
        self.shown.get(instance).map(|it| &it.shown)
    }

    /// Each broker that answers as itself, with what it shows.
    pub(super) fn up(&self) -> impl Iterator<Item = (NodeId, &'a Itself)> {
        self.shown.values().filter_map(|it| match &it.shown {
            Shown::Itself(itself) => Some((it.question.broker, &**itself)),
            Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. } => None,
        })
    }

    /// Whether an instance is on its way into service in its Auto Scaling group.
    pub(super) fn is_entering(&self, instance: &InstanceId) -> bool {
        self.groups.iter().any(|it| it.is_entering(instance))
    }

    /// The target groups that lead to a broker.
    pub(super) fn ports(&self, node: NodeId) -> Vec<&TargetGroupArn> {
        let entries = self.ledger.entries.values();
        let of_it = entries.filter(|it| it.owner == Owner::Broker(node));
        of_it.map(|it| &it.arn).collect()
    }

    /// Whether a target of a broker's port passes its health check.
    pub(super) fn is_healthy(&self, broker: &Broker) -> bool {
        let ports = self.ports(broker.node).into_iter();
        let seen = ports.filter_map(|arn| self.ward.health.get(arn)?.as_ref().ok());
        let mut targets = seen.flatten().filter(|it| it.instance == broker.instance);
        targets.any(|it| it.state == TargetState::Healthy)
    }

    /// The commands that may have stopped or started a broker.
    pub(super) fn touches(&self) -> impl Iterator<Item = &'a Command> {
        let looks = Document::Inspect.name(&self.observed.cluster);
        self.commands.iter().filter(move |it| it.document != looks)
    }
}

impl Patient<'_> {
    /// What push-listeners is asked for, if anything is.
    pub(super) fn request(&self) -> Option<Result<Request, NoRequest>> {
        let text = self.instance.tags.get(tags::RESTART)?;
        Some(Request::read(text, &self.instance.id))
    }

    /// Whether push-listeners is asked for something now.
    pub(super) fn is_asked(&self, now: Timestamp) -> bool {
        let request = self.request();
        request.is_some_and(|it| it.is_ok_and(|it| it.is_fresh(now)))
    }

    /// What was done to it; none if its tag is none of ours.
    pub(super) fn healed(&self) -> Option<Healed> {
        Healed::of(self.instance)
    }

    /// Since when it hangs, by its tag.
    pub(super) fn ill_since(&self) -> Option<IllSince> {
        IllSince::of(self.instance)
    }
}

/// What was read, or that everything is held.
fn seen<'a, T>(seen: &'a Seen<T>, what: &'static str) -> Result<&'a T, Held> {
    seen.as_ref().map_err(|_| Held::Blind { what })
}

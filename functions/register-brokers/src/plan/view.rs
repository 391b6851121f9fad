//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::hooks;
use crate::held::Held;
use crate::mapping::RowState;
use crate::observed::{Doubt, Observed};
use fleet::brokers::{Brokers, Presence};
use fleet::ledger::{Entry, Ledger};
use fleet::lifecycle::Hold;
use fleet::observed::{
    AutoScalingGroup, Instance, Listener, LoadBalancer, TargetHealth, TargetState,
};
use fleet::tags;
use fleet::wishes::{Room, Wishes};
use fleet::words::{AutoScalingGroupName, InstanceId, NodeId, Port, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An observation without gaps in what everything depends on.
pub(crate) struct View<'a> {
    pub(super) observed: &'a Observed,
    pub(super) now: Timestamp,
    pub(crate) load_balancer: &'a LoadBalancer,
    pub(super) listeners: BTreeMap<Port, &'a Listener>,
    pub(crate) ledger: Ledger,
    pub(crate) brokers: Brokers,
    /// Every instance that EC2 showed.
    pub(super) instances: BTreeMap<&'a InstanceId, &'a Instance>,
    pub(crate) wishes: Wishes,
    /// Who waits for a lifecycle hook of ours.
    pub(super) holds: Vec<Hold<'a>>,
    /// What an earlier read of this activation left in doubt.
    pub(super) agreed: &'a BTreeSet<Doubt>,
    attached: BTreeMap<&'a TargetGroupArn, &'a AutoScalingGroupName>,
}

impl<'a> View<'a> {
    /// Opens an observation; the error says what everything is held for.
    pub(crate) fn of(observed: &'a Observed, agreed: &'a BTreeSet<Doubt>) -> Result<Self, Held> {
        let blind = |what: &str| Held::Blind(what.to_owned());
        let now = observed.now.as_ref().map_err(|_| blind("AWS's time"))?;
        let parameters = observed
            .parameters
            .as_ref()
            .map_err(|_| blind("the cluster's parameters"))?;
        let load_balancer = observed
            .load_balancer
            .as_ref()
            .map_err(|_| blind("the load balancer"))?
            .as_ref()
            .ok_or_else(|| Held::NoLoadBalancer(observed.load_balancer_arn.clone()))?;
        if load_balancer.kind != "network" {
            return Err(Held::NotNetwork(
                load_balancer.arn.clone(),
                load_balancer.kind.clone(),
            ));
        }
        let listeners = observed
            .listeners
            .as_ref()
            .map_err(|_| blind("the NLB's listeners"))?;
        let groups = observed
            .target_groups
            .as_ref()
            .map_err(|_| blind("the target groups"))?;
        let instances = observed
            .instances
            .as_ref()
            .map_err(|_| blind("the instances"))?;
        // Without this one, leaving brokers and attached groups go unnoticed, so nobody new enters (P-77).
        let scaling: &[AutoScalingGroup] =
            observed.auto_scaling_groups.as_deref().unwrap_or_default();

        let cluster = &observed.cluster;
        let mut ledger = Ledger::read(cluster, groups);
        ledger.settle_claims(&listeners.iter().flat_map(|l| &l.forwards_to).collect());
        let brokers = Brokers::of(cluster, instances, scaling);
        let (ours, others): (Vec<&Listener>, Vec<&Listener>) = listeners
            .iter()
            .partition(|listener| is_ours(observed, listener));
        let stay = brokers.nodes();
        let stay = stay.filter(|node| !matches!(brokers.presence(*node), Presence::Released(_)));
        let of = |node: NodeId| {
            let all = brokers.all_live().filter(move |broker| broker.node == node);
            all.map(|broker| broker.instance.clone()).collect()
        };
        let room = Room {
            brokers: stay.map(|node| (node, of(node))).collect(),
            ours: ours.iter().map(|listener| listener.port).collect(),
            others: others.iter().map(|listener| listener.port).collect(),
        };
        let wishes = Wishes::read(cluster, parameters, &ledger, &room);
        Ok(Self {
            observed,
            now: *now,
            load_balancer,
            listeners: listeners
                .iter()
                .map(|listener| (listener.port, listener))
                .collect(),
            ledger,
            brokers,
            instances: instances.iter().map(|it| (&it.id, it)).collect(),
            wishes,
            holds: hooks::holds(observed),
            agreed,
            attached: scaling
                .iter()
                .flat_map(|group| group.target_groups.iter().map(|arn| (arn, &group.name)))
                .collect(),
        })
    }

    /// Whether an earlier read of this activation left the same in doubt, so that it is so (P-15).
    pub(super) fn agrees(&self, doubt: &Doubt) -> bool {
        self.agreed.contains(doubt)
    }

    /// Whether it is known who enters and who leaves service. If not, nobody new enters anything.
    pub(super) fn knows_scaling(&self) -> bool {
        self.observed.auto_scaling_groups.is_ok()
    }

    /// The NLB's listeners that carry our tag; nothing else is touched (P-11).
    pub(super) fn ours(&self) -> impl Iterator<Item = &'a Listener> {
        self.listeners
            .values()
            .copied()
            .filter(|listener| is_ours(self.observed, listener))
    }

    /// The listener on a port, if it is ours.
    pub(crate) fn our_listener(&self, port: Port) -> Option<&'a Listener> {
        self.listeners
            .get(&port)
            .copied()
            .filter(|listener| is_ours(self.observed, listener))
    }

    /// The targets of a group; `None` is a gap.
    pub(crate) fn targets(&self, group: &TargetGroupArn) -> Option<&'a [TargetHealth]> {
        self.observed.health.get(group)?.as_deref().ok()
    }

    /// The Auto Scaling group that a target group is attached to (P-41).
    pub(super) fn attached(&self, group: &TargetGroupArn) -> Option<&'a AutoScalingGroupName> {
        self.attached.get(group).copied()
    }

    /// The instances registered with an entry's group, draining ones left out.
    pub(super) fn registered(&self, entry: &Entry) -> BTreeSet<InstanceId> {
        standing_targets(self.targets(&entry.arn).unwrap_or_default())
            .map(|target| target.instance.clone())
            .collect()
    }

    /// Whether traffic reaches a healthy target through the entry's listener; where one instance
    /// is the right one, that one.
    pub(super) fn row_state(&self, entry: &Entry, right: Option<&InstanceId>) -> RowState {
        let forwards = self
            .our_listener(entry.port)
            .is_some_and(|listener| listener.forwards_to == [entry.arn.clone()]);
        let healthy = self.targets(&entry.arn).is_some_and(|targets| {
            targets.iter().any(|target| {
                is_healthy(target, entry.bind_port)
                    && right.is_none_or(|right| target.instance == *right)
            })
        });
        if forwards && healthy {
            RowState::Serving
        } else {
            RowState::Waiting
        }
    }
}

/// Registered targets; a draining one counts as absent (P-31).
pub(super) fn standing_targets(targets: &[TargetHealth]) -> impl Iterator<Item = &TargetHealth> {
    targets
        .iter()
        .filter(|target| target.state != TargetState::Draining)
}

/// Whether a target serves on the bind port.
pub(crate) fn is_healthy(target: &TargetHealth, bind_port: Port) -> bool {
    target.state == TargetState::Healthy && target.port == bind_port
}

fn is_ours(observed: &Observed, listener: &Listener) -> bool {
    listener.tags.get(tags::CLUSTER).map(String::as_str) == Some(observed.cluster.as_str())
}

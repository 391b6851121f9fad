//! What a run has to ask about, by what it has seen so far.

use super::remedy::remedy;
use super::view::View;
use super::{hand, looks};
use crate::observed::Observed;
use fleet::brokers::{Brokers, Presence};
use fleet::healing::Rung;
use fleet::ledger::Ledger;
use fleet::naming::Owner;
use fleet::observed::AutoScalingGroup;
use fleet::shown::Shown;
use fleet::words::{AutoScalingGroupName, CommandId, InstanceId, NodeId, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The brokers that do not answer, and what there is to be asked about them.
#[derive(Debug, Default)]
pub struct Silent {
    /// Their instances.
    pub instances: Vec<InstanceId>,
    /// The target groups of their ports.
    pub ports: Vec<TargetGroupArn>,
    /// The Auto Scaling groups of all brokers.
    pub groups: Vec<AutoScalingGroupName>,
    nodes: Vec<(NodeId, InstanceId)>,
}

/// The brokers that do not answer; nobody if it is not known who there is and who answers.
pub fn silent(observed: &Observed) -> Silent {
    let mut silent = Silent::default();
    let Some(ward) = &observed.ward else {
        return silent;
    };
    let (&Ok(now), Ok(instances), Ok(groups), Ok(shown)) = (
        &observed.now,
        &ward.instances,
        &ward.auto_scaling_groups,
        &ward.shown,
    ) else {
        return silent;
    };
    let cluster = &observed.cluster;
    let brokers = Brokers::of(cluster, instances, groups).without(&ward.interrupted(now));
    for node in brokers.nodes() {
        let Presence::Live(broker) = brokers.presence(node) else {
            continue;
        };
        let mut shown = shown.iter();
        let is_silent = shown.any(|it| {
            it.question.instance == broker.instance && matches!(it.shown, Shown::Silent { .. })
        });
        if is_silent {
            silent.instances.push(broker.instance.clone());
            silent.nodes.push((node, broker.instance.clone()));
        }
    }
    if silent.nodes.is_empty() {
        return silent;
    }
    let target_groups = ward.target_groups.as_deref().unwrap_or_default();
    let ledger = Ledger::read(cluster, target_groups);
    let is_one = |owner: Owner| {
        let mut nodes = silent.nodes.iter();
        nodes.any(|(node, _)| owner == Owner::Broker(*node))
    };
    let entries = ledger.entries.values().filter(|it| is_one(it.owner));
    silent.ports = entries.map(|it| it.arn.clone()).collect();
    let is_ours = |it: &&AutoScalingGroup| {
        let mut ours = instances.iter();
        ours.any(|instance| it.instances.contains_key(&instance.id))
    };
    let groups = groups.iter().filter(is_ours);
    silent.groups = groups.map(|it| it.name.clone()).collect();
    silent
}

/// Since when instances fail a status check whose broker does not answer: what was seen before that decides whether
/// somebody had stopped it on purpose.
pub fn ill_since(observed: &Observed) -> BTreeSet<Timestamp> {
    let silent = silent(observed);
    let instances = silent.instances.iter();
    let since = instances.filter_map(|it| looks::ill_since(observed, it));
    since.collect()
}

/// The commands whose outputs a plan needs, each with its host; none if every broker answers.
pub fn asked(observed: &Observed) -> BTreeMap<CommandId, InstanceId> {
    let silent = silent(observed);
    let Ok(now) = observed.now else {
        return BTreeMap::new();
    };
    let looks = silent
        .nodes
        .iter()
        .flat_map(|(node, instance)| looks::commands(observed, *node, instance));
    let mut asked: BTreeMap<CommandId, InstanceId> = looks.collect();
    if !silent.nodes.is_empty() {
        asked.extend(hand::commands(observed, now));
    }
    asked
}

/// The broker that would be replaced, if everything else allowed it: the others are asked what they have of it.
pub fn would_replace(observed: &Observed) -> Option<NodeId> {
    let view = View::of(observed, observed.ward.as_ref()?).ok()?;
    let patients = view.patients();
    let mut due = patients.iter().filter(|it| {
        let remedy = remedy(it, view.now);
        remedy.is_some_and(|it| it.rung == Rung::Replace && it.from <= view.now)
    });
    due.next().map(|it| it.broker.node)
}

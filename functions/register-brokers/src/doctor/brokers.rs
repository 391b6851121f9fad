//! The brokers: what instances are by their tags, and whether they run.

use super::scaling;
use super::station::{Finding, Station};
use super::walker::Walker;
use fleet::brokers::{Broker, Brokers};
use fleet::observed::{AutoScalingGroup, InstanceState};
use fleet::proof;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;

/// Whether each instance of the cluster is a broker or a controller, and which.
pub(super) fn tags(walker: &Walker<'_>) -> Result<String, Finding> {
    let observed = walker.sight.observed;
    let brokers = walker.sight.brokers.as_ref()?;
    // The tags of a stopped instance are not judged yet.
    let is_stopped = |id: &InstanceId| {
        let mut all = observed.instances.iter().flatten();
        all.any(|it| it.id == *id && it.state == InstanceState::Stopped)
    };
    let mut misfits = brokers.misfits.iter().chain(&brokers.unreleased);
    if let Some((instance, why)) = misfits.find(|(instance, _)| !is_stopped(instance)) {
        let says = format!("instance {instance} is no broker by its tags");
        return Err(Finding::wrong(says, why));
    }
    walker.unless_held(
        Station::Tags,
        "an instance is in the way, by its tags or by who answers on it",
    )?;
    let nodes: BTreeSet<NodeId> = brokers.each_live().map(|broker| broker.node).collect();
    let cluster = &observed.cluster;
    match nodes.is_empty() {
        true => Err(Finding::wrong(
            format!("no instance is tagged as a broker of cluster {cluster}"),
            format!(
                "tag the instance of each broker: aws ec2 create-tags --resources i-… --tags Key={},Value={cluster} Key={},Value=<node.id>",
                tags::CLUSTER,
                tags::NODE_ID
            ),
        )),
        false => Ok(proof::brokers(&nodes)),
    }
}

/// Whether the brokers that the consumer is to reach run, and none is missing.
pub(super) fn instances(walker: &Walker<'_>) -> Result<String, Finding> {
    let groups = walker.sight.observed.auto_scaling_groups.as_ref()?;
    let brokers = walker.sight.brokers.as_ref()?;
    let stays = |broker: &&Broker| !is_left_out(walker, broker);
    let all: Vec<&Broker> = brokers.each_live().filter(stays).collect();
    if let Some(broker) = all.iter().find(|broker| !broker.is_running()) {
        return Err(stands_still(walker, groups, broker));
    }
    walker.unless_held(Station::Instances, "one of them is on its way")?;
    match scaling::short(walker, brokers, groups) {
        Some(short) => Err(short),
        None => Ok(running(brokers, all.len())),
    }
}

fn is_left_out(walker: &Walker<'_>, broker: &Broker) -> bool {
    let group = walker.group;
    group.is_some_and(|group| group.without.names(broker.node, &broker.instance))
}

fn stands_still(walker: &Walker<'_>, groups: &[AutoScalingGroup], broker: &Broker) -> Finding {
    let (node, instance) = (broker.node, &broker.instance);
    let says = format!("broker {node} ({instance}) is {}", broker.state.as_str());
    let once_stopped = match broker.state {
        InstanceState::Stopped => "",
        InstanceState::Stopping => " once it is stopped",
        _ => return Finding::wrong(says, "wait until it runs, and ask again"),
    };
    if let Some(replaced) = scaling::replaced(groups, broker) {
        return Finding::wrong(says, replaced);
    }
    let start = format!("aws ec2 start-instances --instance-ids {instance}");
    let next = match is_kept_stopped(walker, instance) {
        true => format!(
            "name broker {node} in \"without\" of the listener parameter, since its tag {tag} says that it stays stopped; or take that tag off, and start it{once_stopped}: aws ec2 delete-tags --resources {instance} --tags Key={tag} && {start}",
            tag = tags::KEEP_STOPPED
        ),
        false => format!("start it{once_stopped}: {start}"),
    };
    Finding::wrong(says, next)
}

/// Whether a person stopped it on purpose.
fn is_kept_stopped(walker: &Walker<'_>, instance: &InstanceId) -> bool {
    let mut all = walker.sight.observed.instances.iter().flatten();
    all.any(|it| it.id == *instance && it.tags.contains_key(tags::KEEP_STOPPED))
}

/// `3 run`; those that go are not counted among them.
fn running(brokers: &Brokers, count: usize) -> String {
    let away = brokers.nodes().count().saturating_sub(count);
    let run = match count {
        1 => "1 runs".to_owned(),
        count => format!("{count} run"),
    };
    match away {
        0 => run,
        1 => format!("{run}, and 1 more leaves or is left out"),
        away => format!("{run}, and {away} more leave or are left out"),
    }
}

//! The Auto Scaling groups of the brokers: who comes by itself, and who does not.

use super::station::Finding;
use super::walker::Walker;
use fleet::brokers::{Broker, Brokers, makes_brokers};
use fleet::foreign::{clean, quoted};
use fleet::observed::AutoScalingGroup;
use fleet::tags;
use fleet::words::NodeId;

/// So much of a group's name is shown, which is all of it.
const SHOWN: usize = 255;

/// A group of the cluster in which fewer instances are in service, on the way or leaving than it desires, if there is
/// one. It is the cluster's by its tags, or if a broker stands in it: what it never launched has no instance to be known
/// by.
pub(super) fn short(
    walker: &Walker<'_>,
    brokers: &Brokers,
    groups: &[AutoScalingGroup],
) -> Option<Finding> {
    let cluster = &walker.sight.observed.cluster;
    let mut ours = groups.iter().filter(|group| {
        let mut instances = group.instances.keys();
        makes_brokers(cluster, &group.tags) || instances.any(|it| brokers.find(it).is_some())
    });
    ours.find_map(|group| {
        let (count, desired) = (group.count(), group.desired?);
        // Beside an instance that leaves, the launch of the next one may fail for want of its interface (F80, F93): that
        // is no lack yet.
        let is_short = count + group.leaving() < desired && !is_left_out(walker, group);
        is_short.then(|| {
            let name = clean(group.name.as_str(), SHOWN);
            Finding::wrong(
                format!("Auto Scaling group {name} desires {desired}, and has {count} in service or on the way"),
                format!("see why it launches no more: {}", activities(group)),
            )
        })
    })
}

/// What becomes of a broker's instance that stands still, if its group replaces it.
pub(super) fn replaced(groups: &[AutoScalingGroup], broker: &Broker) -> Option<String> {
    let group = groups.iter().find(|it| it.replaces(&broker.instance))?;
    Some(format!(
        "wait: its Auto Scaling group {} replaces it; see its activities: {}",
        clean(group.name.as_str(), SHOWN),
        activities(group)
    ))
}

/// Whether the group of a broker is meant that the consumer is not to reach.
fn is_left_out(walker: &Walker<'_>, group: &AutoScalingGroup) -> bool {
    let node = group.tags.get(tags::NODE_ID);
    let node = node.and_then(|it| NodeId::parse(it).ok());
    let without = walker.group.map(|it| &it.without.nodes);
    node.zip(without)
        .is_some_and(|(node, without)| without.contains(&node))
}

fn activities(group: &AutoScalingGroup) -> String {
    format!(
        "aws autoscaling describe-scaling-activities --auto-scaling-group-name {} --max-items 5",
        quoted(group.name.as_str())
    )
}

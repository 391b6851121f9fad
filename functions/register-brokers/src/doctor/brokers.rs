//! The brokers: what instances are by their tags, and whether they run.

use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use fleet::brokers::{Broker, Brokers};
use fleet::observed::InstanceState;
use fleet::proof;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;

/// Whether each instance of the cluster is a broker or a controller, and which.
pub(super) fn tags(walker: &Walker<'_>) -> Finding {
    let sight = walker.sight;
    let brokers = match &sight.brokers {
        Ok(brokers) => brokers,
        Err(gap) => return unread(gap),
    };
    // Who is stopped is nobody yet.
    let runs = |id: &InstanceId| {
        let all = sight.observed.instances.iter().flatten();
        let mut stopped = all.filter(|it| it.state == InstanceState::Stopped);
        !stopped.any(|it| it.id == *id)
    };
    let mut misfits = brokers.misfits.iter().chain(&brokers.unreleased);
    if let Some((instance, why)) = misfits.find(|(instance, _)| runs(instance)) {
        return Finding::wrong(format!("instance {instance} is no broker by its tags"), why);
    }
    if let Some(held) = walker.held(Station::Tags) {
        return Finding::wrong(
            "an instance is in the way, by its tags or by who answers on it",
            held,
        );
    }
    let nodes: BTreeSet<NodeId> = brokers.each_live().map(|broker| broker.node).collect();
    let cluster = &sight.observed.cluster;
    match nodes.is_empty() {
        true => Finding::wrong(
            format!("no instance is tagged as a broker of cluster {cluster}"),
            format!(
                "tag the instance of each broker: aws ec2 create-tags --resources i-… --tags Key={},Value={cluster} Key={},Value=<node.id>",
                tags::CLUSTER,
                tags::NODE_ID
            ),
        ),
        false => Finding::well(proof::brokers(&nodes)),
    }
}

/// Whether the brokers that the consumer is to reach run.
pub(super) fn instances(walker: &Walker<'_>) -> Finding {
    let observed = walker.sight.observed;
    if let Err(gap) = &observed.auto_scaling_groups {
        return unread(gap);
    }
    let brokers = match &walker.sight.brokers {
        Ok(brokers) => brokers,
        Err(gap) => return unread(gap),
    };
    let stays = |broker: &&Broker| !is_left_out(walker, broker);
    let all: Vec<&Broker> = brokers.each_live().filter(stays).collect();
    if let Some(broker) = all.iter().find(|broker| !broker.is_running()) {
        return stands_still(broker);
    }
    match walker.held(Station::Instances) {
        Some(held) => Finding::wrong("one of them is on its way", held),
        None => Finding::well(running(brokers, all.len())),
    }
}

fn is_left_out(walker: &Walker<'_>, broker: &Broker) -> bool {
    let group = walker.group;
    group.is_some_and(|group| group.without.names(broker.node, &broker.instance))
}

fn stands_still(broker: &Broker) -> Finding {
    let Broker {
        node,
        instance,
        state,
        ..
    } = broker;
    let says = format!("broker {node} ({instance}) is {}", state.as_str());
    let start = format!("aws ec2 start-instances --instance-ids {instance}");
    match state {
        InstanceState::Stopped => Finding::wrong(says, format!("start it: {start}")),
        InstanceState::Stopping => {
            Finding::wrong(says, format!("start it once it is stopped: {start}"))
        }
        _ => Finding::wrong(says, "wait until it runs, and ask again"),
    }
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

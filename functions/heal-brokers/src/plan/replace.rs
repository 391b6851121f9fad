//! Whether a broker's instance may be replaced: its data must come along, and nobody else's place be taken.

use super::view::{Patient, View};
use crate::held::{Held, Lacks};
use fleet::observed::{AutoScalingGroup, NotKept};
use fleet::tags;
use fleet::words::InstanceId;

/// The lifecycle state of an instance that its group watches over.
const IN_SERVICE: &str = "InService";
/// The processes of a group that replace an unhealthy instance.
const NEEDED: [&str; 3] = ["ReplaceUnhealthy", "Terminate", "Launch"];

/// Why an instance is not replaced, if so.
pub(super) fn may_be(view: &View<'_>, patient: &Patient<'_>) -> Result<(), Held> {
    let lacks = disk(patient)
        .and_then(|()| group(view, patient))
        .and_then(|()| holdings(view, patient));
    lacks.map_err(|lacks| Held::NotReplaced {
        node: patient.broker.node,
        instance: patient.broker.instance.clone(),
        lacks,
    })
}

/// The volume of its data is named, attached, and stays.
fn disk(patient: &Patient<'_>) -> Result<(), Lacks> {
    let kept = patient.instance.kept_volume();
    kept.map(|_| ()).map_err(|why| match why {
        NotKept::Unnamed => Lacks::Disk,
        NotKept::Detached(volume) => Lacks::Attached { volume },
        NotKept::Deleted(volume) => Lacks::Kept { volume },
    })
}

/// Its group has this broker alone, so that what comes for it is this broker again.
fn group(view: &View<'_>, patient: &Patient<'_>) -> Result<(), Lacks> {
    let instance = &patient.broker.instance;
    let mut groups = view.groups.iter();
    let group = groups.find(|it| it.instances.contains_key(instance));
    let group = group.ok_or(Lacks::Group)?;
    if group.only_node(&view.instances) != Some(patient.broker.node) {
        return Err(Lacks::GroupOfSeveral {
            group: group.name.clone(),
        });
    }
    asked_by_us(view, group)?;
    replaces(group, instance)
}

/// Its group has the cluster's tag itself: IAM lets us ask no other one. A record that does not have the tags of groups
/// plans no replacement, either.
fn asked_by_us(view: &View<'_>, group: &AutoScalingGroup) -> Result<(), Lacks> {
    let cluster = &view.observed.cluster;
    let tag = group.tags.get(tags::CLUSTER);
    match tag.is_some_and(|it| it == cluster.as_str()) {
        true => Ok(()),
        false => Err(Lacks::Untagged {
            group: group.name.clone(),
            cluster: cluster.clone(),
        }),
    }
}

/// Its group makes what it is asked for: else the broker would be held for an hour for nothing, or stay without an
/// instance (F67).
fn replaces(group: &AutoScalingGroup, instance: &InstanceId) -> Result<(), Lacks> {
    let group_name = || group.name.clone();
    let state = group.instances.get(instance).filter(|it| *it != IN_SERVICE);
    if let Some(state) = state {
        return Err(Lacks::OutOfService {
            group: group_name(),
            state: state.clone(),
        });
    }
    let mut processes = NEEDED.into_iter();
    match processes.find(|it| group.suspended.contains(*it)) {
        None => Ok(()),
        Some(process) => Err(Lacks::Suspended {
            group: group_name(),
            process,
        }),
    }
}

/// No partition needs what this broker has, and each keeps its `min.insync.replicas` without it.
fn holdings(view: &View<'_>, patient: &Patient<'_>) -> Result<(), Lacks> {
    let node = patient.broker.node;
    let answer = view.ward.holdings.as_ref().map_err(|_| Lacks::Word)?;
    let answer = answer.as_ref().filter(|it| it.node == node);
    let holdings = &answer.ok_or(Lacks::Word)?.holdings;
    if !holdings.is_whole(node) {
        return Err(Lacks::Word);
    }
    let mut needed = holdings.alone.first.clone();
    needed.extend(holdings.without_another_leader.first.clone());
    if !needed.is_empty() {
        return Err(Lacks::Others { partitions: needed });
    }
    let below = holdings.below_min_isr.as_ref().ok_or(Lacks::Word)?;
    match below.is_empty() {
        true => Ok(()),
        false => Err(Lacks::MinIsr {
            partitions: below.first.clone(),
        }),
    }
}

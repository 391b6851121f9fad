//! An Auto Scaling group: its instances, how many it wants, and what it does about them.

use super::Instance;
use crate::tags::{self, Tags};
use crate::words::{AutoScalingGroupName, InstanceId, NodeId, TargetGroupArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The lifecycle state of an instance that its group watches over.
const IN_SERVICE: &str = "InService";
/// How the states of an instance begin that its group puts into service, with or without a hook.
const ENTERING: &str = "Pending";
/// The processes without which a group does not replace an instance that stands still (F67).
const REPLACING: [&str; 4] = ["HealthCheck", "ReplaceUnhealthy", "Terminate", "Launch"];

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoScalingGroup {
    /// Its name.
    pub name: AutoScalingGroupName,
    /// Target groups that it registers its instances in by itself (P-41).
    pub target_groups: BTreeSet<TargetGroupArn>,
    /// Its instances with their lifecycle state: `InService`, `Terminating:Wait`…
    pub instances: BTreeMap<InstanceId, String>,
    /// Its processes that are suspended, such as `ReplaceUnhealthy` (F67). Records of older releases do not have them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub suspended: BTreeSet<String>,
    /// How many instances it is to have; none if it counts something else, such as virtual CPUs. Records of older
    /// releases do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<usize>,
    /// Whether an instance that a scale-in takes goes back into its warm pool (`ReuseOnScaleIn`, P-23). Records of older
    /// releases do not have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reuses: bool,
    /// Those of its own tags that this software reads (`kafka-privatelink:…`). Records of older releases do not have
    /// them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Tags,
}

impl AutoScalingGroup {
    /// How many of its instances are in service, or on their way there: not those in standby, in a warm pool, or on
    /// their way out.
    pub fn count(&self) -> usize {
        let counts = |state: &&String| {
            *state == IN_SERVICE
                || [ENTERING, "ReplacingRootVolume", "RootVolumeReplaced"]
                    .iter()
                    .any(|it| state.starts_with(it))
        };
        self.instances.values().filter(counts).count()
    }

    /// How many of its instances are on their way out, and gone afterwards.
    pub fn leaving(&self) -> usize {
        let leaves = |state: &&String| {
            ["Terminating", "Terminating:Wait", "Terminating:Proceed"].contains(&state.as_str())
        };
        self.instances.values().filter(leaves).count()
    }

    /// The broker that each of its instances is by its tags; none if they are several, or nobody knows one of them. What
    /// comes for one of them is this broker again.
    pub fn only_node(&self, instances: &BTreeMap<&InstanceId, &Instance>) -> Option<NodeId> {
        let nodes = self.instances.keys().map(|id| {
            let instance = instances.get(id)?;
            NodeId::parse(instance.tags.get(tags::NODE_ID)?).ok()
        });
        let nodes: BTreeSet<Option<NodeId>> = nodes.collect();
        match nodes.len() {
            1 => nodes.into_iter().next().flatten(),
            _ => None,
        }
    }

    /// Whether an instance of its own is on its way into service: one in a warm pool is not (P-23).
    pub fn is_entering(&self, instance: &InstanceId) -> bool {
        let state = self.instances.get(instance);
        state.is_some_and(|it| it.starts_with(ENTERING))
    }

    /// Whether an instance of its own is on its way into service, or one that it wants is missing there, and it may launch
    /// it: its process `Launch` is not suspended (F67). A group that counts something else than instances is missing none.
    pub fn makes_another(&self) -> bool {
        let is_in = |state: &&String| *state == IN_SERVICE;
        let serves = self.instances.values().filter(is_in).count();
        let lacks = self.desired.is_some_and(|desired| serves < desired);
        let comes = self.instances.keys().any(|it| self.is_entering(it));
        comes || (lacks && !self.suspended.contains("Launch"))
    }

    /// Whether it replaces an instance of its own that is stopped.
    pub fn replaces(&self, instance: &InstanceId) -> bool {
        let state = self.instances.get(instance);
        let is_suspended = |process: &&str| self.suspended.contains(*process);
        state.is_some_and(|it| it == IN_SERVICE) && !REPLACING.iter().any(is_suspended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{id, instance, node, scaling_group};
    use crate::observed::InstanceState;

    #[test]
    fn who_is_in_service_or_on_the_way_there_is_counted_and_who_leaves_apart() {
        for (state, counts) in [
            ("InService", true),
            ("Pending", true),
            ("Pending:Wait", true),
            ("Pending:Proceed", true),
            ("ReplacingRootVolume:Wait", true),
            ("RootVolumeReplaced", true),
            ("Terminating", false),
            ("Terminating:Wait", false),
            ("Terminating:Retained", false),
            ("Detaching", false),
            ("EnteringStandby", false),
            ("Standby", false),
            ("Warmed:Pending", false),
            ("Warmed:Stopped", false),
            ("Quarantined", false),
        ] {
            let group = scaling_group("brokers", &[("i-1", state)]);
            assert_eq!(group.count(), usize::from(counts), "{state}");
            let leaves = state.starts_with("Terminating") && !state.ends_with(":Retained");
            assert_eq!(group.leaving(), usize::from(leaves), "{state}");
        }
    }

    #[test]
    fn of_which_broker_it_is_alone_is_known_only_if_all_of_its_instances_are_known_as_that() {
        let all = [(1, 1), (2, 1), (3, 2)];
        let all = all.map(|(it, node)| instance(&format!("i-{it}"), node, InstanceState::Running));
        let all = all.iter().map(|it| (&it.id, it)).collect();
        for (members, only) in [
            (&["i-1"][..], Some(node(1))),
            (&["i-1", "i-2"], Some(node(1))),
            (&["i-1", "i-3"], None),
            (&["i-1", "i-9"], None),
            (&["i-9"], None),
            (&[], None),
        ] {
            let members: Vec<_> = members.iter().map(|it| (*it, "InService")).collect();
            let group = scaling_group("brokers", &members);
            assert_eq!(group.only_node(&all), only, "{members:?}");
        }
    }

    #[test]
    fn who_is_pending_enters() {
        for (state, enters) in [
            ("Pending", true),
            ("Pending:Wait", true),
            ("Pending:Proceed", true),
            ("InService", false),
            ("Warmed:Pending:Wait", false),
            ("EnteringStandby", false),
            ("Terminating:Wait", false),
        ] {
            let group = scaling_group("brokers", &[("i-1", state)]);
            assert_eq!(group.is_entering(&id(1)), enters, "{state}");
            assert!(!group.is_entering(&id(2)));
        }
    }

    #[test]
    fn f67_another_one_comes_if_one_is_missing_that_may_be_launched() {
        let of = |states: &[(&str, &str)], desired| AutoScalingGroup {
            desired,
            ..scaling_group("brokers", states)
        };
        let leaves = ("i-1", "Terminating:Wait");
        assert!(of(&[leaves], Some(1)).makes_another());
        assert!(of(&[leaves, ("i-2", "Pending:Wait")], None).makes_another());
        assert!(of(&[leaves, ("i-2", "InService")], Some(2)).makes_another());
        let mut suspended = of(&[leaves], Some(1));
        suspended.suspended.insert("Launch".to_owned());
        assert!(!suspended.makes_another());
        suspended.instances.insert(id(2), "Pending".to_owned());
        assert!(suspended.makes_another());
        assert!(!of(&[leaves], Some(0)).makes_another());
        assert!(!of(&[leaves], None).makes_another());
        // The other one was launched before, and leaves nothing to be made.
        assert!(!of(&[leaves, ("i-2", "InService")], Some(1)).makes_another());
        assert!(!of(&[leaves, ("i-2", "Warmed:Stopped")], Some(0)).makes_another());
    }

    #[test]
    fn f67_only_a_group_that_may_replaces_and_only_who_is_in_service() {
        let of = |state| scaling_group("brokers", &[("i-1", state)]);
        assert!(of("InService").replaces(&id(1)));
        assert!(!of("InService").replaces(&id(2)));
        assert!(!of("Standby").replaces(&id(1)));
        for process in REPLACING {
            let mut group = of("InService");
            group.suspended.insert(process.to_owned());
            assert!(!group.replaces(&id(1)), "{process}");
        }
    }
}

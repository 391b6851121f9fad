//! An Auto Scaling group: its instances, how many it wants, and what it does about them.

use crate::tags::Tags;
use crate::words::{AutoScalingGroupName, InstanceId, TargetGroupArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The lifecycle state of an instance that its group watches over.
const IN_SERVICE: &str = "InService";
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
                || ["Pending", "ReplacingRootVolume", "RootVolumeReplaced"]
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
    use crate::look::{id, scaling_group};

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

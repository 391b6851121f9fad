//! A person's hands on Auto Scaling: one group for each broker.

use super::hands::HandsError;
use super::{CLUSTER, Deployment};
use crate::model::{Hook, NewAutoScalingGroup, Transition};
use fleet::observed::LifecycleResult;
use fleet::tags;
use fleet::words::{AutoScalingGroupName, AzId};
use std::time::Duration;

/// On instances whose user data installs Kafka, attaches the volume that the tag `kafka-privatelink:keeps-disk` names,
/// formats it once, and leaves its first start to others.
pub const INSTALLS_ONLY: &str = "installs-only";
/// The two hooks of `infra/README.md`.
const HOOKS: [(&str, Transition); 2] = [
    ("kafka-privatelink-launching", Transition::Launching),
    ("kafka-privatelink-terminating", Transition::Terminating),
];
/// Their heart-beat time-out.
const HEARTBEAT: Duration = Duration::from_secs(900);

impl Deployment {
    /// Makes a broker's group, which launches the broker.
    pub fn launch_by_auto_scaling(&self, node: &str, az: &str) -> Result<(), HandsError> {
        let tags = [(tags::CLUSTER, CLUSTER), (tags::NODE_ID, node)];
        let name = AutoScalingGroupName::new(format!("broker-{node}"));
        self.make_group(name, az, &tags, 1)
    }

    /// Makes a broker's group with both hooks, without an instance. Its user data installs Kafka and does not start it;
    /// the volume of its data outlives instances.
    pub fn group_with_hooks(&self, node: &str, az: &str) -> Result<(), HandsError> {
        let volume = format!("vol-{node:0>17}");
        let tags = [
            (tags::CLUSTER, CLUSTER),
            (tags::NODE_ID, node),
            (tags::KEEPS_DISK, &volume),
            (INSTALLS_ONLY, "yes"),
        ];
        self.make_group(group_of(node), az, &tags, 0)?;
        let (now, group) = (self.clock.now(), group_of(node));
        for (name, transition) in HOOKS {
            let hook = Hook {
                name: name.to_owned(),
                transition,
                heartbeat_timeout: HEARTBEAT,
                default_result: LifecycleResult::Continue,
                notification_metadata: None,
            };
            self.model().put_lifecycle_hook(now, &group, hook)?;
        }
        Ok(())
    }

    /// Scales a broker's group out to one instance, or in to none.
    pub fn scale(&self, node: &str, desired_capacity: usize) -> Result<(), HandsError> {
        let (now, group) = (self.clock.now(), group_of(node));
        let mut model = self.model();
        Ok(model.set_desired_capacity(now, &group, desired_capacity)?)
    }

    /// The lifecycle states of the instances of a broker's group; none without a group.
    pub fn lifecycle_states(&self, node: &str) -> Vec<String> {
        let (now, name) = (self.clock.now(), group_of(node));
        let mut model = self.model();
        model.advance(now);
        let mut groups = model.auto_scaling_groups();
        let group = groups.find(|group| group.name == name);
        let members = group.into_iter().flat_map(|group| group.members.values());
        members
            .map(|member| member.lifecycle_state.clone())
            .collect()
    }

    fn make_group(
        &self,
        name: AutoScalingGroupName,
        az: &str,
        tags: &[(&str, &str)],
        desired_capacity: usize,
    ) -> Result<(), HandsError> {
        let tags = tags.iter();
        let new = NewAutoScalingGroup {
            name,
            zones: vec![AzId::from(az)],
            desired_capacity,
            tags: tags
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        };
        let now = self.clock.now();
        Ok(self.model().create_auto_scaling_group(now, new)?)
    }
}

/// That with hooks.
fn group_of(node: &str) -> AutoScalingGroupName {
    AutoScalingGroupName::new(format!("broker-{node}-with-hooks"))
}

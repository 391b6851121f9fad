//! Auto Scaling groups on the stage, with lifecycle hooks.

use crate::{Stage, ZONES, tagged};
use fleet::observed::LifecycleResult;
use fleet::words::{AutoScalingGroupName, InstanceId};
use std::collections::BTreeMap;
use std::time::Duration;
use world::model::{Hook, KafkaState, NewAutoScalingGroup, Transition};

/// A hook as infra/README.md makes it.
pub fn hook(name: &str, transition: Transition) -> Hook {
    Hook {
        name: name.to_owned(),
        transition,
        heartbeat_timeout: Duration::from_secs(900),
        default_result: LifecycleResult::Continue,
        notification_metadata: None,
    }
}

impl Stage {
    /// A group for this broker in the first zone, without instances, with these hooks.
    pub fn scaling_group(&self, name: &str, node: u32, hooks: &[(&str, Transition)]) {
        let name = AutoScalingGroupName::from(name);
        let new = NewAutoScalingGroup {
            name: name.clone(),
            zones: vec![ZONES[0].into()],
            desired_capacity: 0,
            tags: tagged(ZONES[0], &node.to_string()).tags,
        };
        self.edit(|model, now| model.create_auto_scaling_group(now, new))
            .expect("a group");
        for (hook_name, transition) in hooks {
            self.put_hook(name.as_str(), hook(hook_name, *transition));
        }
    }

    /// Puts a hook on a group.
    pub fn put_hook(&self, group: &str, hook: Hook) {
        self.edit(|model, now| model.put_lifecycle_hook(now, &group.into(), hook))
            .expect("a hook");
    }

    /// Scales a group out or in.
    pub fn scale(&self, group: &str, desired_capacity: usize) {
        self.edit(|model, now| model.set_desired_capacity(now, &group.into(), desired_capacity))
            .expect("scaled");
    }

    /// The lifecycle states of a group's instances.
    pub fn lifecycle(&self, group: &str) -> BTreeMap<InstanceId, String> {
        let now = self.now();
        let mut model = self.model();
        model.advance(now);
        let mut groups = model.auto_scaling_groups();
        let group = groups.find(|it| it.name.as_str() == group);
        let members = group.expect("a group").members.iter();
        members
            .map(|(id, member)| (id.clone(), member.lifecycle_state.clone()))
            .collect()
    }

    /// Lets the Kafka process of an instance be so.
    pub fn kafka_is(&self, instance: &InstanceId, state: KafkaState) {
        self.edit(|model, _| model.edit_kafka(instance, |kafka| kafka.state = state))
            .expect("edited");
    }
}

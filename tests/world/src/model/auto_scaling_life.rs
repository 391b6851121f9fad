//! Auto Scaling: groups launch, replace and remove their instances by themselves.

use super::auto_scaling::Member;
use super::moment::{Earliest, after};
use super::{AutoScalingGroupRecord, Launch, Model};
use fleet::observed::InstanceState;
use fleet::words::{AutoScalingGroupName, AzId, InstanceId};
use serde_json::json;

impl Model {
    pub(super) fn settle_auto_scaling(&mut self) {
        let names: Vec<AutoScalingGroupName> = self.auto_scaling_groups.keys().cloned().collect();
        for name in names {
            // Out and back in, because its instances belong to EC2's part of the model.
            let Some(mut group) = self.auto_scaling_groups.remove(&name) else {
                continue;
            };
            self.follow_members(&mut group);
            self.scale(&mut group);
            self.auto_scaling_groups.insert(name, group);
        }
    }

    pub(super) fn next_of_auto_scaling(&self, earliest: &mut Earliest) {
        for group in self.auto_scaling_groups.values() {
            for member in group.members.values() {
                if let Some(since) = member.ill_since {
                    earliest.consider(after(since, self.settings.replacement_delay));
                }
            }
        }
    }

    fn follow_members(&mut self, group: &mut AutoScalingGroupRecord) {
        let ids: Vec<InstanceId> = group.members.keys().cloned().collect();
        for id in ids {
            let Some(member) = group.members.get_mut(&id) else {
                continue;
            };
            let state = self.instances.get(&id).map(|record| record.state.clone());
            match member.lifecycle_state.as_str() {
                "Pending" if state == Some(InstanceState::Running) => {
                    "InService".clone_into(&mut member.lifecycle_state);
                    self.tell_activity(&group.name, &id, "EC2 Instance Launch Successful");
                }
                "Pending" | "InService" => self.watch(member, &id, state),
                "Terminating" | "Terminating:Proceed" => {
                    if is_over(state.as_ref()) {
                        group.members.remove(&id);
                        self.tell_activity(&group.name, &id, "EC2 Instance Terminate Successful");
                    } else {
                        self.end(&id);
                    }
                }
                // A state set by hand; only the instance's end takes it out of the group.
                _ if is_over(state.as_ref()) => {
                    group.members.remove(&id);
                }
                _ => {}
            }
        }
    }

    /// A member that does not run is replaced when the next health check of the group is due.
    fn watch(&mut self, member: &mut Member, id: &InstanceId, state: Option<InstanceState>) {
        if matches!(state, Some(InstanceState::Pending | InstanceState::Running)) {
            member.ill_since = None;
            return;
        }
        let since = *member.ill_since.get_or_insert(self.at);
        if self.at >= after(since, self.settings.replacement_delay) {
            member.ill_since = None;
            "Terminating".clone_into(&mut member.lifecycle_state);
            self.end(id);
        }
    }

    fn scale(&mut self, group: &mut AutoScalingGroupRecord) {
        loop {
            let serving: Vec<InstanceId> = group
                .members
                .iter()
                .filter(|(_, member)| !member.lifecycle_state.starts_with("Terminating"))
                .map(|(id, _)| id.clone())
                .collect();
            if serving.len() < group.desired_capacity {
                let Some(az) = self.emptiest_zone(group, &serving) else {
                    return;
                };
                let mut launch = Launch::in_zone(az);
                launch.tags = group.tags.clone();
                let Ok(id) = self.launch(launch) else {
                    return; // The zones were checked when the group was made.
                };
                let member = Member {
                    lifecycle_state: "Pending".to_owned(),
                    ill_since: None,
                };
                group.members.insert(id, member);
            } else if serving.len() > group.desired_capacity {
                let Some(id) = self.oldest_of_fullest_zone(group, &serving) else {
                    return;
                };
                if let Some(member) = group.members.get_mut(&id) {
                    "Terminating".clone_into(&mut member.lifecycle_state);
                    member.ill_since = None;
                }
                self.end(&id);
            } else {
                return;
            }
        }
    }

    fn emptiest_zone(
        &self,
        group: &AutoScalingGroupRecord,
        serving: &[InstanceId],
    ) -> Option<AzId> {
        let count = |az: &&AzId| self.count_in(az, serving);
        group.zones.iter().min_by_key(count).cloned()
    }

    fn oldest_of_fullest_zone(
        &self,
        group: &AutoScalingGroupRecord,
        serving: &[InstanceId],
    ) -> Option<InstanceId> {
        // `max_by_key` takes the last of equals: earlier zones, being filled first, keep theirs.
        let zone = group
            .zones
            .iter()
            .max_by_key(|az| self.count_in(az, serving))?;
        let in_zone = serving
            .iter()
            .filter_map(|id| self.instances.get(id))
            .filter(|record| record.az_id == *zone);
        let oldest = in_zone.min_by_key(|record| (record.launched_at, record.id.clone()));
        oldest
            .map(|record| record.id.clone())
            .or_else(|| serving.first().cloned())
    }

    fn count_in(&self, az: &AzId, serving: &[InstanceId]) -> usize {
        serving
            .iter()
            .filter_map(|id| self.instances.get(id))
            .filter(|record| record.az_id == *az)
            .count()
    }

    /// Ends an instance, if EC2 still knows it: what is gone needs no ending.
    fn end(&mut self, id: &InstanceId) {
        if self.instances.contains_key(id) {
            let ended = self.begin_termination(id);
            debug_assert!(ended.is_ok(), "ending {id}: {ended:?}");
        }
    }

    fn tell_activity(&mut self, group: &AutoScalingGroupName, id: &InstanceId, detail_type: &str) {
        let zone = self.instances.get(id).map(|record| record.az_name.clone());
        let resources = [
            self.settings.arn(
                "autoscaling",
                &format!("autoScalingGroup:*:autoScalingGroupName/{group}"),
            ),
            self.settings.arn("ec2", &format!("instance/{id}")),
        ];
        let detail = json!({
            "StatusCode": "InProgress",
            "AutoScalingGroupName": group,
            "ActivityId": self.ids.uuid(),
            "Details": {"Availability Zone": zone},
            "EC2InstanceId": id,
            "Origin": if detail_type.contains("Launch") { "EC2" } else { "AutoScalingGroup" },
            "Destination": if detail_type.contains("Launch") { "AutoScalingGroup" } else { "EC2" },
        });
        self.emit("aws.autoscaling", detail_type, &resources, detail);
    }
}

fn is_over(state: Option<&InstanceState>) -> bool {
    matches!(state, None | Some(InstanceState::Terminated))
}

//! Auto Scaling: groups launch, replace and remove their instances by themselves.

use super::auto_scaling::Member;
use super::hooks::{Hook, LifecycleAction, Transition, Wait};
use super::moment::{Earliest, after};
use super::{AutoScalingGroupRecord, Launch, Model};
use fleet::observed::InstanceState;
use fleet::words::{AutoScalingGroupName, AzId, InstanceId};
use jiff::Timestamp;
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
                for action in member.wait.iter().flat_map(|it| it.actions.values()) {
                    earliest.consider(action.times_out());
                }
            }
        }
    }

    fn follow_members(&mut self, group: &mut AutoScalingGroupRecord) {
        let ids: Vec<InstanceId> = group.members.keys().cloned().collect();
        for id in ids {
            let Some(mut member) = group.members.remove(&id) else {
                continue;
            };
            if self.follow(group, &id, &mut member) {
                group.members.insert(id, member);
            }
        }
    }

    /// Whether the instance is still in its group.
    fn follow(
        &mut self,
        group: &mut AutoScalingGroupRecord,
        id: &InstanceId,
        member: &mut Member,
    ) -> bool {
        let state = self.instances.get(id).map(|record| record.state.clone());
        if let Some(mut wait) = member.wait.take() {
            let timed_out = wait.time_out(self.at);
            if state.is_some() {
                self.timed_out_actions += timed_out;
            }
            if !wait.is_over() {
                member.wait = Some(wait);
                return true;
            }
            self.proceed(group, id, member, &wait);
            return self.follow(group, id, member);
        }
        match member.lifecycle_state.as_str() {
            "Pending" if state == Some(InstanceState::Running) => {
                if !self.waits(group, id, member, Transition::Launching) {
                    self.enter(group, id, member);
                }
            }
            "Pending" | "InService" => self.watch(group, id, member, state),
            "Terminating" | "Terminating:Proceed" => {
                if is_over(state.as_ref()) {
                    group.end_activity(self.at, id);
                    self.tell_activity(&group.name, id, "EC2 Instance Terminate Successful");
                    return false;
                }
                self.end(id);
            }
            // A state set by hand, or an instance that is retained: only its end takes it out of the group.
            _ => return !is_over(state.as_ref()),
        }
        true
    }

    fn enter(&mut self, group: &mut AutoScalingGroupRecord, id: &InstanceId, member: &mut Member) {
        "InService".clone_into(&mut member.lifecycle_state);
        group.end_activity(self.at, id);
        self.tell_activity(&group.name, id, "EC2 Instance Launch Successful");
    }

    /// A member that does not run, or is unhealthy, is replaced when the next health check of the group is due, unless
    /// what does that is suspended (F67).
    fn watch(
        &mut self,
        group: &mut AutoScalingGroupRecord,
        id: &InstanceId,
        member: &mut Member,
        state: Option<InstanceState>,
    ) {
        let runs = matches!(state, Some(InstanceState::Pending | InstanceState::Running));
        let fails = !runs && !group.suspended.contains("HealthCheck");
        if !fails && !member.unhealthy {
            member.ill_since = None;
            return;
        }
        let since = *member.ill_since.get_or_insert(self.at);
        let acts = ["ReplaceUnhealthy", "Terminate"];
        let acts = !acts.iter().any(|it| group.suspended.contains(*it));
        if acts && self.at >= after(since, self.settings.replacement_delay) {
            let why = match member.unhealthy {
                true => "a user health-check",
                false => "an EC2 health check indicating it has been terminated or stopped",
            };
            self.take_out(group, id, member, taken_out(self.at, why));
        }
    }

    /// An instance begins its way out, which hooks can make longer, also if it does not run any more.
    fn take_out(
        &mut self,
        group: &mut AutoScalingGroupRecord,
        id: &InstanceId,
        member: &mut Member,
        cause: String,
    ) {
        member.ill_since = None;
        group.begin_activity(self.at, id, Transition::Terminating, cause);
        if !self.waits(group, id, member, Transition::Terminating) {
            "Terminating".clone_into(&mut member.lifecycle_state);
            self.end(id);
        }
    }

    /// Whether hooks make an instance wait; then their actions begin.
    fn waits(
        &mut self,
        group: &mut AutoScalingGroupRecord,
        id: &InstanceId,
        member: &mut Member,
        transition: Transition,
    ) -> bool {
        let mut wait = Wait {
            since: Some(self.at),
            ..Wait::default()
        };
        let hooks = group.hooks.values();
        for hook in hooks.filter(|hook| hook.transition == transition) {
            let action = LifecycleAction::of(hook, self.at);
            wait.actions.insert(hook.name.clone(), action);
            self.tell_hook(&group.name, id, hook);
        }
        if wait.actions.is_empty() {
            return false;
        }
        transition.state().clone_into(&mut member.lifecycle_state);
        member.wait = Some(wait);
        true
    }

    /// What comes after the hooks. A launch that is abandoned goes the way out of every instance, with its
    /// hooks (inference).
    fn proceed(
        &mut self,
        group: &mut AutoScalingGroupRecord,
        id: &InstanceId,
        member: &mut Member,
        wait: &Wait,
    ) {
        match (member.lifecycle_state.as_str(), wait.is_abandoned) {
            ("Pending:Wait", false) => self.enter(group, id, member),
            ("Pending:Wait", true) => {
                let cause = taken_out(self.at, "a lifecycle action that was abandoned");
                self.take_out(group, id, member, cause);
            }
            (_, true) if group.retains => {
                "Terminating:Retained".clone_into(&mut member.lifecycle_state);
            }
            (_, true | false) => {
                "Terminating:Proceed".clone_into(&mut member.lifecycle_state);
            }
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
                if group.suspended.contains("Launch") {
                    return;
                }
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
                    unhealthy: false,
                    ill_since: None,
                    wait: None,
                };
                let cause = format!(
                    "At {:.0} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from {} to {}.",
                    self.at,
                    serving.len(),
                    serving.len() + 1
                );
                group.begin_activity(self.at, &id, Transition::Launching, cause);
                group.members.insert(id, member);
            } else if serving.len() > group.desired_capacity {
                if group.suspended.contains("Terminate") {
                    return;
                }
                let Some(id) = self.oldest_of_fullest_zone(group, &serving) else {
                    return;
                };
                if let Some(mut member) = group.members.remove(&id) {
                    let why = format!(
                        "a difference between desired and actual capacity, shrinking the capacity from {} to {}",
                        serving.len(),
                        group.desired_capacity
                    );
                    let cause = taken_out(self.at, &why);
                    let cause = format!(
                        "{cause}  At {:.0} instance {id} was selected for termination.",
                        self.at
                    );
                    self.take_out(group, &id, &mut member, cause);
                    group.members.insert(id, member);
                }
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

    fn tell_hook(&mut self, group: &AutoScalingGroupName, id: &InstanceId, hook: &Hook) {
        let (detail_type, origin, destination) = match hook.transition {
            Transition::Launching => (
                "EC2 Instance-launch Lifecycle Action",
                "EC2",
                "AutoScalingGroup",
            ),
            Transition::Terminating => (
                "EC2 Instance-terminate Lifecycle Action",
                "AutoScalingGroup",
                "EC2",
            ),
        };
        let resource = format!("autoScalingGroup:*:autoScalingGroupName/{group}");
        let mut detail = json!({
            "LifecycleActionToken": self.ids.uuid(),
            "AutoScalingGroupName": group,
            "LifecycleHookName": hook.name,
            "EC2InstanceId": id,
            "LifecycleTransition": hook.transition.shown().as_str(),
            "Origin": origin,
            "Destination": destination,
        });
        if let Some(metadata) = &hook.notification_metadata {
            detail["NotificationMetadata"] = json!(metadata);
        }
        let resources = [self.settings.arn("autoscaling", &resource)];
        self.emit("aws.autoscaling", detail_type, &resources, detail);
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

/// The cause of an activity that takes an instance out, in AWS's words (F66).
fn taken_out(at: Timestamp, why: &str) -> String {
    format!("At {at:.0} an instance was taken out of service in response to {why}.")
}

fn is_over(state: Option<&InstanceState>) -> bool {
    matches!(state, None | Some(InstanceState::Terminated))
}

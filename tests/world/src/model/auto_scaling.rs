//! Auto Scaling: the groups, the hands that make and change them, and what is shown of them.

use super::activities::Activity;
use super::hooks::{Hook, Wait};
use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::AutoScalingGroup;
use fleet::tags::Tags;
use fleet::words::{AutoScalingGroupName, AzId, InstanceId, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// `DescribeAutoScalingGroups` gives at most 100 on a page, and 50 if it is not asked for more (API
/// reference, MaxRecords).
const PAGE: usize = 100;

/// A group to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAutoScalingGroup {
    /// Its name.
    pub name: AutoScalingGroupName,
    /// The zones of its subnets; instances are spread evenly, earlier zones first.
    pub zones: Vec<AzId>,
    /// How many instances it keeps.
    pub desired_capacity: usize,
    /// Tags that every instance gets at launch.
    pub tags: Tags,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoScalingGroupRecord {
    /// Its name.
    pub name: AutoScalingGroupName,
    /// The zones of its subnets.
    pub zones: Vec<AzId>,
    /// How many instances it keeps.
    pub desired_capacity: usize,
    /// Tags that every instance gets at launch.
    pub tags: Tags,
    /// Target groups attached by a person (P-41).
    pub target_group_arns: BTreeSet<TargetGroupArn>,
    /// Its lifecycle hooks, by name.
    pub hooks: BTreeMap<String, Hook>,
    /// Whether an instance stays, as `Terminating:Retained`, when an action of its way out is abandoned
    /// (instance lifecycle policy, `TerminateHookAbandon`; P-19).
    pub retains: bool,
    /// Whether its warm pool takes back the instances that a scale-in takes (`ReuseOnScaleIn`, P-23). Shown only: which
    /// instances stand in the pool is set by hand.
    pub reuses: bool,
    /// Its processes that a person suspended (`SuspendProcesses`).
    pub suspended: BTreeSet<String>,
    /// Its instances.
    pub members: BTreeMap<InstanceId, Member>,
    /// What it did and does, oldest first.
    pub(super) activities: Vec<Activity>,
}

/// One instance of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its lifecycle state, such as `InService`.
    pub lifecycle_state: String,
    /// Whether somebody said that it is unhealthy (`SetInstanceHealth`).
    pub(super) unhealthy: bool,
    /// Since when it is known not to run, or to be unhealthy.
    pub(super) ill_since: Option<Timestamp>,
    /// What its group's hooks wait for; none if its state was set by hand.
    pub(super) wait: Option<Wait>,
}

impl Member {
    /// Since when it waits for hooks of its group; none if it does not, or its state was set by hand.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.wait.as_ref()?.since
    }
}

impl Model {
    /// Auto Scaling `DescribeAutoScalingGroups`: all of the account and Region.
    pub fn describe_auto_scaling_groups(
        &mut self,
        now: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<AutoScalingGroup>, ApiError> {
        self.read(now, Call::DescribeAutoScalingGroups, |model| {
            let shown = model
                .auto_scaling_groups
                .values()
                .map(|group| (group.name.to_string(), shown(group)));
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// The groups, with more than AWS shows.
    pub fn auto_scaling_groups(&self) -> impl Iterator<Item = &AutoScalingGroupRecord> {
        self.auto_scaling_groups.values()
    }

    /// Makes a group; its instances are launched at once.
    pub fn create_auto_scaling_group(
        &mut self,
        now: Timestamp,
        new: NewAutoScalingGroup,
    ) -> Result<(), ApiError> {
        self.advance(now);
        if self.auto_scaling_groups.contains_key(&new.name) {
            return Err(ApiError::refused(
                "AlreadyExists",
                "AutoScalingGroup by this name already exists",
            ));
        }
        if new.zones.is_empty() || new.zones.iter().any(|az| self.settings.zone(az).is_none()) {
            return Err(invalid("every zone of the group must exist, one at least"));
        }
        let record = AutoScalingGroupRecord {
            name: new.name.clone(),
            zones: new.zones,
            desired_capacity: new.desired_capacity,
            tags: new.tags,
            target_group_arns: BTreeSet::new(),
            hooks: BTreeMap::new(),
            retains: false,
            reuses: false,
            suspended: BTreeSet::new(),
            members: BTreeMap::new(),
            activities: Vec::new(),
        };
        self.auto_scaling_groups.insert(new.name, record);
        self.settle();
        Ok(())
    }

    /// Scales a group out or in.
    pub fn set_desired_capacity(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        desired_capacity: usize,
    ) -> Result<(), ApiError> {
        self.edit_group(now, name, |group| group.desired_capacity = desired_capacity)
    }

    /// Attaches target groups, in place of those before (P-41).
    pub fn set_target_groups(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        target_group_arns: BTreeSet<TargetGroupArn>,
    ) -> Result<(), ApiError> {
        self.edit_group(now, name, |group| {
            group.target_group_arns = target_group_arns;
        })
    }

    /// Says whether instances stay whose way out is abandoned.
    pub fn set_retention(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        retains: bool,
    ) -> Result<(), ApiError> {
        self.edit_group(now, name, |group| group.retains = retains)
    }

    /// Says whether its warm pool takes instances back.
    pub fn set_reuse(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        reuses: bool,
    ) -> Result<(), ApiError> {
        self.edit_group(now, name, |group| group.reuses = reuses)
    }

    /// Suspends processes, and resumes all others (F67).
    pub fn suspend_processes(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        processes: &[&str],
    ) -> Result<(), ApiError> {
        let processes = processes.iter().map(|it| (*it).to_owned()).collect();
        self.edit_group(now, name, |group| group.suspended = processes)
    }

    /// Puts an instance into a lifecycle state. `…:Wait` and other states that are not modelled
    /// stay until they are set again; `Terminating` and `Terminating:Proceed` end the instance.
    pub fn set_lifecycle_state(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        lifecycle_state: &str,
    ) -> Result<(), ApiError> {
        self.advance(now);
        let member = self
            .auto_scaling_groups
            .values_mut()
            .find_map(|group| group.members.get_mut(id))
            .ok_or_else(|| invalid(&format!("{id} is in no Auto Scaling group")))?;
        lifecycle_state.clone_into(&mut member.lifecycle_state);
        member.wait = None;
        self.settle();
        Ok(())
    }

    fn edit_group(
        &mut self,
        now: Timestamp,
        name: &AutoScalingGroupName,
        edit: impl FnOnce(&mut AutoScalingGroupRecord),
    ) -> Result<(), ApiError> {
        self.advance(now);
        let group = self
            .auto_scaling_groups
            .get_mut(name)
            .ok_or_else(|| invalid(&format!("AutoScalingGroup name not found - {name}")))?;
        edit(group);
        self.settle();
        Ok(())
    }
}

fn shown(group: &AutoScalingGroupRecord) -> AutoScalingGroup {
    AutoScalingGroup {
        name: group.name.clone(),
        target_groups: group.target_group_arns.clone(),
        instances: group
            .members
            .iter()
            .map(|(id, member)| (id.clone(), member.lifecycle_state.clone()))
            .collect(),
        suspended: group.suspended.clone(),
        desired: Some(group.desired_capacity),
        reuses: group.reuses,
        tags: group
            .tags
            .iter()
            .filter(|(key, _)| key.starts_with(fleet::tags::PREFIX))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    }
}

pub(super) fn invalid(message: &str) -> ApiError {
    ApiError::refused("ValidationError", message)
}

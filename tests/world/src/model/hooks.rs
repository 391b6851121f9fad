//! Lifecycle hooks of Auto Scaling groups: on its way in or out an instance waits until the action of each
//! hook is completed or has timed out.
//!
//! Sources: EC2 Auto Scaling user guide, "How lifecycle hooks work" and "Complete a lifecycle action"; API
//! reference, PutLifecycleHook, CompleteLifecycleAction, RecordLifecycleActionHeartbeat (F34, P-18 to P-21).

use super::asked::Asked;
use super::auto_scaling::{AutoScalingGroupRecord, invalid};
use super::moment::after;
use super::{ApiError, Model};
use cloud::call::Call;
use fleet::observed::{LifecycleHook, LifecycleResult, LifecycleTransition};
use fleet::words::{AutoScalingGroupName, InstanceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// HeartbeatTimeout in seconds (API reference, PutLifecycleHook).
const HEARTBEAT_SECONDS: RangeInclusive<u64> = 30..=7200;
/// Hooks of one group ("Quotas for Amazon EC2 Auto Scaling").
const HOOKS: usize = 50;
/// The longest wait, whatever heart-beats say: this, or so many times the heart-beat's time-out.
const LONGEST: Duration = Duration::from_secs(48 * 3600);
const HEARTBEATS: u32 = 100;

/// On which way an instance waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Into its group.
    Launching,
    /// Out of it.
    Terminating,
}

/// A lifecycle hook of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name, one of its group.
    pub name: String,
    /// Whom it makes wait.
    pub transition: Transition,
    /// How long after the last heart-beat its action times out; whole seconds, 30 to 7,200.
    pub heartbeat_timeout: Duration,
    /// What an action comes to that times out.
    pub default_result: LifecycleResult,
    /// What its events carry.
    pub notification_metadata: Option<String>,
}

/// An instance waits for its group's hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wait {
    /// The action of each hook that is waited for.
    pub(super) actions: BTreeMap<String, LifecycleAction>,
    /// Whether one was abandoned.
    pub(super) is_abandoned: bool,
    /// Since when it waits.
    pub(super) since: Option<Timestamp>,
}

/// What a hook waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LifecycleAction {
    heartbeat_timeout: Duration,
    default_result: LifecycleResult,
    times_out: Timestamp,
    ends: Timestamp,
}

impl Transition {
    /// As AWS spells it.
    pub(super) fn shown(self) -> LifecycleTransition {
        match self {
            Self::Launching => LifecycleTransition::Launching,
            Self::Terminating => LifecycleTransition::Terminating,
        }
    }

    /// The state of an instance that waits on it.
    pub(super) fn state(self) -> &'static str {
        match self {
            Self::Launching => "Pending:Wait",
            Self::Terminating => "Terminating:Wait",
        }
    }
}

impl Hook {
    /// The longest time for which an instance can be made to wait.
    pub fn global_timeout(&self) -> Duration {
        LONGEST.min(self.heartbeat_timeout.saturating_mul(HEARTBEATS))
    }

    fn shown(&self, group: &AutoScalingGroupName) -> LifecycleHook {
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        LifecycleHook {
            group: group.clone(),
            name: self.name.clone(),
            transition: self.transition.shown(),
            heartbeat_timeout_seconds: seconds(self.heartbeat_timeout),
            global_timeout_seconds: seconds(self.global_timeout()),
            default_result: self.default_result.as_str().to_owned(),
            notification_metadata: self.notification_metadata.clone(),
        }
    }
}

impl LifecycleAction {
    pub(super) fn of(hook: &Hook, now: Timestamp) -> Self {
        let ends = after(now, hook.global_timeout());
        Self {
            heartbeat_timeout: hook.heartbeat_timeout,
            default_result: hook.default_result,
            times_out: ends.min(after(now, hook.heartbeat_timeout)),
            ends,
        }
    }

    /// When it times out, unless a heart-beat comes.
    pub(super) fn times_out(&self) -> Timestamp {
        self.times_out
    }
}

impl Wait {
    pub(super) fn is_over(&self) -> bool {
        self.is_abandoned || self.actions.is_empty()
    }

    /// Each action that has timed out comes to its default result; how many there are.
    pub(super) fn time_out(&mut self, now: Timestamp) -> usize {
        let due = self.actions.iter().filter(|(_, it)| it.times_out <= now);
        let due: Vec<(String, LifecycleResult)> = due
            .map(|(name, it)| (name.clone(), it.default_result))
            .collect();
        let timed_out = due.len();
        for (name, result) in due {
            self.complete(&name, result);
        }
        timed_out
    }

    fn complete(&mut self, hook: &str, result: LifecycleResult) {
        self.actions.remove(hook);
        self.is_abandoned |= result == LifecycleResult::Abandon;
    }
}

impl Model {
    /// How many lifecycle actions have timed out so far, of instances that EC2 still knew: whose instance is ended and
    /// forgotten, nobody can tell by its tags.
    pub fn timed_out_actions(&self) -> usize {
        self.timed_out_actions
    }

    /// Auto Scaling `DescribeLifecycleHooks`: those of one group.
    pub fn describe_lifecycle_hooks(
        &mut self,
        now: Timestamp,
        group: &AutoScalingGroupName,
    ) -> Result<Vec<LifecycleHook>, ApiError> {
        self.read(now, Call::DescribeLifecycleHooks, |model| {
            let hooks = model.group_of(group)?.hooks.values();
            Ok(hooks.map(|hook| hook.shown(group)).collect())
        })
    }

    /// Auto Scaling `PutLifecycleHook`: a hook for who comes or goes from now on.
    pub fn put_lifecycle_hook(
        &mut self,
        now: Timestamp,
        group: &AutoScalingGroupName,
        hook: Hook,
    ) -> Result<(), ApiError> {
        let seconds = hook.heartbeat_timeout.as_secs();
        if !HEARTBEAT_SECONDS.contains(&seconds) || hook.heartbeat_timeout.subsec_nanos() > 0 {
            return Err(invalid(&format!(
                "HeartbeatTimeout must be {} to {} seconds, not {:?}",
                HEARTBEAT_SECONDS.start(),
                HEARTBEAT_SECONDS.end(),
                hook.heartbeat_timeout
            )));
        }
        self.advance(now);
        let group = self.group_of(group)?;
        if group.hooks.len() >= HOOKS && !group.hooks.contains_key(&hook.name) {
            return Err(ApiError::refused(
                "LimitExceeded",
                "the group has all of its 50 lifecycle hooks",
            ));
        }
        group.hooks.insert(hook.name.clone(), hook);
        Ok(())
    }

    /// Auto Scaling `CompleteLifecycleAction`, by instance.
    pub fn complete_lifecycle_action(
        &mut self,
        now: Timestamp,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
        result: LifecycleResult,
    ) -> Result<(), ApiError> {
        let call = Call::CompleteLifecycleAction;
        let asked = Asked::scaling_group(call, group);
        let what = format!("{group} {hook} {instance} {}", result.as_str());
        self.write(now, asked, what, |model| {
            model.waiting(group, hook, instance)?.complete(hook, result);
            Ok(())
        })
    }

    /// Auto Scaling `RecordLifecycleActionHeartbeat`, by instance: the time-out begins again, within the
    /// longest time.
    pub fn record_lifecycle_action_heartbeat(
        &mut self,
        now: Timestamp,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> Result<(), ApiError> {
        let call = Call::RecordLifecycleActionHeartbeat;
        let asked = Asked::scaling_group(call, group);
        let what = format!("{group} {hook} {instance}");
        self.write(now, asked, what, |model| {
            let at = model.at;
            let wait = model.waiting(group, hook, instance)?;
            if let Some(action) = wait.actions.get_mut(hook) {
                action.times_out = action.ends.min(after(at, action.heartbeat_timeout));
            }
            Ok(())
        })
    }

    /// The wait of an instance whose action of this hook is neither completed nor timed out.
    fn waiting(
        &mut self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> Result<&mut Wait, ApiError> {
        let members = &mut self.group_of(group)?.members;
        let wait = members.get_mut(instance).and_then(|it| it.wait.as_mut());
        wait.filter(|it| it.actions.contains_key(hook))
            .ok_or_else(|| {
                invalid(&format!(
                    "No active Lifecycle Action found with instance ID {instance}"
                ))
            })
    }

    fn group_of(
        &mut self,
        name: &AutoScalingGroupName,
    ) -> Result<&mut AutoScalingGroupRecord, ApiError> {
        self.auto_scaling_groups
            .get_mut(name)
            .ok_or_else(|| invalid(&format!("AutoScalingGroup name not found - {name}")))
    }
}

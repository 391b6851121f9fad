//! Instances that wait for a lifecycle hook of ours: whoever has come, or has left, goes on; the others are
//! kept waiting by a heart-beat in each run, as long as time is left (P-18, P-21).

use super::draft::Draft;
use crate::action::Action;
use crate::held::Held;
use crate::mapping::WaitingInstance;
use crate::observed::Observed;
use crate::plan::Step;
use crate::reason::Reason;
use fleet::brokers::makes_brokers;
use fleet::lifecycle::{self, Hold, Waiting};
use fleet::observed::{LifecycleResult, LifecycleTransition};
use fleet::plan::Said;
use fleet::tags;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// So long before its longest time ends a launch is completed, come what may.
const BEFORE_A_LAUNCH_ENDS: SignedDuration = SignedDuration::from_mins(5);
/// The same of a termination; in the minutes before, push-listeners stops the broker whatever its gate says.
const BEFORE_A_TERMINATION_ENDS: SignedDuration = SignedDuration::from_mins(2);
/// Seconds that a hook has to give from one heart-beat to the next: an NLB alone takes 300 to register a
/// target (P-18, P-29).
const SHORTEST: u32 = 900;
/// When so much of its longest time is left, and writes are paused, it is said.
const RUNS_OUT: SignedDuration = SignedDuration::from_mins(30);

/// What becomes of an instance that waits.
pub(super) enum Next {
    /// It goes on.
    Goes(Reason),
    /// It waits for this, a sentence without its end.
    Waits(String),
}

/// Which instances with the cluster's tag wait for whatever hook.
pub(crate) fn waiting(observed: &Observed) -> Vec<Waiting> {
    let (Ok(groups), Ok(instances)) = (&observed.auto_scaling_groups, &observed.instances) else {
        return Vec::new();
    };
    let cluster = Some(observed.cluster.as_str());
    let ours: BTreeSet<&InstanceId> = instances
        .iter()
        .filter(|it| it.tags.get(tags::CLUSTER).map(String::as_str) == cluster)
        .map(|it| &it.id)
        .collect();
    lifecycle::waiting(groups, |id| ours.contains(id))
}

/// Those that wait for hooks of ours.
pub(super) fn holds(observed: &Observed) -> Vec<Hold<'_>> {
    lifecycle::holds(&waiting(observed), &observed.lifecycles)
}

/// A heart-beat for each, where something could not be read on which everything depends.
pub(super) fn heart_beats(observed: &Observed) -> Vec<Step> {
    let holds = holds(observed);
    let beats = holds.iter().map(|hold| {
        let why = "not everything could be read that decides whether it goes on";
        let reason = Said::of(&waits(hold, why.to_owned()));
        Step {
            change: heart_beat(hold).of_an_instance(),
            reason,
        }
    });
    beats.collect()
}

impl Draft<'_> {
    /// Plans what becomes of everybody who waits.
    pub(super) fn plan_hooks(&mut self) {
        let view = self.view;
        self.hold_reuse();
        for hold in &view.holds {
            let (group, hook) = (&hold.waiting.group, hold.hook);
            if hook.heartbeat_timeout_seconds < SHORTEST {
                let seconds = hook.heartbeat_timeout_seconds;
                self.hold(Held::HookTooShort(
                    group.clone(),
                    hook.name.clone(),
                    seconds,
                    SHORTEST,
                ));
            }
            let (next, before) = match hold.waiting.transition {
                LifecycleTransition::Launching => (self.launch(hold), BEFORE_A_LAUNCH_ENDS),
                LifecycleTransition::Terminating => (self.leave(hold), BEFORE_A_TERMINATION_ENDS),
                LifecycleTransition::Unknown(_) => continue,
            };
            let ends = hold.ends_at();
            let limit = ends.and_then(|ends| ends.checked_sub(before).ok());
            self.plan_hook(hold, next, limit);
        }
    }

    /// Names the groups whose brokers go back into a warm pool. There they wait in `Warmed:Pending:Wait`, where nobody can
    /// tell an instance that goes from one that comes (P-23), so no hook of ours holds them.
    fn hold_reuse(&mut self) {
        let (view, cluster) = (self.view, &self.view.observed.cluster);
        for group in view.observed.auto_scaling_groups.iter().flatten() {
            let mut members = group.instances.keys();
            let is_ours =
                makes_brokers(cluster, &group.tags) || members.any(|id| view.tagged(id).is_some());
            if group.reuses && is_ours {
                self.hold(Held::ReusesBrokers(group.name.clone()));
            }
        }
    }

    fn plan_hook(&mut self, hold: &Hold<'_>, next: Next, limit: Option<Timestamp>) {
        let now = self.view.now;
        let is_paused = self.view.wishes.paused.is_some();
        match next {
            Next::Goes(_) | Next::Waits(_) if is_paused => {
                let runs_out = |ends: &Timestamp| ends.duration_since(now) <= RUNS_OUT;
                if let Some(ends) = hold.ends_at().filter(runs_out) {
                    self.hold(Held::EndsWhilePaused(
                        hold.waiting.instance.clone(),
                        hold.waiting.group.clone(),
                        ends,
                    ));
                }
                self.keep_waiting(hold, "writes are paused".to_owned());
            }
            Next::Goes(reason) => self.complete(hold, LifecycleResult::Continue, reason),
            Next::Waits(why) => match limit.filter(|limit| now >= *limit) {
                Some(limit) => self.end_at_limit(hold, why, limit),
                None => self.keep_waiting(hold, why),
            },
        }
    }

    /// No time is left. A launch is given up only if its hook says so: nothing is routed to what is not
    /// proven, and whoever is given up is ended with its disk.
    fn end_at_limit(&mut self, hold: &Hold<'_>, why: String, limit: Timestamp) {
        let result = match hold.waiting.transition {
            LifecycleTransition::Launching => hold.at_limit(),
            LifecycleTransition::Terminating | LifecycleTransition::Unknown(_) => {
                LifecycleResult::Continue
            }
        };
        self.hold(Held::AtLimit {
            instance: hold.waiting.instance.clone(),
            group: hold.waiting.group.clone(),
            hook: hold.hook.name.clone(),
            is_launch: hold.waiting.transition == LifecycleTransition::Launching,
            result,
            why: why.clone(),
        });
        self.show_waiting(hold, why);
        self.complete(hold, result, Reason::AtLimit(limit));
    }

    fn complete(&mut self, hold: &Hold<'_>, result: LifecycleResult, reason: Reason) {
        let action = Action::CompleteLifecycleAction {
            scaling_group: hold.waiting.group.clone(),
            hook: hold.hook.name.clone(),
            instance: hold.waiting.instance.clone(),
            result,
        };
        self.act_on_instance(action, reason);
    }

    fn keep_waiting(&mut self, hold: &Hold<'_>, why: String) {
        self.show_waiting(hold, why.clone());
        self.act_on_instance(heart_beat(hold), waits(hold, why));
    }

    fn show_waiting(&mut self, hold: &Hold<'_>, why: String) {
        let seconds = |since: Timestamp| self.view.now.duration_since(since).as_secs();
        let seconds = hold.since.map(seconds);
        self.wait(WaitingInstance {
            instance: hold.waiting.instance.clone(),
            auto_scaling_group: hold.waiting.group.clone(),
            hook: hold.hook.name.clone(),
            transition: hold.waiting.transition.clone(),
            seconds: seconds.and_then(|seconds| u64::try_from(seconds).ok()),
            until: hold.ends_at(),
            why,
        });
    }
}

fn heart_beat(hold: &Hold<'_>) -> Action {
    Action::RecordLifecycleActionHeartbeat {
        scaling_group: hold.waiting.group.clone(),
        hook: hold.hook.name.clone(),
        instance: hold.waiting.instance.clone(),
    }
}

fn waits(hold: &Hold<'_>, why: String) -> Reason {
    let until = hold.ends_at();
    Reason::StillWaits { why, until }
}

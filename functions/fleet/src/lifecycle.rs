//! Which instances wait for a lifecycle hook of ours, and until when. Found by looking, since events of
//! Auto Scaling get lost (P-21).

use crate::observed::{
    AutoScalingGroup, GroupLifecycle, LifecycleHook, LifecycleResult, LifecycleTransition,
    ScalingActivity, Seen,
};
use crate::words::{AutoScalingGroupName, InstanceId};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// How the names of hooks begin that are ours. Others are somebody else's, and never touched.
pub const PREFIX: &str = "kafka-privatelink-";

/// An instance that its group makes wait, whoever's hook it is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// The group.
    pub group: AutoScalingGroupName,
    /// The instance.
    pub instance: InstanceId,
    /// On its way in or out.
    pub transition: LifecycleTransition,
}

/// A hook of ours that an instance waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold<'a> {
    /// Who waits.
    pub waiting: Waiting,
    /// The hook.
    pub hook: &'a LifecycleHook,
    /// Since when at most it has waited, in whole seconds, rounded down; `None` where no activity shows it.
    pub since: Option<Timestamp>,
}

/// Every instance that waits, of those that are asked about. `Warmed:Pending:Wait` is no way into
/// service (P-23).
pub fn waiting(
    groups: &[AutoScalingGroup],
    is_asked: impl Fn(&InstanceId) -> bool,
) -> Vec<Waiting> {
    let mut all = Vec::new();
    for group in groups {
        for (instance, state) in &group.instances {
            let transition = match state.as_str() {
                "Pending:Wait" => LifecycleTransition::Launching,
                "Terminating:Wait" => LifecycleTransition::Terminating,
                _ => continue,
            };
            if is_asked(instance) {
                all.push(Waiting {
                    group: group.name.clone(),
                    instance: instance.clone(),
                    transition,
                });
            }
        }
    }
    all
}

/// The groups of those who wait, each once: what more is to be read.
pub fn groups_of(waiting: &[Waiting]) -> Vec<AutoScalingGroupName> {
    let mut groups: Vec<_> = waiting.iter().map(|it| it.group.clone()).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// The hooks of ours that these wait for. An instance that waits for other hooks only has none.
pub fn holds<'a>(waiting: &[Waiting], read: &'a [GroupLifecycle]) -> Vec<Hold<'a>> {
    let mut holds = Vec::new();
    for one in waiting {
        let Some(group) = read.iter().find(|group| group.group == one.group) else {
            continue;
        };
        let hooks = group.hooks.iter().flatten();
        let hooks = hooks.filter(|it| it.transition == one.transition && is_ours(it));
        holds.extend(hooks.map(|hook| Hold {
            waiting: one.clone(),
            hook,
            since: since(&group.activities, &one.instance),
        }));
    }
    holds
}

/// Whether a hook is ours to complete.
pub fn is_ours(hook: &LifecycleHook) -> bool {
    hook.name.starts_with(PREFIX)
}

/// What a hook's owner may write into its `NotificationMetadata`.
#[derive(Deserialize)]
struct Metadata {
    at_limit: Option<String>,
}

impl Hold<'_> {
    /// What a launch comes to that was not completed in time: `ABANDON` if the hook's `NotificationMetadata`
    /// is JSON with `"at_limit": "abandon"`, else `CONTINUE`.
    pub fn at_limit(&self) -> LifecycleResult {
        let text = self.hook.notification_metadata.as_deref();
        let metadata = text.and_then(|text| serde_json::from_str::<Metadata>(text).ok());
        match metadata.and_then(|it| it.at_limit).as_deref() {
            Some("abandon") => LifecycleResult::Abandon,
            Some(_) | None => LifecycleResult::Continue,
        }
    }

    /// When AWS ends the wait, whatever heart-beats say; `None` where nobody knows it. Counted from the
    /// beginning of the activity, which is before the wait begins.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let longest = SignedDuration::from_secs(self.hook.global_timeout_seconds.into());
        self.since?.checked_add(longest).ok()
    }
}

/// When the newest activity about an instance began that has not ended.
fn since(activities: &Seen<Vec<ScalingActivity>>, instance: &InstanceId) -> Option<Timestamp> {
    let about = activities.iter().flatten().filter(|activity| {
        activity.instance.as_ref() == Some(instance) && activity.ended_at.is_none()
    });
    let since = about.map(|activity| activity.started_at).max()?;
    Timestamp::from_second(since.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::scaling_group as group;
    use crate::observed::Gap;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn hook(name: &str, transition: LifecycleTransition) -> LifecycleHook {
        LifecycleHook {
            group: "brokers".into(),
            name: name.to_owned(),
            transition,
            heartbeat_timeout_seconds: 900,
            global_timeout_seconds: 90_000,
            default_result: "CONTINUE".to_owned(),
            notification_metadata: None,
        }
    }

    fn activity(instance: &str, started: i64, ended: Option<i64>) -> ScalingActivity {
        let description = format!("Terminating EC2 instance: {instance}");
        ScalingActivity {
            group: "brokers".into(),
            instance: Some(instance.into()),
            description,
            started_at: at(started),
            ended_at: ended.map(at),
            status: "MidLifecycleAction".to_owned(),
            cause: None,
        }
    }

    #[test]
    fn who_waits_is_seen_by_its_state_and_nobody_else() {
        let groups = [
            group(
                "brokers",
                &[
                    ("i-1", "InService"),
                    ("i-2", "Pending:Wait"),
                    ("i-3", "Terminating:Wait"),
                    ("i-4", "Terminating:Retained"),
                    ("i-5", "Warmed:Pending:Wait"),
                    ("i-6", "Warmed:Terminating:Wait"),
                    ("i-7", "Pending:Proceed"),
                    ("i-8", "Terminating:Proceed"),
                ],
            ),
            group("web", &[("i-9", "Terminating:Wait")]),
        ];
        let all = waiting(&groups, |id| id.as_str() != "i-9");
        let told = all.iter().map(|it| (it.instance.as_str(), &it.transition));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("i-2", &LifecycleTransition::Launching),
                ("i-3", &LifecycleTransition::Terminating)
            ]
        );
        assert_eq!(groups_of(&all), ["brokers".into()]);
    }

    #[test]
    fn only_our_hooks_of_the_same_way_hold_and_end_after_their_longest_time() {
        use LifecycleTransition::{Launching, Terminating};
        let all = waiting(&[group("brokers", &[("i-a1", "Terminating:Wait")])], |_| {
            true
        });
        let mut read = GroupLifecycle {
            group: "brokers".into(),
            hooks: Ok(vec![
                hook("kafka-privatelink-terminate", Terminating),
                hook("kafka-privatelink-launch", Launching),
                hook("backup", Terminating),
                hook("my-kafka-privatelink-terminate", Terminating),
            ]),
            activities: Ok(vec![
                activity("i-a1", 100, Some(200)),
                activity("i-a1", 300, None),
                activity("i-b2", 400, None),
            ]),
        };
        let held = holds(&all, std::slice::from_ref(&read));
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].hook.name, "kafka-privatelink-terminate");
        assert_eq!(held[0].ends_at(), Some(at(90_300)));
        read.activities = Ok(vec![activity("i-a1", 100, Some(200))]);
        let unknown = holds(&all, std::slice::from_ref(&read));
        assert_eq!(unknown[0].ends_at(), None);
        let mut read_again = read.clone();
        for (metadata, result) in [
            (
                Some(r#"{"at_limit": "abandon", "owner": "us"}"#),
                LifecycleResult::Abandon,
            ),
            (
                Some(r#"{"at_limit": "continue"}"#),
                LifecycleResult::Continue,
            ),
            (Some(r#"{"at_limit": 1}"#), LifecycleResult::Continue),
            (Some("abandon"), LifecycleResult::Continue),
            (None, LifecycleResult::Continue),
        ] {
            let hooks = read_again.hooks.as_mut().expect("hooks");
            hooks[0].notification_metadata = metadata.map(str::to_owned);
            let held = holds(&all, std::slice::from_ref(&read_again));
            assert_eq!(held[0].at_limit(), result, "{metadata:?}");
        }
        read.hooks = Err(Gap {
            read: "DescribeLifecycleHooks".to_owned(),
            reason: "no".to_owned(),
        });
        assert_eq!(holds(&all, &[read]), []);
    }
}

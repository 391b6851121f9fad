//! Lifecycle hooks at work.

use super::world::{at, world};
use super::{Hook, Model, NewAutoScalingGroup, Transition};
use fleet::observed::{InstanceState, LifecycleResult};
use fleet::tags::Tags;
use fleet::words::{AutoScalingGroupName, InstanceId};
use std::time::Duration;

const LAUNCH: &str = "kafka-privatelink-launch";
const TERMINATE: &str = "kafka-privatelink-terminate";

fn name() -> AutoScalingGroupName {
    AutoScalingGroupName::from("brokers")
}

fn hook(name: &str, transition: Transition, default_result: LifecycleResult) -> Hook {
    Hook {
        name: name.to_owned(),
        transition,
        heartbeat_timeout: Duration::from_secs(900),
        default_result,
        notification_metadata: None,
    }
}

/// A group of one with these hooks, at second 0; its instance runs from second 20 on.
fn with(hooks: &[Hook]) -> Model {
    let mut model = world();
    let new = NewAutoScalingGroup {
        name: name(),
        zones: vec!["usw2-az1".into()],
        desired_capacity: 0,
        tags: Tags::new(),
    };
    assert_eq!(model.create_auto_scaling_group(at(0), new), Ok(()));
    for hook in hooks {
        assert_eq!(
            model.put_lifecycle_hook(at(0), &name(), hook.clone()),
            Ok(())
        );
    }
    assert_eq!(model.set_desired_capacity(at(0), &name(), 1), Ok(()));
    model
}

fn launching(default_result: LifecycleResult) -> Hook {
    hook(LAUNCH, Transition::Launching, default_result)
}

fn terminating(default_result: LifecycleResult) -> Hook {
    hook(TERMINATE, Transition::Terminating, default_result)
}

fn members(model: &mut Model, now: i64) -> Vec<(InstanceId, String)> {
    match model.describe_auto_scaling_groups(at(now), None) {
        Ok(page) => page.items[0].instances.clone().into_iter().collect(),
        Err(error) => panic!("{error}"),
    }
}

fn states(model: &mut Model, now: i64) -> Vec<String> {
    let members = members(model, now).into_iter();
    members.map(|(_, state)| state).collect()
}

fn runs(model: &Model, id: &InstanceId) -> bool {
    let record = model.instance(id);
    record.is_some_and(|it| it.state == InstanceState::Running)
}

#[test]
fn an_instance_waits_on_its_way_in_until_its_action_is_completed() {
    let mut model = with(&[launching(LifecycleResult::Abandon)]);
    assert_eq!(states(&mut model, 19), ["Pending"]);
    let (id, state) = members(&mut model, 20).remove(0);
    assert_eq!(state, "Pending:Wait");
    assert!(runs(&model, &id));
    let complete = |model: &mut Model, hook: &str| {
        model.complete_lifecycle_action(at(600), &name(), hook, &id, LifecycleResult::Continue)
    };
    let refused = complete(&mut model, "another").unwrap_err().to_string();
    assert!(
        refused.contains("No active Lifecycle Action found with instance ID"),
        "{refused}"
    );
    assert_eq!(complete(&mut model, LAUNCH), Ok(()));
    assert_eq!(states(&mut model, 600), ["InService"]);
    assert!(complete(&mut model, LAUNCH).is_err(), "P-20");
    let events = model.take_events();
    let told: Vec<_> = events
        .iter()
        .filter(|it| it["source"] == "aws.autoscaling")
        .map(|it| it["detail-type"].as_str().unwrap_or_default())
        .collect();
    let wanted = [
        "EC2 Instance-launch Lifecycle Action",
        "EC2 Instance Launch Successful",
    ];
    assert_eq!(told, wanted);
}

#[test]
fn what_times_out_comes_to_its_default_result() {
    let mut model = with(&[launching(LifecycleResult::Continue)]);
    assert_eq!(states(&mut model, 919), ["Pending:Wait"]);
    assert_eq!(states(&mut model, 920), ["InService"]);

    let mut model = with(&[launching(LifecycleResult::Abandon)]);
    let (first, _) = members(&mut model, 919).remove(0);
    let now = members(&mut model, 920);
    assert_eq!(now[0], (first, "Terminating".to_owned()));
    // Another one is launched in its place, and waits as the first did.
    assert_eq!(now[1].1, "Pending");
    assert_eq!(states(&mut model, 960), ["Pending:Wait"]);
}

#[test]
fn a_heart_beat_begins_the_time_out_again_and_the_longest_time_ends_it() {
    let mut model = with(&[terminating(LifecycleResult::Continue)]);
    let (id, _) = members(&mut model, 30).remove(0);
    assert_eq!(model.set_desired_capacity(at(100), &name(), 0), Ok(()));
    let beat = |model: &mut Model, now: i64| {
        model.record_lifecycle_action_heartbeat(at(now), &name(), TERMINATE, &id)
    };
    let end = 100 + 100 * 900;
    for now in (900..end).step_by(800) {
        assert_eq!(beat(&mut model, now), Ok(()), "{now}");
        assert_eq!(states(&mut model, now), ["Terminating:Wait"], "{now}");
        assert!(runs(&model, &id));
    }
    assert_eq!(states(&mut model, end - 1), ["Terminating:Wait"]);
    assert_eq!(states(&mut model, end), ["Terminating:Proceed"]);
    assert!(beat(&mut model, end).is_err(), "it has timed out");
    assert_eq!(states(&mut model, end + 60), [""; 0]);
    let long = Hook {
        heartbeat_timeout: Duration::from_secs(7200),
        ..terminating(LifecycleResult::Continue)
    };
    assert_eq!(long.global_timeout(), Duration::from_secs(48 * 3600));
}

#[test]
fn all_hooks_are_waited_for_unless_one_abandons() {
    let other = hook("other", Transition::Terminating, LifecycleResult::Continue);
    for (result, state) in [
        (LifecycleResult::Continue, "Terminating:Wait"),
        (LifecycleResult::Abandon, "Terminating:Proceed"),
    ] {
        let mut model = with(&[terminating(LifecycleResult::Continue), other.clone()]);
        let (id, _) = members(&mut model, 30).remove(0);
        assert_eq!(model.set_desired_capacity(at(100), &name(), 0), Ok(()));
        let completed = model.complete_lifecycle_action(at(110), &name(), TERMINATE, &id, result);
        assert_eq!(completed, Ok(()));
        assert_eq!(states(&mut model, 110), [state]);
    }
}

#[test]
fn an_instance_that_is_abandoned_is_retained_where_the_group_says_so() {
    let mut model = with(&[terminating(LifecycleResult::Abandon)]);
    let (id, _) = members(&mut model, 30).remove(0);
    assert_eq!(model.set_retention(at(30), &name(), true), Ok(()));
    assert_eq!(model.set_desired_capacity(at(100), &name(), 0), Ok(()));
    assert_eq!(states(&mut model, 1000), ["Terminating:Retained"]);
    assert_eq!(states(&mut model, 9000), ["Terminating:Retained"]);
    assert!(runs(&model, &id), "P-19");
    assert_eq!(model.terminate_instance(at(9000), &id), Ok(()));
    assert_eq!(states(&mut model, 9100), [""; 0]);
}

#[test]
fn an_instance_that_ended_by_itself_waits_on_its_way_out_too() {
    let mut model = with(&[terminating(LifecycleResult::Continue)]);
    let (id, _) = members(&mut model, 30).remove(0);
    assert_eq!(model.terminate_instance(at(30), &id), Ok(()));
    assert_eq!(
        members(&mut model, 120)[0],
        (id.clone(), "Terminating:Wait".to_owned())
    );
    assert!(!runs(&model, &id));
    let completed = model.complete_lifecycle_action(
        at(200),
        &name(),
        TERMINATE,
        &id,
        LifecycleResult::Continue,
    );
    assert_eq!(completed, Ok(()));
    assert_eq!(states(&mut model, 200), ["InService"]);
}

#[test]
fn a_hook_has_bounds() {
    let mut model = with(&[]);
    for seconds in [0, 29, 7201] {
        let mut hook = launching(LifecycleResult::Continue);
        hook.heartbeat_timeout = Duration::from_secs(seconds);
        let refused = model.put_lifecycle_hook(at(0), &name(), hook).unwrap_err();
        assert!(refused.to_string().contains("30 to 7200"), "{refused}");
    }
    for number in 0..50 {
        let one = hook(
            &format!("h{number}"),
            Transition::Launching,
            LifecycleResult::Continue,
        );
        assert_eq!(model.put_lifecycle_hook(at(0), &name(), one), Ok(()));
    }
    let one_more = hook("h50", Transition::Launching, LifecycleResult::Continue);
    assert!(model.put_lifecycle_hook(at(0), &name(), one_more).is_err());
}

fn activities(model: &mut Model, now: i64) -> Vec<(String, String, bool)> {
    let page = model.describe_scaling_activities(at(now), &name(), None);
    let items = page.expect("a group that exists").items.into_iter();
    items
        .map(|it| {
            assert_eq!(it.instance.is_some(), it.description.contains("i-"));
            (it.description, it.status, it.ended_at.is_some())
        })
        .collect()
}

#[test]
fn an_activity_is_under_way_as_long_as_its_instance_waits_and_shown_first() {
    let mut model = with(&[terminating(LifecycleResult::Continue)]);
    let (id, _) = members(&mut model, 30).remove(0);
    assert_eq!(model.set_desired_capacity(at(100), &name(), 0), Ok(()));
    assert_eq!(model.set_desired_capacity(at(200), &name(), 1), Ok(()));
    let (second, _) = members(&mut model, 300).remove(1);
    let leaving = format!("Terminating EC2 instance: {id}");
    let launched = |id: &InstanceId| format!("Launching a new EC2 instance: {id}");
    let successful = |description: String| (description, "Successful".to_owned(), true);
    assert_eq!(
        activities(&mut model, 300),
        [
            (leaving.clone(), "MidLifecycleAction".to_owned(), false),
            successful(launched(&second)),
            successful(launched(&id)),
        ]
    );
    let completed = model.complete_lifecycle_action(
        at(400),
        &name(),
        TERMINATE,
        &id,
        LifecycleResult::Continue,
    );
    assert_eq!(completed, Ok(()));
    let under_way = (leaving.clone(), "InProgress".to_owned(), false);
    assert_eq!(activities(&mut model, 400)[0], under_way);
    let ended = activities(&mut model, 500);
    assert_eq!(ended[1], successful(leaving), "{ended:?}");
    let six_weeks = 6 * 7 * 24 * 3600;
    assert_eq!(activities(&mut model, six_weeks + 250).len(), 0);
}

#[test]
fn hooks_are_shown_with_their_longest_time() {
    let mut model = with(&[launching(LifecycleResult::Abandon)]);
    let shown = model.describe_lifecycle_hooks(at(0), &name());
    let hook = shown.expect("a group that exists").remove(0);
    assert_eq!(
        (hook.heartbeat_timeout_seconds, hook.global_timeout_seconds),
        (900, 90_000)
    );
    assert_eq!(
        (hook.name.as_str(), hook.default_result.as_str()),
        (LAUNCH, "ABANDON")
    );
    let unknown = model.describe_lifecycle_hooks(at(0), &"web".into());
    assert_eq!(unknown.map_err(|error| error.code), Err("ValidationError"));
}

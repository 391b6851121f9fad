//! Hooks that are not ours, or not as they must be.

use super::{GROUP, LAUNCH, done, state, sweep, with_hooks};
use cloud::call::Call;
use fleet::words::NodeId;
use std::time::Duration;
use tests::scaling::hook;
use tests::{Stage, ZONES, held, is_held, tagged};
use world::model::{Hook, Transition};

#[tokio::test(start_paused = true)]
async fn a_quiet_run_asks_for_no_hooks() {
    let stage = with_hooks().await;
    let run = sweep(&stage).await;
    let calls = &run.report.calls;
    assert!(!calls.contains_key("DescribeLifecycleHooks"), "{calls:?}");
    assert!(
        !calls.contains_key("DescribeScalingActivities"),
        "{calls:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn hooks_of_other_names_are_never_touched() {
    let stage = Stage::three().await;
    let others = ["backup", "Kafka-privatelink-x", "my-kafka-privatelink-x"];
    let hooks = others.map(|name| (name, Transition::Launching));
    stage.scaling_group(GROUP, 4, &hooks);
    stage.scale(GROUP, 1);
    stage.settle().await;
    assert!(
        stage.behind(9092).contains(&super::fourth(&stage)),
        "it serves"
    );
    assert_eq!(state(&stage), "Pending:Wait");
    assert_eq!(done(&stage), (0, 0));
    let run = sweep(&stage).await;
    assert!(!run.report.calls.contains_key("DescribeScalingActivities"));
    assert_eq!(held(&run), "");
}

#[tokio::test(start_paused = true)]
async fn others_are_waited_for_by_aws_when_ours_is_completed() {
    let stage = with_hooks().await;
    stage.put_hook(GROUP, hook("backup", Transition::Launching));
    stage.scale(GROUP, 1);
    for _ in 0..8 {
        sweep(&stage).await;
    }
    assert_eq!(state(&stage), "Pending:Wait");
    let by_name = |stage: &Stage| {
        let model = stage.model();
        let writes = model.writes().iter();
        let ours = writes.filter(|write| write.call == Call::CompleteLifecycleAction);
        ours.map(|write| write.what.clone()).collect::<Vec<_>>()
    };
    let completed = by_name(&stage);
    assert!(!completed.is_empty(), "ours is completed");
    assert!(
        completed.iter().all(|what| what.contains(LAUNCH)),
        "{completed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_times_out_too_soon_is_said_with_how_long_it_must_be() {
    let stage = with_hooks().await;
    let short = Hook {
        heartbeat_timeout: Duration::from_secs(30),
        ..hook(LAUNCH, Transition::Launching)
    };
    stage.put_hook(GROUP, short);
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(25)).await;
    let run = stage.activate().await;
    assert!(
        is_held(&run, |held| held.kind == "HookTooShort"),
        "{}",
        held(&run)
    );
    assert!(held(&run).contains("30 s"), "{}", held(&run));
    assert!(
        held(&run).contains("--heartbeat-timeout 900"),
        "{}",
        held(&run)
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_of_several_brokers_is_followed_instance_by_instance() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 2);
    stage.pass(Duration::from_secs(30)).await;
    // Both say that they are broker 4, until somebody tags the second one.
    let second = stage.lifecycle(GROUP).pop_last().expect("two").0;
    stage
        .edit(|model, _| {
            model.set_tags(&second, tagged(ZONES[0], "5").tags)?;
            model.edit_kafka(&second, |kafka| kafka.node_id = NodeId::new(5))
        })
        .expect("tagged");
    stage.settle().await;
    let states = stage.lifecycle(GROUP);
    assert!(
        states.values().all(|state| state == "InService"),
        "{states:?}"
    );
    assert!(stage.behind(9097).contains(&second));
}

#[tokio::test(start_paused = true)]
async fn what_iam_denies_of_a_hook_is_said_and_stops_nothing_else() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    // As it is where the group lacks the cluster's tag.
    let denied = Call::RecordLifecycleActionHeartbeat;
    stage.model().deny(denied);
    let mut said = 0;
    for _ in 0..10 {
        let run = sweep(&stage).await;
        let actions = run.report.actions.iter();
        for taken in actions.filter(|taken| taken.outcome.is_failure()) {
            let why = format!("{:?}", taken.outcome);
            assert!(
                why.contains("allow autoscaling:RecordLifecycleActionHeartbeat"),
                "{why}"
            );
            said += 1;
        }
    }
    assert!(said > 0);
    assert_eq!(state(&stage), "InService", "it was completed in time");
}

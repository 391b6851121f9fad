//! An instance that goes waits until its broker is gone, and its port has drained.

use super::{GROUP, completed, done, state, sweep, with_a_fourth, with_hooks};
use std::time::Duration;
use tests::{held, is_held};
use world::model::KafkaState;

#[tokio::test(start_paused = true)]
async fn it_leaves_bootstrap_first_then_its_port_when_it_is_stopped_and_is_completed_when_that_has_drained()
 {
    let (stage, fourth) = with_a_fourth().await;
    let others = [9093, 9094, 9095].map(|port| stage.behind(port));
    stage.scale(GROUP, 0);
    sweep(&stage).await;
    assert!(!stage.behind(9092).contains(&fourth));
    for _ in 0..5 {
        sweep(&stage).await;
        assert!(
            stage.behind(9096).contains(&fourth),
            "it serves until it is stopped"
        );
        assert_eq!(state(&stage), "Terminating:Wait");
    }
    // push-listeners stops it.
    stage.kafka_is(&fourth, KafkaState::Down);
    for _ in 0..20 {
        let run = sweep(&stage).await;
        if !completed(&run).is_empty() {
            assert_eq!(
                completed(&run),
                ["broker 4 is gone from the instance, in two looks"]
            );
            let (now, group) = (stage.now(), stage.group(9096));
            let targets = stage.edit(|model, _| model.describe_target_health(now, &group));
            assert_eq!(targets.expect("a group"), [], "its port has drained");
            assert_eq!(done(&stage).1, 1);
            assert_eq!([9093, 9094, 9095].map(|port| stage.behind(port)), others);
            stage.settle().await;
            assert_eq!(state(&stage), "gone");
            return;
        }
    }
    panic!("it waits still");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_runs_on_is_kept_with_heart_beats_and_after_a_while_held() {
    let (stage, fourth) = with_a_fourth().await;
    stage.scale(GROUP, 0);
    for minute in 0..40 {
        let run = sweep(&stage).await;
        assert_eq!(state(&stage), "Terminating:Wait", "minute {minute}");
        let is_said = is_held(&run, |held| held.kind == "StillRuns");
        // The first run comes a minute after the activity began.
        assert_eq!(is_said, minute >= 14, "minute {minute}: {}", held(&run));
        let long = run.report.picture.waiting[0].is_long();
        assert_eq!(long, minute >= 29, "minute {minute}");
    }
    assert_eq!(done(&stage), (40, 0));
    assert!(stage.behind(9096).contains(&fourth));
}

#[tokio::test(start_paused = true)]
async fn p22_an_instance_that_never_joined_is_completed_at_once_in_two_looks() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(30)).await;
    let fourth = super::fourth(&stage);
    stage.kafka_is(&fourth, KafkaState::Down);
    stage
        .edit(|model, now| model.set_lifecycle_state(now, &fourth, "InService"))
        .expect("in service by hand");
    stage.scale(GROUP, 0);
    let run = sweep(&stage).await;
    assert_eq!(completed(&run).len(), 1, "{:?}", run.report.actions);
    assert!(run.report.calls["DescribeInstances"] >= 2);
    assert_eq!(state(&stage), "Terminating:Proceed");
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ended_by_itself_is_not_waited_for() {
    let (stage, fourth) = with_a_fourth().await;
    stage.scale(GROUP, 0);
    stage.terminate(&fourth);
    let mut runs = Vec::new();
    for _ in 0..10 {
        runs.extend(completed(&sweep(&stage).await));
    }
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(state(&stage), "gone");
}

#[tokio::test(start_paused = true)]
async fn while_nobody_can_be_asked_it_waits() {
    let (stage, fourth) = with_a_fourth().await;
    stage.scale(GROUP, 0);
    stage.kafka_is(&fourth, KafkaState::Down);
    for port in [9093, 9094, 9095] {
        let other = stage.behind(port).pop_first().expect("a broker");
        stage.kafka_is(&other, KafkaState::Denies);
    }
    for _ in 0..20 {
        assert_eq!(completed(&sweep(&stage).await), [""; 0]);
    }
    assert_eq!(done(&stage), (20, 0));
}

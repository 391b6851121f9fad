//! An instance that comes waits until its broker serves.

use super::{GROUP, LAUNCH, completed, done, fourth, state, sweep, with_hooks};
use std::time::Duration;
use tests::{Stage, ZONES, held, is_held};
use world::model::{KafkaState, Transition};

#[tokio::test(start_paused = true)]
async fn a_launch_is_completed_when_the_broker_is_in_bootstrap_and_not_before() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    for waited in 0..20 {
        let run = sweep(&stage).await;
        let fourth = fourth(&stage);
        if state(&stage) == "InService" {
            assert_eq!(
                completed(&run),
                ["broker 4 is up, and serves where it is wanted"]
            );
            assert!(stage.behind(9092).contains(&fourth));
            assert_eq!(stage.behind(9096), [fourth].into());
            assert!(waited > 1, "it waited {waited} minutes");
            assert_eq!(held(&sweep(&stage).await), "");
            return;
        }
        let waiting = &run.report.picture.waiting;
        assert!(
            waiting.len() == 1 && waiting[0].until.is_some(),
            "{waiting:?}"
        );
    }
    panic!("it waits still: {:?}", stage.lifecycle(GROUP));
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_does_not_come_up_is_kept_waiting_by_a_heart_beat_in_each_run() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(30)).await;
    stage.kafka_is(&fourth(&stage), KafkaState::Down);
    stage.forget_calls();
    // Longer than a heart-beat lasts.
    for _ in 0..40 {
        let run = sweep(&stage).await;
        assert_eq!(state(&stage), "Pending:Wait");
        assert_eq!(completed(&run), [""; 0]);
    }
    assert_eq!(done(&stage), (40, 0));
    stage.kafka_is(&fourth(&stage), KafkaState::Answers);
    stage.settle().await;
    assert_eq!(state(&stage), "InService");
}

#[tokio::test(start_paused = true)]
async fn p21_nobody_has_to_be_told_that_an_instance_waits() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    // Every event is lost; the sweep sees it.
    stage.pass(Duration::from_secs(600)).await;
    drop(stage.model().take_events());
    stage.settle().await;
    assert_eq!(state(&stage), "InService");
}

#[tokio::test(start_paused = true)]
async fn a_bootstrap_that_was_never_complete_is_not_waited_for() {
    let stage = Stage::new();
    let first = stage.broker(1, ZONES[0]);
    stage.broker(2, ZONES[1]);
    stage.kafka_is(&first, KafkaState::Down);
    stage.scaling_group(GROUP, 4, &[(LAUNCH, Transition::Launching)]);
    stage.scale(GROUP, 1);
    for _ in 0..20 {
        sweep(&stage).await;
    }
    assert_eq!(state(&stage), "InService");
    assert_eq!(stage.behind(9092), [].into(), "broker 1 is waited for");
}

#[tokio::test(start_paused = true)]
async fn who_is_left_out_of_a_group_or_whose_group_is_frozen_is_not_waited_for_there() {
    for value in [
        r#"{"pattern": "<b>.<az>.abc.us-west-2.aws.1.tidbcloud.com:<p>", "without": [4]}"#,
        "no pattern at all",
    ] {
        let stage = with_hooks().await;
        stage.put("listeners/EXTERNAL", value);
        stage.scale(GROUP, 1);
        for _ in 0..5 {
            sweep(&stage).await;
        }
        assert_eq!(state(&stage), "InService", "{value}");
        assert!(!stage.behind(9092).contains(&fourth(&stage)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_twin_of_a_live_broker_is_completed_and_held_and_not_left_waiting() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.scaling_group("twin", 2, &[(LAUNCH, Transition::Launching)]);
    stage.scale("twin", 1);
    let run = sweep(&stage).await;
    assert!(is_held(&run, |held| held.kind == "Twins"), "{}", held(&run));
    let states = stage.lifecycle("twin");
    assert!(states.values().eq(["InService"]), "{states:?}");
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn an_open_bootstrap_stays_open_while_a_broker_is_launched() {
    let stage = with_hooks().await;
    let before = stage.behind(9092);
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(30)).await;
    stage.kafka_is(&fourth(&stage), KafkaState::Hangs);
    for _ in 0..10 {
        sweep(&stage).await;
        assert_eq!(stage.behind(9092), before);
    }
    assert_eq!(state(&stage), "Pending:Wait");
}

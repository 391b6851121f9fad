//! When no time is left.

use super::{GROUP, LAUNCH, TERMINATE, completed, state, sweep};
use fleet::observed::LifecycleResult;
use fleet::words::InstanceId;
use std::time::Duration;
use tests::scaling::hook;
use tests::{Activated, Stage, held, is_held};
use world::model::{Hook, KafkaState, Transition};

/// Times out after three minutes, so that the longest wait is five hours.
fn short(name: &str, transition: Transition, metadata: Option<&str>) -> Hook {
    Hook {
        heartbeat_timeout: Duration::from_secs(180),
        default_result: LifecycleResult::Abandon,
        notification_metadata: metadata.map(str::to_owned),
        ..hook(name, transition)
    }
}

/// Sweeps until a hook is completed; how many there were.
async fn until_completed(stage: &Stage) -> (u64, Activated) {
    for minutes in 1..400 {
        let run = sweep(stage).await;
        if !completed(&run).is_empty() {
            return (minutes, run);
        }
    }
    panic!("nobody completes it: {:?}", stage.lifecycle(GROUP));
}

async fn never_up(metadata: Option<&str>) -> (Stage, InstanceId, Activated) {
    let stage = Stage::three().await;
    stage.scaling_group(GROUP, 4, &[]);
    stage.put_hook(GROUP, short(LAUNCH, Transition::Launching, metadata));
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(30)).await;
    let fourth = super::fourth(&stage);
    stage.kafka_is(&fourth, KafkaState::Down);
    let (minutes, run) = until_completed(&stage).await;
    // Five minutes before AWS would end it.
    assert!((290..=296).contains(&minutes), "{minutes}");
    assert!(
        is_held(&run, |held| held.kind == "AtLimit"),
        "{}",
        held(&run)
    );
    (stage, fourth, run)
}

#[tokio::test(start_paused = true)]
async fn a_launch_goes_on_at_its_limit_and_nothing_is_routed_to_what_is_not_proven() {
    for metadata in [
        None,
        Some("at_limit: abandon"),
        Some(r#"{"at_limit": "go on"}"#),
    ] {
        let (stage, fourth, run) = never_up(metadata).await;
        assert_eq!(state(&stage), "InService");
        assert!(held(&run).contains("nothing is routed to it before it is proven"));
        sweep(&stage).await;
        assert!(!stage.behind(9092).contains(&fourth));
    }
}

#[tokio::test(start_paused = true)]
async fn a_launch_is_abandoned_at_its_limit_only_if_its_hook_says_so() {
    let (stage, fourth, run) = never_up(Some(r#"{"at_limit": "abandon"}"#)).await;
    assert!(held(&run).contains("ABANDON"), "{}", held(&run));
    let states = stage.lifecycle(GROUP);
    assert_eq!(states.get(&fourth).map(String::as_str), Some("Terminating"));
}

#[tokio::test(start_paused = true)]
async fn a_termination_ends_by_our_hand_before_its_time_out_whatever_still_runs() {
    let stage = Stage::three().await;
    stage.scaling_group(GROUP, 4, &[]);
    stage.scale(GROUP, 1);
    stage.settle().await;
    stage.put_hook(GROUP, short(TERMINATE, Transition::Terminating, None));
    stage.scale(GROUP, 0);
    let (minutes, run) = until_completed(&stage).await;
    assert!((296..=299).contains(&minutes), "{minutes}");
    assert!(
        is_held(&run, |held| held.kind == "AtLimit"),
        "{}",
        held(&run)
    );
    assert_eq!(state(&stage), "Terminating:Proceed");
}

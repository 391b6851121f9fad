//! Auto Scaling groups launch and end brokers, which wait for our lifecycle hooks: nobody counts as launched
//! before it serves, and nobody is cut off.

mod bad_input;
mod launch;
mod limit;
mod paused;
mod terminate;
mod warm;

use cloud::call::Call;
use fleet::words::InstanceId;
use std::time::Duration;
use tests::{Activated, Stage};
use world::model::Transition;

const GROUP: &str = "broker-4";
const LAUNCH: &str = "kafka-privatelink-launching";
const TERMINATE: &str = "kafka-privatelink-terminating";

/// The document's cluster, and a group of broker 4 with both hooks, without an instance.
async fn with_hooks() -> Stage {
    let stage = Stage::three().await;
    let hooks = [
        (LAUNCH, Transition::Launching),
        (TERMINATE, Transition::Terminating),
    ];
    stage.scaling_group(GROUP, 4, &hooks);
    stage
}

/// The same, and broker 4 is in service.
async fn with_a_fourth() -> (Stage, InstanceId) {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    stage.settle().await;
    let fourth = fourth(&stage);
    assert_eq!(state(&stage), "InService");
    stage.forget_calls();
    (stage, fourth)
}

/// The only instance of the group.
fn fourth(stage: &Stage) -> InstanceId {
    let mut members = stage.lifecycle(GROUP);
    let (id, _) = members.pop_first().expect("an instance");
    assert!(members.is_empty(), "{members:?}");
    id
}

/// Its lifecycle state; `gone` without one.
fn state(stage: &Stage) -> String {
    let mut states = stage.lifecycle(GROUP).into_values();
    states.next().unwrap_or_else(|| "gone".to_owned())
}

/// A sweep.
async fn sweep(stage: &Stage) -> Activated {
    stage.pass(Duration::from_secs(60)).await;
    stage.activate().await
}

/// How often each of the two was done since the calls were forgotten: heart-beats, and completions.
fn done(stage: &Stage) -> (usize, usize) {
    let writes = stage.writes();
    let count = |call| writes.iter().filter(|it| **it == call).count();
    (
        count(Call::RecordLifecycleActionHeartbeat),
        count(Call::CompleteLifecycleAction),
    )
}

/// The reasons that were given for completing.
fn completed(run: &Activated) -> Vec<String> {
    let actions = run.report.actions.iter();
    let completes = actions.filter(|taken| taken.step.starts_with("complete "));
    completes.map(|taken| taken.reason.clone()).collect()
}

//! Instances that go into a warm pool, stand there, and come out of it again (P-23): who stands there is no broker, and its
//! way in and out of the pool is no launch and no end.

use super::{GROUP, fourth, state, sweep, with_hooks};
use cloud::call::Call;
use fleet::words::InstanceId;
use tests::Stage;

/// The instance of the group is in this state of the warm pool.
fn becomes(stage: &Stage, id: &InstanceId, state: &str) {
    stage
        .edit(|model, now| model.set_lifecycle_state(now, id, state))
        .expect("a member");
}

#[tokio::test(start_paused = true)]
async fn on_its_way_into_and_out_of_a_warm_pool_nothing_is_completed_and_nothing_mapped() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    let fourth = fourth(&stage);
    let before = stage.mapping();
    for way in [
        "Warmed:Pending",
        "Warmed:Pending:Wait",
        "Warmed:Pending:Proceed",
        "Warmed:Running",
        "Warmed:Stopped",
        "Warmed:Hibernated",
        "Warmed:Terminating",
        "Warmed:Terminating:Wait",
        "Warmed:Terminating:Proceed",
    ] {
        becomes(&stage, &fourth, way);
        for _ in 0..3 {
            let run = sweep(&stage).await;
            assert!(run.is_complete(), "{way}: {:?}", run.report.gaps);
            assert!(run.plan.picture.waiting.is_empty(), "{way}");
        }
        assert_eq!(stage.mapping(), before, "{way}");
    }
    let writes = stage.writes();
    let hooks = [
        Call::CompleteLifecycleAction,
        Call::RecordLifecycleActionHeartbeat,
    ];
    assert!(!writes.iter().any(|it| hooks.contains(it)), "{writes:?}");
}

#[tokio::test(start_paused = true)]
async fn who_comes_out_of_a_warm_pool_is_launched_like_anybody() {
    let stage = with_hooks().await;
    stage.scale(GROUP, 1);
    let fourth = fourth(&stage);
    becomes(&stage, &fourth, "Warmed:Running");
    sweep(&stage).await;
    assert!(stage.mapping().values().all(|it| !it.contains(&fourth)));
    becomes(&stage, &fourth, "Pending");
    stage.settle().await;
    assert_eq!(state(&stage), "InService");
    assert!(stage.mapping().values().any(|it| it.contains(&fourth)));
}

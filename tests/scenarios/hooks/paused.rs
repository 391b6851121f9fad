//! While writes are paused, whoever waits is kept waiting, and nothing else is done.

use super::{GROUP, LAUNCH, completed, done, state, sweep, with_hooks};
use std::time::Duration;
use tests::scaling::hook;
use tests::{held, is_held};
use world::model::{Hook, Transition};

#[tokio::test(start_paused = true)]
async fn heart_beats_go_on_and_nobody_is_completed() {
    let stage = with_hooks().await;
    stage.put("paused", "true");
    stage.scale(GROUP, 1);
    stage.pass(Duration::from_secs(30)).await;
    stage.forget_calls();
    for _ in 0..40 {
        let run = sweep(&stage).await;
        assert!(run.report.paused.is_some());
        assert_eq!(completed(&run), [""; 0]);
    }
    assert_eq!(state(&stage), "Pending:Wait");
    assert_eq!(done(&stage), (40, 0));
    assert_eq!(stage.writes().len(), 40, "nothing else was written");
    stage.put("paused", "false");
    stage.settle().await;
    assert_eq!(state(&stage), "InService");
}

#[tokio::test(start_paused = true)]
async fn when_time_runs_out_it_is_said() {
    let stage = with_hooks().await;
    stage.put("paused", "true");
    let short = Hook {
        heartbeat_timeout: Duration::from_secs(120),
        ..hook(LAUNCH, Transition::Launching)
    };
    stage.put_hook(GROUP, short);
    stage.scale(GROUP, 1);
    let mut quiet = 0;
    loop {
        let run = sweep(&stage).await;
        let waiting = run.report.picture.waiting.first().expect("it waits");
        let left = waiting.until.expect("until when").duration_since(run.now);
        if is_held(&run, |held| held.kind == "EndsWhilePaused") {
            assert!(left.as_mins() >= 28 && left.as_mins() <= 30, "{left}");
            assert!(quiet > 100, "{quiet} runs said nothing");
            return;
        }
        assert!(left.as_mins() >= 30, "{left}: {}", held(&run));
        quiet += 1;
    }
}

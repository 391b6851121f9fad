//! A consumer that connects and leaves a hundred times a minute.

use super::*;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(300);

/// Connects and leaves for so long, while it may: the next endpoint is there before the last one goes, or,
/// with a gap, a moment after that. Answers how often it connected.
async fn comes_and_goes(stage: &Stage, account: &str, time: Duration, gap: Duration) -> usize {
    let end = tokio::time::Instant::now() + time;
    let (mut times, mut last) = (0, None);
    while tokio::time::Instant::now() < end {
        let next = stage.connect(account).ok();
        times += usize::from(next.is_some());
        tokio::time::sleep(MOMENT).await;
        let goes = match gap.is_zero() {
            true => std::mem::replace(&mut last, next),
            false => next,
        };
        if let Some(goes) = goes {
            stage
                .edit(|model, now| model.consumer_leaves(now, &goes))
                .expect("it leaves");
        }
        tokio::time::sleep(MOMENT + gap).await;
    }
    times
}

/// A run each minute.
async fn sweeps(stage: &Stage, principals: &Principals, times: usize) {
    for _ in 0..times {
        tokio::time::sleep(MINUTE).await;
        let synced = principals.run(stage).await;
        let report = serde_json::to_string(&synced.report).expect("JSON");
        assert!(report.len() < 16 * 1024, "{report}");
        assert!(synced.report.calls.values().sum::<u64>() < 40, "{report}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_listed_consumer_that_comes_and_goes_keeps_nobody_elses_connection_waiting() {
    let (stage, principals) = allowing(&[ANN, BOB]).await;
    let ann = stage.connect(ANN).expect("ANN may connect");
    let (times, ()) = tokio::join!(
        comes_and_goes(&stage, BOB, 5 * MINUTE, Duration::ZERO),
        sweeps(&stage, &principals, 5)
    );
    assert!(times > 400, "{times}");
    assert_eq!(stage.state_of(&ann), "available");
    let last = stage.connect(BOB).expect("BOB may connect");
    stage.pass(6 * MINUTE).await;
    principals.settle(&stage).await;
    assert_eq!(stage.state_of(&last), "available");
}

#[tokio::test(start_paused = true)]
async fn one_that_leaves_the_list_does_not_keep_its_permission_by_connecting_again_and_again() {
    let (stage, principals) = allowing(&[ANN, BOB]).await;
    stage.pass(MINUTE).await;
    stage.put("principals", ANN);
    let (times, ()) = tokio::join!(
        comes_and_goes(&stage, BOB, 10 * MINUTE, Duration::ZERO),
        sweeps(&stage, &principals, 10)
    );
    assert!(times > 50, "{times}");
    assert_eq!(stage.allowed(), roots(&[ANN]));
    // What was made in the last moment waits for ever, carries nothing, and goes with its endpoint.
    for (account, state) in stage.connected().into_values() {
        assert!(
            account.as_str() != BOB || state.as_str() != "available",
            "{state}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_there_in_one_look_and_not_in_the_next_keeps_nobodys_permission() {
    for gap in [2, 3, 4, 5, 7].map(Duration::from_secs) {
        let (stage, principals) = allowing(&[ANN, BOB, CAT]).await;
        stage.pass(MINUTE).await;
        stage.put(
            "principals",
            &json(&[ANN], &format!(r#""remove": ["{BOB}", "{CAT}"]"#)),
        );
        tokio::join!(
            comes_and_goes(&stage, BOB, 5 * MINUTE, gap),
            sweeps(&stage, &principals, 5)
        );
        assert_eq!(stage.allowed(), roots(&[ANN]), "{gap:?}");
    }
}

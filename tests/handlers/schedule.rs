//! The sweep: each of its wakes arrives, since its execution id makes each body another one.

use tests::handler::{Handler, SCALE, doctored};
use world::events::queue::DEDUPLICATION_INTERVAL;
use world::model::Settings;

/// How many sweeps have woken the function.
fn sweeps(handler: &Handler) -> u64 {
    let answers = handler
        .batches()
        .into_iter()
        .filter_map(|batch| batch.answer.ok());
    answers
        .filter_map(|answer| answer["wakes"]["aws.scheduler/Scheduled Event"].as_u64())
        .sum()
}

#[tokio::test]
async fn sweeps_within_the_five_minutes_of_deduplication_all_wake() {
    let handler = Handler::start(Settings::default()).await;
    handler
        .until(|_| match sweeps(&handler) {
            3.. => Ok(()),
            other => Err(format!("{other} sweeps")),
        })
        .await;
    assert_eq!(handler.queue().duplicates, 0);
    let batches = handler.batches();
    let sent = batches.iter().flat_map(|batch| &batch.batch);
    let sent: Vec<_> = sent.map(|message| message.sent).collect();
    let apart = sent.windows(2).map(|two| two[1].duration_since(two[0]));
    let close = apart.filter(|apart| apart.unsigned_abs() < DEDUPLICATION_INTERVAL);
    assert!(close.count() > 0);
}

#[tokio::test]
async fn a_sweep_without_its_execution_id_would_be_swallowed_p4() {
    let input = r#""id":"<aws.scheduler.execution-id>","time":"<aws.scheduler.scheduled-time>""#;
    let alike = doctored(input, r#""id":"sweep""#);
    let handler = Handler::deploy(Settings::default(), &alike, SCALE).await;
    handler
        .until(|_| match handler.queue() {
            counts if counts.duplicates >= 3 => Ok(()),
            counts => Err(format!("{counts:?}")),
        })
        .await;
    let counts = handler.drained().await;
    assert!(counts.sent <= counts.duplicates, "{counts:?}");
    assert!(sweeps(&handler) <= counts.sent as u64);
}

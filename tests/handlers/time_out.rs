//! AWS does not answer.

use serde_json::json;
use tests::handler::{Handler, SCALE, SEED, doctored};
use world::lambda::function_error::FunctionError;
use world::model::Settings;

/// The function gives up on silence before its 55 s are over, so its time-out is shortened here to
/// less than the 10 s of one call. That leaves no time for steps; none are due.
#[tokio::test]
async fn a_run_that_reaches_its_time_out_is_killed_and_its_batch_comes_back() {
    let impatient = doctored("      Timeout: 55", "      Timeout: 4");
    let handler = Handler::deploy(Settings::default(), &impatient, SCALE).await;
    let silence = handler.aws.hold(None);
    let batch = |number: usize| {
        handler.until(move |aws| match aws.journal().batches.get(number) {
            Some(batch) => Ok(batch.clone()),
            None => Err(format!("batch {number} is not over")),
        })
    };
    let timed_out = batch(0).await;
    drop(silence);
    let timeout = handler.aws.stack().function.timeout;
    assert_eq!(timed_out.answer, Err(FunctionError::TimedOut(timeout)));
    let again = batch(1).await;
    assert_eq!(again.batch[0].id, timed_out.batch[0].id);
    assert_eq!(again.batch[0].receive_count, 2);
    assert_eq!(again.answer.expect("a report")["gaps"], json!([]));
    let starts = handler.aws.function().map(|function| function.starts());
    assert_eq!(
        starts,
        Some(2),
        "a process that was killed is not used again"
    );
    handler.settled(&SEED).await;
}

#[tokio::test]
async fn answers_that_never_come_are_gaps_and_the_run_ends_by_itself() {
    let handler = Handler::start(Settings::default()).await;
    let silence = handler.aws.hold(Some("DescribeTargetHealth"));
    handler.broker("4", "usw2-az1");
    let report = handler
        .until(|aws| match aws.journal().reports.first() {
            Some(report) => Ok(report.clone()),
            None => Err("no run is over".to_owned()),
        })
        .await;
    drop(silence);
    let gaps = report["gaps"].as_array().expect("gaps");
    assert!(!gaps.is_empty());
    for gap in gaps {
        let read = gap["read"].as_str().unwrap_or_default();
        assert!(read.starts_with("DescribeTargetHealth"), "{gap}");
    }
    let wanted = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    handler.settled(&wanted).await;
    assert_eq!(handler.aws.journal().failures, [""; 0]);
}

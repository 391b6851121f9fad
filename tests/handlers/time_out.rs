//! AWS does not answer.

use fleet::observed::{InstanceState, TargetState};
use serde_json::{Value, json};
use tests::handler::{Handler, SCALE, THREE, doctored, with_one_sweep};
use world::deployment::Deployment;
use world::deployment::REGISTER_BROKERS;
use world::lambda::function_error::FunctionError;
use world::model::Settings;

/// By itself the function ends in time, whatever AWS does. So its process is stopped in the middle of
/// its first run, as a machine that hangs would.
#[tokio::test]
async fn a_run_that_reaches_its_time_out_is_killed_and_its_batch_comes_back() {
    let impatient = doctored("      Timeout: 55", "      Timeout: 30");
    let handler = Handler::deploy(Settings::default(), &impatient, SCALE).await;
    let silence = handler.aws.hold(REGISTER_BROKERS, None);
    handler.reached(&silence, 1).await;
    handler.freeze();
    let batch = |number: usize| {
        handler.until(
            move |aws| match aws.journal().runs(REGISTER_BROKERS).batches.get(number) {
                Some(batch) => Ok(batch.clone()),
                None => Err(format!("batch {number} is not over")),
            },
        )
    };
    let timed_out = batch(0).await;
    drop(silence);
    let timeout = handler.stack().function.timeout;
    assert_eq!(timed_out.answer, Err(FunctionError::TimedOut(timeout)));
    let again = batch(1).await;
    assert_eq!(again.batch[0].id, timed_out.batch[0].id);
    assert_eq!(again.batch[0].receive_count, 2);
    assert_eq!(again.answer.expect("a report")["gaps"], json!([]));
    let starts = handler
        .aws
        .function(REGISTER_BROKERS)
        .map(|function| function.starts());
    assert_eq!(
        starts,
        Some(2),
        "a process that was killed is not used again"
    );
    handler.settled(&THREE).await;
}

#[tokio::test]
async fn answers_that_never_come_are_gaps_and_the_run_ends_by_itself() {
    let handler = Handler::start(Settings::default()).await;
    let silence = handler
        .aws
        .hold(REGISTER_BROKERS, Some("DescribeTargetHealth"));
    handler.broker("4", "usw2-az1");
    let report = handler
        .until(
            |aws| match aws.journal().runs(REGISTER_BROKERS).reports.first() {
                Some(report) => Ok(report.clone()),
                None => Err("no run is over".to_owned()),
            },
        )
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
    assert_eq!(
        handler.aws.journal().runs(REGISTER_BROKERS).failures,
        [""; 0]
    );
}

/// The first run without an answer gives the broker its port; the second one begins when it is healthy
/// there, and would put it into bootstrap. Each waits 20 s for the answer, so there are no more of them.
#[tokio::test]
async fn a_probe_that_never_answers_holds_up_bootstrap_and_nothing_else() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.drained().await;
    let silence = handler.aws.hold(REGISTER_BROKERS, Some("Invoke"));
    handler.aws.bus().lose("aws.ec2");
    let fourth = handler.broker("4", "usw2-az1");
    handler
        .until(|aws| {
            let model = aws.model();
            match model.instance(&fourth).map(|instance| &instance.state) {
                Some(InstanceState::Running) => Ok(()),
                other => Err(format!("broker 4 is {other:?}")),
            }
        })
        .await;

    let first = woken(&handler).await;
    assert_eq!(first["gaps"].as_array().map(Vec::len), Some(1), "{first}");
    let port = "create listener 9096 for EXTERNAL broker 4";
    assert!(first["actions"].to_string().contains(port), "{first}");
    handler
        .until(|aws| {
            let forwards = aws.model().forwarding(aws.clock.now());
            let mut own = forwards.iter().filter(|on| on.port.get() == 9096);
            let targets = own.next().map(|on| on.targets.as_slice());
            match targets {
                Some([target]) if target.state == TargetState::Healthy => Ok(()),
                other => Err(format!("behind 9096 is {other:?}")),
            }
        })
        .await;

    let second = woken(&handler).await;
    let gap = second["gaps"][0]["read"].as_str().unwrap_or_default();
    assert!(gap.starts_with("InvokeFunction"), "{second}");
    let held = second["held"].to_string();
    let why = "nothing could be proven about EXTERNAL";
    assert!(held.contains(why), "{second}");
    let note = format!("tag EXTERNAL broker 4 with kafka-privatelink:served-by={fourth}");
    assert_eq!(second["actions"][0]["step"], json!(note));
    assert_eq!(second["actions"].as_array().map(Vec::len), Some(1));
    assert_eq!(handler.aws.registered("4").expect("broker 4"), [9096]);

    drop(silence);
    let third = woken(&handler).await;
    assert_eq!(third["gaps"], json!([]));
    let wanted = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    handler.settled(&wanted).await;
    assert_eq!(
        handler.aws.journal().runs(REGISTER_BROKERS).failures,
        [""; 0]
    );
}

/// The report of a run that begins now; nothing else wakes the function.
async fn woken(handler: &Handler) -> Value {
    let before = handler.aws.journal().runs(REGISTER_BROKERS).reports.len();
    handler.put([format!("look {before}")]);
    let over = |aws: &Deployment| match aws.journal().runs(REGISTER_BROKERS).reports.get(before) {
        Some(report) => Ok(report.clone()),
        None => Err("the run is not over".to_owned()),
    };
    handler.until(over).await
}

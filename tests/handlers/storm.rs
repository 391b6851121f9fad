//! Fifteen thousand events at once.

use cloud::call::Call;
use serde_json::{Value, json};
use std::ops::Range;
use std::time::Instant;
use tests::handler::{Handler, with_one_sweep};
use world::deployment::REGISTER_BROKERS;
use world::model::Settings;

const EVENTS: usize = 15_000;

/// An event of somebody's instance.
fn event(number: usize) -> Value {
    json!({
        "version": "0",
        "id": format!("00000000-0000-4000-8000-{number:012}"),
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": "123456789012",
        "time": "2026-11-22T12:00:00Z",
        "region": "us-west-2",
        "resources": [],
        "detail": { "instance-id": format!("i-{number:017x}"), "state": "running" },
    })
}

/// Sends events at one moment.
fn publish(handler: &Handler, numbers: Range<usize>) {
    let now = handler.aws.clock.now();
    let mut bus = handler.aws.bus();
    for number in numbers {
        assert_eq!(bus.publish(now, &event(number)), Ok(1));
    }
}

/// AWS time runs twice as fast only: a run is good for five minutes of it, and the whole storm must
/// be answered by then on a busy machine, too.
const SLOWLY: u32 = 2;

/// Half of the storm comes while the first
/// run is looking already, and with it a parameter of which nothing else tells.
#[tokio::test]
async fn fifteen_thousand_events_cost_two_runs_and_the_second_sees_what_the_first_could_not() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SLOWLY).await;
    handler.drained().await;
    let began = Instant::now();
    let looking = handler
        .aws
        .hold(REGISTER_BROKERS, Some("GetParametersByPath"));
    publish(&handler, 0..EVENTS / 2);
    handler.reached(&looking, 1).await;
    handler.aws.bus().lose("aws.ssm");
    handler
        .aws
        .put_parameter("paused", "true")
        .expect("written");
    publish(&handler, EVENTS / 2..EVENTS);
    drop(looking);
    handler.drained().await;
    let took = began.elapsed().as_secs_f64();

    let batches = handler.batches();
    let answers = batches.iter().map(|batch| batch.answer.as_ref());
    let answers: Vec<&Value> = answers.map(|answer| answer.expect("an answer")).collect();
    let runs = answers
        .iter()
        .filter(|answer| answer["covered_by"].is_null());
    let [_sweep, first, second] = runs.collect::<Vec<_>>()[..] else {
        panic!("the storm did not cost two runs");
    };
    println!(
        "{EVENTS} events: {} invocations, 2 runs, {took:.1} s, of which 5 s are the queue's delay",
        batches.len() - 1,
    );
    assert_eq!(first["paused"], Value::Null);
    assert!(second["paused"].is_string(), "{second}");

    let kind = "aws.ec2/EC2 Instance State-change Notification";
    let wakes = answers
        .iter()
        .filter_map(|answer| answer["wakes"][kind].as_u64());
    assert_eq!(wakes.sum::<u64>(), EVENTS as u64, "each is counted");
    let mut messages = batches.iter().flat_map(|batch| &batch.batch);
    assert!(messages.all(|message| message.receive_count == 1));
    let counts = handler.queue();
    assert_eq!((counts.sent, counts.deleted), (EVENTS + 1, EVENTS + 1));
    assert_eq!(handler.dead_letters().sent, 0);

    // What comes later is not covered by what was seen before.
    handler.put(["later".to_owned()]);
    handler.drained().await;
    assert_eq!(
        handler.aws.journal().runs(REGISTER_BROKERS).reports.len(),
        4
    );
    let looked = handler.aws.model().calls_of()[REGISTER_BROKERS][&Call::DescribeTargetGroups];
    assert_eq!(looked, 4, "a run looks once, and nothing else looks");
}

/// A run with a gap is repeated by and by, not for each batch: throttling would only grow (P-39).
#[tokio::test]
async fn a_storm_does_not_cost_a_run_for_each_batch_while_a_read_is_denied() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SLOWLY).await;
    handler.drained().await;
    handler.aws.model().deny(Call::DescribeAutoScalingGroups);
    publish(&handler, 0..300);
    handler.drained().await;
    let journal = handler.aws.journal();
    assert_eq!(journal.runs(REGISTER_BROKERS).batches.len(), 31);
    let gaps: Vec<&Value> = journal
        .runs(REGISTER_BROKERS)
        .reports
        .iter()
        .map(|report| &report["gaps"])
        .collect();
    assert_eq!(gaps[0], &json!([]));
    assert!((2..=3).contains(&gaps.len()), "{gaps:?}");
    assert_ne!(gaps[1], &json!([]));
}

//! The mapping on a virtual clock, with closures for functions.

use super::*;
use crate::events::bus::Target;
use crate::events::queue_settings::QueueSettings;
use jiff::Timestamp;
use serde_json::json;

const SCALE: u32 = 30;

fn mapping() -> Mapping {
    let mut bus = Bus::default();
    bus.add_queue(
        QueueSettings {
            name: "wakes.fifo".into(),
            delay: Duration::from_secs(5),
            visibility_timeout: Duration::from_secs(60),
            retention: Duration::from_secs(345_600),
            content_based_deduplication: true,
            max_receive_count: Some(5),
        },
        None,
    )
    .unwrap();
    let start: Timestamp = "2026-05-01T00:00:00Z".parse().unwrap();
    Mapping {
        settings: MappingSettings {
            queue: "wakes.fifo".into(),
            queue_arn: "arn:aws:sqs:us-west-2:111122223333:wakes.fifo".into(),
            batch_size: 10,
        },
        bus: Arc::new(Mutex::new(bus)),
        clock: Clock::new(start, SCALE),
    }
}

fn put(mapping: &Mapping, body: &str) {
    let target = Target {
        queue: "wakes.fifo".into(),
        message_group: "g".into(),
    };
    let now = mapping.clock.now();
    mapping.bus.lock().unwrap().put(now, &target, body).unwrap();
}

/// How many messages are on the queue, wherever.
fn left(mapping: &Mapping) -> usize {
    let mut bus = mapping.bus.lock().unwrap();
    bus.queue("wakes.fifo").unwrap().bodies().count()
}

fn broken() -> FunctionError {
    FunctionError::TimedOut(Duration::from_secs(55))
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_the_shape_that_lambda_gives_it_and_is_deleted_after_success() {
    let mapping = mapping();
    put(&mapping, "one");
    put(&mapping, "two");
    mapping.clock.sleep(Duration::from_secs(5)).await;
    let invoked = mapping
        .step(async |event: Value| {
            let record = &event["Records"][0];
            assert_eq!(event["Records"].as_array().map(Vec::len), Some(2));
            assert_eq!(record["body"], "one");
            assert_eq!(record["eventSource"], "aws:sqs");
            assert_eq!(record["awsRegion"], "us-west-2");
            assert_eq!(record["eventSourceARN"], mapping.settings.queue_arn);
            let attributes = &record["attributes"];
            assert_eq!(attributes["ApproximateReceiveCount"], "1");
            assert_eq!(attributes["MessageGroupId"], "g");
            assert_eq!(attributes["SentTimestamp"], "1777593600000");
            Ok(json!(null))
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(invoked.batch.len(), 2);
    assert_eq!(left(&mapping), 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_invocation_failed_comes_back_after_the_rest_of_its_visibility() {
    let mapping = mapping();
    put(&mapping, "one");
    mapping.clock.sleep(Duration::from_secs(5)).await;
    let failed = mapping.step(async |_| Err(broken())).await.unwrap();
    assert_eq!(failed.unwrap().answer, Err(broken()));
    assert_eq!(left(&mapping), 1);
    mapping.clock.sleep(Duration::from_secs(59)).await;
    assert!(
        mapping
            .step(async |_| Ok(json!(1)))
            .await
            .unwrap()
            .is_none()
    );
    mapping.clock.sleep(Duration::from_secs(1)).await;
    let again = mapping.step(async |_| Ok(json!(1))).await.unwrap().unwrap();
    assert_eq!(again.batch[0].receive_count, 2);
    assert_eq!(left(&mapping), 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_stays_with_its_invocation_however_fast_the_clock_runs() {
    let mapping = mapping();
    put(&mapping, "one");
    mapping.clock.sleep(Duration::from_secs(5)).await;
    let slow = async |_: Value| {
        // 50 s of real time are 25 minutes of AWS time, far beyond the visibility.
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(mapping.take().unwrap(), []);
        Err(broken())
    };
    let invoked = mapping.step(slow).await.unwrap().unwrap();
    assert_eq!(invoked.took, Duration::from_secs(50));
    mapping.clock.sleep(Duration::from_secs(9)).await;
    assert_eq!(mapping.take().unwrap(), [], "10 s of its 60 are left");
    mapping.clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(mapping.take().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn running_it_empties_the_queue_and_ends_with_the_bus() {
    let mut mapping = mapping();
    put(&mapping, "one");
    let mut seen = 0;
    let run = mapping.run(async |_| Ok(json!(null)), |_| seen += 1);
    let _ = tokio::time::timeout(Duration::from_secs(5), run).await;
    assert_eq!(seen, 1);
    mapping.settings.queue = "nowhere".into();
    let error = mapping.run(async |_| Ok(json!(null)), drop).await;
    assert!(matches!(error, BusError::NoQueue { .. }));
}

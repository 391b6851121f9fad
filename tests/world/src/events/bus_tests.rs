//! Rules, schedules and dead letters together.

use super::*;
use serde_json::json;
use std::time::Duration;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + seconds).expect("in range")
}

fn settings(name: &str) -> QueueSettings {
    QueueSettings {
        name: name.into(),
        delay: Duration::ZERO,
        visibility_timeout: Duration::from_secs(60),
        retention: Duration::from_secs(86_400),
        content_based_deduplication: true,
        max_receive_count: Some(1),
    }
}

fn target() -> Target {
    Target {
        queue: "wakes".into(),
        message_group: "k".into(),
    }
}

fn bus() -> Bus {
    let mut bus = Bus::default();
    bus.add_queue(settings("dead"), None).unwrap();
    bus.add_queue(settings("wakes"), Some("dead")).unwrap();
    bus.add_rule(Rule {
        name: "ec2".into(),
        pattern: Pattern::new(&json!({"source": ["aws.ec2"]})).unwrap(),
        target: target(),
        input: None,
    })
    .unwrap();
    bus
}

fn ec2(id: &str) -> Value {
    json!({"source": "aws.ec2", "detail": {"instance-id": id, "state": "running"}})
}

fn with_sweep(input: &str) -> Bus {
    let mut bus = bus();
    let sweep = Schedule::new("sweep", Duration::from_secs(60), input).unwrap();
    bus.add_schedule(sweep, target()).unwrap();
    bus
}

/// How many sweeps arrive in five minutes, each deleted as soon as it comes.
fn sweeps_of_five_minutes(mut bus: Bus) -> usize {
    let mut arrived = 0;
    for second in 0..300 {
        bus.pass(at(second)).unwrap();
        let queue = bus.queue("wakes").unwrap();
        for message in queue.receive(at(second), 10) {
            queue.delete(at(second), &message.receipt_handle).unwrap();
            arrived += 1;
        }
    }
    arrived
}

#[test]
fn sweeps_without_the_execution_id_are_swallowed_by_deduplication() {
    let with = with_sweep(r#"{"sweep":"<aws.scheduler.execution-id>"}"#);
    assert_eq!(sweeps_of_five_minutes(with), 5);
    let without = with_sweep(r#"{"sweep":"now"}"#);
    assert_eq!(sweeps_of_five_minutes(without), 1);
}

#[test]
fn a_matching_event_is_sent_whole_and_any_other_is_not() {
    let mut bus = bus();
    assert_eq!(bus.publish(at(0), &ec2("i-1")), Ok(1));
    assert_eq!(bus.publish(at(0), &json!({"source": "aws.ssm"})), Ok(0));
    let batch = bus.queue("wakes").unwrap().receive(at(0), 10);
    assert_eq!(batch.len(), 1);
    assert_eq!(batch[0].group, "k");
    let body: Value = serde_json::from_str(&batch[0].body).unwrap();
    assert_eq!(body, ec2("i-1"));
}

#[test]
fn events_of_a_lost_source_never_arrive_and_are_counted() {
    let mut bus = bus();
    bus.lose("aws.ec2");
    assert_eq!(bus.publish(at(0), &ec2("i-1")), Ok(0));
    bus.lose_no_more("aws.ec2");
    assert_eq!(bus.publish(at(0), &ec2("i-2")), Ok(1));
    assert_eq!(
        bus.delivered()["aws.ec2"],
        Delivered {
            events: 2,
            sends: 1,
            dropped: 1
        }
    );
}

#[test]
fn dead_letters_move_to_their_queue() {
    let mut bus = bus();
    bus.put(at(0), &target(), "by hand").unwrap();
    bus.queue("wakes").unwrap().receive(at(0), 10);
    assert!(
        bus.queue("wakes").unwrap().receive(at(60), 10).is_empty(),
        "received once, which is the most"
    );
    bus.pass(at(60)).unwrap();
    let dead = bus.queue("dead").unwrap();
    assert_eq!(dead.bodies().collect::<Vec<_>>(), ["by hand"]);
}

#[test]
fn a_target_without_a_queue_is_refused_by_name() {
    let mut bus = bus();
    let nowhere = Target {
        queue: "nowhere".into(),
        message_group: "k".into(),
    };
    let error = bus.put(at(0), &nowhere, "x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a message by hand: there is no queue nowhere"
    );
    assert!(bus.publish(at(0), &json!({"detail": {}})).is_err());
}

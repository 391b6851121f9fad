//! The FIFO queue, verb by verb.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + seconds).expect("in range")
}

fn settings() -> QueueSettings {
    QueueSettings {
        name: "wakes.fifo".into(),
        delay: Duration::from_secs(5),
        visibility_timeout: Duration::from_secs(60),
        retention: Duration::from_secs(3600),
        content_based_deduplication: true,
        max_receive_count: Some(2),
    }
}

fn queue() -> Queue {
    Queue::new(settings())
}

fn put(queue: &mut Queue, now: i64, group: &str, body: &str) -> Sent {
    queue
        .send(at(now), NewMessage::new(group, body))
        .expect("accepted")
}

fn bodies(batch: &[Message]) -> Vec<&str> {
    batch.iter().map(|m| m.body.as_str()).collect()
}

#[test]
fn a_message_comes_after_the_delay_and_not_before() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    assert!(queue.receive(at(4), 10).is_empty());
    assert_eq!(queue.counts(at(4)).delayed, 1);
    let batch = queue.receive(at(5), 10);
    assert_eq!(bodies(&batch), ["a"]);
    assert_eq!(batch[0].receive_count, 1);
    assert_eq!(batch[0].sent, at(0));
    assert_eq!(queue.counts(at(5)).in_flight, 1);
}

#[test]
fn the_same_body_is_swallowed_for_five_minutes_even_after_it_was_deleted() {
    let mut queue = queue();
    let Sent::Accepted(first) = put(&mut queue, 0, "g", "a") else {
        panic!("the first send is new");
    };
    let batch = queue.receive(at(5), 10);
    queue.delete(at(6), &batch[0].receipt_handle).unwrap();
    assert_eq!(put(&mut queue, 299, "g", "a"), Sent::Duplicate(first));
    assert_eq!(queue.counts(at(299)).duplicates, 1);
    assert!(matches!(put(&mut queue, 300, "g", "a"), Sent::Accepted(_)));
}

#[test]
fn without_content_deduplication_a_send_needs_an_id() {
    let mut queue = Queue::new(QueueSettings {
        content_based_deduplication: false,
        ..settings()
    });
    assert_eq!(
        queue.send(at(0), NewMessage::new("g", "a")),
        Err(QueueError::NoDeduplicationId("wakes.fifo".into()))
    );
    let with_id = |id: &str| NewMessage {
        deduplication_id: Some(id.into()),
        ..NewMessage::new("g", "a")
    };
    assert!(matches!(
        queue.send(at(0), with_id("1")),
        Ok(Sent::Accepted(_))
    ));
    assert!(matches!(
        queue.send(at(0), with_id("2")),
        Ok(Sent::Accepted(_))
    ));
}

#[test]
fn a_send_without_a_group_is_refused() {
    assert_eq!(
        queue().send(at(0), NewMessage::new("", "a")),
        Err(QueueError::NoGroup("wakes.fifo".into()))
    );
}

#[test]
fn a_batch_is_the_first_ten_of_one_group_in_order() {
    let mut queue = queue();
    put(&mut queue, 0, "other", "x");
    for n in 0..12 {
        put(&mut queue, 0, "g", &format!("m{n:02}"));
    }
    assert_eq!(bodies(&queue.receive(at(5), 10)), ["x"]);
    let batch = queue.receive(at(5), 10);
    assert_eq!(batch.len(), 10);
    assert_eq!(batch[0].body, "m00");
    assert_eq!(batch[9].body, "m09");
    assert!(
        batch
            .windows(2)
            .all(|w| w[0].sequence_number < w[1].sequence_number)
    );
}

#[test]
fn a_batch_in_flight_blocks_its_group_but_no_other() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    let batch = queue.receive(at(5), 10);
    put(&mut queue, 6, "g", "b");
    put(&mut queue, 6, "h", "c");
    assert_eq!(bodies(&queue.receive(at(20), 10)), ["c"]);
    assert!(
        queue.receive(at(20), 10).is_empty(),
        "b waits behind a (P-4)"
    );
    queue.delete(at(20), &batch[0].receipt_handle).unwrap();
    assert_eq!(bodies(&queue.receive(at(20), 10)), ["b"]);
}

#[test]
fn what_is_not_deleted_comes_back_first_when_its_visibility_ends() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    queue.receive(at(5), 10);
    put(&mut queue, 6, "g", "b");
    assert!(queue.receive(at(64), 10).is_empty());
    let again = queue.receive(at(65), 10);
    assert_eq!(bodies(&again), ["a", "b"]);
    assert_eq!((again[0].receive_count, again[1].receive_count), (2, 1));
    assert_eq!(again[0].first_received, at(5));
}

#[test]
fn an_old_receipt_handle_deletes_nothing() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    let old = queue.receive(at(5), 10);
    assert!(matches!(
        queue.delete(at(65), &old[0].receipt_handle),
        Err(QueueError::Expired { .. })
    ));
    let new = queue.receive(at(65), 10);
    assert!(queue.delete(at(66), &old[0].receipt_handle).is_err());
    assert!(queue.delete(at(66), &new[0].receipt_handle).is_ok());
}

#[test]
fn after_max_receive_count_receives_a_message_goes_to_the_dead_letters() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "poison");
    assert_eq!(queue.receive(at(5), 10).len(), 1);
    assert_eq!(queue.receive(at(65), 10).len(), 1);
    put(&mut queue, 70, "g", "good");
    assert_eq!(
        bodies(&queue.receive(at(125), 10)),
        ["good"],
        "no longer blocked"
    );
    let dead = queue.take_dead();
    assert_eq!(bodies(&dead), ["poison"]);
    assert!(queue.take_dead().is_empty());

    let mut dead_letters = Queue::new(QueueSettings {
        name: "dead.fifo".into(),
        max_receive_count: None,
        ..settings()
    });
    dead_letters.bury_here(at(125), dead[0].clone());
    assert_eq!(bodies(&dead_letters.receive(at(125), 10)), ["poison"]);
}

#[test]
fn held_messages_stay_until_they_are_released_or_deleted() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    put(&mut queue, 0, "g", "b");
    let batch = queue.receive(at(5), 10);
    queue.hold(at(5), &batch).unwrap();
    assert!(queue.receive(at(2000), 10).is_empty());
    queue.delete(at(2000), &batch[0].receipt_handle).unwrap();
    queue
        .release(at(2000), &batch[1..], Duration::from_secs(30))
        .unwrap();
    assert!(queue.receive(at(2029), 10).is_empty());
    assert_eq!(bodies(&queue.receive(at(2030), 10)), ["b"]);
}

#[test]
fn messages_older_than_the_retention_are_lost_and_counted() {
    let mut queue = queue();
    put(&mut queue, 0, "g", "a");
    assert!(queue.receive(at(3600), 10).is_empty());
    assert_eq!(queue.counts(at(3600)).expired, 1);
    assert_eq!(queue.bodies().count(), 0);
}

#[test]
fn every_message_that_was_taken_in_is_somewhere() {
    let mut queue = queue();
    for n in 0..4 {
        put(&mut queue, 0, "poison", &format!("{n}"));
    }
    put(&mut queue, 0, "poison", "0");
    let batch = queue.receive(at(5), 2);
    queue.delete(at(5), &batch[0].receipt_handle).unwrap();
    queue.receive(at(65), 1);
    queue.receive(at(125), 1);
    put(&mut queue, 125, "g", "late");
    let counts = queue.counts(at(126));
    assert_eq!((counts.sent, counts.duplicates), (5, 1));
    assert_eq!((counts.deleted, counts.buried, counts.expired), (1, 1, 0));
    assert_eq!(
        (counts.in_flight, counts.visible, counts.delayed),
        (1, 1, 1)
    );
    let counts = queue.counts(at(3600));
    assert_eq!((counts.visible, counts.expired), (1, 2));
}

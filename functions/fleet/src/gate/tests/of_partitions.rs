use super::super::scenes::{hearing, node, nodes, partition, quorum, told, topic};
use super::super::{GateQuestion, Moving, Partition, Verdict};
use super::{judged, question, says, with};
use std::sync::Arc;

/// What is in the way of stopping broker 3, if this is all there is, with this `min.insync.replicas`.
fn of(only: Partition, min: i32) -> Verdict {
    let voters = quorum(&[(1, 0), (2, 0), (3, 0)]);
    let mut hearing = hearing(&[1, 2, 3], &[topic("orders", vec![only])], Some(voters));
    for id in 1..=3 {
        let values = [(Arc::from("orders"), min)];
        told(&mut hearing, id).min_insync = Ok(Arc::new(values.into()));
    }
    judged(&question(3), &hearing)
}

const TOO_FEW: &str = "too few replicas are in sync, and producers with acks=all would fail: orders-0; see why replicas do not catch up";

#[test]
fn a_partition_can_do_without_it_as_long_as_enough_are_in_sync() {
    let partition = |isr: &[u32]| partition(0, isr.first().copied(), &[1, 2, 3], isr);
    for (isr, min, is_open) in [
        (&[1, 2, 3][..], 2, true),
        (&[1, 2], 2, true),
        (&[1, 3], 2, false),
        (&[1], 2, false),
        (&[1, 3], 1, true),
        // It is the only one.
        (&[3], 1, false),
        (&[1], 1, true),
        (&[3], 0, false),
        (&[3], -5, false),
    ] {
        let verdict = of(partition(isr), min);
        let expected: &[&str] = if is_open { &[] } else { &[TOO_FEW] };
        assert_eq!(says(&verdict), expected, "{isr:?}, {min}");
        assert!(verdict.unavailable.is_empty());
    }
}

#[test]
fn what_no_waiting_helps_is_listed_and_not_in_the_way() {
    for (replicas, min) in [
        (&[3][..], 1),
        (&[1, 2, 3], 3),
        (&[2, 3], 2),
        (&[3], 2),
        (&[1, 2, 3], i32::MAX),
    ] {
        let verdict = of(partition(0, Some(3), replicas, replicas), min);
        assert!(verdict.is_open(), "{verdict:?}");
        assert_eq!(verdict.unavailable.to_string(), "orders-0");
    }
    let elsewhere = of(partition(0, Some(1), &[1], &[1]), 1);
    assert!(elsewhere.is_open() && elsewhere.unavailable.is_empty());
    assert_eq!(elsewhere.counts.of_next, 0);
}

#[test]
fn the_only_one_in_sync_is_waited_for_however_many_have_to_be() {
    for (replicas, isr, min, is_in_the_way) in [
        (&[2, 3][..], &[3][..], 2, true),
        (&[1, 2, 3], &[3], 3, true),
        // Another one goes on with it.
        (&[1, 2, 3], &[1, 3], 3, false),
        (&[2, 3], &[2], 2, false),
    ] {
        let verdict = of(partition(0, isr.first().copied(), replicas, isr), min);
        let expected: &[&str] = if is_in_the_way { &[TOO_FEW] } else { &[] };
        assert_eq!(says(&verdict), expected, "{replicas:?} {isr:?}");
        assert_eq!(verdict.unavailable.is_empty(), is_in_the_way);
    }
}

#[test]
fn the_strictest_of_what_brokers_say_holds() {
    let behind = with(|it| {
        let late = partition(0, Some(1), &[1, 2, 3], &[1, 3]);
        let mut partitions = told(it, 2).topics.as_ref().expect("topics")[0]
            .partitions
            .to_vec();
        partitions[0] = late;
        told(it, 2).topics = Ok(Arc::new(vec![topic("orders", partitions)]));
    });
    assert_eq!(behind, [TOO_FEW]);
    let differs = with(|it| {
        let values = [(Arc::from("orders"), 3)];
        told(it, 2).min_insync = Ok(Arc::new(values.into()));
    });
    // Three of three is what no waiting helps.
    assert_eq!(differs, [] as [String; 0]);
}

/// The way out for partitions without a leader.
const BRING_BACK: &str = "; see which brokers should lead them (kafka-topics.sh --describe --unavailable-partitions), and start these or replace their failed disks, or delete a topic whose messages are gone for good";

#[test]
fn every_partition_has_a_leader_that_all_name_alike() {
    let show = |change: fn(&mut Vec<Partition>)| {
        with(|it| {
            let mut partitions = told(it, 2).topics.as_ref().expect("topics")[0]
                .partitions
                .to_vec();
            change(&mut partitions);
            told(it, 2).topics = Ok(Arc::new(vec![topic("orders", partitions)]));
            told(it, 2).held = Ok(Vec::new());
        })
    };
    let differ = |partitions: &str| {
        format!(
            "brokers do not agree yet on the leaders of partitions: {partitions}; they are asked again; if it stays so, see in their logs whether all of them hear the controller"
        )
    };
    assert_eq!(
        show(|it| it[1].leader = Some(node(3))),
        [differ("orders-1")]
    );
    assert_eq!(show(|it| drop(it.pop())), [differ("orders-2")]);
    assert_eq!(
        show(|it| it[0].leader = None),
        [
            format!("partitions have no leader: orders-0{BRING_BACK}"),
            differ("orders-0")
        ]
    );
    let unseen = with(|it| {
        told(it, 2).topics = Ok(Arc::new(Vec::new()));
        told(it, 2).held = Ok(Vec::new());
    });
    assert_eq!(unseen, [differ("orders-0, orders-1, orders-2")]);
}

#[test]
fn what_has_no_leader_anywhere_holds_brokers_that_do_not_have_it() {
    let verdict = of(partition(0, None, &[1, 2], &[1]), 1);
    let told = format!("partitions have no leader: orders-0{BRING_BACK}");
    assert_eq!(says(&verdict), [told]);
}

#[test]
fn a_partition_of_it_that_is_moved_is_waited_for() {
    let moving = |replicas: &[u32], adding: &[u32], removing: &[u32]| {
        let moving = Moving {
            topic: "orders".to_owned(),
            partition: 1,
            replicas: nodes(replicas),
            adding: nodes(adding),
            removing: nodes(removing),
        };
        with(|it| it.reassignments.answer = Ok(vec![moving]))
    };
    let waits = [
        "partitions are being reassigned: orders-1; it is waited for, or cancel it with kafka-reassign-partitions.sh",
    ];
    assert_eq!(moving(&[1, 2, 3], &[], &[]), waits);
    assert_eq!(moving(&[1, 2], &[3], &[]), waits);
    assert_eq!(moving(&[1, 2], &[], &[3]), waits);
    assert_eq!(moving(&[1, 2], &[2], &[]), [] as [String; 0]);
}

#[test]
fn a_topic_that_is_not_told_whole_is_not_passed() {
    let without = with(|it| told(it, 2).min_insync = Ok(Arc::default()));
    assert_eq!(
        without,
        [
            "broker 2 does not tell min.insync.replicas of orders: they have just been made or deleted; it is asked again"
        ]
    );
    let error = with(|it| {
        let mut topic = (*told(it, 2).topics.as_ref().expect("topics")[0]).clone();
        topic.error = Some("error 29".to_owned());
        told(it, 2).topics = Ok(Arc::new(vec![Arc::new(topic)]));
    });
    assert_eq!(
        error,
        ["broker 2 does not tell the partitions of orders: error 29"]
    );
}

#[test]
fn names_are_few_however_many_there_are() {
    let partitions = (0..50).map(|at| partition(at, Some(1), &[1, 2, 3], &[1, 3]));
    let topics = [topic("orders", partitions.collect())];
    let hearing = hearing(&[1, 2, 3], &topics, Some(quorum(&[(1, 0), (2, 0), (3, 0)])));
    let says = says(&judged(&question(3), &hearing));
    assert_eq!(says.len(), 1);
    assert!(says[0].contains("orders-26 and 30 more; see"), "{says:?}");
}

#[test]
fn what_waits_for_a_broker_that_hangs_is_not_in_its_way() {
    let hangs = |only: Partition, min: i32, hangs: bool| {
        let voters = quorum(&[(1, 0), (2, 0), (3, 0)]);
        let mut hearing = hearing(&[1, 2, 3], &[topic("orders", vec![only])], Some(voters));
        for id in 1..=3 {
            let values = [(Arc::from("orders"), min)];
            told(&mut hearing, id).min_insync = Ok(Arc::new(values.into()));
        }
        let question = GateQuestion {
            hangs,
            ..question(3)
        };
        let verdict = judged(&question, &hearing);
        verdict.is_open() && verdict.unavailable.is_empty()
    };
    for (leader, replicas, isr, min, is_open) in [
        // Nobody else has it.
        (None, &[3][..], &[3][..], 1, true),
        (None, &[2, 3], &[3], 1, true),
        // Nobody can write it, whatever is done.
        (Some(2), &[2, 3], &[2], 2, true),
        // Others have it, and do not lead it: that is not for its sake.
        (None, &[2, 3], &[2], 1, false),
        // Another one is to catch up first.
        (Some(1), &[1, 2, 3], &[1], 2, false),
    ] {
        let only = || partition(0, leader, replicas, isr);
        assert_eq!(hangs(only(), min, true), is_open, "{leader:?} {isr:?}");
        assert!(!hangs(only(), min, false), "{leader:?} {isr:?}");
    }
}

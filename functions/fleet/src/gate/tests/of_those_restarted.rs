use super::super::scenes::{healthy, node, nodes, partition, told, topic};
use super::super::{GateQuestion, Hearing, Moving, Restarted};
use super::{judged, question, says};
use crate::words::Port;
use std::sync::Arc;

fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

/// Broker 2 was restarted, and 3 is next.
fn asked() -> GateQuestion {
    GateQuestion {
        restarted: Some(Restarted {
            node: node(2),
            ports: [port(9092), port(39092)].into(),
        }),
        ..question(3)
    }
}

fn back() -> Hearing {
    Hearing {
        ports: [(port(9092), Ok(())), (port(39092), Ok(()))].into(),
        ..healthy()
    }
}

#[test]
fn one_that_is_back_holds_nobody() {
    assert!(judged(&asked(), &back()).is_open());
}

#[test]
fn each_of_its_listeners_accepts() {
    let mut shut = back();
    shut.ports.insert(port(39092), Err("refused".to_owned()));
    assert_eq!(
        says(&judged(&asked(), &shut)),
        [
            "broker 2 was restarted, and its port 39092 accepts no connection: refused; see in its log whether it listens there, and that its host and its security group let probe-brokers in"
        ]
    );
    shut.ports.remove(&port(39092));
    assert_eq!(
        says(&judged(&asked(), &shut)),
        [
            "broker 2 was restarted, and its port 39092 accepts no connection: it was not tried; see in its log whether it listens there, and that its host and its security group let probe-brokers in"
        ]
    );
}

#[test]
fn it_is_in_sync_wherever_it_has_a_replica_but_for_what_moves() {
    let mut out = back();
    // Broker 3 has no part in it, so that nothing else is in the way.
    let topics = vec![topic("orders", vec![partition(0, Some(1), &[1, 2], &[1])])];
    for id in 1..=3 {
        told(&mut out, id).topics = Ok(Arc::new(topics.clone()));
        told(&mut out, id).held = Ok(Vec::new());
    }
    let waits = [
        "broker 2 was restarted, and is not back in sync: orders-0; it is waited for, however long it takes; see in its log what keeps it, or move its replicas with kafka-reassign-partitions.sh",
    ];
    assert_eq!(says(&judged(&asked(), &out)), waits);
    for (adding, removing, is_apart) in [
        (&[2][..], &[][..], true),
        (&[], &[2], true),
        (&[1], &[], false),
    ] {
        out.reassignments.answer = Ok(vec![Moving {
            topic: "orders".to_owned(),
            partition: 0,
            replicas: nodes(&[1, 2]),
            adding: nodes(adding),
            removing: nodes(removing),
        }]);
        assert_eq!(
            judged(&asked(), &out).is_open(),
            is_apart,
            "{adding:?} {removing:?}"
        );
    }
}

#[test]
fn who_was_touched_before_the_last_one_is_in_sync_too() {
    let topics = vec![topic("orders", vec![partition(0, Some(1), &[1, 2], &[1])])];
    let mut out = back();
    for id in 1..=3 {
        told(&mut out, id).topics = Ok(Arc::new(topics.clone()));
        told(&mut out, id).held = Ok(Vec::new());
    }
    let mut asked = GateQuestion {
        touched: nodes(&[1]),
        restarted: None,
        ..asked()
    };
    assert!(judged(&asked, &out).is_open());
    asked.touched = nodes(&[1, 2]);
    assert_eq!(
        says(&judged(&asked, &out)),
        [
            "broker 2 was restarted, and is not back in sync: orders-0; it is waited for, however long it takes; see in its log what keeps it, or move its replicas with kafka-reassign-partitions.sh"
        ]
    );
}

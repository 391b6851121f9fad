//! Whether a broker may be stopped, by what three real ones tell.

use super::Three;
use crate::admin::make_topic;
use crate::ground::{ADDRESSES, address, node};
use crate::inside::scenes;
use fleet::gate::{GateInquiry, GateQuestion, Obstacle, Verdict};
use fleet::listener::Protocol;
use fleet::shown::{AdminInquiry, AdminQuestion};
use fleet::words::Port;
use probe_brokers::{Bounds, gate};
use std::time::Duration;
use tokio::time::Instant;
use world::kafka::INTERNAL_PORT;

scenes!(Three: three_that_are_well_can_do_without_one,
    who_is_stopped_holds_the_others,
);

/// Whether this broker may be stopped.
async fn asked(next: u32) -> Verdict {
    let port = Port::new(INTERNAL_PORT).expect("a port");
    let questions = ADDRESSES.map(|(id, _)| AdminQuestion {
        broker: node(id),
        instance: format!("i-{id}").as_str().into(),
        address: address(id),
        port,
    });
    let inquiry = GateInquiry {
        admin: AdminInquiry {
            protocol: Protocol::Plaintext,
            secret: None,
            secret_from: None,
            parameter: "/kafka-privatelink/orders/admin".into(),
            questions: questions.to_vec(),
        },
        question: GateQuestion {
            expected: ADDRESSES.map(|(id, _)| node(id)).into(),
            restarted: None,
            touched: Default::default(),
            next: node(next),
            others_wait: false,
            hangs: false,
        },
    };
    let set = |name: &str| match name {
        "PORTS" => INTERNAL_PORT.to_string(),
        _ => "10.0.0.0/16".to_owned(),
    };
    let bounds = Bounds::read(|name| Some(set(name))).expect("bounds");
    gate(inquiry, &bounds, Instant::now() + Duration::from_secs(45)).await
}

async fn three_that_are_well_can_do_without_one(_: &mut Three) {
    let strict = [("min.insync.replicas", "3")];
    make_topic("single", &[&[2]], &[]).await;
    make_topic("all-of-three", &[&[1, 2, 3]], &strict).await;
    make_topic("spread", &[&[1, 2, 3], &[2, 3, 1]], &[]).await;
    // Until every broker knows of them, their leaders differ.
    let differ = |it: &Obstacle| matches!(it, Obstacle::LeadersDiffer { .. });
    let mut verdict = asked(2).await;
    for _ in 0..50 {
        if !verdict.obstacles.iter().any(differ) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        verdict = asked(2).await;
    }
    assert!(verdict.is_open(), "{verdict:?}");
    assert!(verdict.counts.seconds_apart >= 10);
    assert_eq!(verdict.counts.brokers, 3);
    let unavailable = &verdict.unavailable.first;
    for partition in ["single-0", "all-of-three-0"] {
        assert!(unavailable.contains(partition), "{verdict:?}");
    }
    assert!(!unavailable.contains("spread-0"), "{verdict:?}");
}

async fn who_is_stopped_holds_the_others(three: &mut Three) {
    make_topic("held", &[&[1, 2, 3]], &[]).await;
    let broker = three.broker(3);
    broker.stop().await.expect("a stop");
    let verdict = asked(2).await;
    broker.start().await.expect("a start");
    broker.serving().await.expect("a broker that serves");
    let is_down = |it: &Obstacle| matches!(it, Obstacle::NotUp { node: of, .. } if *of == node(3));
    assert!(verdict.obstacles.iter().any(is_down), "{verdict:?}");
    let held = |it: &Obstacle| match it {
        Obstacle::MinIsr { partitions } => partitions.first.contains("held-0"),
        _ => false,
    };
    assert!(verdict.obstacles.iter().any(held), "{verdict:?}");
}

//! The gate by the truth of a cluster of three.

use super::kafka_cluster_tests::{ID, Three, node};
use super::probe::Invoked;
use super::world::{at, port};
use super::*;
use fleet::gate::{
    GateInquiry, GatePayload, GateQuestion, Holdings, HoldingsInquiry, HoldingsPayload, Restarted,
    Verdict,
};
use fleet::listener::Protocol;
use fleet::shown::{AdminInquiry, AdminQuestion};
use fleet::words::FunctionName;
use std::time::Duration;

/// Whether broker 3 may be stopped; `restarted` was before.
fn payload(three: &Three, restarted: Option<u32>) -> String {
    let question = |(number, instance): (u32, &InstanceId)| AdminQuestion {
        broker: node(number),
        instance: instance.clone(),
        address: three.model.instance(instance).expect("it").private_ip,
        port: port(9092),
    };
    let gate = GateInquiry {
        admin: AdminInquiry {
            protocol: Protocol::Plaintext,
            secret: None,
            secret_from: None,
            parameter: "/kafka-privatelink/orders/admin".into(),
            questions: (1..).zip(&three.brokers).map(question).collect(),
        },
        question: GateQuestion {
            expected: [1, 2, 3].map(node).into(),
            restarted: restarted.map(|it| Restarted {
                node: node(it),
                ports: [port(9092)].into(),
            }),
            touched: Default::default(),
            next: node(3),
            others_wait: true,
            hangs: false,
        },
    };
    serde_json::to_string(&GatePayload { gate }).expect("JSON")
}

fn probe() -> FunctionName {
    FunctionName::from("ProbeBrokersFunction")
}

/// What is in the way at this second, with what happens between the two rounds.
fn obstacles(three: &mut Three, second: i64, between: impl FnOnce(&mut Three)) -> String {
    let payload = payload(three, Some(2));
    let invoked = three.model.invoke_gate(at(second), &probe(), &payload);
    let (half, late) = invoked.expect("admitted");
    assert_eq!(late, Duration::ZERO);
    let invoked = match half {
        Ok(half) => {
            between(three);
            let pause = half.pause;
            assert_eq!(pause.as_secs(), 10);
            three.model.hear_again(at(second + 10), half, pause)
        }
        Err(invoked) => invoked,
    };
    let Invoked::Answered(text) = invoked else {
        panic!("{invoked:?}");
    };
    let verdict: Verdict = serde_json::from_str(&text).expect("a verdict");
    let obstacles = verdict.obstacles.iter();
    let said: Vec<String> = obstacles.map(ToString::to_string).collect();
    said.join("\n")
}

#[test]
fn where_all_is_well_nothing_is_in_the_way() {
    assert_eq!(obstacles(&mut Three::new(), 100, |_| {}), "");
}

#[test]
fn the_active_controller_waits_for_the_others() {
    let mut three = Three::new();
    assert!(three.model.move_controller(ID, node(3)));
    let said = obstacles(&mut three, 100, |_| {});
    assert_eq!(
        said,
        "broker 3 is the active controller, and is restarted last"
    );
}

#[test]
fn who_dies_between_the_rounds_is_seen_in_the_second_one() {
    let said = obstacles(&mut Three::new(), 100, |three| three.dies(1));
    assert!(
        said.starts_with("broker 1 is not up: connection refused\n"),
        "{said}"
    );
    assert!(said.contains("producers with acks=all would fail: orders-0, orders-1, orders-2"));
}

#[test]
fn who_was_restarted_is_waited_for_until_it_is_in_sync() {
    let mut three = Three::new();
    three.stops(2);
    three.starts(2, 110);
    let said = obstacles(&mut three, 111, |_| {});
    assert!(said.contains("broker 2 was restarted, and is not back in sync: orders-0"));
    assert_eq!(obstacles(&mut three, 115, |_| {}), "");
}

#[test]
fn a_stale_leader_is_in_the_way() {
    let mut three = Three::new();
    three.stops(2);
    three.starts(2, 105);
    three.model.advance(at(120));
    let lags = Duration::from_secs(60);
    three.model.keep_stale(ID, node(1), lags);
    three.stops(1);
    three.starts(1, 125);
    let said = obstacles(&mut three, 135, |_| {});
    assert!(said.contains("do not agree yet on the leaders"), "{said}");
    assert_eq!(obstacles(&mut three, 180, |_| {}), "");
}

#[test]
fn a_gate_fails_is_late_or_is_denied_once() {
    let mut three = Three::new();
    let payload = payload(&three, None);
    three.model.spoil_gate(GateFault::Denied);
    let denied = three.model.invoke_gate(at(100), &probe(), &payload);
    assert_eq!(denied.expect_err("denied").code, "AccessDeniedException");
    three.model.spoil_gate(GateFault::Fails);
    let failed = three.model.invoke_gate(at(100), &probe(), &payload);
    let (failed, _) = failed.expect("admitted");
    assert!(matches!(failed, Err(Invoked::Failed(..))), "{failed:?}");
    let late = Duration::from_secs(30);
    three.model.spoil_gate(GateFault::Late(late));
    let answer = three.model.invoke_gate(at(100), &probe(), &payload);
    assert_eq!(answer.expect("admitted").1, late);
    let answer = three.model.invoke_gate(at(100), &probe(), &payload);
    assert_eq!(answer.expect("admitted").1, Duration::ZERO);
}

#[test]
fn who_asks_and_does_not_wait_learns_that_it_was_heard_once() {
    let mut three = Three::new();
    let payload = payload(&three, None);
    let invoked = three.model.invoke(at(100), &probe(), &payload);
    let Ok(Invoked::Answered(text)) = invoked else {
        panic!("{invoked:?}");
    };
    assert!(text.contains("the second look was 0 s after"), "{text}");
}

#[test]
fn what_the_cluster_has_of_a_broker_is_the_truth_of_the_model() {
    let three = Three::new();
    let asked: GatePayload = serde_json::from_str(&payload(&three, None)).expect("a payload");
    let of = |three: &Three, id: u32| -> Holdings {
        let holdings = HoldingsInquiry {
            admin: asked.gate.admin.clone(),
            node: node(id),
        };
        let text = serde_json::to_string(&HoldingsPayload { holdings }).expect("JSON");
        match three.model.probe_holdings(&text) {
            Invoked::Answered(text) => serde_json::from_str(&text).expect("holdings"),
            failed @ Invoked::Failed(..) => panic!("{failed:?}"),
        }
    };
    let third = of(&three, 3);
    assert!(third.is_whole(node(3)) && !third.replicas.is_empty());
    assert_eq!(third.listed_by, [node(1), node(2)].into());
    let fourth = of(&three, 4);
    assert!(fourth.is_unlisted(node(4)) && fourth.replicas.is_empty());
}

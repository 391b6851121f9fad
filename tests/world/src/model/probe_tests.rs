//! What the probe finds in the model.

mod stage;

use super::world::{at, port, world};
use super::*;
use crate::faults::{Fault, Level};
use fleet::words::NodeId;
use stage::{Proof, proof};
use std::collections::BTreeSet;

#[test]
fn brokers_that_answer_behind_their_ports_are_proven() {
    let mut proof = proof();
    assert_eq!(
        proof.rows(300),
        [
            "proven",
            "proven",
            "proven: broker 1 answered",
            "proven: broker 2 answered",
            "proven",
            "proven"
        ]
    );
}

#[test]
fn crossed_wires_are_found_behind_the_port_and_not_directly() {
    let mut proof = proof();
    let listener = proof
        .model
        .listeners()
        .find(|listener| listener.port == port(9093));
    let listener = listener.expect("a listener").arn.clone();
    let second = proof.groups[1].clone();
    proof
        .model
        .modify_listener(at(299), &listener, &second)
        .unwrap();
    let rows = proof.rows(300);
    assert_eq!(rows[0], "wrong broker: reached 2, expected 1");
    assert_eq!(rows[4], "proven");
}

#[test]
fn a_wrong_tag_is_found_directly_too() {
    let mut proof = proof();
    proof.edit(0, |kafka| kafka.node_id = NodeId::new(2));
    let rows = proof.rows(300);
    for row in [0, 4] {
        assert_eq!(rows[row], "wrong broker: reached 2, expected 1");
    }
}

#[test]
fn each_state_of_a_broker_shows_in_its_rows() {
    for (state, says) in [
        (
            KafkaState::Fenced,
            "not provable, because broker 1 does not list itself; it is starting, fenced, or recovering",
        ),
        (
            KafkaState::Denies,
            "not provable, because DescribeConfigs is denied (error 31)",
        ),
        (KafkaState::Hangs, "unreachable: no answer within 5 s"),
        (KafkaState::Down, "unreachable: connection refused"),
        (
            KafkaState::Other,
            "not Kafka: it answered HTTP/1.1 400 Bad Request",
        ),
    ] {
        let mut proof = proof();
        proof.edit(0, |kafka| kafka.state = state);
        let rows = proof.rows(300);
        assert_eq!(rows[0], says);
        assert_eq!(rows[4], says);
        assert!(rows[1].starts_with("proven"), "{rows:?}");
    }
}

#[test]
fn a_hung_broker_is_found_though_its_target_is_healthy() {
    let mut proof = proof();
    proof.edit(0, |kafka| kafka.state = KafkaState::Hangs);
    let group = proof.groups[0].clone();
    assert_eq!(proof.model.only_target(300, &group).0, "healthy");
    proof.edit(0, |kafka| kafka.state = KafkaState::Down);
    assert_eq!(proof.model.only_target(400, &group).0, "unhealthy");
}

#[test]
fn what_a_broker_advertises_and_the_listener_that_is_reached_are_its_own() {
    let mut proof = proof();
    proof.edit(0, |kafka| {
        let old = Some("b1.old.example.com:9093".to_owned());
        kafka.endpoints.insert("EXTERNAL".into(), old);
    });
    assert_eq!(
        proof.rows(300)[4],
        "advertises b1.old.example.com:9093, wanted b1.example.com:9093"
    );
    proof.edit(0, |kafka| {
        kafka.endpoints.insert("EXTERNAL".into(), None);
    });
    assert_eq!(proof.rows(300)[4], "unreachable: connection refused");

    let target = [(proof.brokers[1].clone(), Some(port(9092)))];
    let group = proof.groups[1].clone();
    let usual = [(proof.brokers[1].clone(), None)];
    proof
        .model
        .deregister_targets(at(301), &group, &usual)
        .unwrap();
    proof
        .model
        .register_targets(at(301), &group, &target)
        .unwrap();
    assert_eq!(
        proof.rows(700)[1],
        "right broker, wrong listener: INTERNAL, which advertises 10.0.64.11:9092"
    );
}

#[test]
fn another_cluster_is_told_apart_by_its_id() {
    let mut proof = proof();
    proof.edit(1, |kafka| {
        kafka.cluster_id = Some(KafkaProcess::cluster_of("payments"))
    });
    let mut inquiry = proof.inquiry();
    inquiry.cluster_id = Some(KafkaProcess::cluster_of("orders"));
    assert_eq!(
        proof.asked(300, &inquiry)[5],
        "wrong cluster: reached kafka-of-payments, expected kafka-of-orders"
    );
}

#[test]
fn where_nothing_listens_nobody_is_reached() {
    let mut proof = proof();
    let nlb = proof.nlb.clone();
    proof
        .model
        .disable_zone(at(200), &nlb, &"usw2-az1".into())
        .unwrap();
    assert_eq!(proof.rows(300)[0], "unreachable: no answer within 5 s");
    proof
        .model
        .enable_zone(at(301), &nlb, &"usw2-az1".into())
        .unwrap();
    let listener = proof
        .model
        .listeners()
        .find(|listener| listener.port == port(9093));
    let listener = listener.expect("a listener").arn.clone();
    proof.model.delete_listener(at(302), &listener).unwrap();
    assert_eq!(proof.rows(600)[0], "unreachable: connection refused");
    let first = proof.brokers[0].clone();
    proof.model.stop_instance(at(601), &first).unwrap();
    assert_eq!(proof.rows(700)[4], "unreachable: no answer within 5 s");
}

#[test]
fn a_probe_that_lags_finds_what_was_so_some_seconds_ago() {
    let mut proof = proof();
    proof.rows(300);
    let lags = Faults::new(5).with(Fault::ProbeLags, Level::Storm);
    proof.model.set_faults(lags);
    proof.model.advance(at(301));
    proof.edit(0, |kafka| kafka.state = KafkaState::Hangs);
    let seen = |proof: &mut Proof, second| -> BTreeSet<String> {
        let rows = (0..50).map(|_| proof.rows(second)[4].clone());
        rows.collect()
    };
    let hangs = "unreachable: no answer within 5 s".to_owned();
    let soon = seen(&mut proof, 302);
    assert_eq!(soon, ["proven".to_owned(), hangs.clone()].into());
    assert_eq!(seen(&mut proof, 306), [hangs].into());
}

#[test]
fn a_probe_that_lies_says_something_else_and_not_to_a_person() {
    let mut proof = proof();
    let lies = Faults::new(5).with(Fault::ProbeLies, Level::Storm);
    proof.model.set_faults(lies);
    let honest = proof.inquiry();
    let payload = serde_json::to_string(&honest).expect("json");
    let ask = |model: &mut Model| model.invoke(at(300), &"ProbeBrokersFunction".into(), &payload);
    let told: Vec<_> = (0..20).map(|_| ask(&mut proof.model)).collect();
    let truth = proof.model.by_hand(ask);
    assert!(told.iter().any(|told| *told != truth));
    assert_eq!(proof.model.by_hand(ask), truth);
}

#[test]
fn only_the_probe_of_the_stack_can_be_invoked_and_only_with_json() {
    let mut model = world();
    let mut code = |function: &str, payload: &str| {
        let invoked = model.invoke(at(0), &function.into(), payload);
        invoked.map_err(|error| (error.code, error.status))
    };
    let arn = "arn:aws:lambda:us-west-2:123456789012:function:ProbeBrokersFunction";
    let empty = r#"{"groups":{},"questions":[]}"#;
    for name in ["ProbeBrokersFunction", arn] {
        assert_eq!(code(name, empty), Ok(Invoked::Answered("[]".to_owned())));
    }
    assert_eq!(
        code("Other", empty),
        Err(("ResourceNotFoundException", 404))
    );
    assert_eq!(
        code(arn, "hello"),
        Err(("InvalidRequestContentException", 400))
    );
    let failed = code(arn, "{}");
    assert!(matches!(failed, Ok(Invoked::Failed(..))), "{failed:?}");
}

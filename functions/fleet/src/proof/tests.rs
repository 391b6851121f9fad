//! What follows from what was read on a socket.

use super::*;
use crate::listener::{Endpoint, Protocol};
use crate::words::{GroupName, NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Duration;

const RIGHT: &str = "BRl69zcmTFmiPaoaANybiw";

fn node(node: u32) -> NodeId {
    NodeId::new(node).expect("a node")
}

fn endpoint(id: u32) -> Endpoint {
    Endpoint {
        host: format!("b{id}.usw2-az1.abc.example.com"),
        port: Port::new(9092 + u16::try_from(id).expect("small")).expect("a port"),
    }
}

fn inquiry(paths: &[Path]) -> Inquiry {
    let way = Way {
        protocol: Protocol::Plaintext,
        secret: None,
        secret_from: None,
        parameter: "/kafka-privatelink/orders/listeners/EXTERNAL".into(),
        endpoints: (1..=3).map(|id| (node(id), endpoint(id))).collect(),
        leaving: Default::default(),
        known: Default::default(),
    };
    let questions = paths.iter().map(|&path| Question {
        group: "EXTERNAL".into(),
        path,
        address: Some(Ipv4Addr::new(10, 0, 0, 5)),
        port: Port::new(9093).expect("a port"),
        instance: None,
    });
    Inquiry {
        cluster_id: None,
        groups: BTreeMap::from([(GroupName::from("EXTERNAL"), way)]),
        questions: questions.collect(),
    }
}

/// The broker as TiDB Cloud's document sets it up, asked on EXTERNAL.
fn broker(id: u32) -> Reached {
    let listed = (1..=3).map(|id| (node(id), endpoint(id).to_string()));
    Reached {
        who: Who::Node(node(id)),
        cluster_id: Some(RIGHT.to_owned()),
        listed: Some(listed.collect()),
        advertised: BTreeMap::from([
            ("EXTERNAL".to_owned(), endpoint(id).to_string()),
            ("INTERNAL".to_owned(), format!("10.0.0.1{id}:9092")),
        ]),
    }
}

fn evidence(answer: Result<Reached, Miss>) -> Evidence {
    Evidence {
        answer,
        took: Duration::from_millis(3),
    }
}

fn says(path: Path, answer: Result<Reached, Miss>) -> String {
    let rows = judge(&inquiry(&[path]), vec![evidence(answer)]);
    rows[0].says()
}

#[test]
fn a_broker_that_answers_as_itself_with_the_wanted_endpoint_is_proven() {
    for path in [Path::Port(node(2)), Path::Direct(node(2))] {
        assert_eq!(says(path, Ok(broker(2))), "proven");
    }
    assert_eq!(
        says(Path::Bootstrap, Ok(broker(3))),
        "proven: broker 3 answered"
    );
}

#[test]
fn another_broker_is_named() {
    assert_eq!(
        says(Path::Port(node(1)), Ok(broker(2))),
        "wrong broker: reached 2, expected 1"
    );
    assert_eq!(
        says(Path::Bootstrap, Ok(broker(7))),
        "wrong broker: reached 7, which has no port in this group now"
    );
}

#[test]
fn the_right_broker_at_another_listener_is_not_proven() {
    let mut internal = broker(1);
    let listed = (1..=3).map(|id| (node(id), format!("10.0.0.1{id}:9092")));
    internal.listed = Some(listed.collect());
    assert_eq!(
        says(Path::Port(node(1)), Ok(internal)),
        "right broker, wrong listener: INTERNAL, which advertises 10.0.0.11:9092"
    );
    let mut controller = broker(1);
    controller.listed = None;
    assert_eq!(
        says(Path::Port(node(1)), Ok(controller)),
        "right broker, wrong listener: a controller's, which serves no Metadata"
    );
}

#[test]
fn a_dns_name_in_capitals_or_with_the_dot_of_the_root_is_the_same_name() {
    for spell in [str::to_uppercase, |text: &str| text.replace(":", ".:")] {
        let mut capitals = broker(1);
        let listed = capitals.listed.as_mut().expect("it lists brokers");
        for endpoint in listed.values_mut().chain(capitals.advertised.values_mut()) {
            *endpoint = spell(endpoint);
        }
        let rows = judge(
            &inquiry(&[Path::Port(node(1))]),
            vec![evidence(Ok(capitals.clone()))],
        );
        assert_eq!(rows[0].says(), "proven");
        assert_eq!(rows[0].unlisted, BTreeSet::new());
        // The name of the listener stays exact.
        let endpoint = capitals.advertised.remove("EXTERNAL").expect("advertised");
        capitals.advertised.insert("external".to_owned(), endpoint);
        capitals.listed = Some(BTreeMap::new());
        assert_eq!(
            says(Path::Port(node(1)), Ok(capitals)),
            "advertises nothing on EXTERNAL, wanted b1.usw2-az1.abc.example.com:9093"
        );
    }
}

#[test]
fn what_it_advertises_is_compared_with_what_it_should() {
    let mut old = broker(1);
    let found = "b1.usw2-az1.old.example.com:9093".to_owned();
    old.listed = Some(BTreeMap::from([(node(1), found.clone())]));
    old.advertised.insert("EXTERNAL".to_owned(), found);
    assert_eq!(
        says(Path::Port(node(1)), Ok(old)),
        "advertises b1.usw2-az1.old.example.com:9093, wanted b1.usw2-az1.abc.example.com:9093"
    );
    let mut without = broker(1);
    without.listed = Some(BTreeMap::new());
    without.advertised.remove("EXTERNAL");
    assert_eq!(
        says(Path::Direct(node(1)), Ok(without.clone())),
        "advertises nothing on EXTERNAL, wanted b1.usw2-az1.abc.example.com:9093"
    );
    without
        .advertised
        .insert("EXTERNAL".to_owned(), "b1.old.example.com:9093".to_owned());
    assert_eq!(
        says(Path::Direct(node(1)), Ok(without)),
        "advertises b1.old.example.com:9093, wanted b1.usw2-az1.abc.example.com:9093"
    );
    let mut fenced = broker(1);
    fenced.listed = Some(BTreeMap::new());
    assert_eq!(
        says(Path::Direct(node(1)), Ok(fenced)),
        "not provable, because broker 1 does not list itself; it is starting, fenced, or recovering"
    );
}

#[test]
fn brokers_that_a_client_would_not_find_are_named() {
    let mut first = broker(1);
    first.listed = Some(BTreeMap::from([(node(1), endpoint(1).to_string())]));
    for path in [Path::Port(node(1)), Path::Bootstrap] {
        let rows = judge(&inquiry(&[path]), vec![evidence(Ok(first.clone()))]);
        assert!(rows[0].verdict.is_proven());
        assert_eq!(
            rows[0].says(),
            "proven: broker 1 answered, and does not list brokers 2, 3 as wanted"
        );
    }
}

#[test]
fn a_denied_answer_is_never_proof() {
    let mut denied = broker(1);
    denied.who = Who::Unsaid("error 31".to_owned());
    assert_eq!(
        says(Path::Port(node(1)), Ok(denied)),
        "not provable, because error 31"
    );
}

#[test]
fn the_cluster_is_the_tagged_one_or_the_one_that_all_agree_on() {
    let mut other = broker(2);
    other.cluster_id = Some("other".to_owned());
    let paths = [Path::Direct(node(1)), Path::Direct(node(2))];
    let answers = || vec![evidence(Ok(broker(1))), evidence(Ok(other.clone()))];

    let split = judge(&inquiry(&paths), answers());
    let told: Vec<String> = split.iter().map(Row::says).collect();
    assert_eq!(told[0], told[1]);
    assert_eq!(
        told[0],
        "not provable, because brokers are of several Kafka clusters: BRl69zcmTFmiPaoaANybiw (broker 1) and other (broker 2); tag the instances with kafka-privatelink:cluster-id"
    );

    let mut tagged = inquiry(&paths);
    tagged.cluster_id = Some(RIGHT.to_owned());
    let told = judge(&tagged, answers());
    assert_eq!(told[0].says(), "proven");
    assert_eq!(
        told[1].says(),
        "wrong cluster: reached other, expected BRl69zcmTFmiPaoaANybiw"
    );

    let mut silent = broker(1);
    silent.cluster_id = None;
    assert_eq!(
        says(Path::Direct(node(1)), Ok(silent)),
        "not provable, because it did not say its cluster id"
    );
}

#[test]
fn who_was_not_reached_keeps_the_reason() {
    let why = || "no answer within 5 s".to_owned();
    for (miss, says_so) in [
        (
            Miss::Unreachable(why()),
            "unreachable: no answer within 5 s",
        ),
        (Miss::NotKafka(why()), "not Kafka: no answer within 5 s"),
        (
            Miss::NotProvable(why()),
            "not provable, because no answer within 5 s",
        ),
    ] {
        assert_eq!(says(Path::Port(node(1)), Err(miss)), says_so);
    }
}

#[test]
fn a_connection_that_an_nlb_closes_says_less_than_a_brokers_own() {
    let why = "the connection was closed while waiting for the answer to ApiVersions; so it is";
    let says = |path| says(path, Err(Miss::Unreachable(why.to_owned())));
    let own = format!("unreachable: {why}");
    let through = format!("{own}; an NLB does so, too, whose target does not listen or hangs");
    assert_eq!(says(Path::Direct(node(1))), own);
    for path in [Path::Port(node(1)), Path::Bootstrap] {
        assert_eq!(says(path), through);
    }
}

#[test]
fn an_inquiry_and_its_rows_travel_as_json() {
    let asked = inquiry(&[Path::Port(node(1)), Path::Bootstrap]);
    let json = serde_json::to_string(&asked).expect("json");
    assert!(
        json.contains(
            r#"{"group":"EXTERNAL","path":"port","broker":1,"address":"10.0.0.5","port":9093}"#
        ),
        "{json}"
    );
    assert!(
        json.contains(
            r#"{"group":"EXTERNAL","path":"bootstrap","address":"10.0.0.5","port":9093}"#
        ),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Inquiry>(&json).expect("read"), asked);
    let answers = vec![evidence(Ok(broker(1))), evidence(Ok(broker(2)))];
    let rows = judge(&asked, answers);
    let json = serde_json::to_string(&rows).expect("json");
    assert_eq!(serde_json::from_str::<Vec<Row>>(&json).expect("read"), rows);
}

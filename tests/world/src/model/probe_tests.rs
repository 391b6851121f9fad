//! What the probe finds in the model.

use super::world::{at, port, world};
use super::*;
use crate::faults::{Fault, Level};
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::{Inquiry, Path, Question, Row, Way};
use fleet::tags;
use fleet::words::{FunctionName, GroupName, NodeId};
use std::net::Ipv4Addr;

const NLB_NODE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 5);

/// Two brokers behind their ports, both in the bootstrap group.
struct Proof {
    model: Model,
    nlb: LoadBalancerArn,
    brokers: [InstanceId; 2],
    groups: [TargetGroupArn; 2],
}

fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

fn proof() -> Proof {
    let mut model = world();
    let nlb = model.with_nlb();
    let broker = |id: &str, zone: &str| {
        Launch::in_zone(zone)
            .tag(tags::NODE_ID, id)
            .tag(tags::CLUSTER, "orders")
    };
    let mut launch = |id, zone| model.run_instance(at(0), broker(id, zone)).unwrap();
    let brokers = [launch("1", "usw2-az1"), launch("2", "usw2-az2")];
    let groups = ["one", "two"].map(|name| model.with_group(name));
    let bootstrap = model.with_group("bootstrap");
    for (listener, group) in [(9092, &bootstrap), (9093, &groups[0]), (9094, &groups[1])] {
        model.with_listener(&nlb, listener, group);
    }
    let cross_zone = [("load_balancing.cross_zone.enabled", "true")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    for group in [&groups[0], &groups[1], &bootstrap] {
        let on = cross_zone.clone().into();
        model
            .modify_target_group_attributes(at(20), group, &on)
            .unwrap();
    }
    for (broker, group) in brokers.iter().zip(&groups) {
        for group in [group, &bootstrap] {
            let target = [(broker.clone(), None)];
            model.register_targets(at(30), group, &target).unwrap();
        }
    }
    Proof {
        model,
        nlb,
        brokers,
        groups,
    }
}

impl Proof {
    /// Every port through one node, both brokers directly, the bootstrap twice: what each row says.
    fn rows(&mut self, second: i64) -> Vec<String> {
        self.asked(second, &self.inquiry())
    }

    fn asked(&mut self, second: i64, inquiry: &Inquiry) -> Vec<String> {
        let payload = serde_json::to_string(inquiry).expect("json");
        let function = FunctionName::from("ProbeBrokersFunction");
        let answer = self.model.invoke(at(second), &function, &payload);
        let Ok(Invoked::Answered(rows)) = answer else {
            panic!("{answer:?}");
        };
        let rows: Vec<Row> = serde_json::from_str(&rows).expect("rows");
        rows.iter().map(Row::says).collect()
    }

    fn inquiry(&self) -> Inquiry {
        let question = |path, address, number| Question {
            group: "EXTERNAL".into(),
            path,
            address: Some(address),
            port: port(number),
        };
        let direct = |at: usize, id| {
            let record = self.model.instance(&self.brokers[at]).expect("a broker");
            question(Path::Direct(node(id)), record.private_ip, 39092)
        };
        let endpoint = |id: u32| Endpoint {
            host: format!("b{id}.example.com"),
            port: port(9092 + u16::try_from(id).expect("small")),
        };
        let way = Way {
            protocol: Protocol::Plaintext,
            secret: None,
            secret_from: None,
            parameter: "/kafka-privatelink/orders/listeners/EXTERNAL".into(),
            endpoints: [1, 2].map(|id| (node(id), endpoint(id))).into(),
        };
        Inquiry {
            cluster_id: None,
            groups: [(GroupName::from("EXTERNAL"), way)].into(),
            questions: vec![
                question(Path::Port(node(1)), NLB_NODE, 9093),
                question(Path::Port(node(2)), NLB_NODE, 9094),
                question(Path::Bootstrap, NLB_NODE, 9092),
                question(Path::Bootstrap, NLB_NODE, 9092),
                direct(0, 1),
                direct(1, 2),
            ],
        }
    }

    fn edit(&mut self, at: usize, edit: impl FnOnce(&mut KafkaProcess)) {
        self.model
            .edit_kafka(&self.brokers[at], edit)
            .expect("a broker");
    }
}

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

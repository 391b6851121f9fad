//! The model with two brokers behind their ports, and what a probe of them says.

use crate::model::world::{at, port, world};
use crate::model::*;
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::{Inquiry, Path, Question, Row, Way};
use fleet::tags;
use fleet::words::{FunctionName, GroupName, NodeId};
use std::net::Ipv4Addr;

const NLB_NODE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 5);

/// Two brokers behind their ports, both in the bootstrap group.
pub(super) struct Proof {
    pub(super) model: Model,
    pub(super) nlb: LoadBalancerArn,
    pub(super) brokers: [InstanceId; 2],
    pub(super) groups: [TargetGroupArn; 2],
}

pub(super) fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

pub(super) fn proof() -> Proof {
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
    pub(super) fn rows(&mut self, second: i64) -> Vec<String> {
        self.asked(second, &self.inquiry())
    }

    pub(super) fn asked(&mut self, second: i64, inquiry: &Inquiry) -> Vec<String> {
        let payload = serde_json::to_string(inquiry).expect("json");
        let function = FunctionName::from("ProbeBrokersFunction");
        let answer = self.model.invoke(at(second), &function, &payload);
        let Ok(Invoked::Answered(rows)) = answer else {
            panic!("{answer:?}");
        };
        let rows: Vec<Row> = serde_json::from_str(&rows).expect("rows");
        rows.iter().map(Row::says).collect()
    }

    pub(super) fn inquiry(&self) -> Inquiry {
        let question = |path, address, number| Question {
            group: "EXTERNAL".into(),
            path,
            address: Some(address),
            port: port(number),
            instance: None,
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
            leaving: Default::default(),
            known: Default::default(),
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

    pub(super) fn edit(&mut self, at: usize, edit: impl FnOnce(&mut KafkaProcess)) {
        self.model
            .edit_kafka(&self.brokers[at], edit)
            .expect("a broker");
    }
}

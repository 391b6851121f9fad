//! The stage of the data path's tests: an NLB in two zones, an endpoint, brokers and a consumer.

use crate::inside::{WORLD, ask, ask_until, host};
use fleet::observed::TargetState::{self, Healthy};
use fleet::words::{
    AzId, AzName, InstanceId, ListenerArn, NodeId, Port, TargetGroupArn, VpcEndpointId,
};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use world::ask::Answer;
use world::hosts::{Bridge, Host, Network};
use world::model::forwarding::{Forward, ForwardTarget, HealthCheckDue, NlbNode};
use world::nlb::{Endpoint, Fleet, Nlb, Settings};

pub const ZONES: [(&str, &str, [u8; 4], [u8; 4]); 2] = [
    ("us-west-2a", "usw2-az1", [10, 0, 0, 5], [172, 20, 1, 10]),
    ("us-west-2c", "usw2-az2", [10, 0, 64, 5], [172, 20, 2, 10]),
];

/// The endpoint of the consumer.
pub const ENDPOINT: &str = "vpce-1";

const NAMES: &str = "172.20.1.10 b1.usw2-az1.example.test\n172.20.2.10 b2.usw2-az2.example.test";

/// A model that says what the test tells it to.
#[derive(Clone, Default)]
pub struct Told(pub Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub forwards: Vec<Forward>,
    pub carrying: BTreeMap<VpcEndpointId, u64>,
    pub due: Vec<HealthCheckDue>,
    pub checked: Vec<(Ipv4Addr, bool)>,
}

impl Fleet for Told {
    fn forwarding(&self) -> Vec<Forward> {
        self.0.lock().unwrap().forwards.clone()
    }

    fn carrying(&self) -> BTreeMap<VpcEndpointId, u64> {
        self.0.lock().unwrap().carrying.clone()
    }

    fn due_health_checks(&self) -> Vec<HealthCheckDue> {
        std::mem::take(&mut self.0.lock().unwrap().due)
    }

    fn health_checked(&self, due: &HealthCheckDue, ok: bool) {
        self.0.lock().unwrap().checked.push((due.address, ok));
    }
}

/// A network with an NLB in two zones, an endpoint, and a consumer.
pub struct Stage {
    pub network: Network,
    pub consumer: Host,
    pub endpoint: Endpoint,
    pub told: Told,
    pub nlb: Nlb,
}

impl Stage {
    pub async fn open() -> Self {
        let network = Network::open(WORLD).await.unwrap();
        let mut endpoints = BTreeMap::new();
        for (_, az_id, node, endpoint) in ZONES {
            let add = async |bridge, address| network.add_address(bridge, address).await.unwrap();
            add(Bridge::Vpc, node.into()).await;
            add(Bridge::Consumer, endpoint.into()).await;
            endpoints.insert(AzId::from(az_id), endpoint.into());
        }
        let consumer = host(&network, "consumer", [172, 20, 0, 11], NAMES).await;
        let endpoint = Endpoint {
            id: ENDPOINT.into(),
            addresses: endpoints,
        };
        let told = Told::default();
        told.0.lock().unwrap().carrying = [(ENDPOINT.into(), 0)].into();
        let settings = Settings {
            endpoints: vec![endpoint.clone()],
            refresh: Duration::from_millis(20),
            health_time_out: Duration::from_millis(500),
        };
        let nlb = Nlb::start(told.clone(), settings);
        Self {
            network,
            consumer,
            endpoint,
            told,
            nlb,
        }
    }

    /// A host with the stand-in broker N at 10.0.0.1N, which answers.
    pub async fn broker(&self, n: u8) -> Host {
        let address = target(n, Healthy).address;
        let broker = host(&self.network, &format!("broker-{n}"), address.octets(), "").await;
        broker
            .own_command()
            .args(["broker", "--node-id", &n.to_string()])
            .args(["--instance", &format!("i-{n}"), "--port", "39092"])
            .spawn()
            .unwrap();
        ask_until(&broker, "127.0.0.1:39092", &says(n)).await;
        broker
    }

    /// Changes the mapping and waits until the data path follows it.
    pub async fn map(&self, forwards: Vec<Forward>) {
        self.told.0.lock().unwrap().forwards = forwards;
        self.nlb.caught_up().await;
    }

    /// Changes which endpoints carry traffic, each having been cut so often, and waits likewise.
    pub async fn carry(&self, carrying: &[(&str, u64)]) {
        let carrying = carrying.iter();
        let carrying = carrying.map(|(id, cuts)| ((*id).into(), *cuts)).collect();
        self.told.0.lock().unwrap().carrying = carrying;
        self.nlb.caught_up().await;
    }

    pub async fn consumer_asks(&self, target: &str) -> Result<String, String> {
        ask(&self.consumer, target).await
    }
}

/// Port P forwards to these targets, across zones, with every termination on.
pub fn forward(port: u16, targets: Vec<ForwardTarget>) -> Forward {
    Forward {
        listener: ListenerArn::new(format!("listener-{port}")),
        port: Port::new(port).unwrap(),
        nodes: ZONES
            .into_iter()
            .map(|(zone, az_id, node, _)| NlbNode {
                zone: AzName::from(zone),
                az_id: AzId::from(az_id),
                address: node.into(),
            })
            .collect(),
        group: TargetGroupArn::new(format!("group-{port}")),
        cross_zone: true,
        preserve_client_ip: false,
        terminate_deregistered: true,
        terminate_unhealthy: true,
        targets,
    }
}

/// Broker N, in the first zone when N is odd.
pub fn target(n: u8, state: TargetState) -> ForwardTarget {
    let zone = ZONES[usize::from(1 - n % 2)].0;
    ForwardTarget {
        instance: InstanceId::new(format!("i-{n}")),
        zone: AzName::from(zone),
        address: Ipv4Addr::new(10, 0, 0, 10 + n),
        port: Port::new(39092).unwrap(),
        state,
    }
}

pub fn says(n: u8) -> String {
    let node_id = NodeId::new(n.into()).unwrap();
    let instance = InstanceId::new(format!("i-{n}"));
    Answer { node_id, instance }.to_string()
}

/// A connection that a consumer holds open.
pub struct Held {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Held {
    pub async fn open(consumer: &Host, target: &str) -> Self {
        let mut program = consumer
            .own_command()
            .args(["hold", target])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { program, lines }
    }

    pub async fn next(&mut self) -> String {
        self.lines.next_line().await.unwrap().unwrap()
    }

    /// Its tally: answers and breaks.
    pub async fn end(mut self) -> (u64, u64) {
        drop(self.program.stdin.take());
        let mut last = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            last = line;
        }
        let count = |word: &str| {
            let field = last.split(' ').find_map(|field| field.strip_prefix(word));
            field.unwrap().parse().unwrap()
        };
        (count("answers="), count("breaks="))
    }
}

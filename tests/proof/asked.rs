//! What is asked of probe-brokers, and its table as short lines: `port 1: proven`.

use crate::ground::{ADDRESSES, DOMAIN, NODES, address, node, until};
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::{Inquiry, Path, Question, Row, Secret, Way};
use fleet::words::{GroupName, NodeId, Port};
use probe_brokers::{Bounds, PATIENCE, table};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use tokio::time::Instant;
use world::kafka::EXTERNAL_PORT;

/// What is behind a port whose target refuses.
pub const RESET: &str = "unreachable: reset by the NLB";
/// The group of TiDB Cloud's document.
pub const EXTERNAL: &str = "EXTERNAL";

/// An inquiry that grows.
#[derive(Clone, Default)]
pub struct Asked(pub Inquiry);

impl Asked {
    /// The document's three brokers, about whom nothing is asked yet.
    pub fn three() -> Self {
        let endpoints = ADDRESSES.map(|(id, _)| (node(id), wanted(id, DOMAIN)));
        Self::default().group(EXTERNAL, Protocol::Plaintext, None, endpoints)
    }

    /// Every port, then every broker.
    pub fn all() -> Self {
        let ids = ADDRESSES.map(|(id, _)| id);
        let ports = ids.into_iter().fold(Self::three(), Self::port);
        ids.into_iter().fold(ports, Self::direct)
    }

    /// With a group.
    pub fn group(
        mut self,
        name: &str,
        protocol: Protocol,
        secret: Option<&str>,
        endpoints: impl IntoIterator<Item = (NodeId, Endpoint)>,
    ) -> Self {
        let secret = secret.map(|text| Secret::read(text, protocol).expect("a secret"));
        let way = Way {
            protocol,
            secret_from: secret
                .as_ref()
                .map(|_| format!("/secrets/{name}").as_str().into()),
            secret,
            parameter: format!("/listeners/{name}").as_str().into(),
            endpoints: endpoints.into_iter().collect(),
            leaving: Default::default(),
            known: Default::default(),
        };
        self.0.groups.insert(GroupName::from(name), way);
        self
    }

    /// Brokers must answer with this cluster id.
    pub fn cluster(mut self, id: &str) -> Self {
        self.0.cluster_id = Some(id.to_owned());
        self
    }

    /// A broker's own port, through the NLB's node in its zone.
    pub fn port(self, id: u32) -> Self {
        let (_, at) = NODES[usize::try_from(id).expect("small") - 1];
        self.question(Path::Port(node(id)), at, own_port(id))
    }

    /// The bootstrap port.
    pub fn bootstrap(self) -> Self {
        self.question(Path::Bootstrap, NODES[0].1, 9092)
    }

    /// The broker itself.
    pub fn direct(self, id: u32) -> Self {
        self.question(Path::Direct(node(id)), address(id), EXTERNAL_PORT)
    }

    /// One question of EXTERNAL.
    pub fn question(self, path: Path, at: Ipv4Addr, port: u16) -> Self {
        self.of(EXTERNAL, path, at, port)
    }

    /// One question.
    pub fn of(mut self, group: &str, path: Path, at: Ipv4Addr, port: u16) -> Self {
        self.0.questions.push(Question {
            group: group.into(),
            path,
            address: Some(at),
            port: Port::new(port).expect("a port"),
            instance: None,
        });
        self
    }

    /// The table, as probe-brokers makes it.
    pub async fn rows(&self) -> Vec<Row> {
        let bounds = Bounds::read(|name| {
            let bounds = BTreeMap::from([
                ("ADDRESS_RANGES", "10.0.0.0/16"),
                ("PORTS", "9092-9141,29092,39092-39100"),
            ]);
            bounds.get(name).map(|&text| text.to_owned())
        });
        let deadline = Instant::now() + PATIENCE;
        table(&self.0, &bounds.expect("bounds"), deadline).await
    }

    /// The table in short lines.
    pub async fn says(&self) -> Vec<String> {
        self.rows().await.iter().map(line).collect()
    }

    /// Asks once: the table must be this one.
    pub async fn now(&self, expected: &[&str]) {
        assert_eq!(self.says().await, expected);
    }

    /// Asks until the table is this one.
    pub async fn until(&self, expected: &[&str]) {
        let what = format!("wanted {expected:#?}");
        until(&what, || self.says(), |says| says == expected).await;
    }
}

/// What a group with a pattern in this domain wants of a broker.
pub fn wanted(id: u32, domain: &str) -> Endpoint {
    Endpoint {
        host: format!("b{id}.usw2-az{id}.{domain}"),
        port: Port::new(own_port(id)).expect("a port"),
    }
}

fn own_port(id: u32) -> u16 {
    9092 + u16::try_from(id).expect("small")
}

fn line(row: &Row) -> String {
    let path = match row.question.path {
        Path::Port(node) => format!("port {node}"),
        Path::Bootstrap => "bootstrap".to_owned(),
        Path::Direct(node) => format!("direct {node}"),
    };
    let group = match row.question.group.as_str() {
        EXTERNAL => String::new(),
        group => format!("{group} "),
    };
    let says = match row.says() {
        says if !matches!(row.question.path, Path::Direct(_)) && is_reset(&says) => {
            RESET.to_owned()
        }
        says => says,
    };
    format!("{group}{path}: {says}")
}

/// The world's NLB accepts before it reaches its target, and resets the connection if that refuses.
/// Whether this comes before our first word or after it is chance.
fn is_reset(says: &str) -> bool {
    ["the TCP connection", "the answer to ApiVersions"]
        .iter()
        .any(|step| {
            let closed =
                format!("unreachable: the connection was closed while waiting for {step};");
            says.starts_with(&closed)
        })
}

//! Brokers on loopback, and what to ask about them.

use crate::peer::{Advertised, Peer};
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::{Inquiry, Path, Question, Secret, Way};
use fleet::words::{NodeId, Port};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

const GROUP: &str = "EXTERNAL";

/// Listeners of brokers 1, 2, …; nobody answers on them yet.
pub struct Cluster {
    listeners: Vec<(NodeId, Port, TcpListener)>,
    all: Advertised,
}

/// What clients are told.
pub fn host(node: NodeId) -> String {
    format!("b{node}.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com")
}

impl Cluster {
    /// So many brokers.
    pub async fn listen(brokers: u32) -> Result<Self, String> {
        let mut listeners = Vec::new();
        for node in 1..=brokers {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
            let listener = listener.map_err(|error| format!("listen on loopback: {error}"))?;
            let port = listener
                .local_addr()
                .map_err(|error| error.to_string())?
                .port();
            let port = Port::new(port).ok_or("port 0")?;
            listeners.push((NodeId::new(node).ok_or("a node.id")?, port, listener));
        }
        let endpoint = |node, port| Endpoint {
            host: host(node),
            port,
        };
        let all = listeners
            .iter()
            .map(|(node, port, _)| (*node, endpoint(*node, *port)));
        let all = Arc::new(all.collect());
        Ok(Self { listeners, all })
    }

    /// Asks about these ways to each of them. They all lead to its one listener.
    pub fn inquiry(
        &self,
        protocol: Protocol,
        secret: Option<Secret>,
        paths: impl Fn(NodeId) -> Vec<Path>,
    ) -> Inquiry {
        let way = Way {
            protocol,
            secret,
            secret_from: None,
            parameter: "/kafka-privatelink/orders/listeners/EXTERNAL".into(),
            endpoints: (*self.all).clone(),
            leaving: Default::default(),
            known: Default::default(),
        };
        let questions = self.listeners.iter().flat_map(|(node, port, _)| {
            paths(*node).into_iter().map(|path| Question {
                group: GROUP.into(),
                path,
                address: Some(Ipv4Addr::LOCALHOST),
                port: *port,
                instance: None,
            })
        });
        Inquiry {
            cluster_id: None,
            questions: questions.collect(),
            groups: [(GROUP.into(), way)].into(),
        }
    }

    /// Each with its listener, in plain text and open to everybody.
    pub fn peers(self) -> impl Iterator<Item = (TcpListener, Peer)> {
        let Self { listeners, all } = self;
        listeners.into_iter().map(move |(node, _, listener)| {
            let peer = Peer {
                node,
                all: Arc::clone(&all),
                tls: None,
                user: None,
            };
            (listener, peer)
        })
    }
}

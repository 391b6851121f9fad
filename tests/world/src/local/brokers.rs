//! What stands on the brokers' hosts: the stand-in, or real Kafka.

use super::DOMAIN;
use crate::deployment::lock;
use crate::kafka::{Endpoint, Kafka, ServerProperties};
use crate::model::InstanceRecord;
use fleet::tags;
use fleet::words::{AzId, NodeId};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

/// The bootstrap port ; node.id above it is the port that the product prefers for a broker
/// (1 → 9093), and which TiDB Cloud's document writes into the broker's file.
pub(super) const BOOTSTRAP_PORT: u16 = 9092;

/// What stands on the brokers' hosts.
#[derive(Clone, Debug, Default)]
pub enum Brokers {
    /// A program that says who it is on the EXTERNAL port; up within milliseconds.
    #[default]
    StandIn,
    /// Apache Kafka.
    Kafka(KafkaCluster),
}

/// A cluster with a static quorum: its voters' places are known before there is any instance, as
/// with network interfaces that are made first.
#[derive(Clone, Debug)]
pub struct KafkaCluster {
    /// What runs.
    pub kafka: Kafka,
    /// The voters' zones and addresses. Other brokers are brokers only.
    pub voters: BTreeMap<NodeId, (AzId, Ipv4Addr)>,
    /// Whether voters have EXTERNAL from the beginning, as if somebody had written it by hand. Other brokers, which
    /// come later, always have it.
    pub external: bool,
    /// Behind the AZ ID in the names that brokers have on EXTERNAL which are launched from now on.
    pub(super) domain: Arc<Mutex<&'static str>>,
    /// Further lines of every broker's `server.properties`.
    pub extra: Vec<String>,
}

/// The voters of TiDB Cloud's document.
const VOTERS: [(u32, &str, [u8; 4]); 3] = [
    (1, "usw2-az1", [10, 0, 0, 11]),
    (2, "usw2-az2", [10, 0, 64, 11]),
    (3, "usw2-az3", [10, 0, 128, 11]),
];

impl KafkaCluster {
    /// That of TiDB Cloud's document: brokers 1 to 3 in three zones, all of them controllers, too.
    pub fn three(kafka: Kafka) -> Self {
        Self {
            kafka,
            voters: VOTERS.into_iter().filter_map(voter).collect(),
            external: true,
            domain: Arc::new(Mutex::new(DOMAIN)),
            extra: Vec::new(),
        }
    }

    /// The same before the document's chapter "Reconfigure a running Kafka cluster": without EXTERNAL.
    pub fn bare(kafka: Kafka) -> Self {
        Self {
            external: false,
            ..Self::three(kafka)
        }
    }

    /// Broker 1 alone, before the document's chapter "Reconfigure a running Kafka cluster": without EXTERNAL.
    pub fn one(kafka: Kafka) -> Self {
        Self {
            voters: VOTERS.into_iter().take(1).filter_map(voter).collect(),
            ..Self::bare(kafka)
        }
    }

    /// The configuration of the broker on an instance; the error is why there cannot be one.
    pub(super) fn properties(&self, on: &InstanceRecord) -> Result<ServerProperties, String> {
        let tag = on.tags.get(tags::NODE_ID).map_or("", String::as_str);
        let node =
            NodeId::parse(tag).map_err(|wrong| format!("the node.id of {} {wrong}", on.id))?;
        if let Some((az, address)) = self.voters.get(&node)
            && *address != on.private_ip
        {
            return Err(format!(
                "{} has {}, and broker {node} is a voter at {address} in {az}",
                on.id, on.private_ip
            ));
        }
        let port = u16::try_from(node.get())
            .ok()
            .and_then(|n| BOOTSTRAP_PORT.checked_add(n));
        let port = port.ok_or_else(|| format!("there is no port for broker {node}"))?;
        let has_external = self.external || !self.voters.contains_key(&node);
        Ok(ServerProperties {
            node,
            address: on.private_ip,
            az: on.az_id.clone(),
            voters: self
                .voters
                .iter()
                .map(|(node, (_, address))| (*node, *address))
                .collect(),
            external: has_external.then(|| Endpoint {
                host: format!("b{node}.{}.{}", on.az_id, lock(&self.domain)),
                port,
            }),
            extra: self.extra.clone(),
        })
    }

    /// Every voter's INTERNAL listener, for a client in the VPC.
    pub(super) fn internal(&self) -> String {
        let voters = self.voters.values();
        let all: Vec<String> = voters
            .map(|(_, address)| format!("{address}:{}", crate::kafka::INTERNAL_PORT))
            .collect();
        all.join(",")
    }
}

fn voter((node, az, address): (u32, &str, [u8; 4])) -> Option<(NodeId, (AzId, Ipv4Addr))> {
    Some((NodeId::new(node)?, (AzId::from(az), address.into())))
}

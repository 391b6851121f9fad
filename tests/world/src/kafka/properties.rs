//! A broker's `server.properties`, as TiDB Cloud's document writes it.

use super::{CONTROLLER_PORT, EXTERNAL_PORT, INTERNAL_PORT};
use fleet::words::{AzId, NodeId};
use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

/// Settings that are not the document's: few threads, few partitions, no long waits. The same brokers
/// otherwise; `broker.rack` and what depends on the number of brokers stand beside them.
const QUICK: [&str; 8] = [
    "num.network.threads=1",
    "num.io.threads=2",
    "offsets.topic.num.partitions=3",
    "transaction.state.log.num.partitions=1",
    "group.initial.rebalance.delay.ms=0",
    "broker.heartbeat.interval.ms=300",
    "replica.fetch.wait.max.ms=100",
    "auto.leader.rebalance.enable=false",
];

/// The smallest buffer that the log cleaner takes for its one thread; 128 MiB otherwise.
const CLEANER: &str = "log.cleaner.dedupe.buffer.size=2097152";

/// A name and a port, as a broker advertises them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The name.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Everything that differs from one broker's file to another's. It prints as the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProperties {
    /// Its `node.id`.
    pub node: NodeId,
    /// Its private address.
    pub address: Ipv4Addr,
    /// Its AZ ID, which is its rack.
    pub az: AzId,
    /// The static quorum. A broker that is none of them has the broker role only.
    pub voters: BTreeMap<NodeId, Ipv4Addr>,
    /// What it advertises on EXTERNAL; without it, there is no such listener.
    pub external: Option<Endpoint>,
    /// Further lines, at the end: of two lines with one key the last one counts.
    pub extra: Vec<String>,
}

impl ServerProperties {
    /// Whether it is a controller, too.
    pub fn is_voter(&self) -> bool {
        self.voters.contains_key(&self.node)
    }

    fn listeners(&self) -> String {
        let mut listeners = vec![format!("INTERNAL://0.0.0.0:{INTERNAL_PORT}")];
        if self.is_voter() {
            listeners.push(format!("CONTROLLER://0.0.0.0:{CONTROLLER_PORT}"));
        }
        if self.external.is_some() {
            listeners.push(format!("EXTERNAL://0.0.0.0:{EXTERNAL_PORT}"));
        }
        listeners.join(",")
    }

    fn advertised(&self) -> String {
        let internal = format!("INTERNAL://{}:{INTERNAL_PORT}", self.address);
        match &self.external {
            Some(Endpoint { host, port }) => format!("{internal},EXTERNAL://{host}:{port}"),
            None => internal,
        }
    }

    /// Without EXTERNAL it is the file before the document's chapter "Reconfigure a running Kafka cluster".
    fn protocols(&self) -> &'static str {
        if self.external.is_some() {
            "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL"
        } else {
            "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL"
        }
    }
}

impl fmt::Display for ServerProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles = if self.is_voter() {
            "broker,controller"
        } else {
            "broker"
        };
        let voters = self.voters.iter();
        let voters: Vec<String> = voters
            .map(|(node, address)| format!("{node}@{address}:{CONTROLLER_PORT}"))
            .collect();
        writeln!(f, "process.roles={roles}")?;
        writeln!(f, "node.id={}", self.node)?;
        writeln!(f, "controller.quorum.voters={}", voters.join(","))?;
        writeln!(f, "listeners={}", self.listeners())?;
        writeln!(f, "inter.broker.listener.name=INTERNAL")?;
        writeln!(f, "advertised.listeners={}", self.advertised())?;
        writeln!(f, "controller.listener.names=CONTROLLER")?;
        writeln!(f, "listener.security.protocol.map={}", self.protocols())?;
        writeln!(f, "log.dirs=./data")?;

        writeln!(
            f,
            "\n# Up to here the file of TiDB Cloud's document. What keeps a small cluster quick:"
        )?;
        writeln!(f, "broker.rack={}", self.az)?;
        // Three as in the document; a smaller cluster could otherwise never make these topics.
        let replicas = voters.len().clamp(1, 3);
        let in_sync = replicas.saturating_sub(1).max(1);
        writeln!(f, "default.replication.factor={replicas}")?;
        writeln!(f, "min.insync.replicas={in_sync}")?;
        writeln!(f, "offsets.topic.replication.factor={replicas}")?;
        writeln!(f, "transaction.state.log.replication.factor={replicas}")?;
        writeln!(f, "transaction.state.log.min.isr={in_sync}")?;
        for line in QUICK.into_iter().chain([CLEANER]) {
            writeln!(f, "{line}")?;
        }
        if !self.extra.is_empty() {
            writeln!(f, "\n# Asked for in this world:")?;
        }
        for line in &self.extra {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "properties_tests.rs"]
mod tests;

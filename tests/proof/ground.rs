//! What every cluster stands on: the world's network, its disk, hosts, and Kafka's jars.

use fleet::words::{AzId, NodeId};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tests::built::binary;
use world::hosts::{Bridge, Disk, Network};
use world::kafka::{Broker, Endpoint, Home, Kafka, ServerProperties, Tools};

/// The brokers of TiDB Cloud's document and their zones.
pub const ADDRESSES: [(u32, u8); 3] = [(1, 0), (2, 64), (3, 128)];
/// The NLB's nodes.
pub const NODES: [(&str, Ipv4Addr); 3] = [
    ("usw2-az1", Ipv4Addr::new(10, 0, 0, 5)),
    ("usw2-az2", Ipv4Addr::new(10, 0, 64, 5)),
    ("usw2-az3", Ipv4Addr::new(10, 0, 128, 5)),
];
/// The domain of the document's pattern.
pub const DOMAIN: &str = "abc.us-west-2.aws.3199015.tidbcloud.com";

/// How often a condition is looked at that nothing tells.
pub const LOOK: Duration = Duration::from_millis(50);
/// Longer than any condition takes to come true.
pub const CEILING: Duration = Duration::from_secs(180);

/// Network, disk and jars.
pub struct Ground {
    network: Network,
    disk: Disk,
    kafka: Kafka,
}

impl Ground {
    /// Lays it, with the addresses of the NLB's nodes.
    pub async fn lay() -> Self {
        let kafka = Kafka::ready().expect("Kafka");
        let network = Network::open(binary("world")).await.expect("a network");
        for (_, address) in NODES {
            let added = network.add_address(Bridge::Vpc, address).await;
            added.expect("an address of the NLB");
        }
        let disk = Disk::mount().expect("a disk");
        Self {
            network,
            disk,
            kafka,
        }
    }

    /// A host with a broker's home, and nothing that runs.
    pub async fn broker(&self, name: &str, properties: &ServerProperties) -> Broker {
        let host = self
            .network
            .add_host(name, Bridge::Vpc, properties.address, "")
            .await
            .expect("a host");
        let folder = self.disk.folder().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let home = Home::of_broker(&folder, &self.kafka, properties).expect("a home");
        Broker::new(properties.node, Arc::new(host), home)
    }

    /// Kafka's tools on a host of their own.
    pub async fn tools(&self) -> Tools {
        let address = Ipv4Addr::new(10, 0, 192, 11);
        let host = self.network.add_host("client", Bridge::Vpc, address, "");
        let host = host.await.expect("a host");
        let folder = self.disk.folder().join("client");
        let home = Home::of_client(&folder, &self.kafka).expect("a home");
        Tools::new(Arc::new(host), home)
    }
}

/// A `node.id`.
pub fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node.id")
}

/// Where a broker of the document lives.
pub fn address(id: u32) -> Ipv4Addr {
    let (_, zone) = ADDRESSES[usize::try_from(id).expect("small") - 1];
    Ipv4Addr::new(10, 0, zone, 11)
}

/// The document's file for a broker of this quorum.
pub fn properties(id: u32, voters: &[u32]) -> ServerProperties {
    let az = AzId::new(format!("usw2-az{id}"));
    ServerProperties {
        node: node(id),
        address: address(id),
        voters: voters.iter().map(|&id| (node(id), address(id))).collect(),
        external: Some(Endpoint {
            host: format!("b{id}.{az}.{DOMAIN}"),
            port: 9092 + u16::try_from(id).expect("small"),
        }),
        az,
        extra: Vec::new(),
    }
}

/// Formats a broker's disk before its first start, which otherwise does it as the document does.
pub async fn format(broker: &Broker, cluster_id: &str, options: &[&str]) {
    let home = broker.home();
    let mut command = broker.host().command("sh");
    command
        .arg(home.script("kafka-storage.sh"))
        .args(["format", "-t", cluster_id, "-c"])
        .arg(home.properties())
        .args(options)
        .current_dir(home.folder());
    let output = command.output().await.expect("kafka-storage.sh");
    assert!(output.status.success(), "{output:?}");
}

/// Memory that a broker holds, in MiB.
pub fn resident(broker: &Broker) -> u64 {
    let process = broker.process().expect("processes").expect("a broker");
    let status = Path::new("/proc").join(process.id().to_string());
    let status = fs::read_to_string(status.join("status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    kib.expect("VmRSS").parse::<u64>().expect("a number") / 1024
}

/// Awaits a condition that nothing tells; `told` is what was seen last, for the failure.
pub async fn until<T: std::fmt::Debug>(
    what: &str,
    mut look: impl AsyncFnMut() -> T,
    holds: impl Fn(&T) -> bool,
) -> T {
    let began = tokio::time::Instant::now();
    loop {
        let seen = look().await;
        if holds(&seen) {
            return seen;
        }
        assert!(began.elapsed() < CEILING, "{what}: at last {seen:#?}");
        tokio::time::sleep(LOOK).await;
    }
}

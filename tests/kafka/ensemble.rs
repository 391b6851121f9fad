//! ZooKeeper, which brokers up to Kafka 3.9 may have.

use crate::stage::CEILING;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::Child;
use world::hosts::Host;
use world::kafka::Kafka;

/// ZooKeeper on a host, as soon as it answers.
pub async fn zookeeper(host: &Host, folder: &Path, kafka: &Kafka) -> Child {
    let mut command = host.command("java");
    command
        .args(["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .args(["-Dzookeeper.admin.enableServer=false", "-cp"])
        .arg(kafka.libs().join("*"))
        .args(["org.apache.zookeeper.server.ZooKeeperServerMain", "2181"])
        .arg(folder.join("zookeeper"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let running = command.spawn().unwrap();
    until_open(host.address(), 2181).await;
    running
}

/// Waits until somebody listens there.
pub async fn until_open(address: Ipv4Addr, port: u16) {
    let began = Instant::now();
    while TcpStream::connect((address, port)).await.is_err() {
        assert!(began.elapsed() < CEILING, "nobody listens on {port}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

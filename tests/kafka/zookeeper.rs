//! A broker with ZooKeeper gets a listener group by the editor and the script; with ZooKeeper stopped it is left
//! alone.

use crate::ensemble::{until_open, zookeeper};
use crate::stage::with_kafka;
use fleet::host::inspection::{File, Inspection};
use fleet::host::reply;
use fleet::listener::{Endpoint, Protocol};
use fleet::words::{AzId, NodeId, Port};
use jiff::{SignedDuration, Timestamp};
use push_listeners::host::masked::unpack;
use push_listeners::host::order::{Act, Apply, Mode, Order};
use push_listeners::server_properties::{Edit, Version, Wanted, edit, remove};
use serde_json::Value;
use std::fs;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use tests::built::binary;
use world::clock::Clock;
use world::hosts::{Bridge, Date, Disk, Network, Own};
use world::kafka::{self, Broker, Home, Kafka, ServerProperties};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 11);
const INSTANCE: &str = "i-0123456789abcdef0";
const FILE: &str = "broker.id=1\nzookeeper.connect=localhost:2181/kafka\nlisteners=INTERNAL://0.0.0.0:9092\n\
advertised.listeners=INTERNAL://10.0.0.11:9092\ninter.broker.listener.name=INTERNAL\n\
listener.security.protocol.map=INTERNAL:PLAINTEXT\nlog.dirs=./data\noffsets.topic.num.partitions=1\n\
offsets.topic.replication.factor=1\nlog.cleaner.dedupe.buffer.size=2097152\n";

fn node() -> NodeId {
    NodeId::new(1).unwrap()
}

fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

/// A broker of the last Kafka that knows ZooKeeper, and its host.
async fn host(network: &Network, disk: &Disk, kafka: &Kafka) -> Broker {
    // With folders of its own: what our scripts note stays there.
    let own = Own {
        folder: disk.folder().join("own"),
        date: Date::of(&Clock::new(Timestamp::now(), 1)).unwrap(),
    };
    let host = network.add_machine("broker-1", Bridge::Vpc, ADDRESS, own);
    let folder = disk.folder().join("broker-1");
    fs::create_dir_all(folder.join("data")).unwrap();
    let properties = ServerProperties {
        node: node(),
        address: ADDRESS,
        az: AzId::from("usw2-az1"),
        voters: Default::default(),
        external: None,
        extra: Vec::new(),
    };
    let home = Home::of_broker(&folder, kafka, &properties).unwrap();
    fs::write(home.properties(), FILE).unwrap();
    // A first start would format a folder of KRaft.
    let known = home.data().join("meta.properties");
    fs::write(known, "version=0\nbroker.id=1\n").unwrap();
    Broker::new(node(), Arc::new(host.await.unwrap()), home)
}

/// Runs a document on the host; what it put out.
async fn run(broker: &Broker, document: &str, act: Act, nonce: &str) -> String {
    let order = Order {
        instance: INSTANCE.into(),
        node: node(),
        nonce: nonce.to_owned(),
        ports: vec![port(39092)],
        act,
    };
    let script = broker.home().folder().join("script.sh");
    fs::write(&script, host::text_of(document)).unwrap();
    let mut command = broker.host().command("sh");
    command.arg(&script).env("SSM_payload", order.payload());
    command.env("AWS_SSM_INSTANCE_ID", INSTANCE);
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

async fn inspect(broker: &Broker) -> Inspection {
    let output = run(broker, "inspect", Act::Inspect, "00112233445566778899").await;
    reply::read(&output).unwrap()
}

/// Orders an edit of what was inspected; the answer.
async fn apply(broker: &Broker, seen: &Inspection, edit: &Edit, nonce: &str) -> Value {
    let Some(File::Read(file)) = &seen.file else {
        panic!("{seen:?}");
    };
    let spans = edit.spans.iter().cloned();
    let now = Timestamp::now();
    let apply = Apply {
        not_after: now + SignedDuration::from_secs(90),
        mode: Mode::Edit {
            kept: edit.kept.iter().map(ToString::to_string).collect(),
            spans: spans.map(|it| (it.offset, it.old, it.new)).collect(),
        },
        process: seen.broker.as_ref().map(|it| it.id()),
        file: file.path.bytes().to_owned(),
        old_sha256: file.sha256.clone(),
        generation: now,
        revision: "cafe".to_owned(),
        stop_seconds: 60,
        watch_seconds: 5,
    };
    let output = run(broker, "apply", Act::Apply(apply), nonce).await;
    reply::read(&output).unwrap()
}

/// Applies it again, as later runs of push-listeners would, while a ZooKeeper that has just begun is slow to answer.
async fn applied(broker: &Broker, seen: &Inspection, edit: &Edit) -> Value {
    let mut answer = Value::Null;
    for nonce in [
        "20112233445566778899",
        "30112233445566778899",
        "40112233445566778899",
    ] {
        answer = apply(broker, seen, edit, nonce).await;
        if answer["why"] != "zookeeper" {
            break;
        }
    }
    answer
}

/// What the editor makes of the file as it left the host.
fn edited(seen: &Inspection) -> Edit {
    let Some(File::Read(file)) = &seen.file else {
        panic!("{seen:?}");
    };
    let masked = file.masked.as_deref().unwrap();
    let bytes = unpack(masked, file.size).unwrap();
    let process = seen.broker.as_ref().unwrap();
    let version = Version::parse(&process.version);
    assert_eq!(version, Version::parse("3.9.2"));
    let wanted = Wanted {
        name: "EXTERNAL".into(),
        bind_port: port(39092),
        protocol: Protocol::Plaintext,
        adopts: false,
        advertised: Endpoint {
            host: "b1.usw2-az1.example.com".to_owned(),
            port: port(9093),
        },
    };
    edit(&bytes, &[wanted], version).unwrap()
}

#[test]
fn a_broker_with_zookeeper_gets_a_group_and_is_left_alone_while_zookeeper_is_away() {
    with_kafka!(
        a_broker_with_zookeeper_gets_a_group_and_is_left_alone_while_zookeeper_is_away,
        async {
            let kafka = Kafka::ready_with(kafka::Version::V3_9_2).unwrap();
            let network = Network::open(binary("world")).await.unwrap();
            let disk = Disk::mount().unwrap();
            let broker = host(&network, &disk, &kafka).await;
            let mut quorum = zookeeper(broker.host(), broker.home().folder(), &kafka).await;
            broker.start().await.unwrap();
            broker.serving().await.unwrap();

            // Without ZooKeeper it would not come back.
            quorum.kill().await.unwrap();
            let seen = inspect(&broker).await;
            let edit = edited(&seen);
            let first = broker.process().unwrap().unwrap().id();
            let answer = apply(&broker, &seen, &edit, "10112233445566778899").await;
            assert_eq!(answer["why"], "zookeeper", "{answer}");
            assert_eq!(
                fs::read_to_string(broker.home().properties()).unwrap(),
                FILE
            );
            assert_eq!(broker.process().unwrap().unwrap().id(), first);

            let _quorum = zookeeper(broker.host(), broker.home().folder(), &kafka).await;
            broker.serving().await.unwrap();
            let answer = applied(&broker, &seen, &edit).await;
            assert_eq!(answer["outcome"], "started", "{answer}");
            assert_eq!(answer["validated"], "yes", "{answer}");
            broker.serving().await.unwrap();
            until_open(ADDRESS, 39092).await;
            let target = format!("{ADDRESS}:39092");
            let told = kafka::metadata(&target).await.unwrap();
            assert_eq!(told.brokers[&node()], "b1.usw2-az1.example.com:9093");
            let file = fs::read(broker.home().properties()).unwrap();
            let version = Version::parse("3.9.2");
            let gone = remove(&file, &["EXTERNAL".into()], &edit.kept, version).unwrap();
            let back = push_listeners::server_properties::apply(&file, &gone.spans).unwrap();
            assert_eq!(String::from_utf8(back).unwrap(), FILE);
        }
    );
}

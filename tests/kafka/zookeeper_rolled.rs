//! A roll of three brokers with ZooKeeper: the active controller is the one that their metadata names, and it is
//! the last one.

use crate::ensemble::zookeeper;
use crate::roll::{restarted, restarts, right};
use crate::stage::{bare_of, broker, put_pattern, until, until_metadata, with_kafka};
use kafka_protocol::messages::MetadataRequest;
use std::fs;
use tests::built::binary;
use tokio::process::Child;
use world::kafka::{Kafka, Metadata, Version, ask};
use world::local::{DOMAIN, LocalAws};

const FIRST: &str = "10.0.0.11:9092";

/// The local world's brokers are made anew, with ZooKeeper on the client's host.
async fn with_zookeeper(world: &LocalAws, kafka: &Kafka) -> Child {
    let client = world.tools_in_vpc().unwrap();
    let quorum = zookeeper(client.host(), client.home().folder(), kafka).await;
    for node in ["1", "2", "3"] {
        broker(world, node).await.kill().await.unwrap();
    }
    for node in ["1", "2", "3"] {
        let broker = world.kafka(node).await.unwrap();
        broker.wipe().await.unwrap();
        let home = broker.home();
        fs::remove_file(home.log()).unwrap();
        let file = file(
            node,
            &broker.internal(),
            &client.host().address().to_string(),
        );
        fs::write(home.properties(), file).unwrap();
        // A first start would format a folder of KRaft.
        fs::create_dir(home.data()).unwrap();
        let known = format!("version=0\nbroker.id={node}\n");
        fs::write(home.data().join("meta.properties"), known).unwrap();
        broker.start().await.unwrap();
    }
    let all = |told: &Metadata| told.brokers.len() == 3;
    for node in ["1", "2", "3"] {
        let internal = broker(world, node).await.internal();
        until_metadata(world, &internal, all).await;
    }
    quorum
}

fn file(node: &str, internal: &str, zookeeper: &str) -> String {
    format!(
        "broker.id={node}\nzookeeper.connect={zookeeper}:2181/kafka\nzookeeper.session.timeout.ms=9000\n\
         listeners=INTERNAL://0.0.0.0:9092\nadvertised.listeners=INTERNAL://{internal}\n\
         inter.broker.listener.name=INTERNAL\nlistener.security.protocol.map=INTERNAL:PLAINTEXT\nlog.dirs=./data\n\
         default.replication.factor=3\nmin.insync.replicas=2\noffsets.topic.num.partitions=1\n\
         offsets.topic.replication.factor=3\nauto.leader.rebalance.enable=false\nlog.cleaner.dedupe.buffer.size=2097152\n"
    )
}

/// The active controller; only with ZooKeeper does metadata tell the truth.
async fn controller(world: &LocalAws) -> String {
    until(world, async || {
        let question = MetadataRequest::default().with_topics(None);
        let told = ask(FIRST, 7, &question).await;
        let told = told.map_err(|error| error.to_string())?;
        match told.controller_id.0 {
            -1 => Err("no controller is active".to_owned()),
            id => Ok(id.to_string()),
        }
    })
    .await
}

#[test]
fn three_brokers_with_zookeeper_are_rolled_one_by_one_and_the_controller_is_the_last() {
    with_kafka!(
        three_brokers_with_zookeeper_are_rolled_one_by_one_and_the_controller_is_the_last,
        async {
            let kafka = Kafka::ready_with(Version::V3_9_2).unwrap();
            let world = bare_of(kafka.clone(), &[]).await;
            let _quorum = with_zookeeper(&world, &kafka).await;
            let traffic = world.traffic("orders").await.unwrap();
            let last = controller(&world).await;
            world.start_functions(binary);
            world.put_parameter("restarts", "any-time").unwrap();
            put_pattern(&world, DOMAIN);
            right(&world, 3).await;
            let mut order = ["1", "2", "3"];
            order.sort_by_key(|node| (*node == last, *node));
            assert_eq!(restarted(&world, 3).await, order);
            assert_eq!(restarts(&world).len(), 3);

            let carried = traffic.finish().await.unwrap();
            println!("{carried}");
            assert!(carried.is_whole(), "{carried:?}");
            let downtime = world.downtime(&order).await.unwrap();
            downtime.lines().for_each(|line| println!("{line}"));
            assert!(
                downtime.0.values().all(|life| life.starts == 2),
                "{downtime:?}"
            );
            assert_eq!(downtime.two_at_once(), None);
        }
    );
}

//! Brokers follow their instances.

use crate::stage::{broker, three, until, until_metadata, with_kafka};
use fleet::words::NodeId;
use std::fs;
use world::kafka::Metadata;

const SECOND: &str = "10.0.64.11:9092";

fn in_sync(brokers: usize) -> impl Fn(&Metadata) -> bool {
    move |told| told.brokers.len() == brokers && told.in_sync()
}

#[test]
fn a_stopped_instance_keeps_its_data_and_another_one_begins_with_none() {
    with_kafka!(
        a_stopped_instance_keeps_its_data_and_another_one_begins_with_none,
        async {
            let world = three().await;
            world.check_internal().await.unwrap();
            let meta = async || {
                let home = broker(&world, "1").await.home().clone();
                fs::read_to_string(home.data().join("meta.properties")).unwrap()
            };
            let before = meta().await;
            world.stop("1").unwrap();
            until(&world, async || match world.kafka("1").await {
                Ok(_) => Err("it runs still".to_owned()),
                Err(off) if off.ends_with("is not running") => Ok(()),
                Err(other) => Err(other),
            })
            .await;
            until(&world, async || {
                world.start_again("1").map_err(|error| error.to_string())
            })
            .await;
            broker(&world, "1").await.serving().await.unwrap();
            until_metadata(&world, SECOND, in_sync(3)).await;
            assert_eq!(meta().await, before);

            // A voter is found under its address, so the next instance takes it over.
            let old = world.instance("1").unwrap();
            let new = world.replace("1").await.unwrap();
            assert_ne!(new, old);
            until(&world, async || world.kafka("1").await).await;
            broker(&world, "1").await.serving().await.unwrap();
            until_metadata(&world, SECOND, in_sync(3)).await;
            assert_ne!(meta().await, before);
            assert_eq!(broker(&world, "1").await.internal(), "10.0.0.11:9092");
            let elsewhere = world.launch("3", "usw2-az1").unwrap_err().to_string();
            assert_eq!(
                elsewhere,
                "broker 3 keeps the address 10.0.128.11, which is in usw2-az3"
            );
        }
    );
}

#[test]
fn a_fourth_broker_joins_without_being_a_voter() {
    with_kafka!(a_fourth_broker_joins_without_being_a_voter, async {
        let world = three().await;
        world.launch("4", "usw2-az1").unwrap();
        let told = until_metadata(&world, SECOND, in_sync(4)).await;
        assert_eq!(told.brokers[&NodeId::new(4).unwrap()], "10.0.0.12:9092");
        let tools = world.tools_in_vpc().unwrap();
        let question = ["--bootstrap-server", SECOND, "describe", "--replication"];
        let script = "kafka-metadata-quorum.sh";
        let quorum = tools.run(script, &question).await.unwrap();
        let role = |node: &str| {
            let mut lines = quorum.lines().map(str::split_whitespace);
            let found = lines.find_map(|mut words| {
                let of_it = words.next() == Some(node);
                of_it.then(|| words.last().unwrap_or_default())
            });
            found.unwrap_or_else(|| panic!("no {node} in {quorum}"))
        };
        assert_eq!(role("4"), "Observer");
        for voter in ["1", "2", "3"] {
            assert!(["Leader", "Follower"].contains(&role(voter)), "{quorum}");
        }
        // Its process ends with its host.
        let fourth = broker(&world, "4").await;
        world.terminate("4").unwrap();
        until(&world, async || match fourth.process().unwrap() {
            None => Ok(()),
            Some(process) => Err(format!("process {} lives", process.id())),
        })
        .await;
        until_metadata(&world, SECOND, in_sync(3)).await;
    });
}

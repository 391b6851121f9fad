//! What can be done to a broker's process, and what the others and the clients see of it.

use crate::stage::{CEILING, broker, empty, three, until, until_metadata, with_kafka};
use fleet::words::NodeId;
use std::fs;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use world::kafka::{Kafka, Metadata, api_versions};
use world::local::LocalAws;

const FIRST: &str = "10.0.0.11:9092";
const SECOND: &str = "10.0.64.11:9092";

fn node(id: u32) -> NodeId {
    NodeId::new(id).unwrap()
}

fn all_in_sync(told: &Metadata) -> bool {
    told.brokers.len() == 3 && told.in_sync()
}

#[test]
fn a_broker_is_stopped_killed_and_started_again() {
    with_kafka!(a_broker_is_stopped_killed_and_started_again, async {
        let world = three().await;
        world.check_internal().await.unwrap();
        let second = broker(&world, "2").await;
        let running = second.start().await.unwrap_err().to_string();
        assert!(running.contains("it runs already"), "{running}");

        second.stop().await.unwrap();
        assert!(second.process().unwrap().is_none());
        let left = until_metadata(&world, FIRST, |told| !told.brokers.contains_key(&node(2))).await;
        assert!(
            left.partitions
                .values()
                .all(|partition| partition.leader.is_some()),
            "{left:?}"
        );
        let stopped = second.stop().await.unwrap_err().to_string();
        assert!(
            stopped.starts_with("broker 2 does not run; its log ends with"),
            "{stopped}"
        );
        second.start().await.unwrap();
        second.serving().await.unwrap();
        until_metadata(&world, FIRST, all_in_sync).await;

        second.kill().await.unwrap();
        assert!(second.process().unwrap().is_none());
        // Nobody told the others: only when the session ends (9 s) is it gone (K-11).
        until_metadata(&world, FIRST, |told| !told.brokers.contains_key(&node(2))).await;
        second.start().await.unwrap();
        second.serving().await.unwrap();
        until_metadata(&world, FIRST, all_in_sync).await;
        a_port_that_somebody_left_is_free(&world).await;
    });
}

/// Ended from outside, a program dies inside only a moment later.
async fn a_port_that_somebody_left_is_free(world: &LocalAws) {
    let there = ("10.0.64.11", 39999);
    for _ in 0..50 {
        let squatter = world.squat("2", there.1).await.unwrap();
        let listens = async || {
            let connected = TcpStream::connect(there).await;
            connected.map_err(|error| error.to_string())
        };
        until(world, listens).await;
        squatter.leave().await.unwrap();
        assert!(TcpStream::connect(there).await.is_err());
    }
}

#[test]
fn a_client_that_stays_goes_on_while_each_broker_is_restarted() {
    with_kafka!(
        a_client_that_stays_goes_on_while_each_broker_is_restarted,
        async {
            let world = three().await;
            world.check_internal().await.unwrap();
            let tools = world.tools_in_vpc().unwrap();
            let all = format!("{FIRST},{SECOND},10.0.128.11:9092");
            let mut producer = tools.producer(&all, "test-topic").unwrap();
            let mut reader = tools
                .reader(&all, "test-topic", "a-group-that-stays")
                .unwrap();
            for _ in 0..10 {
                reader.next().await.unwrap();
            }
            for id in ["1", "2", "3"] {
                let broker = broker(&world, id).await;
                let mut exchange = async |when: &str| {
                    let message = format!("{when} broker {id}");
                    producer.send(&message).await.unwrap();
                    assert_eq!(reader.next().await.unwrap(), message);
                };
                exchange("before").await;
                broker.stop().await.unwrap();
                exchange("without").await;
                broker.start().await.unwrap();
                broker.serving().await.unwrap();
                until_metadata(&world, &broker.internal(), all_in_sync).await;
            }
            producer.finish().await.unwrap();
        }
    );
}

#[test]
fn a_frozen_broker_accepts_and_does_not_answer() {
    with_kafka!(a_frozen_broker_accepts_and_does_not_answer, async {
        let world = three().await;
        let second = broker(&world, "2").await;
        second.freeze().await.unwrap();
        for port in ["9092", "39092"] {
            TcpStream::connect(format!("10.0.64.11:{port}"))
                .await
                .unwrap();
        }
        let silence = api_versions(SECOND).await.unwrap_err().to_string();
        assert!(silence.ends_with("no answer within 5 s"), "{silence}");
        let refused = second.stop().await.unwrap_err().to_string();
        assert!(
            refused.contains("it is frozen; thaw or kill it"),
            "{refused}"
        );
        until_metadata(&world, FIRST, |told| !told.brokers.contains_key(&node(2))).await;
        second.thaw().await.unwrap();
        until_metadata(&world, SECOND, all_in_sync).await;
    });
}

#[test]
fn a_wiped_broker_is_formatted_anew_and_catches_up() {
    with_kafka!(a_wiped_broker_is_formatted_anew_and_catches_up, async {
        let world = three().await;
        world.check_internal().await.unwrap();
        let third = broker(&world, "3").await;
        let meta = || fs::read_to_string(third.home().data().join("meta.properties")).unwrap();
        let refused = third.wipe().await.unwrap_err().to_string();
        assert!(
            refused.contains("it runs; stop or kill it first"),
            "{refused}"
        );
        let before = meta();
        third.stop().await.unwrap();
        third.wipe().await.unwrap();
        assert!(!third.home().data().exists());
        third.start().await.unwrap();
        third.serving().await.unwrap();
        let after = meta();
        let line = |text: &str, key: &str| {
            let found = text.lines().find(|line| line.starts_with(key));
            found
                .unwrap_or_else(|| panic!("no {key} in {text}"))
                .to_owned()
        };
        assert_eq!(line(&after, "cluster.id"), line(&before, "cluster.id"));
        assert_eq!(line(&after, "node.id"), "node.id=3");
        assert_ne!(line(&after, "directory.id"), line(&before, "directory.id"));
        until_metadata(&world, FIRST, all_in_sync).await;
    });
}

#[test]
fn verbs_do_it_for_a_person() {
    with_kafka!(verbs_do_it_for_a_person, async {
        let world = three().await;
        for (verb, answer) in [
            (
                "kafka freeze 1",
                "broker 1 is frozen: its ports accept, and it answers nobody",
            ),
            ("kafka thaw 1", "broker 1 goes on"),
            ("kafka kill 1", "broker 1 is killed"),
            ("kafka wipe 1", "broker 1 has no data any more"),
            ("kafka start 1", "broker 1 serves"),
            ("kafka stop 1", "broker 1 has stopped"),
            ("kafka start 1", "broker 1 serves"),
        ] {
            assert_eq!(world.verb(verb).await.unwrap(), answer);
        }
        let checked = world.verb("check internal").await.unwrap();
        assert!(
            checked.starts_with("10 messages produced, 10 read back"),
            "{checked}"
        );
        assert_eq!(
            world.verb("kafka stop 9").await.unwrap_err(),
            "there is no broker 9"
        );
        let unknown = world.verb("kafka paint 1").await.unwrap_err();
        assert!(
            unknown.starts_with("kafka needs one of start, stop, kill,"),
            "{unknown}"
        );
    });
}

#[test]
fn a_broker_that_ends_says_why_with_the_end_of_its_log() {
    with_kafka!(a_broker_that_ends_says_why_with_the_end_of_its_log, async {
        // One of three: it waits for the others.
        let world = empty(Kafka::ready().unwrap(), &[]).await;
        world.launch("1", "usw2-az1").unwrap();
        let first = broker(&world, "1").await;
        let serving = first.serving();
        let killed = async {
            until(&world, async || match first.log() {
                log if log.contains("INFO") => Ok(()),
                log => Err(log),
            })
            .await;
            let mut kill = first.host().command("sh");
            kill.arg(first.home().script("kafka-server-stop.sh"));
            assert!(kill.status().await.unwrap().success());
        };
        let (ended, ()) = timeout(CEILING, async { tokio::join!(serving, killed) })
            .await
            .unwrap();
        let ended = ended.unwrap_err().to_string();
        assert!(
            ended.starts_with("broker 1 does not run; its log ends with"),
            "{ended}"
        );
        assert!(ended.contains("INFO"), "{ended}");
        until_broken(&world, "broker 1 does not run").await;
    });
}

#[test]
fn a_configuration_that_kafka_refuses_is_told_in_its_words() {
    with_kafka!(
        a_configuration_that_kafka_refuses_is_told_in_its_words,
        async {
            let wrong = "listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT";
            let world = empty(Kafka::ready().unwrap(), &[wrong]).await;
            world.launch("1", "usw2-az1").unwrap();
            until_broken(&world, "No security protocol defined for listener EXTERNAL").await;
        }
    );
}

async fn until_broken(world: &world::local::LocalAws, why: &str) {
    let broken = async {
        loop {
            let broken = world.journal().broken.clone();
            if let Some(broken) = broken {
                return broken;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let broken = timeout(CEILING, broken).await.unwrap();
    assert!(broken.contains(why), "{broken}");
}

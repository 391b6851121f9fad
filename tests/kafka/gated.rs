//! A roll that its gate holds: for a partition that waits for a replica, and for one that has none to spare.

use crate::roll::{controller, restarted, restarts, said, topic};
use crate::stage::{ALLOWING, bare, broker, put_pattern, until, with_kafka};
use std::fs;
use tests::built::binary;
use tokio::net::TcpStream;
use world::local::{DOMAIN, LocalAws};

/// What was read in the last ten times so many seconds counts.
const THROTTLE: &str = "replication.quota.window.size.seconds=60";

/// Lets replicas that are out of sync read a byte a second from broker 1, or as much as they like.
async fn throttled(world: &LocalAws, change: [&str; 2]) {
    let first = broker(world, "1").await.internal();
    let of_first = ["--entity-type", "brokers", "--entity-name", "1"];
    let alter = [&["--bootstrap-server", &first, "--alter"], &of_first[..]].concat();
    let tools = world.tools_in_vpc().unwrap();
    let arguments = [&alter[..], &change].concat();
    tools.run("kafka-configs.sh", &arguments).await.unwrap();
}

/// Broker 3 is up, and out of sync with the partition `behind-0`, whose other two replicas are as few as have to be.
async fn behind(world: &LocalAws) {
    let all = "leader.replication.throttled.replicas=*";
    topic(world, "behind", "1:2:3", &[all, "min.insync.replicas=2"]).await;
    throttled(
        world,
        ["--add-config", "leader.replication.throttled.rate=1"],
    )
    .await;
    let third = broker(world, "3").await;
    third.stop().await.unwrap();
    let first = broker(world, "1").await.internal();
    let tools = world.tools_in_vpc().unwrap();
    let mut producer = tools.producer(&first, "behind").unwrap();
    for _ in 0..20 {
        producer.send(&"x".repeat(1000)).await.unwrap();
    }
    producer.finish().await.unwrap();
    third.start().await.unwrap();
    third.serving().await.unwrap();
}

#[test]
fn a_roll_waits_for_a_replica_that_is_behind_and_for_a_word_about_one_that_is_alone() {
    with_kafka!(
        a_roll_waits_for_a_replica_that_is_behind_and_for_a_word_about_one_that_is_alone,
        async {
            let world = bare(&[THROTTLE]).await;
            behind(&world).await;
            // The active controller is the last one.
            let next = match controller(&world).await.as_str() {
                "1" => "2",
                _ => "1",
            };
            topic(&world, "alone", next, &[]).await;
            let broker = broker(&world, next).await;
            let file = || fs::read_to_string(broker.home().properties()).unwrap();
            let before = (file(), broker.process().unwrap().unwrap().id());
            world.start_functions(binary);
            world.put_parameter("restarts", "any-time").unwrap();
            put_pattern(&world, DOMAIN);

            let waits = said(&world, "too few replicas are in sync").await;
            let held = format!("broker {next} is not stopped now: ");
            assert!(waits.starts_with(&held), "{waits}");
            assert!(waits.contains(" would fail: behind-0; "), "{waits}");

            throttled(
                &world,
                ["--delete-config", "leader.replication.throttled.rate"],
            )
            .await;
            let waits = said(&world, "no replicas to spare").await;
            let held = format!("broker {next} is not restarted: ");
            assert!(waits.starts_with(&held), "{waits}");
            assert!(waits.contains(": alone-0; "), "{waits}");
            assert_eq!(restarts(&world).len(), 0);
            let process = broker.process().unwrap().unwrap().id();
            assert_eq!((file(), process), before);

            world.put_parameter("restarts", ALLOWING).unwrap();
            assert_eq!(restarted(&world, 1).await, [next]);
            let address = (broker.host().address(), 39092);
            until(&world, async || {
                let open = TcpStream::connect(address).await;
                open.map(drop).map_err(|error| error.to_string())
            })
            .await;
            assert_ne!(file(), before.0);
        }
    );
}

//! A producer and a consumer that run through a restart, and what became of every message; and what the brokers' logs
//! tell of it.

use crate::stage::{broker, three, until_metadata, with_kafka};
use world::kafka::Metadata;

#[test]
fn every_message_that_is_acknowledged_during_a_plain_restart_comes_back() {
    with_kafka!(
        every_message_that_is_acknowledged_during_a_plain_restart_comes_back,
        async {
            let world = three().await;
            let traffic = world.traffic("orders").await.unwrap();
            let before = traffic.now().unwrap();
            let second = broker(&world, "2").await;
            second.stop().await.unwrap();
            second.start().await.unwrap();
            second.serving().await.unwrap();
            let first = broker(&world, "1").await.internal();
            until_metadata(&world, &first, |told: &Metadata| {
                told.brokers.len() == 3 && told.in_sync()
            })
            .await;
            let carried = traffic.finish().await.unwrap();
            println!("{carried}");
            assert!(carried.is_whole(), "{carried:?}");
            assert!(
                carried.flow.acknowledged > before.acknowledged,
                "{carried:?}"
            );
            assert_eq!(carried.flow.refused, 0, "{carried:?}");
            assert_eq!(carried.partitions.len(), 6);
            let used = |partition: &world::local::Partition| partition.read[0] > 0;
            assert!(carried.partitions.iter().all(used), "{carried:?}");
            let downtime = world.downtime(&["1", "2", "3"]).await.unwrap();
            downtime.lines().for_each(|line| println!("{line}"));
            let often = |node: &str| (downtime.0[node].starts, downtime.0[node].down.len());
            assert_eq!(
                [often("1"), often("2"), often("3")],
                [(1, 0), (2, 1), (1, 0)]
            );
            assert!(downtime.0["2"].longest().is_some(), "{downtime:?}");
            assert_eq!(downtime.two_at_once(), None);
        }
    );
}

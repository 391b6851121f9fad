//! The parameter is changed, and changed back in the middle of the roll.

use crate::roll::{restarted, restarts, right};
use crate::stage::{bare, broker, put_pattern, with_kafka};
use std::fs;
use tests::built::binary;
use world::local::{DOMAIN, LocalAws};

/// The brokers' files and processes.
async fn all(world: &LocalAws) -> Vec<(String, u32)> {
    let mut all = Vec::new();
    for node in ["1", "2", "3"] {
        let broker = broker(world, node).await;
        let file = fs::read_to_string(broker.home().properties()).unwrap();
        all.push((file, broker.process().unwrap().unwrap().id()));
    }
    all
}

#[test]
fn a_parameter_that_is_changed_and_changed_back_in_a_roll_leaves_the_first_files() {
    with_kafka!(
        a_parameter_that_is_changed_and_changed_back_in_a_roll_leaves_the_first_files,
        async {
            let world = bare(&[]).await;
            let before = all(&world).await;
            world.start_functions(binary);
            world.put_parameter("restarts", "any-time").unwrap();
            put_pattern(&world, DOMAIN);
            let first = restarted(&world, 1).await.remove(0);
            let retired = r#"{"retired": true}"#;
            world.put_parameter("listeners/EXTERNAL", retired).unwrap();
            assert_eq!(restarted(&world, 2).await, [first.as_str(); 2]);
            right(&world, 3).await;
            let after = all(&world).await;
            for (node, (before, after)) in (1..).zip(before.iter().zip(&after)) {
                assert_eq!(before.0, after.0, "the file of broker {node}");
                let is_same = before.1 == after.1;
                assert_eq!(is_same, first != node.to_string(), "broker {node}");
            }
            // One for each generation, and no other.
            let orders = restarts(&world);
            assert_eq!(orders.len(), 2, "{orders:?}");
            assert_ne!(orders[0].generation, orders[1].generation);
            let starts = world.downtime(&[&first]).await.unwrap().0[&first].starts;
            assert_eq!(starts, 3);
        }
    );
}

//! A roll of three while messages flow: its first broker is killed as it stops and recovers its logs, and then the
//! active controller moves.

use crate::roll::{controller, reports, restarted, restarts, right, said};
use crate::stage::{bare, broker, put_pattern, until, until_metadata, with_kafka};
use std::collections::BTreeSet;
use std::fs;
use tests::built::binary;
use world::kafka::{Broker, Metadata};
use world::local::{DOMAIN, LocalAws};

/// What a process says when it is told to stop, and what the next one says when that one did not come to its end.
const STOPS: &str = "Terminating process due to signal";
const RECOVERS: &str = "since no clean shutdown file was found";
const RECOVERED: &str = "recovered for orders-";
/// On a busy machine the active controller is slow now and then; it moves when it is restarted.
const PATIENT: &str = "controller.quorum.fetch.timeout.ms=20000";

/// Waits until the broker's log says this.
async fn logged(world: &LocalAws, broker: &Broker, part: &str) {
    until(world, async || {
        let log = fs::read_to_string(broker.home().log()).unwrap();
        match log.contains(part) {
            true => Ok(()),
            false => Err(format!("broker {} does not say {part:?}", broker.node())),
        }
    })
    .await;
}

fn process(broker: &Broker) -> u32 {
    broker.process().unwrap().expect("a process").id()
}

/// The broker of the roll is killed while it stops. The recovery of its logs is stretched: that takes hours on large
/// disks.
async fn recovers(world: &LocalAws, broker: &Broker) {
    let node = broker.node();
    logged(world, broker, STOPS).await;
    broker.kill().await.unwrap();
    logged(world, broker, RECOVERS).await;
    broker.freeze().await.unwrap();
    let recovering = process(broker);
    said(world, &format!("broker {node} starts, recovers or stops")).await;
    let since = reports(world);
    until(world, async || match reports(world) - since {
        2.. => Ok(()),
        runs => Err(format!("{runs} runs since")),
    })
    .await;
    said(world, &format!("waits for broker {node}, which is not up")).await;
    assert_eq!(restarts(world).len(), 1);
    let file = fs::read_to_string(broker.home().properties()).unwrap();
    assert!(file.contains("EXTERNAL://0.0.0.0:39092"), "{file}");
    // Nobody else is restarted as soon as it is back: the controller moves first.
    world.put_parameter("paused", "true").unwrap();
    broker.thaw().await.unwrap();
    broker.serving().await.unwrap();
    logged(world, broker, RECOVERED).await;
    assert_eq!(process(broker), recovering);
}

/// In which order two brokers are restarted that are left.
fn order<'a>(left: [&'a str; 2], controller: &str) -> [&'a str; 2] {
    let mut left = left;
    left.sort_by_key(|node| (*node == controller, *node));
    left
}

/// While the roll is paused, the operator restarts the active controller until there is one with which those two are
/// restarted in another order.
async fn moves(world: &LocalAws, before: [&str; 2]) {
    loop {
        let active = controller(world).await;
        println!("broker {active} is the active controller");
        if order(before, &active) != before {
            world.put_parameter("paused", "false").unwrap();
            return;
        }
        let active = broker(world, &active).await;
        active.stop().await.unwrap();
        active.start().await.unwrap();
        active.serving().await.unwrap();
        let all = |told: &Metadata| told.brokers.len() == 3 && told.in_sync();
        until_metadata(world, &active.internal(), all).await;
    }
}

#[test]
fn a_roll_waits_for_a_broker_that_recovers_and_ends_with_the_controller_that_is_active_then() {
    with_kafka!(
        a_roll_waits_for_a_broker_that_recovers_and_ends_with_the_controller_that_is_active_then,
        async {
            let world = bare(&[PATIENT]).await;
            let traffic = world.traffic("orders").await.unwrap();
            let last = controller(&world).await;
            let mut others = ["1", "2", "3"].into_iter().filter(|node| *node != last);
            let (first, second) = (others.next().unwrap(), others.next().unwrap());
            world.start_functions(binary);
            world.put_parameter("restarts", "any-time").unwrap();
            put_pattern(&world, DOMAIN);

            let killed = broker(&world, first).await;
            recovers(&world, &killed).await;
            moves(&world, [second, &last]).await;
            restarted(&world, 3).await;
            right(&world, 3).await;
            let nodes: Vec<String> = restarts(&world).into_iter().map(|it| it.node).collect();
            println!("{nodes:?} were restarted");
            assert_eq!(BTreeSet::from_iter(&nodes).len(), 3, "{nodes:?}");
            assert_eq!((nodes.len(), nodes[0].as_str()), (3, first), "{nodes:?}");

            let carried = traffic.finish().await.unwrap();
            println!("{carried}");
            assert!(carried.is_whole(), "{carried:?}");
            let downtime = world.downtime(&["1", "2", "3"]).await.unwrap();
            downtime.lines().for_each(|line| println!("{line}"));
            assert_eq!(downtime.two_at_once(), None);
            let stopped = downtime.0[&nodes[1]].down.last().unwrap().from;
            let active = downtime.controller_at(stopped).expect("a controller");
            assert_ne!(active, nodes[1], "{nodes:?}");
        }
    );
}

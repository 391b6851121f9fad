//! The cluster of TiDB Cloud's document: three brokers that are controllers, too, with its configuration.

mod gate;
mod gated;
mod identity;
mod listeners;
mod ports;
mod processes;
mod shown;
mod strangers;

use crate::asked::Asked;
use crate::ground::{ADDRESSES, Ground, properties, resident};
use crate::wires::Wires;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::time::Instant;
use world::kafka::{Broker, ServerProperties};

const VOTERS: [u32; 3] = [1, 2, 3];

/// The cluster, and the NLB before it.
pub struct Three {
    ground: Ground,
    brokers: BTreeMap<u32, Broker>,
    wires: Wires,
}

impl Three {
    /// Starts it, and waits until it serves.
    pub async fn start() -> Self {
        let ground = Ground::lay().await;
        let mut brokers = BTreeMap::new();
        for (id, _) in ADDRESSES {
            let name = format!("broker-{id}");
            let broker = ground.broker(&name, &properties(id, &VOTERS)).await;
            brokers.insert(id, broker);
        }
        let began = Instant::now();
        join_all(brokers.values().map(async |broker| {
            broker.start().await.expect("a start");
            broker.serving().await.expect("a broker that serves");
        }))
        .await;
        let three = Self {
            ground,
            brokers,
            wires: Wires::start(),
        };
        three.well().await;
        let took = began.elapsed().as_secs_f64();
        let memory: Vec<u64> = three.brokers.values().map(resident).collect();
        println!("three brokers proven {took:.1} s after their start, {memory:?} MiB resident");
        three
    }

    fn broker(&self, id: u32) -> &Broker {
        &self.brokers[&id]
    }

    /// Stops a broker, and starts it with this configuration.
    async fn restart(&self, id: u32, properties: &ServerProperties) {
        let broker = self.broker(id);
        broker.stop().await.expect("a stop");
        broker.home().configure(properties).expect("a file");
        broker.start().await.expect("a start");
        broker.serving().await.expect("a broker that serves");
    }

    /// Waits until nothing is wrong any more.
    async fn well(&self) {
        self.wires.straight().await;
        Asked::all().until(&ALL_PROVEN).await;
    }
}

const ALL_PROVEN: [&str; 6] = [
    "port 1: proven",
    "port 2: proven",
    "port 3: proven",
    "direct 1: proven",
    "direct 2: proven",
    "direct 3: proven",
];

/// Plays the scene of this test on a cluster that is well.
pub async fn play(three: &mut Three, test: &str) -> bool {
    three.well().await;
    gate::play(three, test).await
        || gated::play(three, test).await
        || identity::play(three, test).await
        || listeners::play(three, test).await
        || ports::play(three, test).await
        || processes::play(three, test).await
        || shown::play(three, test).await
        || strangers::play(three, test).await
}

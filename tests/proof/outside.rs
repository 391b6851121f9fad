//! Outside of the world. Each test has its scene played inside; scenes of one cluster share a world,
//! which is made once. A scene that fails takes its world with it.

use crate::inside;
use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};
use tests::built::binary;
use world::hosts::{World, world_command};
use world::kafka::{self, Kafka, Turn};

/// The clusters that scenes are played on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cluster {
    /// Three brokers, the configuration of TiDB Cloud's document.
    Three,
    /// One broker with an authorizer, SASL and TLS.
    Secured,
}

/// Tells the process inside which cluster it is to make.
const INSIDE: &str = "KAFKA_PRIVATELINK_TEST_INSIDE";

/// One cluster at a time, however many tests run side by side.
static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Plays the scene of a test. The process inside is this very binary with the first such test.
pub fn play(cluster: Cluster, test: &str) {
    if env::var_os(INSIDE).is_some() {
        inside::serve(cluster);
    }
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut world = match running.take() {
        Some(world) if world.cluster == cluster => world,
        other => {
            drop(other);
            Running::start(cluster, test)
        }
    };
    world.play(test);
    *running = Some(world);
}

/// A world with a cluster.
struct Running {
    cluster: Cluster,
    // Ends before its pipes do, and these before somebody else's turn.
    _world: World,
    orders: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    _alone: Turn,
}

impl Running {
    fn start(cluster: Cluster, test: &str) -> Self {
        // Inside there is no registry to fetch jars from.
        let kafka = Kafka::ready().unwrap_or_else(|error| panic!("{error}"));
        let alone = kafka::alone().unwrap_or_else(|error| panic!("{error}"));
        let (_, filter) = test.split_once("::").expect("a test's path");
        let mut command = world_command(binary("world"));
        command
            .arg(env::current_exe().expect("the path of this test"))
            .args(["--exact", filter, "--nocapture", "--test-threads=1"])
            .env(INSIDE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        println!("a world with Kafka {}: {cluster:?}", kafka.version());
        let mut world = World::start(&mut command).expect("a world");
        let process = world.process();
        let orders = process.stdin.take().expect("a pipe");
        let said = process.stdout.take().expect("a pipe");
        Self {
            cluster,
            _world: world,
            orders,
            said: BufReader::new(said).lines(),
            _alone: alone,
        }
    }

    fn play(&mut self, test: &str) {
        // Fails when the world has ended; what it said on the way tells why.
        let _ = writeln!(self.orders, "{test}");
        for line in self.said.by_ref() {
            let line = line.expect("text");
            match line.as_str() {
                inside::PLAYED => return,
                inside::FAILED => panic!("see above"),
                _ => println!("{line}"),
            }
        }
        panic!("the world ended");
    }
}

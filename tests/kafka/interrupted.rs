//! The script that edits a broker's file is killed where something durable has just changed, as when its agent
//! dies; the next commands repair that, with real Kafka and the real functions.

use crate::stage::{broker, one, put_pattern, until, with_kafka};
use fleet::observed::CommandStatus;
use std::collections::BTreeSet;
use std::fs;
use tests::built::binary;
use tokio::net::TcpStream;
use world::kafka::Broker;
use world::local::{DOMAIN, LocalAws};

/// Lines of the script: the file is written, and the process runs still; it has ended; another one is started.
const BEFORE_THE_STOP: &str = "step=stop";
const BEFORE_THE_START: &str = "note_state starting";
const BEFORE_THE_WATCH: &str = "while :; do";

const EDIT: &str = "edit the file of broker 1";
const BACK: &str = "give broker 1";
const START: &str = "start broker 1";

/// Waits until the scripts of so many orders were killed; an order that was sent twice is one.
async fn killed(world: &LocalAws, wanted: usize) {
    until(world, async || {
        let model = world.model();
        let commands = model.commands();
        let killed = commands.filter(|it| it.status == CommandStatus::ExecutionTimedOut);
        let killed: BTreeSet<&String> = killed.map(|it| &it.comment).collect();
        match killed.len() {
            now if now >= wanted => Ok(()),
            now => Err(format!("{now} scripts were killed, waiting for {wanted}")),
        }
    })
    .await;
}

/// What was ordered beside looks; an order that was sent twice, once.
fn ordered(world: &LocalAws) -> Vec<&'static str> {
    let journal = world.journal();
    let reports = journal.runs("push-listeners").reports.iter();
    let actions = reports.filter_map(|report| report["actions"].as_array());
    let steps = actions.flatten().filter_map(|it| it["step"].as_str());
    let known = |step: &str| {
        [EDIT, BACK, START]
            .into_iter()
            .find(|it| step.starts_with(it))
    };
    let mut ordered: Vec<_> = steps.filter_map(known).collect();
    ordered.dedup();
    ordered
}

fn file(broker: &Broker) -> String {
    fs::read_to_string(broker.home().properties()).unwrap()
}

fn process(broker: &Broker) -> Option<u32> {
    broker.process().unwrap().map(|process| process.id())
}

/// Waits until somebody listens for consumers, or nobody does.
async fn listens(world: &LocalAws, broker: &Broker, wanted: bool) {
    let address = (broker.host().address(), 39092);
    until(world, async || {
        match TcpStream::connect(address).await.is_ok() == wanted {
            true => Ok(()),
            false => Err(format!("somebody listens on 39092: {}", !wanted)),
        }
    })
    .await;
}

#[test]
fn a_script_that_is_killed_after_each_durable_change_leaves_what_the_next_commands_repair() {
    with_kafka!(
        a_script_that_is_killed_after_each_durable_change_leaves_what_the_next_commands_repair,
        async {
            let world = one().await;
            world.start_functions(binary);
            let broker = broker(&world, "1").await;
            let (first, old) = (file(&broker), process(&broker));

            // The file is written: it is put back, nobody is restarted for that, and it is edited anew.
            world.kill_script_before(BEFORE_THE_STOP);
            put_pattern(&world, DOMAIN);
            killed(&world, 1).await;
            assert!(file(&broker).contains("EXTERNAL://"));
            assert_eq!(process(&broker), old);
            // The old process has ended: the broker is started with the new file.
            world.kill_script_before(BEFORE_THE_START);
            killed(&world, 2).await;
            assert_eq!(process(&broker), None);
            listens(&world, &broker, true).await;
            assert_eq!(ordered(&world), [EDIT, BACK, EDIT, START]);
            let edited = file(&broker);

            // The new process is started: it is what is wanted already.
            world.kill_script_before(BEFORE_THE_WATCH);
            world
                .put_parameter("listeners/EXTERNAL", r#"{"retired": true}"#)
                .unwrap();
            killed(&world, 3).await;
            broker.serving().await.unwrap();
            listens(&world, &broker, false).await;
            assert_eq!(file(&broker), first);
            let retired = process(&broker);

            // What was left is ended first, without a restart, and is in nobody's way.
            put_pattern(&world, DOMAIN);
            listens(&world, &broker, true).await;
            assert_eq!(
                ordered(&world),
                [EDIT, BACK, EDIT, START, EDIT, START, EDIT]
            );
            assert_eq!(file(&broker), edited);
            assert_ne!(process(&broker), retired);
        }
    );
}

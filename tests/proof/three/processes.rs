//! Processes that hang, die, recover, are fenced and lose their disk.

use super::{Three, VOTERS};
use crate::admin::{make_topic, produce};
use crate::asked::{Asked, RESET};
use crate::ground::{CEILING, address, node, properties, until};
use crate::inside::scenes;
use fleet::proof::Path;
use std::fs;
use world::kafka::{Broker, CONTROLLER_PORT, INTERNAL_PORT};

scenes!(Three:
    a_frozen_broker_is_unreachable_until_it_goes_on_and_the_others_forget_it_with_its_session,
    a_killed_broker_is_unreachable_at_once_and_the_others_forget_it_with_its_session,
    a_broker_that_loses_its_disk_is_proven_again_after_it_is_formatted,
    a_broker_that_recovers_its_logs_answers_as_a_controller_only,
    a_fenced_broker_answers_as_itself_and_is_listed_by_nobody,
);

const HANGS: &str = "unreachable: no answer in time: still waiting for the answer to ApiVersions; \
                     the port accepts, so the process may hang, or be very slow";
const REFUSED: &str = "unreachable: 10.0.128.11:39092 refused the connection: nothing listens \
                       there; see whether the broker runs and this is its port";
const UNLISTED: &str = "not provable, because broker 3 does not list itself; it is starting, \
                        fenced, or recovering";

async fn a_frozen_broker_is_unreachable_until_it_goes_on_and_the_others_forget_it_with_its_session(
    three: &mut Three,
) {
    let third = three.broker(3);
    third.freeze().await.expect("frozen");
    listed(true, HANGS, HANGS).now().await;
    listed(false, HANGS, HANGS).until().await;
    third.thaw().await.expect("thawed");
    // What it says while it finds out that its session has ended.
    let direct = Asked::three().direct(3);
    let mut said = Vec::new();
    let look = async || {
        let says = direct.says().await;
        if said.last() != says.last() {
            said.extend(says.iter().cloned());
        }
        says
    };
    until("it is not proven again", look, |says| {
        says == &["direct 3: proven"]
    })
    .await;
    println!("after the thaw: {said:#?}");
    three.well().await;
}

async fn a_killed_broker_is_unreachable_at_once_and_the_others_forget_it_with_its_session(
    three: &mut Three,
) {
    let third = three.broker(3);
    third.kill().await.expect("killed");
    listed(true, RESET, REFUSED).now().await;
    listed(false, RESET, REFUSED).until().await;
    start(third).await;
    three.well().await;
}

async fn a_broker_that_loses_its_disk_is_proven_again_after_it_is_formatted(three: &mut Three) {
    let third = three.broker(3);
    third.stop().await.expect("stopped");
    third.wipe().await.expect("wiped");
    listed(false, RESET, REFUSED).until().await;
    start(third).await;
    three.well().await;
}

async fn a_broker_that_recovers_its_logs_answers_as_a_controller_only(three: &mut Three) {
    make_topic("recovered", &[&[3, 1, 2]], &[]).await;
    produce(3, "recovered", 0, 1000).await;
    let third = three.broker(3);
    third.kill().await.expect("killed");
    // Log loading begins with this file. A pipe in its place holds it for as long as we want (K-13).
    let checkpoint = third.home().data().join("recovery-point-offset-checkpoint");
    let text = fs::read(&checkpoint).expect("a checkpoint");
    fs::remove_file(&checkpoint).expect("removed");
    let made = third
        .host()
        .command("mkfifo")
        .arg(&checkpoint)
        .status()
        .await;
    assert!(made.expect("mkfifo").success());
    third.start().await.expect("a start");

    let controller = Asked::three().question(Path::Direct(node(3)), address(3), CONTROLLER_PORT);
    controller
        .until(&[
            "direct 3: right broker, wrong listener: a controller's, which serves no Metadata",
        ])
        .await;
    listed(false, RESET, REFUSED).until().await;
    Asked::three()
        .question(Path::Direct(node(3)), address(3), INTERNAL_PORT)
        .now(&[
            "direct 3: unreachable: 10.0.128.11:9092 refused the connection: nothing listens \
                there; see whether the broker runs and this is its port",
        ])
        .await;
    controller
        .now(&["direct 3: right broker, wrong listener: a controller's, which serves no Metadata"])
        .await;

    let aside = checkpoint.with_extension("aside");
    fs::write(&aside, &text).expect("written");
    let pipe = checkpoint.clone();
    let release = tokio::task::spawn_blocking(move || fs::write(pipe, text));
    let released = tokio::time::timeout(CEILING, release).await;
    released
        .expect("a reader")
        .expect("a thread")
        .expect("written");
    // The next start must not wait for us.
    fs::rename(&aside, &checkpoint).expect("the file again");
    third.serving().await.expect("a broker that serves");
    let log = fs::read_to_string(third.home().log()).expect("its log");
    let mut recovering = log
        .lines()
        .filter(|line| line.contains("Recovering unflushed segment"));
    assert!(
        recovering.any(|line| line.contains("recovered for recovered-0.")),
        "it did not recover: {}",
        third.log()
    );
    three.well().await;
}

async fn a_fenced_broker_answers_as_itself_and_is_listed_by_nobody(three: &mut Three) {
    let right = properties(3, &VOTERS);
    let mut slow = right.clone();
    // A session lasts 9 s without a heartbeat, so that it is fenced for half of the time.
    slow.extra
        .push("broker.heartbeat.interval.ms=18000".to_owned());
    three.restart(3, &slow).await;
    listed(false, UNLISTED, UNLISTED).until().await;
    three.restart(3, &right).await;
    three.well().await;
}

async fn start(broker: &Broker) {
    broker.start().await.expect("a start");
    broker.serving().await.expect("a broker that serves");
}

/// A table of all, in which brokers 1 and 2 are proven.
struct Table([String; 6]);

/// Whether 1 and 2 list broker 3, and what its port and its self say.
fn listed(third: bool, port: &str, direct: &str) -> Table {
    let proven = |id: u32| match third {
        true => "proven".to_owned(),
        false => format!("proven: broker {id} answered, and does not list broker 3 as wanted"),
    };
    Table([
        format!("port 1: {}", proven(1)),
        format!("port 2: {}", proven(2)),
        format!("port 3: {port}"),
        format!("direct 1: {}", proven(1)),
        format!("direct 2: {}", proven(2)),
        format!("direct 3: {direct}"),
    ])
}

impl Table {
    async fn now(&self) {
        Asked::all()
            .now(&self.0.each_ref().map(String::as_str))
            .await;
    }

    async fn until(&self) {
        Asked::all()
            .until(&self.0.each_ref().map(String::as_str))
            .await;
    }
}

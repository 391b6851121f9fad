//! What brokers listen on changes: a group comes, goes, says something else, or cannot be had.

use crate::pushed::everywhere;
use fleet::words::{InstanceId, Port};
use std::time::Duration;
use tests::listeners::{Listeners, alone, first_file, kafka};
use tests::{PATTERN, Stage, ZONES};

const MINUTE: Duration = Duration::from_secs(60);

/// Broker 1 whose port of EXTERNAL is given, and which may restart.
async fn given(stage: &Stage) -> InstanceId {
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    stage.put("restarts", &alone("any-time"));
    for _ in 0..3 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    broker
}

/// The same, and it has EXTERNAL.
async fn settled(stage: &Stage) -> InstanceId {
    let broker = given(stage).await;
    Listeners::on(stage).settle(stage).await;
    broker
}

/// Runs of one process until it has sent so many commands, and their scripts have begun.
async fn sends(stage: &Stage, commands: usize) {
    let listeners = Listeners::on(stage);
    let mut sent = 0;
    while sent < commands {
        stage.pass(MINUTE).await;
        sent += listeners.run(stage).await.report.actions.len();
    }
    stage.pass(Duration::from_secs(10)).await;
}

#[test]
fn a_group_comes() {
    everywhere("listener group comes", async |stage| {
        given(stage).await;
    });
}

#[test]
fn a_group_is_retired() {
    everywhere("listener group retired", async |stage| {
        settled(stage).await;
        stage.put("listeners/EXTERNAL", r#"{"retired": true}"#);
    });
}

#[test]
fn a_pattern_changes() {
    everywhere("pattern of brokers changed", async |stage| {
        settled(stage).await;
        stage.put("listeners/EXTERNAL", &PATTERN.replace(".abc.", ".def."));
    });
}

#[test]
fn a_port_is_taken_when_kafka_binds_it() {
    everywhere("new process exits, taken back", async |stage| {
        let broker = given(stage).await;
        let port = Port::new(39092).expect("a port");
        stage.on_host(&broker, |host, _| _ = host.races.insert(port));
    });
}

#[test]
fn a_new_process_exits_after_its_command() {
    everywhere("new process exits later, taken back", async |stage| {
        let broker = given(stage).await;
        sends(stage, 2).await;
        stage.pass(MINUTE).await;
        stage.on_host(&broker, |host, _| kafka::exit(host));
    });
}

#[test]
fn a_script_is_killed_in_its_middle() {
    for phase in ["replaced", "stopped", "started"] {
        everywhere(&format!("script killed when {phase}"), async |stage| {
            let broker = given(stage).await;
            sends(stage, 1).await;
            stage.on_host(&broker, |host, _| host.kills_in = Some(phase.to_owned()));
        });
    }
}

#[test]
fn several_brokers_are_looked_at_and_held() {
    everywhere("three brokers inspected and held", async |stage| {
        for (node, az) in (1..).zip(ZONES) {
            stage.hosted(node, az, &first_file(node));
        }
        stage.put("restarts", &alone("any-time"));
        for _ in 0..3 {
            stage.pass(MINUTE).await;
            stage.activate().await;
        }
    });
}

//! The bastion: Kafka's tools, and the check of step 2.5 of TiDB Cloud's document.

use crate::booting::stage::on_a_broker;
use host::{run, write};

/// A tool that notes its arguments, and answers as Kafka's does.
fn tool(name: &str, answers: &str) {
    let script = format!("#!/bin/bash\necho \"{name} $*\" >>/run/tools\n{answers}\n");
    write(&format!("/opt/kafka/bin/{name}.sh"), &script);
    run(&format!("chmod 755 /opt/kafka/bin/{name}.sh"));
}

#[test]
fn the_bastion_checks_the_cluster_with_one_command() {
    let (_machine, stage) =
        on_a_broker!("booting::bastion::the_bastion_checks_the_cluster_with_one_command");
    stage
        .run_user_data("BastionTemplate")
        .is(0, "READY: kafka-check checks the cluster");
    assert_eq!(
        stage.calls(),
        "",
        "the bastion has no volume, and asks for none"
    );
    let three = "for node in 1 2 3; do echo \"10.0.0.$node:9092 (id: $node rack: usw2-az$node) -> (\"; done";
    tool("kafka-broker-api-versions", three);
    tool("kafka-topics", "echo Created topic kafka-check.");
    tool("kafka-console-producer", "cat >/run/messages");
    tool("kafka-console-consumer", "cat /run/messages");
    let ended = stage.run(&["kafka-check"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.said.contains("3 brokers answer; 10 messages"),
        "{ended:?}"
    );
    let asked = std::fs::read_to_string("/run/tools").expect("what was asked");
    let brokers = "--bootstrap-server 10.0.0.11:9092,10.0.64.12:9092,10.0.128.13:9092";
    assert!(asked.lines().all(|line| line.contains(brokers)), "{asked}");

    tool(
        "kafka-broker-api-versions",
        "echo '10.0.0.1:9092 (id: 1 rack: null) -> ('",
    );
    let ended = stage.run(&["kafka-check"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
}

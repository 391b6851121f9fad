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
    tool("kafka-topics", "echo $1 topic");
    tool("kafka-console-producer", "cat >/run/topic-${*: -1}");
    tool("kafka-console-consumer", "cat /run/topic-${*: -1}");
    let ended = stage.run(&["kafka-check"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.said.contains("3 brokers answer; 10 messages"),
        "{ended:?}"
    );
    let asked = std::fs::read_to_string("/run/tools").expect("what was asked");
    let brokers = "--bootstrap-server 10.0.0.11:9092,10.0.64.12:9092,10.0.128.13:9092";
    assert!(asked.lines().all(|line| line.contains(brokers)), "{asked}");

    // The messages of an earlier check are not these.
    tool("kafka-console-producer", "cat >/dev/null");
    let ended = stage.run(&["kafka-check"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.said.contains("3 brokers answer; 0 messages"),
        "{ended:?}"
    );
    tool("kafka-console-producer", "cat >/run/topic-${*: -1}");
    for (answers, said) in [
        (
            "echo '10.0.0.1:9092 (id: 1 rack: null) -> ('",
            "1 brokers answer; 10",
        ),
        ("exit 1", "0 brokers answer; 10"),
    ] {
        tool("kafka-broker-api-versions", answers);
        let ended = stage.run(&["kafka-check"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.said.contains(said), "{ended:?}");
    }
    let asked = std::fs::read_to_string("/run/tools").expect("what was asked");
    for verb in ["--create", "--delete"] {
        let times = asked.lines().filter(|line| line.contains(verb)).count();
        assert_eq!(times, 4, "each check takes its topic away: {asked}");
    }
}

#[test]
fn the_bastion_begins_again_when_an_archive_does_not_come() {
    let (_machine, mut stage) =
        on_a_broker!("booting::bastion::the_bastion_begins_again_when_an_archive_does_not_come");
    run("mv /run/archives /run/later");
    let comes = std::thread::spawn(|| {
        while !std::fs::read_to_string("/run/kafka-boot.why").is_ok_and(|why| !why.is_empty()) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        run("mv /run/later /run/archives");
    });
    let ended = stage.run_user_data("BastionTemplate");
    comes.join().expect("the archives");
    ended.is(0, "READY");
    assert!(ended.said.contains("GAVE UP for now"), "{ended:?}");
    // What only a person can mend ends it.
    run("rm -rf /opt/kafka*");
    stage
        .given
        .insert("KafkaSha512".to_owned(), "0".repeat(128));
    stage.run_user_data("BastionTemplate").is(78, "STOPPED");
}

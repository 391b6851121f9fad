//! The first boot of a broker, and later ones.

use crate::booting::stage::{FOLDER, PROPERTIES, VOLUME, on_a_broker};
use host::{Order, Shell, is_listening, run, running, write};
use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The document's file of broker 1, without EXTERNAL, and with what three replicas need.
const FILE: &str = "process.roles=broker,controller
node.id=1
controller.quorum.voters=1@10.0.0.11:29092,2@10.0.64.12:29092,3@10.0.128.13:29092
listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092
advertised.listeners=INTERNAL://10.0.0.11:9092
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=/var/lib/kafka/data
broker.rack=usw2-az1
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
";

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_first_boot_formats_the_disk_once_and_starts_kafka() {
    let (machine, stage) =
        on_a_broker!("booting::starting::a_first_boot_formats_the_disk_once_and_starts_kafka");
    stage.first_boot().is(
        0,
        "READY: vol-0123456789abcdef0 is mounted, and Kafka is started",
    );
    assert_eq!(stage.record(), format!("formatted {VOLUME}"));
    assert_eq!(stage.times_formatted(), 1);
    let history = read("/run/aws/history");
    assert_eq!(
        history,
        format!("formatting {VOLUME}\nformatted {VOLUME}\n")
    );
    assert_eq!(read(PROPERTIES), FILE);
    let meta = read(&format!("{FOLDER}/data/meta.properties"));
    assert!(meta.contains("\nnode.id=1\n"), "{meta}");
    assert_eq!(
        read("/run/systemctl"),
        "daemon-reload\nenable --now --no-block kafka-boot.service\nstart --no-block kafka.service\n"
    );
    assert_eq!(
        read("/proc/sys/net/ipv4/ip_local_reserved_ports"),
        "39092-39093\n"
    );

    // push-listeners' own document finds the broker that has never run, by its unit.
    let told = machine.inspect(&Order::new());
    assert_eq!(told.told("/file/path"), PROPERTIES, "{told:?}");
    assert_eq!(told.told("/unit/name"), "kafka.service");
    assert_eq!(told.json["file"]["generated"], false);
    assert_eq!(told.json["disks"][0]["formatted"], true);
    assert_eq!(told.json["disks"][0]["node"], 1);
    assert_eq!(told.json["reserved"], "39092-39093");
}

/// cloud-init runs user data once.
#[test]
fn what_fails_before_there_is_a_unit_is_tried_again() {
    let (machine, stage) =
        on_a_broker!("booting::starting::what_fails_before_there_is_a_unit_is_tried_again");
    let once = "[ -e /run/tried ] || { touch /run/tried; exit 10; }";
    machine.stand_in(
        "groupadd",
        &format!("#!/bin/sh\n{once}\necho kafka:x:19092: >>/etc/group\n"),
    );
    let ended = stage.run_user_data("BrokerTemplate1");
    ended.is(0, "GAVE UP for now: this ended with 10: groupadd");
    stage.boot().is(0, "READY");
}

/// A reboot cuts user data off, and cloud-init does not run it again (F82): a person does.
#[test]
fn what_is_cut_off_before_there_is_a_unit_is_run_again_by_hand() {
    let (machine, stage) = on_a_broker!(
        "booting::starting::what_is_cut_off_before_there_is_a_unit_is_run_again_by_hand"
    );
    let once = "[ -e /run/tried ] || { touch /run/tried; kill -9 $PPID; }";
    machine.stand_in(
        "groupadd",
        &format!("#!/bin/sh\n{once}\necho kafka:x:19092: >>/etc/group\n"),
    );
    let cut = stage.run_user_data("BrokerTemplate1");
    assert_eq!(cut.code, Some(137), "{}", cut.said);
    let unit = fs::exists("/etc/systemd/system/kafka-boot.service");
    assert!(!unit.expect("a look"), "there is no unit");
    stage.first_boot().is(0, "READY");
}

#[test]
fn the_unit_starts_the_process_that_our_documents_know() {
    let (machine, stage) =
        on_a_broker!("booting::starting::the_unit_starts_the_process_that_our_documents_know");
    stage.first_boot().is(0, "READY");
    let unit = read("/etc/systemd/system/kafka.service");
    for line in [
        "User=kafka",
        "TimeoutStopSec=330",
        "Restart=on-failure",
        "RestartSec=30",
        "StartLimitIntervalSec=0",
        "SuccessExitStatus=143",
        "AssertPathIsMountPoint=/var/lib/kafka",
    ] {
        assert!(unit.lines().any(|each| each == line), "{line}: {unit}");
    }
    let value = |key: &str| {
        unit.lines()
            .find_map(|line| line.strip_prefix(key))
            .expect("a line")
    };
    let mut words = value("ExecStart=").split(' ');
    let mut command = Command::new(words.next().expect("a program"));
    command
        .args(words)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    for pair in value("Environment=").split(' ') {
        let (name, value) = pair.split_once('=').expect("a variable");
        command.env(name, value);
    }
    command
        .env("PATH", "/usr/bin:/bin")
        .current_dir(value("WorkingDirectory="));
    host::spawn(&mut command);
    while !is_listening(9092) || !is_listening(29092) {
        sleep(Duration::from_millis(20));
    }
    let told = machine.inspect(&Order::new());
    assert_eq!(told.json["matches"], 1, "{told:?}");
    assert_eq!(told.told("/broker/file"), PROPERTIES);
    assert_eq!(told.json["broker"]["version"], "3.7.1");
    assert_eq!(told.json["broker"]["roles"], "broker,controller");

    // It advertises EXTERNAL when push-listeners writes it, and not before.
    assert!(!is_listening(39092));
    let broker = host::Broker::find(PROPERTIES);
    let answer = machine.run("apply", Shell::Bash, &broker.add_external());
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{answer:?}"
    );
    assert!(is_listening(39092));
    for process in running(PROPERTIES) {
        run(&format!(
            "kill -9 {}",
            process.split(' ').next().expect("a pid")
        ));
    }
}

#[test]
fn a_reboot_needs_nothing_of_aws() {
    let (_machine, stage) = on_a_broker!("booting::starting::a_reboot_needs_nothing_of_aws");
    stage.first_boot().is(0, "READY");
    write(&format!("{FOLDER}/data/orders-0/x.log"), "a message");
    stage.reboot();
    run("touch /run/aws/down; rm /run/aws/calls /run/archives/*");
    stage.boot().is(0, "READY");
    assert_eq!(stage.calls(), "");
    assert_eq!(read(&format!("{FOLDER}/data/orders-0/x.log")), "a message");
    assert_eq!(stage.times_formatted(), 1);
    // A person may have it done again while all is up.
    stage.boot().is(0, "READY");
}

#[test]
fn all_brokers_of_a_stack_have_one_cluster_id_and_those_of_another_stack_another() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::starting::all_brokers_of_a_stack_have_one_cluster_id_and_those_of_another_stack_another"
    );
    let mut seen = Vec::new();
    for (node, stack) in [
        ("1", "orders/0"),
        ("2", "orders/0"),
        ("3", "orders/0"),
        ("1", "orders/1"),
    ] {
        let volume = format!("vol-0{node}{}", stack.len() + seen.len());
        run("rm -rf /run/aws/volumes/* /run/aws/versions");
        stage.replace();
        stage.add_volume(&volume, node);
        stage.set_record("new");
        stage
            .given
            .insert("AWS::StackId".to_owned(), stack.to_owned());
        for name in ["SlotRecord", "ZoneId"] {
            let of_first = stage.given[&format!("{name}1")].clone();
            stage.given.insert(format!("{name}{node}"), of_first);
        }
        let installed = stage.run_user_data(&format!("BrokerTemplate{node}"));
        assert_eq!(installed.code, Some(0), "{installed:?}");
        stage.boot().is(0, "READY");
        let meta = read(&format!("{FOLDER}/data/meta.properties"));
        assert!(meta.contains(&format!("\nnode.id={node}\n")), "{meta}");
        let id = meta
            .lines()
            .find_map(|line| line.strip_prefix("cluster.id="));
        seen.push(id.expect("an ID").to_owned());
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2], "{seen:?}");
    assert_ne!(seen[0], seen[3]);
}

#[test]
fn a_volume_that_comes_late_is_waited_for() {
    let (_machine, mut stage) =
        on_a_broker!("booting::starting::a_volume_that_comes_late_is_waited_for");
    stage.patience = "30";
    write(
        &format!("/run/aws/volumes/{VOLUME}/on"),
        "i-0eeeeeeeeeeeeeee9\n",
    );
    let freed = std::thread::spawn(|| {
        while !fs::read_to_string("/run/kafka-boot.why")
            .is_ok_and(|why| why.contains("VolumeInUse"))
        {
            sleep(Duration::from_millis(20));
        }
        run(&format!("rm /run/aws/volumes/{VOLUME}/on"));
    });
    let ended = stage.first_boot();
    freed.join().expect("the other instance");
    ended.is(0, "READY");
    assert!(
        ended
            .said
            .contains("waiting: vol-0123456789abcdef0 does not come"),
        "{ended:?}"
    );
}

//! A broker that is a systemd unit's main process; systemd is a stand-in.

use crate::on_a_machine;
use host::{Broker, FILE, Machine, Order, Shell, is_listening, run, sha256, write};
use std::fs;
use std::net::TcpListener;
use std::thread::sleep;
use std::time::Duration;

const PROPERTIES: &str = "node.id=1\nlisteners=INTERNAL://:9092\nstop-ms=200\n";
const DROP_IN: &str = "/run/systemd/system/kafka.service.d";

fn start(machine: &Machine, more: &str) -> (host::Unit, Broker) {
    write(FILE, PROPERTIES);
    let unit = host::Unit::start(machine, FILE, more);
    let broker = Broker::find(FILE);
    // Its group is put down a moment later.
    while unit.shows("ActiveState") != "active" {
        sleep(Duration::from_millis(20));
    }
    (unit, broker)
}

fn forget(broker: &Broker) {
    run("touch /run/stand-in/stop");
    let pid = broker.process.split(' ').next().expect("a pid");
    run(&format!(
        "kill -9 {pid} 2>/dev/null; sleep 0.6; rm -rf /opt/stopped-all /run/stand-in {DROP_IN} /var/lib/kafka-privatelink"
    ));
}

#[test]
fn a_unit_is_told_with_what_matters_of_it() {
    let machine = on_a_machine!("units::a_unit_is_told_with_what_matters_of_it");
    let (_unit, _broker) = start(&machine, "Restart=on-failure\nExecStartPre=true");
    let answer = machine.inspect(&Order::new());
    let json = &answer.json;
    assert_eq!(json["broker"]["kind"], "unit", "{answer:?}");
    assert_eq!(answer.told("/unit/name"), "kafka.service");
    assert_eq!(json["unit"]["restart"], "on-failure");
    assert_eq!(json["unit"]["stop_seconds"], 90);
    assert_eq!(json["unit"]["restarts"], 0);
    assert_eq!(json["unit"]["start_pre"], true);
    assert_eq!(json["unit"]["stop_command"], false);
    assert_eq!(json["unit"]["ours"], false);
}

#[test]
fn a_unit_is_restarted_as_one_process_whatever_its_restart_says() {
    let machine =
        on_a_machine!("units::a_unit_is_restarted_as_one_process_whatever_its_restart_says");
    for (shell, restart) in [
        (Shell::Dash, "no"),
        (Shell::Bash, "always"),
        (Shell::Dash, "on-failure"),
    ] {
        // Kafka's own script: it would stop every Kafka process of the host.
        let stop = format!("ExecStop=touch /opt/stopped-all\nRestart={restart}");
        let (unit, broker) = start(&machine, &stop);
        let answer = machine.run("apply", shell, &broker.add_external());
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{restart} {answer:?}"
        );
        let next = broker.successor().expect("one broker");
        assert!(is_listening(39092));
        assert_eq!(
            unit.shows("MainPID"),
            next.process.split(' ').next().expect("a pid")
        );
        assert_eq!(
            (
                unit.shows("NRestarts").as_str(),
                unit.shows("Restart").as_str()
            ),
            ("0", restart)
        );
        assert!(
            !fs::exists("/opt/stopped-all").expect("a look"),
            "ExecStop ran"
        );
        assert!(!fs::exists(DROP_IN).expect("a look"), "a drop-in is left");
        forget(&next);
    }
}

#[test]
fn a_unit_whose_process_exits_is_taken_back_though_systemd_starts_it_again() {
    let machine = on_a_machine!(
        "units::a_unit_whose_process_exits_is_taken_back_though_systemd_starts_it_again"
    );
    for (shell, restart) in [
        (Shell::Dash, "no"),
        (Shell::Bash, "always"),
        (Shell::Dash, "on-failure"),
    ] {
        let (unit, broker) = start(&machine, &format!("Restart={restart}"));
        let taken = TcpListener::bind("0.0.0.0:39092").expect("the port");
        let order = broker
            .add_external()
            .but("port", "1")
            .but("watch-seconds", "2");
        let answer = machine.run("apply", shell, &order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(11), "taken-back"),
            "{restart} {answer:?}"
        );
        assert!(
            answer.told("/said").contains("Address already in use"),
            "{answer:?}"
        );
        assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
        let next = broker.successor().expect("one broker");
        assert_eq!(unit.shows("ActiveState"), "active");
        assert_eq!(
            unit.shows("MainPID"),
            next.process.split(' ').next().expect("a pid")
        );
        assert!(!fs::exists(DROP_IN).expect("a look"));
        drop(taken);
        forget(&next);
    }
}

#[test]
fn what_a_unit_writes_anew_before_each_start_is_undone() {
    let machine = on_a_machine!("units::what_a_unit_writes_anew_before_each_start_is_undone");
    write("/opt/template", PROPERTIES);
    let (_unit, broker) = start(&machine, &format!("ExecStartPre=cp /opt/template {FILE}"));
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "undone"),
        "{answer:?}"
    );
}

#[test]
fn a_unit_that_takes_its_time_before_kafka_has_not_exited() {
    let machine = on_a_machine!("units::a_unit_that_takes_its_time_before_kafka_has_not_exited");
    let (unit, broker) = start(&machine, "Restart=on-failure\nExecStartPre=sleep 4");
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{answer:?}"
    );
    assert_eq!(unit.shows("NRestarts"), "0");
    assert!(broker.successor().is_some());
}

#[test]
fn a_unit_that_starts_again_and_again_what_we_edited_is_taken_back_whatever_its_process_is_now() {
    let machine = on_a_machine!(
        "units::a_unit_that_starts_again_and_again_what_we_edited_is_taken_back_whatever_its_process_is_now"
    );
    for (shell, restart) in [(Shell::Dash, "always"), (Shell::Bash, "on-failure")] {
        let (unit, broker) = start(&machine, &format!("Restart={restart}"));
        let order = broker.add_external();
        let order = order.span(broker.bytes().len(), b"", b"exit-after-ms=3000\n");
        let answer = machine.run("apply", shell, &order);
        assert_eq!(answer.outcome(), "started", "{answer:?}");
        let seen = broker.successor().expect("a broker").process;
        assert_eq!(answer.json["state"]["restarts"], "0", "{answer:?}");
        let started_again = |times: u32| {
            while unit.shows("NRestarts").parse::<u32>().expect("a number") < times {
                sleep(Duration::from_millis(100));
            }
        };
        let order = broker
            .order("back")
            .but("process", &seen)
            .but("nonce", "b000000000000000")
            .but("old-sha256", &sha256(PROPERTIES.as_bytes()));
        // One exit may have another cause, and what runs since then may recover its log.
        started_again(1);
        let once = machine.run("apply", shell, &order.clone().but("process", "none"));
        assert_eq!((once.code, once.why()), (Some(10), "process"), "{once:?}");
        started_again(2);
        let answer = machine.run("apply", shell, &order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "back"),
            "{restart} {answer:?}"
        );
        assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
        let next = broker.successor().expect("one broker");
        assert_eq!(unit.shows("ActiveState"), "active");
        forget(&next);
    }
}

#[test]
fn a_unit_that_does_not_know_its_main_process_is_held() {
    let machine = on_a_machine!("units::a_unit_that_does_not_know_its_main_process_is_held");
    let (_unit, _broker) = start(&machine, "Restart=always\nType=forking");
    run("echo 0 >/run/stand-in/pid");
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["broker"]["kind"], "wrapped", "{answer:?}");
}

#[test]
fn an_odd_name_of_a_unit_breaks_no_answer() {
    let machine = on_a_machine!("units::an_odd_name_of_a_unit_breaks_no_answer");
    let (_unit, _broker) = start(&machine, "Restart=no");
    write(
        "/var/lib/kafka-privatelink/1/state",
        "phase done\nheading forth\nmode edit\nnonce 0123456789abcdef\nunit kafka@data\\x2d1.service\noutcome started\n",
    );
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["state"]["outcome"], "started", "{answer:?}");
}

#[test]
fn a_unit_that_is_gone_is_started_by_its_unit() {
    let machine = on_a_machine!("units::a_unit_that_is_gone_is_started_by_its_unit");
    let (unit, broker) = start(&machine, "Restart=no");
    run(&format!(
        "kill -9 {}; sleep 0.5",
        broker.process.split(' ').next().expect("a pid")
    ));
    assert_eq!(unit.shows("ActiveState"), "failed");
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.told("/unit/name"), "kafka.service", "{answer:?}");
    assert_eq!(answer.told("/file/path"), FILE);
    let order = broker.order("start").but("process", "none");
    let answer = machine.run("apply", Shell::Bash, &order);
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{answer:?}"
    );
    assert_eq!(unit.shows("ActiveState"), "active");
}

#[test]
fn a_unit_that_is_stopped_stays_down_until_it_is_started() {
    let machine = on_a_machine!("units::a_unit_that_is_stopped_stays_down_until_it_is_started");
    for (shell, restart) in [(Shell::Dash, "no"), (Shell::Bash, "always")] {
        let (unit, broker) = start(&machine, &format!("Restart={restart}"));
        let answer = machine.run("stop", shell, &stop_order(&broker));
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "stopped"),
            "{answer:?}"
        );
        sleep(Duration::from_millis(600));
        assert!(broker.successor().is_none());
        assert_eq!(unit.shows("Restart"), "no");
        let inspected = machine.inspect(&Order::new());
        assert_eq!(inspected.json["unit"]["ours"], true);
        let again = machine.run("stop", shell, &stop_order(&broker));
        assert_eq!(
            (again.outcome(), &again.json["again"]),
            ("stopped", &true.into())
        );
        let order = broker
            .order("start")
            .but("process", "none")
            .but("nonce", "c000000000000000");
        let answer = machine.run("apply", shell, &order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{answer:?}"
        );
        assert_eq!(unit.shows("Restart"), restart);
        forget(&broker.successor().expect("one broker"));
    }
}

fn stop_order(broker: &Broker) -> Order {
    let order = Order::new()
        .with("not-after", "9999999999")
        .with("process", &broker.process);
    order.with("stop-seconds", "20")
}

#[test]
fn a_plain_process_is_stopped_and_started_by_its_record() {
    let machine = on_a_machine!("units::a_plain_process_is_stopped_and_started_by_its_record");
    let broker = Broker::start(PROPERTIES);
    let other = stop_order(&broker).but("process", "1 1");
    let answer = machine.run("stop", Shell::Dash, &other);
    assert_eq!((answer.code, answer.why()), (Some(10), "process"));
    let late = stop_order(&broker).but("not-after", "1764000000");
    assert_eq!(machine.run("stop", Shell::Dash, &late).why(), "late");
    assert!(broker.is_alive());
    let answer = machine.run("stop", Shell::Dash, &stop_order(&broker));
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "stopped"),
        "{answer:?}"
    );
    assert!(broker.successor().is_none());
    assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
    let order = broker
        .order("start")
        .but("process", "none")
        .but("nonce", "c000000000000000");
    let order = order.but("old-sha256", &sha256(PROPERTIES.as_bytes()));
    assert_eq!(
        machine.run("apply", Shell::Bash, &order).outcome(),
        "started"
    );
}

/// A shell above the broker is the unit's main process: to end the broker is not to end the unit.
#[test]
fn a_process_below_a_units_main_process_is_held() {
    let machine = on_a_machine!("units::a_process_below_a_units_main_process_is_held");
    write(
        "/opt/wrapper",
        &format!("#!/bin/bash\n{} \"$@\"\n:\n", host::JAVA),
    );
    run("chmod 755 /opt/wrapper");
    let line = format!("ExecStart=/opt/wrapper -cp x kafka.Kafka {FILE}");
    let (_unit, _) = start(&machine, &line);
    let answer = machine.inspect(&Order::new());
    let pid = answer.number("/broker/pid").expect("a broker");
    run(&format!(
        "mount --bind /run/stand-in/cgroup /proc/{pid}/cgroup"
    ));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["broker"]["kind"], "wrapped", "{answer:?}");
    let broker = Broker {
        file: FILE.into(),
        process: host::process_of(u32::try_from(pid).expect("a pid")).expect("alive"),
    };
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!((answer.code, answer.why()), (Some(10), "wrapped"));
    assert!(broker.is_alive());
}

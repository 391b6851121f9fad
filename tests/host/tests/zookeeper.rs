//! *apply* on a broker with ZooKeeper: it is not stopped unless one of its servers answers.

use crate::on_a_machine;
use host::{Broker, FILE, Machine, Shell, is_listening, run};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

const SERVES: &str = "Zookeeper version: 3.8.4\nMode: follower\nNode count: 5\n";

/// A server that says this to `srvr`; none if it hangs.
fn server(port: u16, says: Option<&'static str>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.expect("a client");
            thread::spawn(move || {
                let mut asked = [0; 4];
                let is_asked = client.read_exact(&mut asked).is_ok() && &asked == b"srvr";
                match says.filter(|_| is_asked) {
                    Some(says) => client.write_all(says.as_bytes()).expect("an answer"),
                    None => thread::sleep(Duration::from_secs(60)),
                }
            });
        }
    });
}

fn start(connect: &str, more: &str) -> Broker {
    let properties = format!(
        "broker.id=1\nlisteners=INTERNAL://:9092\nzookeeper.connect={connect}\nstop-ms=100\n{more}"
    );
    Broker::start(&properties)
}

fn end(broker: &Broker) {
    let pid = broker.process.split(' ').next().expect("a pid");
    run(&format!(
        "rm -rf /var/lib/kafka-privatelink; kill -9 {pid}; while kill -0 {pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/{pid}/status; do sleep 0.05; done"
    ));
}

/// The broker is not restarted, for want of ZooKeeper.
fn refuses(machine: &Machine, connect: &str, more: &str) {
    let broker = start(connect, more);
    let before = broker.bytes();
    for shell in Shell::ALL {
        for order in [broker.add_external(), broker.order("restart")] {
            let answer = machine.run("apply", shell, &order);
            let why = (answer.code, answer.json["why"].as_str());
            assert_eq!(why, (Some(10), Some("zookeeper")), "{connect}: {answer:?}");
        }
    }
    assert!(broker.is_alive(), "{connect}");
    assert_eq!(broker.bytes(), before, "{connect}");
    end(&broker);
}

/// It is edited and restarted.
fn edits(machine: &Machine, shell: Shell, connect: &str, more: &str) {
    let broker = start(connect, more);
    let answer = machine.run("apply", shell, &broker.add_external());
    assert_eq!(answer.code, Some(0), "{connect}: {answer:?}");
    assert!(is_listening(39092), "{connect}");
    end(&broker.successor().expect("a broker"));
}

#[test]
fn a_broker_is_not_stopped_unless_one_of_its_servers_answers() {
    let machine =
        on_a_machine!("zookeeper::a_broker_is_not_stopped_unless_one_of_its_servers_answers");
    server(2181, Some(SERVES));
    server(2182, None);
    server(
        2183,
        Some("This ZooKeeper instance is not currently serving requests\n"),
    );
    server(
        2184,
        Some("srvr is not executed because it is not in the whitelist.\n"),
    );
    server(2185, Some("Mode: read-only\n"));
    for nobody in [
        "127.0.0.1:1",
        "127.0.0.1:2182,127.0.0.1:1/kafka",
        "127.0.0.1:2183",
    ] {
        refuses(&machine, nobody, "");
    }
    refuses(&machine, "127.0.0.1:2185,nobody.invalid", "");
    refuses(&machine, "u:p@127.0.0.1", "");
    for (shell, somebody) in [
        (Shell::Dash, "127.0.0.1"),
        (Shell::Bash, "127.0.0.1:2183, 127.0.0.1\\:2181/kafka"),
        (Shell::Dash, "127.0.0.1:2184"),
    ] {
        edits(&machine, shell, somebody, "");
    }
    // By TLS it is only connected to.
    edits(
        &machine,
        Shell::Dash,
        "127.0.0.1:2182",
        "zookeeper.ssl.client.enable=true\n",
    );
    refuses(
        &machine,
        "127.0.0.1:1",
        "zookeeper.ssl.client.enable=true\n",
    );
    // A broker with roles does not need it.
    edits(
        &machine,
        Shell::Bash,
        "127.0.0.1:1",
        "process.roles=broker\n",
    );
}

#[test]
fn a_broker_that_is_gone_is_started_when_zookeeper_is_back() {
    let machine =
        on_a_machine!("zookeeper::a_broker_that_is_gone_is_started_when_zookeeper_is_back");
    let broker = start("127.0.0.1", "");
    server(2181, Some(SERVES));
    let answer = machine.run("apply", Shell::Dash, &broker.order("restart"));
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let next = broker.successor().expect("a broker");
    let pid = next.process.split(' ').next().expect("a pid");
    run(&format!("kill -9 {pid}; sleep 0.2"));
    let gone = Broker {
        process: "none".to_owned(),
        file: FILE.into(),
    };
    let elsewhere = String::from_utf8(gone.bytes()).expect("text");
    let elsewhere = elsewhere.replace("=127.0.0.1", "=127.0.0.1:1");
    let file = gone.bytes();
    host::write(FILE, &elsewhere);
    let answer = machine.run(
        "apply",
        Shell::Bash,
        &gone.order("start").but("nonce", "b000000000000000"),
    );
    assert_eq!(answer.json["why"], "zookeeper", "{answer:?}");
    assert!(gone.successor().is_none());
    host::write(FILE, std::str::from_utf8(&file).expect("text"));
    let answer = machine.run(
        "apply",
        Shell::Bash,
        &gone.order("start").but("nonce", "c000000000000000"),
    );
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(gone.successor().is_some());
}

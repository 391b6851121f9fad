//! What differs from what was seen, and what is in the way, is refused.

use super::{OWN, PROPERTIES, end};
use crate::on_a_machine;
use host::{Broker, FILE, Order, Shell, run, sha256};
use std::fs;
use std::process::Command;

/// Each with how the host is then, and why it is refused; the broker goes on with its file.
#[test]
fn what_differs_from_what_was_seen_is_refused() {
    let machine = on_a_machine!("applying::refusing::what_differs_from_what_was_seen_is_refused");
    let broker = Broker::start(PROPERTIES);
    let order = broker.add_external();
    let refusals: &[(&str, Order, &str, &str)] = &[
        ("", order.clone().but("not-after", "1764000000"), "late", ""),
        (
            "",
            order.clone().but("instance", "i-00000000"),
            "instance",
            "",
        ),
        ("", order.clone().but("process", "1 1"), "process", ""),
        ("", order.clone().but("node", "2"), "process", ""),
        (
            "",
            order.clone().but("old-sha256", &sha256(b"")),
            "changed",
            "",
        ),
        (
            "",
            order.clone().but("file", &host::path_of("/opt/other")),
            "file",
            "",
        ),
        (
            "",
            order.clone().but("file", &host::path_of("/opt/../x")),
            "payload",
            "",
        ),
        ("", broker.order("edit").span(2, b"x", b"y"), "bytes", ""),
        (
            "",
            broker.order("edit").span(2, b"", b"$(id)"),
            "payload",
            "",
        ),
        ("", broker.order("edit").span(2, b"", b"a b"), "payload", ""),
        (
            "",
            broker.order("edit").span(2, b"", b"a\0b"),
            "payload",
            "",
        ),
        (
            "",
            broker.order("edit").span(9, b"", b"x").span(2, b"", b"y"),
            "payload",
            "",
        ),
        (
            "",
            broker.order("edit").span(100_000, b"", b"x"),
            "bytes",
            "",
        ),
        ("", broker.order("edit"), "payload", ""),
        ("", order.clone().but("mode", "find_broker"), "payload", ""),
        ("", order.clone().but("stop-seconds", "9999"), "payload", ""),
        ("ln FILE /opt/two", order.clone(), "links", "rm /opt/two"),
        (
            "mv FILE /opt/f; ln -s /opt/f FILE",
            order.clone(),
            "symlink",
            "mv /opt/f FILE",
        ),
        ("chmod 606 FILE", order.clone(), "mode", "chmod 644 FILE"),
        ("chmod 4644 FILE", order.clone(), "mode", "chmod 644 FILE"),
        (
            "mount --bind /opt/kafka /opt/kafka; mount -o remount,bind,ro /opt/kafka",
            order.clone(),
            "read-only",
            "umount /opt/kafka",
        ),
        (
            "mkdir -p /var/lib/kafka-privatelink; mount -t tmpfs -o size=8k none /var/lib/kafka-privatelink; mkdir -p OWN/kept; dd if=/dev/zero of=OWN/full 2>/dev/null || true",
            order.clone(),
            "full",
            "umount /var/lib/kafka-privatelink",
        ),
        (
            "mount -t tmpfs -o ro none /var/lib",
            order.clone(),
            "state",
            "umount /var/lib",
        ),
    ];
    for (before, order, why, after) in refusals {
        for shell in Shell::ALL {
            let line = |line: &str| line.replace("FILE", FILE).replace("OWN", OWN);
            run(&line(before));
            let answer = machine.run("apply", shell, order);
            run(&line(after));
            assert_eq!(
                (answer.code, answer.why()),
                (Some(10), *why),
                "{before} {answer:?}"
            );
            assert!(broker.is_alive());
            assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
        }
    }
    assert!(!fs::exists("/tmp/injected").expect("a look"));
}

#[test]
fn a_bind_port_that_any_socket_has_is_refused() {
    let machine = on_a_machine!("applying::refusing::a_bind_port_that_any_socket_has_is_refused");
    let broker = Broker::start(PROPERTIES);
    for address in ["0.0.0.0", "127.0.0.1", "::", "::1"] {
        let taken = std::net::TcpListener::bind((address, 39092)).expect(address);
        let answer = machine.run("apply", Shell::Dash, &broker.add_external());
        assert_eq!(
            (answer.code, answer.why()),
            (Some(10), "port"),
            "{address} {answer:?}"
        );
        drop(taken);
    }
    // A connection that goes out from that port.
    let there = std::net::TcpListener::bind("127.0.0.1:1234").expect("a port");
    run("exec 2>/dev/null; command -v bash >/dev/null");
    let mut out = Command::new("sh");
    out.arg("-c")
        .arg("echo 39092 39092 >/proc/sys/net/ipv4/ip_local_port_range");
    assert!(out.status().expect("sh").success());
    let _connection = std::net::TcpStream::connect("127.0.0.1:1234").expect("a connection");
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "port"),
        "{answer:?}"
    );
    drop(there);
}

#[test]
fn a_generated_file_and_an_override_of_our_keys_are_refused() {
    let machine = on_a_machine!(
        "applying::refusing::a_generated_file_and_an_override_of_our_keys_are_refused"
    );
    let broker = Broker::start(&format!("# Do not edit\n{PROPERTIES}"));
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!((answer.code, answer.why()), (Some(10), "generated"));
    end(&broker);
    let broker = Broker::start_as(
        PROPERTIES,
        FILE,
        &["--override", "listeners=A://:9093"],
        |c| c,
    );
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!((answer.code, answer.why()), (Some(10), "override"));
}

//! Names, ports and protocols of a listener group, at their edges.

use crate::listener::{PortRange, Protocol, is_listener_name};
use crate::words::Port;

fn range(text: &str) -> PortRange {
    PortRange::parse(text).expect("a range")
}

fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

#[test]
fn a_group_is_named_like_a_listener_of_kafka() {
    for name in ["EXTERNAL", "E", "EXTERNAL2", "A_B_9"] {
        assert!(is_listener_name(name), "{name}");
    }
    for name in [
        "",
        "external",
        "External",
        "2EXTERNAL",
        "_A",
        "A-B",
        "A B",
        "ÄB",
        "AÄ",
    ] {
        assert!(!is_listener_name(name), "{name:?}");
    }
}

#[test]
fn a_range_is_two_ports_or_one_and_runs_upwards() {
    for (text, told) in [
        ("9093-9140", "9093-9140"),
        (" 9093 - 9140 ", "9093-9140"),
        ("9093", "9093-9093"),
        ("1-65535", "1-65535"),
    ] {
        assert_eq!(range(text).to_string(), told);
    }
    for text in [
        "",
        "-",
        "9140-9093",
        "0-1",
        "1-65536",
        "9093-",
        "-9093",
        "1-2-3",
        "a-b",
    ] {
        assert_eq!(PortRange::parse(text), None, "{text:?}");
    }
    assert_eq!(PortRange::new(port(2), port(1)), None);
}

#[test]
fn both_ends_of_a_range_are_in_it() {
    let some = range("9093-9095");
    let inside: Vec<u16> = (9091..9098).filter(|&n| some.contains(port(n))).collect();
    assert_eq!(inside, [9093, 9094, 9095]);
    assert_eq!(
        some.ports().collect::<Vec<_>>(),
        [9093, 9094, 9095].map(port)
    );
    assert_eq!(range("65534-65535").ports().count(), 2);
}

#[test]
fn ranges_overlap_when_they_share_a_port() {
    for (other, overlaps) in [
        ("9080-9092", false),
        ("9080-9093", true),
        ("9094", true),
        ("9080-9200", true),
        ("9095-9200", true),
        ("9096-9200", false),
    ] {
        let (one, other) = (range("9093-9095"), range(other));
        assert_eq!(one.overlaps(&other), overlaps, "{other}");
        assert_eq!(other.overlaps(&one), overlaps, "{other}");
    }
}

#[test]
fn protocols_are_spelled_as_kafka_spells_them() {
    for (protocol, text) in [
        (Protocol::Plaintext, "PLAINTEXT"),
        (Protocol::Ssl, "SSL"),
        (Protocol::SaslPlaintext, "SASL_PLAINTEXT"),
        (Protocol::SaslSsl, "SASL_SSL"),
    ] {
        assert_eq!(protocol.as_str(), text);
        let json = format!("\"{text}\"");
        assert_eq!(serde_json::to_string(&protocol).expect("json"), json);
        assert_eq!(
            serde_json::from_str::<Protocol>(&json).expect("read"),
            protocol
        );
    }
}

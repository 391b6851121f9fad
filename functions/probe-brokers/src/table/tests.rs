//! Rows of what is no broker; real brokers are in the tests of real Kafka.

use super::*;
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::{Path, Way};
use fleet::words::{GroupName, NodeId, Port};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

/// Broker 1, 2, … on these ports of loopback.
pub(super) fn inquiry(ports: &[u16]) -> Inquiry {
    let of = |id: u32, at: u16| Question {
        group: "EXTERNAL".into(),
        path: Path::Port(node(id)),
        address: Some(Ipv4Addr::LOCALHOST),
        port: port(at),
        instance: None,
    };
    let endpoints = (1..).zip(ports).map(|(id, &at)| {
        let host = format!("b{id}.example.com");
        (
            node(id),
            Endpoint {
                host,
                port: port(at),
            },
        )
    });
    let way = Way {
        protocol: Protocol::Plaintext,
        secret: None,
        secret_from: None,
        parameter: "/kafka-privatelink/orders/listeners/EXTERNAL".into(),
        endpoints: endpoints.collect(),
        leaving: Default::default(),
        known: Default::default(),
    };
    Inquiry {
        cluster_id: None,
        groups: BTreeMap::from([(GroupName::from("EXTERNAL"), way)]),
        questions: (1..).zip(ports).map(|(id, &at)| of(id, at)).collect(),
    }
}

pub(crate) fn anywhere() -> Bounds {
    Bounds::read(|name| {
        Some(
            if name == "PORTS" {
                "1-65535"
            } else {
                "127.0.0.0/8"
            }
            .to_owned(),
        )
    })
    .expect("bounds")
}

pub(crate) async fn bound() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("bind");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(300)
}

#[tokio::test]
async fn a_port_that_accepts_and_is_silent_is_unreachable_and_delays_no_other() {
    let (silent, silent_port) = bound().await;
    let (closed, closed_port) = bound().await;
    drop(closed);
    let rows = table(&inquiry(&[silent_port, closed_port]), &anywhere(), soon()).await;
    drop(silent);
    let says = rows[0].says();
    assert!(says.starts_with("unreachable: no answer in time"), "{says}");
    assert!(says.contains("may hang"), "{says}");
    assert!(
        rows[1].says().contains("refused the connection"),
        "{}",
        rows[1]
    );
}

/// As of a function that gets no core: nobody on this thread has a turn meanwhile.
async fn stopped(time: Duration) {
    std::thread::sleep(time);
}

#[tokio::test]
async fn a_row_that_waited_for_our_own_core_is_not_called_unreachable() {
    let (silent, port) = bound().await;
    let deadline = Instant::now() + Duration::from_millis(200);
    let stop = stopped(Duration::from_millis(400));
    let inquiry = inquiry(&[port]);
    let anywhere = anywhere();
    let (rows, ()) = tokio::join!(table(&inquiry, &anywhere, deadline), stop);
    drop(silent);
    let says = rows[0].says();
    assert!(
        says.starts_with("not provable, because the probe had no time for it"),
        "{says}"
    );
}

#[tokio::test]
async fn with_no_time_left_nobody_is_dialled_and_every_row_says_so() {
    let (listener, port) = bound().await;
    let rows = table(&inquiry(&[port, port]), &anywhere(), Instant::now()).await;
    assert!(rows.iter().all(|row| row.says().contains("had no time")));
    let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(accepted.is_err(), "somebody dialled");
}

#[tokio::test]
async fn what_answers_and_is_not_kafka_is_said_to_be_so() {
    let (listener, at) = bound().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let rows = table(&inquiry(&[at]), &anywhere(), soon()).await;
    assert!(rows[0].says().starts_with("not Kafka: "), "{}", rows[0]);
}

#[tokio::test]
async fn nothing_outside_of_the_bounds_is_dialled() {
    let (listener, at) = bound().await;
    let bounds = Bounds::read(|name| {
        Some(
            if name == "PORTS" {
                "1-65535"
            } else {
                "10.0.0.0/8"
            }
            .to_owned(),
        )
    });
    let rows = table(&inquiry(&[at]), &bounds.expect("bounds"), soon()).await;
    let says = rows[0].says();
    assert!(
        says.starts_with("not provable, because 127.0.0.1:") && says.ends_with("ADDRESS_RANGES"),
        "{says}"
    );
    let accepted = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(accepted.is_err(), "somebody dialled");
}

#[tokio::test]
async fn what_the_inquiry_does_not_name_is_not_dialled() {
    let mut without = inquiry(&[9093, 9094]);
    without.groups.clear();
    without.questions[1].address = None;
    let rows = table(&without, &anywhere(), soon()).await;
    assert_eq!(
        rows[0].says(),
        "not provable, because the inquiry says nothing about group EXTERNAL"
    );
    assert_eq!(
        rows[1].says(),
        "not provable, because the inquiry names no address"
    );
}

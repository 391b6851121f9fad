//! As many ports as an NLB has.

use super::Three;
use crate::asked::Asked;
use crate::ground::{ADDRESSES, NODES, node};
use crate::inside::scenes;
use crate::wires::targets;
use fleet::proof::{Path, Verdict};
use std::net::SocketAddrV4;
use tokio::net::TcpListener;

scenes!(Three: of_49_ports_the_one_that_hangs_delays_no_other);

async fn of_49_ports_the_one_that_hangs_delays_no_other(three: &mut Three) {
    // It accepts, as the port of a process that hangs does.
    let at = SocketAddrV4::new(NODES[0].1, 40_000);
    let _silent = TcpListener::bind(at).await.expect("a port");
    let hangs = 9093 + 17;
    let broker = |port: u16| ADDRESSES[usize::from(port) % ADDRESSES.len()].0;
    let lead = |port| {
        if port == hangs {
            vec![at]
        } else {
            targets([broker(port)])
        }
    };
    three
        .wires
        .lead((9093..9142).map(|port| (port, lead(port))))
        .await;
    let mut asked = Asked::three();
    for port in 9093..9142 {
        let (_, nlb) = NODES[usize::from(port) % NODES.len()];
        asked = asked.question(Path::Port(node(broker(port))), nlb, port);
    }

    let rows = asked.rows().await;
    assert_eq!(rows.len(), 49);
    let (hung, others): (Vec<_>, Vec<_>) = rows
        .iter()
        .partition(|row| row.question.port.get() == hangs);
    for row in &others {
        assert_eq!(row.says(), "proven", "{row}");
    }
    let [hung] = hung[..] else {
        panic!("{hung:?}");
    };
    assert!(
        matches!(hung.verdict, Verdict::Unreachable { .. }),
        "{hung}"
    );
    assert!(hung.says().contains("the process may hang"), "{hung}");
    let slowest = others.iter().map(|row| row.milliseconds).max();
    println!("48 ports proven, the slowest after {slowest:?} ms; {hung}");
}

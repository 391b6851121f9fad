//! Who answers, directly and through the NLB.

use super::{ALL_PROVEN, Three};
use crate::asked::Asked;
use crate::ground::{ADDRESSES, NODES, address, node, until};
use crate::inside::scenes;
use crate::wires::targets;
use fleet::proof::Path;
use std::collections::BTreeSet;
use std::net::SocketAddrV4;
use world::kafka::{CONTROLLER_PORT, EXTERNAL_PORT, INTERNAL_PORT};

scenes!(Three:
    each_port_and_each_broker_is_proven,
    whichever_broker_answers_on_the_bootstrap_port_is_named,
    crossed_wires_are_named_at_the_ports_and_not_at_the_brokers,
    a_wrong_node_id_tag_is_named_at_the_broker_itself,
    the_right_broker_at_another_listener_is_not_proven,
);

async fn each_port_and_each_broker_is_proven(_: &mut Three) {
    Asked::all().now(&ALL_PROVEN).await;
}

async fn whichever_broker_answers_on_the_bootstrap_port_is_named(three: &mut Three) {
    let thrice = Asked::three().bootstrap().bootstrap().bootstrap();
    let all = ADDRESSES.map(|(id, _)| format!("bootstrap: proven: broker {id} answered"));
    let mut met = BTreeSet::new();
    let look = async || {
        met.extend(thrice.says().await);
        met.clone()
    };
    until("all brokers answer", look, |met| {
        *met == BTreeSet::from(all.clone())
    })
    .await;

    // A broker whose instance has no tag: it has no endpoint in the group.
    let mut without_3 = Asked::three().bootstrap();
    for way in without_3.0.groups.values_mut() {
        way.endpoints.remove(&node(3));
    }
    three.wires.lead([(9092, targets([3]))]).await;
    let stranger = "bootstrap: wrong broker: reached 3, which has no port in this group now";
    without_3.now(&[stranger]).await;
}

async fn crossed_wires_are_named_at_the_ports_and_not_at_the_brokers(three: &mut Three) {
    let crossed = [
        (9093, targets([2])),
        (9094, targets([1])),
        (9095, targets([3])),
    ];
    three.wires.lead(crossed).await;
    Asked::all()
        .now(&[
            "port 1: wrong broker: reached 2, expected 1",
            "port 2: wrong broker: reached 1, expected 2",
            "port 3: proven",
            "direct 1: proven",
            "direct 2: proven",
            "direct 3: proven",
        ])
        .await;
}

async fn a_wrong_node_id_tag_is_named_at_the_broker_itself(_: &mut Three) {
    let swapped = Asked::three()
        .question(Path::Direct(node(1)), address(2), EXTERNAL_PORT)
        .question(Path::Direct(node(2)), address(1), EXTERNAL_PORT);
    swapped
        .now(&[
            "direct 1: wrong broker: reached 2, expected 1",
            "direct 2: wrong broker: reached 1, expected 2",
        ])
        .await;
}

async fn the_right_broker_at_another_listener_is_not_proven(three: &mut Three) {
    three
        .wires
        .lead([
            (9093, vec![SocketAddrV4::new(address(1), INTERNAL_PORT)]),
            (9094, vec![SocketAddrV4::new(address(2), CONTROLLER_PORT)]),
        ])
        .await;
    Asked::three()
        .port(1)
        .port(2)
        .question(Path::Direct(node(3)), address(3), INTERNAL_PORT)
        .question(Path::Direct(node(3)), address(3), CONTROLLER_PORT)
        .now(&[
            "port 1: right broker, wrong listener: INTERNAL, which advertises 10.0.0.11:9092",
            "port 2: right broker, wrong listener: a controller's, which serves no Metadata",
            "direct 3: right broker, wrong listener: INTERNAL, which advertises 10.0.128.11:9092",
            "direct 3: right broker, wrong listener: a controller's, which serves no Metadata",
        ])
        .await;
    // Who it is comes first.
    Asked::three()
        .question(Path::Direct(node(3)), address(2), INTERNAL_PORT)
        .question(Path::Direct(node(3)), NODES[0].1, 9093)
        .now(&[
            "direct 3: wrong broker: reached 2, expected 3",
            "direct 3: wrong broker: reached 1, expected 3",
        ])
        .await;
}

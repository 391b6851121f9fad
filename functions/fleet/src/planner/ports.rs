//! Which port a broker gets: bootstrap port + node.id when that is in the range and free, else the
//! lowest free one. Once given, a port stays (the ledger keeps it).

use crate::listener::ListenerGroup;
use crate::words::{NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

/// Gives ports to brokers that have none. Preferred ports go first, so that a broker with an
/// unusual `node.id` does not take the port that another one's number asks for. Whoever is
/// missing from the answer gets none: the range is full.
pub(super) fn assign(
    group: &ListenerGroup,
    nodes: &BTreeSet<NodeId>,
    taken: &BTreeSet<Port>,
) -> BTreeMap<NodeId, Port> {
    let mut taken = taken.clone();
    taken.insert(group.bootstrap_port);
    let mut given = BTreeMap::new();
    for &node in nodes {
        if let Some(port) = preferred(group, node).filter(|port| !taken.contains(port)) {
            taken.insert(port);
            given.insert(node, port);
        }
    }
    for &node in nodes {
        if given.contains_key(&node) {
            continue;
        }
        if let Some(port) = group
            .broker_ports
            .ports()
            .find(|port| !taken.contains(port))
        {
            taken.insert(port);
            given.insert(node, port);
        }
    }
    given
}

/// Bootstrap port + node.id, if that lies in the range (seed: 1 → 9093, 2 → 9094, 3 → 9095).
fn preferred(group: &ListenerGroup, node: NodeId) -> Option<Port> {
    let port = u32::from(group.bootstrap_port.get()).checked_add(node.get())?;
    u16::try_from(port)
        .ok()
        .and_then(Port::new)
        .filter(|port| group.broker_ports.contains(*port))
}

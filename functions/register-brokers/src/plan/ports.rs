//! Which port a broker gets: bootstrap port + node.id when that is in the range and free, else the
//! lowest free one. Once given, a port stays (the ledger keeps it).

use fleet::listener::ListenerGroup;
use fleet::words::{NodeId, Port};
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

/// Bootstrap port + node.id, if that lies in the range (1 → 9093, 2 → 9094, 3 → 9095).
fn preferred(group: &ListenerGroup, node: NodeId) -> Option<Port> {
    let port = u32::from(group.bootstrap_port.get()).checked_add(node.get())?;
    u16::try_from(port)
        .ok()
        .and_then(Port::new)
        .filter(|port| group.broker_ports.contains(*port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::listener::Wish;
    use proptest::prelude::*;

    fn given(range: &str, nodes: &[u32], taken: &[u16]) -> Vec<(u32, u16)> {
        let text = format!(r#"{{"pattern": "<b>.a.com:<p>", "broker_ports": "{range}"}}"#);
        let Ok(Wish::Serve(group)) = ListenerGroup::read(&"EXTERNAL".into(), &text) else {
            panic!("refused");
        };
        let nodes = nodes.iter().filter_map(|node| NodeId::new(*node)).collect();
        let taken = taken.iter().filter_map(|port| Port::new(*port)).collect();
        let given = assign(&group, &nodes, &taken).into_iter();
        given.map(|(node, port)| (node.get(), port.get())).collect()
    }

    #[test]
    fn a_number_asks_for_its_own_port_and_gets_it_when_it_is_free() {
        assert_eq!(
            given("9093-9140", &[1, 2, 3], &[]),
            [(1, 9093), (2, 9094), (3, 9095)]
        );
        assert_eq!(given("9093-9140", &[2], &[9094]), [(2, 9093)]);
    }

    #[test]
    fn an_unusual_number_does_not_take_the_port_that_another_asks_for() {
        assert_eq!(
            given("9093-9140", &[1, 1000], &[]),
            [(1, 9093), (1000, 9094)]
        );
        assert_eq!(
            given("9093-9140", &[0, 1, 2], &[]),
            [(0, 9095), (1, 9093), (2, 9094)]
        );
    }

    #[test]
    fn the_largest_node_id_and_a_range_at_the_end_are_no_overflow() {
        assert_eq!(
            given("65534-65535", &[NodeId::MAX, 5], &[]),
            [(5, 65534), (NodeId::MAX, 65535)]
        );
    }

    #[test]
    fn whoever_finds_the_range_full_gets_none() {
        assert_eq!(given("9093-9094", &[1, 2, 3], &[]), [(1, 9093), (2, 9094)]);
        assert_eq!(given("9093-9094", &[7], &[9093, 9094]), []);
    }

    proptest! {
        #[test]
        fn whoever_gets_a_port_gets_a_free_one_of_its_own_and_nobody_waits_beside_a_free_one(
            nodes in proptest::collection::btree_set(0u32..60, 0..12),
            taken in proptest::collection::btree_set(9090u16..9110, 0..12),
            size in 1u16..12,
        ) {
            let last = 9092 + size;
            let nodes: Vec<u32> = nodes.into_iter().collect();
            let taken: Vec<u16> = taken.into_iter().collect();
            let given = given(&format!("9093-{last}"), &nodes, &taken);
            let ports: BTreeSet<u16> = given.iter().map(|(_, port)| *port).collect();
            let free: BTreeSet<u16> = (9093..=last).filter(|port| !taken.contains(port)).collect();
            prop_assert_eq!(ports.len(), given.len());
            prop_assert_eq!(given.len(), nodes.len().min(free.len()));
            prop_assert!(ports.is_subset(&free));
            for (node, port) in given {
                let asked = u16::try_from(9092 + node).expect("a port");
                prop_assert!(port == asked || !free.contains(&asked));
            }
        }
    }
}

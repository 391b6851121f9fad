//! Which target a node gives a new connection to.

use crate::model::forwarding::{Forward, ForwardTarget, NlbNode};
use fleet::observed::TargetState;
use std::net::Ipv4Addr;

/// The target for the `turn`-th connection that a node takes; `None` when the connection cannot be
/// made and is reset.
pub(crate) fn choose<'a>(
    forward: &'a Forward,
    node: &NlbNode,
    client: Ipv4Addr,
    turn: usize,
) -> Option<&'a ForwardTarget> {
    // Cross-zone off: a node knows the targets of its own zone only (P-34, F4).
    let scope = || {
        forward
            .targets
            .iter()
            .filter(|target| forward.cross_zone || target.zone == node.zone)
    };
    let healthy: Vec<_> = scope()
        .filter(|target| target.state == TargetState::Healthy)
        .collect();
    let chosen = if healthy.is_empty() {
        let open: Vec<_> = scope().filter(|target| fails_open(&target.state)).collect();
        pick(&open, turn)
    } else {
        pick(&healthy, turn)
    }?;
    // A target cannot reach itself when it would see its own address as the source (P-35).
    let hairpin = forward.preserve_client_ip && chosen.address == client;
    (!hairpin).then_some(chosen)
}

fn pick<'a>(targets: &[&'a ForwardTarget], turn: usize) -> Option<&'a ForwardTarget> {
    turn.checked_rem(targets.len())
        .and_then(|place| targets.get(place).copied())
}

/// Who gets traffic when no target is healthy: unhealthy targets (P-33), and those in `initial`
/// (containers-roadmap #469). A state that tells nothing is no reason to exclude. The state
/// `unhealthy.draining` takes no new connections by its definition (F14).
fn fails_open(state: &TargetState) -> bool {
    match state {
        TargetState::Initial
        | TargetState::Healthy
        | TargetState::Unhealthy
        | TargetState::Unavailable
        | TargetState::Unknown(_) => true,
        TargetState::UnhealthyDraining | TargetState::Unused | TargetState::Draining => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TargetState::{Draining, Healthy, Initial, Unhealthy, Unused};
    use fleet::words::{AzId, AzName, InstanceId, ListenerArn, Port, TargetGroupArn};

    const CONSUMER: Ipv4Addr = Ipv4Addr::new(172, 20, 0, 11);

    /// A group of targets 10.0.0.1, 10.0.0.2, … in these zones and states.
    fn group(targets: &[(&str, TargetState)]) -> Forward {
        let port = Port::new(9093).unwrap();
        Forward {
            listener: ListenerArn::from("listener"),
            port,
            nodes: Vec::new(),
            group: TargetGroupArn::from("group"),
            cross_zone: true,
            preserve_client_ip: false,
            terminate_deregistered: false,
            terminate_unhealthy: true,
            targets: (1..)
                .zip(targets)
                .map(|(n, (zone, state))| ForwardTarget {
                    instance: InstanceId::new(format!("i-{n}")),
                    zone: AzName::from(*zone),
                    address: Ipv4Addr::new(10, 0, 0, n),
                    port,
                    state: state.clone(),
                })
                .collect(),
        }
    }

    /// The last bytes of the targets that the node in zone `a` uses in four turns.
    fn used(forward: &Forward, client: Ipv4Addr) -> Vec<Option<u8>> {
        let node = NlbNode {
            zone: AzName::from("a"),
            az_id: AzId::from("usw2-az1"),
            address: Ipv4Addr::new(10, 0, 0, 5),
        };
        (0..4)
            .map(|turn| choose(forward, &node, client, turn))
            .map(|target| target.map(|target| target.address.octets()[3]))
            .collect()
    }

    fn always(n: u8) -> Vec<Option<u8>> {
        vec![Some(n); 4]
    }

    #[test]
    fn healthy_targets_take_turns() {
        let forward = group(&[("a", Healthy), ("b", Healthy)]);
        assert_eq!(
            used(&forward, CONSUMER),
            [Some(1), Some(2), Some(1), Some(2)]
        );
    }

    #[test]
    fn while_one_is_healthy_only_it_gets_traffic() {
        for other in [Initial, Unhealthy, Draining, Unused] {
            let forward = group(&[("a", other), ("b", Healthy)]);
            assert_eq!(used(&forward, CONSUMER), always(2));
        }
    }

    #[test]
    fn while_none_is_healthy_all_registered_get_traffic() {
        let forward = group(&[
            ("a", Unhealthy),
            ("a", Draining),
            ("a", Initial),
            ("a", Unused),
        ]);
        assert_eq!(
            used(&forward, CONSUMER),
            [Some(1), Some(3), Some(1), Some(3)]
        );
    }

    #[test]
    fn with_cross_zone_off_a_node_keeps_to_its_zone_even_when_failing_open() {
        let mut forward = group(&[("a", Unhealthy), ("b", Healthy)]);
        assert_eq!(used(&forward, CONSUMER), always(2));
        forward.cross_zone = false;
        assert_eq!(used(&forward, CONSUMER), always(1));
    }

    #[test]
    fn with_cross_zone_off_a_target_of_another_zone_is_out_of_reach() {
        let mut forward = group(&[("b", Healthy)]);
        forward.cross_zone = false;
        assert_eq!(used(&forward, CONSUMER), [None; 4]);
    }

    #[test]
    fn a_group_without_targets_takes_no_connection() {
        assert_eq!(used(&group(&[]), CONSUMER), [None; 4]);
        let leaving = group(&[("a", Draining), ("a", Unused)]);
        assert_eq!(used(&leaving, CONSUMER), [None; 4]);
    }

    #[test]
    fn a_target_cannot_reach_itself_when_client_addresses_are_preserved() {
        let itself = Ipv4Addr::new(10, 0, 0, 1);
        let mut forward = group(&[("a", Healthy), ("a", Healthy)]);
        assert_eq!(used(&forward, itself), [Some(1), Some(2), Some(1), Some(2)]);
        forward.preserve_client_ip = true;
        assert_eq!(used(&forward, itself), [None, Some(2), None, Some(2)]);
    }
}

//! The connections that the NLB carries, and what ends one that neither side has ended.

use crate::model::forwarding::{Forward, ForwardTarget};
use fleet::observed::TargetState;
use fleet::words::{InstanceId, Port, TargetGroupArn};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// All connections between clients and targets.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    next: u64,
    flows: BTreeMap<u64, Flow>,
}

/// A connection: it belongs to a target of a group, not to the listener that it came in by.
#[derive(Debug)]
struct Flow {
    group: TargetGroupArn,
    instance: InstanceId,
    port: Port,
    /// Whether the target was unhealthy when last looked at.
    unhealthy: bool,
    cut: oneshot::Sender<()>,
}

impl Flows {
    /// Notes a new connection; the receiver resolves when it must be cut.
    pub(super) fn open(
        &self,
        group: &TargetGroupArn,
        target: &ForwardTarget,
    ) -> (u64, oneshot::Receiver<()>) {
        let (cut, is_cut) = oneshot::channel();
        let mut table = self.table();
        let id = table.next;
        table.next += 1;
        table.flows.insert(
            id,
            Flow {
                group: group.clone(),
                instance: target.instance.clone(),
                port: target.port,
                unhealthy: target.state == TargetState::Unhealthy,
                cut,
            },
        );
        (id, is_cut)
    }

    /// Forgets a connection that has ended.
    pub(super) fn closed(&self, id: u64) {
        self.table().flows.remove(&id);
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.table().flows.len()
    }

    /// Cuts those that the NLB ends by itself.
    pub(super) fn review(&self, forwards: &[Forward]) {
        let mut table = self.table();
        let ends: Vec<u64> = table
            .flows
            .iter_mut()
            .filter_map(|(id, flow)| flow.ends(forwards).then_some(*id))
            .collect();
        for id in ends {
            table.cut(id);
        }
    }

    /// Cuts them all.
    pub(super) fn cut_all(&self) {
        let mut table = self.table();
        while let Some(id) = table.flows.keys().next().copied() {
            table.cut(id);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // A panic elsewhere leaves the table whole: each change is one insert or remove.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn cut(&mut self, id: u64) {
        if let Some(flow) = self.flows.remove(&id) {
            // Fails only when the connection ends at this very moment.
            let _ = flow.cut.send(());
        }
    }
}

impl Flow {
    fn ends(&mut self, forwards: &[Forward]) -> bool {
        // A deleted or re-pointed listener stops new connections only: the documentation names no
        // end for established ones (inference), so those of a group out of sight go on.
        let Some(forward) = forwards.iter().find(|forward| forward.group == self.group) else {
            return false;
        };
        let target = forward
            .targets
            .iter()
            .find(|target| target.instance == self.instance && target.port == self.port);
        match target.map(|target| &target.state) {
            // Deregistered: connections go on unless their termination is asked for (F14).
            None => forward.terminate_deregistered,
            // *Becoming* unhealthy cuts (attribute target_health_state.unhealthy.
            // connection_termination.enabled, on by default); a connection that was made to an
            // unhealthy target because the NLB fails open (P-33) is not cut for it.
            Some(TargetState::Unhealthy) => {
                let before = std::mem::replace(&mut self.unhealthy, true);
                forward.terminate_unhealthy && !before
            }
            Some(
                TargetState::Initial
                | TargetState::Healthy
                | TargetState::UnhealthyDraining
                | TargetState::Unused
                | TargetState::Draining
                | TargetState::Unavailable
                | TargetState::Unknown(_),
            ) => {
                self.unhealthy = false;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TargetState::{Draining, Healthy, Initial, Unhealthy};
    use fleet::words::{AzName, ListenerArn};
    use std::net::Ipv4Addr;

    fn forward(targets: &[(&str, TargetState)]) -> Forward {
        let port = Port::new(39092).unwrap();
        Forward {
            listener: ListenerArn::from("listener"),
            port: Port::new(9093).unwrap(),
            nodes: Vec::new(),
            group: TargetGroupArn::from("group"),
            cross_zone: true,
            preserve_client_ip: false,
            terminate_deregistered: true,
            terminate_unhealthy: true,
            targets: targets
                .iter()
                .map(|(instance, state)| ForwardTarget {
                    instance: InstanceId::from(*instance),
                    zone: AzName::from("a"),
                    address: Ipv4Addr::LOCALHOST,
                    port,
                    state: state.clone(),
                })
                .collect(),
        }
    }

    /// Whether a connection to the first target of `then` is cut by what comes after.
    fn cut(then: Forward, later: &[Forward]) -> bool {
        let flows = Flows::default();
        let (_, mut is_cut) = flows.open(&then.group, &then.targets[0]);
        for forward in later {
            flows.review(std::slice::from_ref(forward));
        }
        is_cut.try_recv().is_ok()
    }

    #[test]
    fn a_draining_targets_connections_live_until_the_delay_ends() {
        let healthy = || forward(&[("i-1", Healthy)]);
        let draining = forward(&[("i-1", Draining)]);
        assert!(!cut(healthy(), std::slice::from_ref(&draining)));
        assert!(cut(healthy(), &[draining, forward(&[])]));
    }

    #[test]
    fn without_termination_a_deregistered_targets_connections_live_on() {
        let mut gone = forward(&[]);
        gone.terminate_deregistered = false;
        assert!(!cut(forward(&[("i-1", Healthy)]), &[gone]));
    }

    #[test]
    fn becoming_unhealthy_cuts_and_being_so_does_not() {
        let unhealthy = || forward(&[("i-1", Unhealthy)]);
        assert!(cut(forward(&[("i-1", Healthy)]), &[unhealthy()]));
        assert!(cut(forward(&[("i-1", Initial)]), &[unhealthy()]));
        assert!(!cut(unhealthy(), &[unhealthy(), unhealthy()]));
        let again = [forward(&[("i-1", Healthy)]), unhealthy()];
        assert!(cut(unhealthy(), &again));
    }

    #[test]
    fn without_termination_an_unhealthy_targets_connections_live_on() {
        let mut unhealthy = forward(&[("i-1", Unhealthy)]);
        unhealthy.terminate_unhealthy = false;
        assert!(!cut(forward(&[("i-1", Healthy)]), &[unhealthy]));
    }

    #[test]
    fn connections_outlive_their_listener() {
        let flows = Flows::default();
        let then = forward(&[("i-1", Healthy)]);
        let (_, mut is_cut) = flows.open(&then.group, &then.targets[0]);
        flows.review(&[]);
        assert!(is_cut.try_recv().is_err());
    }

    #[test]
    fn one_targets_end_does_not_disturb_another() {
        let later = forward(&[("i-1", Healthy), ("i-2", Unhealthy)]);
        assert!(!cut(forward(&[("i-1", Healthy)]), &[later]));
    }

    #[test]
    fn ended_connections_are_forgotten() {
        let flows = Flows::default();
        let then = forward(&[("i-1", Healthy)]);
        let (id, _is_cut) = flows.open(&then.group, &then.targets[0]);
        assert_eq!(flows.count(), 1);
        flows.closed(id);
        assert_eq!(flows.count(), 0);
    }
}

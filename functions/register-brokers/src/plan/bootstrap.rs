//! The bootstrap port: every broker that is healthy and proven behind its own port.

use super::draft::{Draft, Subject};
use super::seat::Seat;
use super::view::standing_targets;
use crate::action::Action;
use crate::held::Held;
use crate::mapping::{Row, RowState};
use crate::reason::Reason;
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::words::InstanceId;
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Plans the bootstrap port of a listener group.
    pub(super) fn plan_bootstrap(&mut self, group: &ListenerGroup) {
        let view = self.view;
        let subject = Subject {
            group: &group.name,
            owner: Owner::Bootstrap,
        };
        let cluster = &view.observed.cluster;
        if view
            .ledger
            .is_doubtful(cluster, &group.name, Owner::Bootstrap)
        {
            return;
        }
        let Some(entry) = view
            .ledger
            .entries
            .get(&(group.name.clone(), Owner::Bootstrap))
        else {
            self.open_bootstrap(group, subject);
            self.take_back_handover(subject);
            return;
        };
        self.show(Row {
            group: group.name.clone(),
            port: entry.port,
            owner: Owner::Bootstrap,
            endpoint: None,
            instances: view.registered(entry),
            az_id: None,
            state: view.row_state(entry, None),
        });
        if self.holds_attached(subject, entry) || self.holds_other_vpc(subject, entry) {
            return;
        }
        let Some(targets) = view.targets(&entry.arn) else {
            return;
        };
        self.put_settings_right(subject, entry);
        let present: BTreeSet<&InstanceId> = standing_targets(targets)
            .filter(|target| target.port == entry.bind_port)
            .map(|target| &target.instance)
            .collect();
        let instances: BTreeSet<InstanceId> = self
            .ready(group)
            .into_iter()
            .filter(|instance| !present.contains(instance))
            .collect();
        let instances = if present.is_empty() {
            self.may_open(group, entry, instances)
        } else {
            instances
        };
        let registers = !instances.is_empty();
        if registers {
            let action = Action::RegisterTargets { instances };
            self.act(subject, action, Reason::ReadyForBootstrap);
        }
        self.plan_listener(subject, entry, registers || !present.is_empty());
        self.leave_bootstrap(group, entry, targets);
        self.plan_handover(group, subject, entry);
    }

    /// The brokers that open bootstrap: none as long as a client would find a part of them only. A
    /// group that was complete once needs no more than a proven broker.
    fn may_open(
        &mut self,
        group: &ListenerGroup,
        entry: &Entry,
        instances: BTreeSet<InstanceId>,
    ) -> BTreeSet<InstanceId> {
        let awaited = self.view.awaited(group);
        if awaited.is_empty() || entry.complete_since.is_some() {
            return instances;
        }
        self.hold(Held::BootstrapShut(group.name.clone(), awaited));
        BTreeSet::new()
    }

    /// The instances that are healthy behind their own port, and proven to be the broker there.
    fn ready(&self, group: &ListenerGroup) -> BTreeSet<InstanceId> {
        let view = self.view;
        if !view.knows_scaling() {
            return BTreeSet::new();
        }
        let ready = view.ledger.of_group(&group.name).filter_map(|entry| {
            let Owner::Broker(node) = entry.owner else {
                return None;
            };
            let Seat::Broker(broker) = view.seat(group, node, entry) else {
                return None;
            };
            // Through its own listener: another's may lead to its group by mistake.
            let is_ready = broker.is_running()
                && view.row_state(entry, Some(&broker.instance)) == RowState::Serving
                && view.is_proven(&group.name, broker, entry);
            is_ready.then(|| broker.instance.clone())
        });
        ready.collect()
    }

    /// Makes the bootstrap group with the first broker; its listener follows the first target.
    fn open_bootstrap(&mut self, group: &ListenerGroup, subject: Subject<'_>) {
        let port = group.bootstrap_port;
        if self.view.listeners.contains_key(&port) {
            // Ours without a ledger entry is an orphan and said so elsewhere.
            if self.view.our_listener(port).is_none() {
                self.hold(Held::PortTaken(group.name.clone(), Owner::Bootstrap, port));
            }
            return;
        }
        // A target group whose tags were edited may still be the port's owner; it is named elsewhere.
        if self.has_rows(&group.name) && !self.view.ledger.ports().contains(&port) {
            self.create_group(group, subject, port, Reason::NewGroup);
            self.show(Row {
                group: group.name.clone(),
                port,
                owner: Owner::Bootstrap,
                endpoint: None,
                instances: BTreeSet::new(),
                az_id: None,
                state: RowState::Waiting,
            });
        }
    }
}

//! The bootstrap port: every broker that is healthy and proven behind its own port.

use super::draft::{Draft, Subject};
use super::view::{is_healthy, standing_targets};
use crate::action::Action;
use crate::brokers::{Presence, Standing};
use crate::held::Held;
use crate::ledger::Entry;
use crate::listener::ListenerGroup;
use crate::naming::Owner;
use crate::observed::TargetHealth;
use crate::plan::{Row, RowState};
use crate::reason::Reason;
use crate::tags;
use crate::words::{InstanceId, NodeId};
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
            .fault_of(cluster, &group.name, Owner::Bootstrap)
            .is_some()
        {
            return;
        }
        let Some(entry) = view
            .ledger
            .entries
            .get(&(group.name.clone(), Owner::Bootstrap))
        else {
            self.open_bootstrap(group, subject);
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
        if self.is_attached(subject, entry) {
            return;
        }
        let Some(targets) = view.targets(&entry.arn) else {
            return;
        };
        if entry.retired_since.is_some() {
            let key = tags::RETIRED_SINCE;
            self.act(subject, Action::UnmarkSince { key }, Reason::NotRetired);
        }
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
        let instances = if present.is_empty() && !instances.is_empty() {
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
        self.leave_bootstrap(subject, entry, targets);
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
        let awaited = self.awaited(group);
        if awaited.is_empty() || entry.complete_since.is_some() {
            return instances;
        }
        self.hold(Held::BootstrapShut(group.name.clone(), awaited));
        BTreeSet::new()
    }

    /// The instances that are healthy behind their own port, and proven to be the broker there.
    fn ready(&self, group: &ListenerGroup) -> BTreeSet<InstanceId> {
        let view = self.view;
        view.brokers
            .live()
            .filter(|broker| {
                let key = (group.name.clone(), Owner::Broker(broker.node));
                // Through its own listener: another's may lead to its group by mistake.
                broker.is_running()
                    && view.ledger.entries.get(&key).is_some_and(|entry| {
                        view.row_state(entry, Some(&broker.instance)) == RowState::Serving
                            && view.is_proven(&group.name, broker, entry)
                    })
            })
            .map(|broker| broker.instance.clone())
            .collect()
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

    /// Takes out what cannot serve. Ill health alone never removes a broker.
    fn leave_bootstrap(&mut self, subject: Subject<'_>, entry: &Entry, targets: &[TargetHealth]) {
        let view = self.view;
        let brokers = &view.brokers;
        let serves = |target: &TargetHealth| {
            matches!(brokers.standing(&target.instance), Standing::Live(_))
                && is_healthy(target, entry.bind_port)
        };
        let mut leaving = Vec::new();
        for target in standing_targets(targets) {
            let another_serves = targets
                .iter()
                .any(|other| other.instance != target.instance && serves(other));
            let instance = &target.instance;
            let reason = match brokers.standing(instance) {
                Standing::Dead => Some(Reason::Terminated),
                Standing::Foreign => Some(Reason::WrongBroker),
                Standing::Unknown => self
                    .is_instance_gone(subject, target)
                    .then_some(Reason::Vanished),
                Standing::Leaving(_) if another_serves => Some(Reason::Leaving),
                Standing::Leaving(_) => {
                    self.keep_last(subject, instance);
                    None
                }
                Standing::Untagged if another_serves => Some(Reason::Stray),
                Standing::Untagged => {
                    self.keep_stray(subject, instance);
                    None
                }
                // Of twins nothing changes for either; they are held elsewhere.
                Standing::Live(node)
                    if target.port != entry.bind_port
                        && matches!(brokers.presence(node), Presence::Live(_)) =>
                {
                    Some(Reason::WrongPort)
                }
                Standing::Live(node) if view.misidentified(node).is_some() => {
                    if self.has_another_in_zone(entry, targets, node) {
                        Some(Reason::SomebodyElse(node))
                    } else {
                        self.hold(Held::LastInZone(
                            subject.group.clone(),
                            node,
                            instance.clone(),
                        ));
                        None
                    }
                }
                Standing::Live(_) => None,
            };
            leaving.extend(reason.map(|reason| (target, reason)));
        }
        self.deregister(subject, leaving);
    }

    /// Whether a healthy broker that is itself stands in bootstrap beside `node`, in its zone: the
    /// floor under what a proof may take out.
    fn has_another_in_zone(&self, entry: &Entry, targets: &[TargetHealth], node: NodeId) -> bool {
        let view = self.view;
        let zone = |node: NodeId| match view.brokers.presence(node) {
            Presence::Live(broker) => broker.az_id.as_ref(),
            Presence::Twins(_) | Presence::Leaving(_) | Presence::Absent => None,
        };
        targets
            .iter()
            .any(|target| match view.brokers.standing(&target.instance) {
                Standing::Live(other) => {
                    other != node
                        && is_healthy(target, entry.bind_port)
                        && view.misidentified(other).is_none()
                        && zone(other).is_some()
                        && zone(other) == zone(node)
                }
                Standing::Leaving(_)
                | Standing::Dead
                | Standing::Foreign
                | Standing::Untagged
                | Standing::Unknown => false,
            })
    }
}

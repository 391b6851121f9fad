//! One port per broker: its target group holds exactly that broker.

use super::draft::{Draft, Subject};
use super::identity::Identity;
use super::seat::Seat;
use super::view::{is_healthy, standing_targets};
use crate::action::Action;
use crate::held::Held;
use crate::mapping::{Row, RowState};
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::brokers::Broker;
use fleet::ledger::{Entry, RESERVATION};
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::{Instance, TargetHealth, TargetState};
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;

/// A broker's port, as the ledger has it, with the targets that stand behind it.
#[derive(Clone, Copy)]
pub(super) struct Port<'a> {
    pub(super) group: &'a ListenerGroup,
    pub(super) node: NodeId,
    pub(super) entry: &'a Entry,
    pub(super) targets: &'a [TargetHealth],
}

impl<'a> Port<'a> {
    pub(super) fn subject(&self) -> Subject<'a> {
        Subject {
            group: &self.group.name,
            owner: self.entry.owner,
        }
    }

    /// Whether this instance stands behind the port as it should.
    fn holds(&self, instance: &InstanceId) -> bool {
        standing_targets(self.targets)
            .any(|target| target.instance == *instance && target.port == self.entry.bind_port)
    }

    fn is_healthy(&self, instance: &InstanceId) -> bool {
        let mut targets = self.targets.iter();
        targets.any(|t| t.instance == *instance && is_healthy(t, self.entry.bind_port))
    }
}

impl<'a> Draft<'a> {
    /// Plans every broker port of a listener group: those in the ledger, then new ones.
    pub(super) fn plan_brokers(&mut self, group: &ListenerGroup) {
        let view = self.view;
        let mut known = BTreeSet::new();
        for entry in view.ledger.of_group(&group.name) {
            match entry.owner {
                Owner::Bootstrap => {}
                Owner::Broker(node) => {
                    known.insert(node);
                    self.plan_entry(group, node, entry);
                }
            }
        }
        self.plan_new(group, &known);
    }

    fn plan_entry(&mut self, group: &ListenerGroup, node: NodeId, entry: &Entry) {
        let view = self.view;
        let subject = Subject {
            group: &group.name,
            owner: entry.owner,
        };
        let seat = view.seat(group, node, entry);
        self.show_entry(group, entry, &seat);
        if self.holds_attached(subject, entry) || self.holds_other_vpc(subject, entry) {
            return;
        }
        let Some(targets) = view.targets(&entry.arn) else {
            return;
        };
        let port = Port {
            group,
            node,
            entry,
            targets,
        };
        // Whoever lives is not vacant, even if nothing else can be done for it: the next
        // reservation is counted anew.
        if seat.is_taken() && entry.vacant_since.is_some() {
            let key = tags::VACANT_SINCE;
            self.act(subject, Action::RemoveTag { key }, Reason::Back(node));
        }
        match seat {
            Seat::Twins(brokers) => {
                let ids = brokers.iter().map(|broker| broker.instance.clone());
                self.hold(Held::Twins(node, ids.collect()));
                self.mend(port, false);
            }
            Seat::Contested(broker, kept) => {
                self.hold(Held::Contested {
                    group: group.name.clone(),
                    node,
                    kept: kept.id.clone(),
                    tagged: broker.instance.clone(),
                });
                self.mend(port, false);
            }
            Seat::Kept(instance) => self.keep_seated(port, instance),
            // Its bootstrap place goes now; its own port when it is gone or replaced.
            Seat::Leaving(_) => self.mend(port, false),
            Seat::Released(_) => self.vacate(port, true),
            Seat::Vacant => self.vacate(port, false),
            Seat::Broker(broker) => match view.unfit(group, broker) {
                Some(held) => {
                    self.hold(held);
                    self.mend(port, false);
                }
                None => self.keep(port, broker),
            },
        }
    }

    /// A live broker with a port: everything about it is as it should be, or is put right.
    fn keep(&mut self, port: Port<'_>, broker: &Broker) {
        let Port { group, entry, .. } = port;
        let subject = port.subject();
        self.put_settings_right(subject, entry);
        let present = port.holds(&broker.instance);
        let may = self.mappable_or_held(&group.name, broker) && self.seatless_or_held(broker);
        let registers = !present && may && broker.is_running();
        if registers {
            let instances = BTreeSet::from([broker.instance.clone()]);
            self.act(
                subject,
                Action::RegisterTargets { instances },
                Reason::NotRegistered(broker.node),
            );
        } else if !present && may {
            self.hold_not_running(group, broker);
        }
        if may {
            self.note_served(port, &broker.instance);
        }
        let healthy = port.is_healthy(&broker.instance);
        let leaving = self.who_leaves(port, healthy, present || registers);
        let empty = !registers && self.empty_or_doubted(port, &leaving);
        if empty {
            self.deregister(subject, leaving);
            self.close(port);
        } else {
            self.plan_listener(subject, entry, present || registers);
            self.deregister(subject, leaving);
        }
    }

    /// An instance that has served here keeps the port against its tags, and they are named.
    fn keep_seated(&mut self, port: Port<'_>, instance: &Instance) {
        let Port {
            group, node, entry, ..
        } = port;
        self.hold(Held::Kept {
            group: group.name.clone(),
            port: entry.port,
            node,
            instance: instance.id.clone(),
            tags: self.view.tags_say(&instance.id),
            answers: self.view.who(&instance.id),
            stands: port.holds(&instance.id),
        });
        self.put_settings_right(port.subject(), entry);
        if self.view.who(&instance.id) == Some(node) {
            self.note_served(port, &instance.id);
        }
        let is_noted = entry.served_by.as_ref() == Some(&instance.id);
        let fits = self.view.identity(&instance.id, node) == Identity::Fits;
        let present = port.holds(&instance.id);
        self.mend(port, is_noted && fits && present);
    }

    /// Notes, once, that an instance is healthy behind the port.
    fn note_served(&mut self, port: Port<'_>, instance: &InstanceId) {
        let is_noted = port.entry.served_by.as_ref() == Some(instance);
        let fits = self.view.identity(instance, port.node) == Identity::Fits;
        if !is_noted && fits && port.is_healthy(instance) {
            let (key, value) = (tags::SERVED_BY, instance.to_string());
            let reason = Reason::Served(port.node);
            self.act(port.subject(), Action::AddTag { key, value }, reason);
        }
    }

    /// Whether a broker has not served as another one; says so where nothing else does.
    pub(super) fn seatless_or_held(&mut self, broker: &Broker) -> bool {
        let (node, instance) = (broker.node, &broker.instance);
        match self.view.seat_elsewhere(instance, node) {
            None => true,
            Some((group, served)) => {
                let held = Held::SeatedElsewhere(node, instance.clone(), group.clone(), served);
                self.hold(held);
                false
            }
        }
    }

    pub(super) fn hold_not_running(&mut self, group: &ListenerGroup, broker: &Broker) {
        self.hold(Held::NotRunning(
            group.name.clone(),
            broker.node,
            broker.instance.clone(),
            broker.state.as_str().to_owned(),
        ));
    }

    /// A broker that is gone, or that a person takes out (`surely`): its listener goes, its group keeps
    /// the port for 24 h, then goes too.
    fn vacate(&mut self, port: Port<'_>, surely: bool) {
        let Port { node, entry, .. } = port;
        let subject = port.subject();
        let leaving = self.who_leaves(port, false, false);
        // Somebody who lives, or serves whatever EC2 shows, keeps the listener, too.
        let anybody = standing_targets(port.targets).any(|target| {
            let is_there = self.view.brokers.life(&target.instance).is_some()
                || target.state == TargetState::Healthy;
            is_there && !leaving.iter().any(|(out, _)| *out == target)
        });
        self.deregister(subject, leaving);
        if anybody {
            return;
        }
        let listener = self.view.our_listener(entry.port);
        let over = entry
            .vacant_since
            .is_some_and(|since| self.view.now.duration_since(since) >= RESERVATION);
        if entry.vacant_since.is_some() && listener.is_none() && !over {
            return;
        }
        if !surely && !self.sure_or_doubted(Doubt::Broker(node)) {
            return;
        }
        let reason = || match surely {
            true => Reason::Released(node),
            false => Reason::Gone(node),
        };
        if entry.vacant_since.is_none() {
            let (key, value) = (tags::VACANT_SINCE, self.view.now.to_string());
            self.act(subject, Action::AddTag { key, value }, reason());
        }
        if entry.served_by.is_some() && surely {
            let key = tags::SERVED_BY;
            self.act(subject, Action::RemoveTag { key }, reason());
        }
        if let Some(listener) = listener {
            let action = Action::DeleteListener {
                listener: listener.arn.clone(),
                port: entry.port,
            };
            self.act(subject, action, reason());
        } else if over && !self.holds_forwarded_to(subject, entry, None) {
            self.keep_notes(&port.group.name, entry);
            self.act(
                subject,
                Action::DeleteTargetGroup,
                Reason::ReservationOver(node),
            );
        }
    }

    fn show_entry(&mut self, group: &ListenerGroup, entry: &Entry, seat: &Seat<'_>) {
        let Owner::Broker(node) = entry.owner else {
            return;
        };
        let view = self.view;
        let instance = seat.instance().and_then(|id| view.instances.get(id));
        let az_id = instance.and_then(|instance| instance.az_id.clone());
        let state = match seat {
            Seat::Vacant if view.brokers.is_warm(node) => RowState::Warm,
            Seat::Vacant => RowState::Reserved,
            Seat::Released(_) if entry.vacant_since.is_some() => RowState::Reserved,
            _ => view.row_state(entry, seat.instance()),
        };
        self.show(Row {
            group: group.name.clone(),
            port: entry.port,
            owner: entry.owner,
            endpoint: instance.and_then(|_| group.endpoint(node, az_id.as_ref(), entry.port)),
            instances: view.registered(entry),
            az_id,
            state,
        });
    }
}

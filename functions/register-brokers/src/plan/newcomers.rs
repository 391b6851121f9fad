//! Brokers without a port: each gets one, or a sentence that says why not.

use super::draft::{Draft, Subject};
use super::ports;
use super::seat::Seat;
use super::view::{View, standing_targets};
use crate::action::Action;
use crate::held::Held;
use crate::mapping::{Row, RowState};
use crate::observed::Doubt;
use crate::reason::Reason;
use crate::settings;
use fleet::brokers::{Broker, Presence};
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::Listener;
use fleet::tags;
use fleet::words::{GroupName, NodeId, Port};
use jiff::Timestamp;
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Brokers that have no port yet.
    pub(super) fn plan_new(&mut self, group: &ListenerGroup, known: &BTreeSet<NodeId>) {
        let view = self.view;
        let mut fit = Vec::new();
        let mut waits = false;
        for node in view.brokers.nodes().filter(|node| !known.contains(node)) {
            let owner = Owner::Broker(node);
            let live = view.live_of(group, node);
            let broker = match &live[..] {
                [] => continue,
                [only] => *only,
                twins => {
                    let ids = twins.iter().map(|broker| broker.instance.clone());
                    self.hold(Held::Twins(node, ids.collect()));
                    continue;
                }
            };
            let cluster = &view.observed.cluster;
            let doubtful = view.ledger.is_doubtful(cluster, &group.name, owner)
                || self.has_orphan(group, owner);
            match view.unfit(group, broker) {
                Some(held) => self.hold(held),
                None if doubtful || !self.mappable_or_held(&group.name, broker) => {}
                None if !self.seatless_or_held(broker) => {}
                None if !view.knows_scaling() => waits = true,
                None => fit.push(broker),
            }
        }
        if waits {
            self.hold(Held::NobodyEnters(group.name.clone()));
        }
        if self.holds_unheard(group, &fit) {
            return;
        }
        let (kept, waiting) = self.adopt(group, &fit);
        fit.retain(|broker| !waiting.contains_key(&broker.node));
        let taken: BTreeSet<Port> = view
            .ledger
            .ports()
            .into_iter()
            .chain(view.listeners.keys().copied())
            .chain(kept.values().chain(waiting.values()).copied())
            .collect();
        let nodes = fit.iter().map(|broker| broker.node);
        let nodes = nodes.filter(|node| !kept.contains_key(node)).collect();
        let mut given = ports::assign(group, &nodes, &taken);
        given.extend(kept);
        let mut without = Vec::new();
        for broker in fit {
            match given.get(&broker.node) {
                Some(&port) => self.admit(group, broker, port),
                None => without.push(broker.node),
            }
        }
        self.make_room(group, &without);
    }

    /// Gives a new broker its port.
    fn admit(&mut self, group: &ListenerGroup, broker: &Broker, port: Port) {
        let subject = Subject {
            group: &group.name,
            owner: Owner::Broker(broker.node),
        };
        let free = Doubt::Port(group.name.clone(), broker.node, port);
        if !self.take_place(subject) || !self.sure_or_doubted(free) {
            return;
        }
        self.create_group(group, subject, port, Reason::NewBroker(broker.node));
        if broker.is_running() {
            let instances = BTreeSet::from([broker.instance.clone()]);
            self.act(
                subject,
                Action::RegisterTargets { instances },
                Reason::NewBroker(broker.node),
            );
            self.create_listener(subject, port);
        } else {
            self.hold_not_running(group, broker);
        }
        self.show(Row {
            group: group.name.clone(),
            port,
            owner: subject.owner,
            endpoint: group.endpoint(broker.node, broker.az_id.as_ref(), port),
            instances: BTreeSet::from([broker.instance.clone()]),
            az_id: broker.az_id.clone(),
            state: RowState::Waiting,
        });
    }

    pub(super) fn create_group(
        &mut self,
        group: &ListenerGroup,
        subject: Subject<'_>,
        port: Port,
        reason: Reason,
    ) {
        let create = Action::CreateTargetGroup {
            vpc: self.view.load_balancer.vpc.clone(),
            port,
            bind_port: group.bind_port,
            protocol: group.protocol,
        };
        let attributes = settings::target_group_attributes(subject.owner);
        self.act(subject, create, reason.clone());
        self.act(
            subject,
            Action::ModifyTargetGroupAttributes { attributes },
            reason,
        );
    }

    /// The range is full: the oldest vacancies are given up, as many as are needed.
    fn make_room(&mut self, group: &ListenerGroup, without: &[NodeId]) {
        let view = self.view;
        let mut vacancies: Vec<_> = view
            .vacancies(group)
            .filter(|(_, of, _)| !self.places.is_given_up(&group.name, *of))
            .collect();
        vacancies.sort_by_key(|(since, of, _)| (*since, *of));
        let mut vacancies = vacancies.into_iter();
        for &node in without {
            match vacancies.next() {
                Some((since, of, entry)) => {
                    self.give_up(&group.name, entry, Reason::GivenUp { of, since });
                }
                None => self.hold(Held::RangeFull(group.name.clone(), node)),
            }
        }
    }

    /// Ends a reservation: the port, and its place on the NLB, are free in the next run.
    pub(super) fn give_up(&mut self, group: &GroupName, entry: &Entry, reason: Reason) {
        let subject = Subject {
            group,
            owner: entry.owner,
        };
        let Owner::Broker(of) = entry.owner else {
            return;
        };
        let is_gone = match self.view.brokers.presence(of) {
            Presence::Absent => self.sure_or_doubted(Doubt::Broker(of)),
            // A person takes it out, by its tag or by name in the parameter.
            Presence::Released(_) | Presence::Live(_) => true,
            Presence::Leaving(_) | Presence::Twins(_) => false,
        };
        if is_gone && !self.holds_forwarded_to(subject, entry, None) {
            self.keep_notes(group, entry);
            self.act(subject, Action::DeleteTargetGroup, reason);
        }
    }

    /// Whether a listener of ours says that it is this owner's, and no ledger entry knows its port.
    fn has_orphan(&self, group: &ListenerGroup, owner: Owner) -> bool {
        let known = self.view.ledger.ports();
        let tag = |listener: &Listener, key: &str| listener.tags.get(key).cloned();
        self.view.ours().any(|listener| {
            !known.contains(&listener.port)
                && tag(listener, tags::GROUP).as_deref() == Some(group.name.as_str())
                && tag(listener, tags::NODE_ID) == Some(owner.to_string())
        })
    }
}

impl View<'_> {
    /// Ports that are kept for brokers that are gone or taken out. Not on a gap, and not while somebody
    /// stands there who may be the broker.
    pub(super) fn vacancies(
        &self,
        group: &ListenerGroup,
    ) -> impl Iterator<Item = (Timestamp, NodeId, &Entry)> {
        self.ledger.of_group(&group.name).filter_map(|entry| {
            let (Owner::Broker(of), Some(since)) = (entry.owner, entry.vacant_since) else {
                return None;
            };
            let is_nobodys = match self.seat(group, of, entry) {
                Seat::Vacant => self.brokers.presence(of) == Presence::Absent,
                Seat::Released(_) => true,
                _ => false,
            };
            let is_empty = self
                .targets(&entry.arn)
                .is_some_and(|targets| standing_targets(targets).next().is_none());
            let listens = self.listeners.contains_key(&entry.port);
            (is_nobodys && is_empty && !listens).then_some((since, of, entry))
        })
    }
}

//! Brokers without a port: each gets one, or a sentence that says why not.

use super::draft::{Draft, Subject};
use super::ports;
use super::view::standing_targets;
use crate::action::Action;
use crate::brokers::{Broker, Presence};
use crate::held::Held;
use crate::listener::ListenerGroup;
use crate::naming::Owner;
use crate::observed::{Doubt, Listener};
use crate::plan::{Row, RowState};
use crate::reason::Reason;
use crate::settings;
use crate::tags;
use crate::words::{NodeId, Port};
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
            let doubtful = view
                .ledger
                .fault_of(&view.observed.cluster, &group.name, owner)
                .is_some()
                || self.has_orphan(group, owner);
            match view.unfit(group, broker) {
                Some(held) => self.hold(held),
                None if doubtful || !self.may_be_mapped(&group.name, broker) => {}
                None if !self.has_no_other_seat(broker) => {}
                None if !view.knows_scaling() => waits = true,
                None => fit.push(broker),
            }
        }
        if waits {
            self.hold(Held::NobodyEnters(group.name.clone()));
        }
        let taken: BTreeSet<Port> = view
            .ledger
            .ports()
            .into_iter()
            .chain(view.listeners.keys().copied())
            .collect();
        let nodes = fit.iter().map(|broker| broker.node).collect();
        let given = ports::assign(group, &nodes, &taken);
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
        if !self.take_place(subject) || !self.is_sure(free) {
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
            endpoint: broker
                .az_id
                .as_ref()
                .and_then(|az| group.endpoint(broker.node, az, port)),
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
            .ledger
            .of_group(&group.name)
            .filter(|entry| !view.listeners.contains_key(&entry.port))
            .filter_map(|entry| match (entry.owner, entry.vacant_since) {
                (Owner::Broker(of), Some(since)) => Some((since, of, entry)),
                (Owner::Bootstrap, _) | (Owner::Broker(_), None) => None,
            })
            .filter(|(_, of, _)| view.brokers.presence(*of) == Presence::Absent)
            // Not on a gap, and not while somebody stands in it who may be the broker.
            .filter(|(_, _, entry)| {
                view.targets(&entry.arn)
                    .is_some_and(|targets| standing_targets(targets).next().is_none())
            })
            .collect();
        vacancies.sort_by_key(|(since, of, _)| (*since, *of));
        let mut vacancies = vacancies.into_iter();
        for &node in without {
            let Some((since, of, entry)) = vacancies.next() else {
                self.hold(Held::RangeFull(group.name.clone(), node));
                continue;
            };
            let subject = Subject {
                group: &group.name,
                owner: entry.owner,
            };
            if self.is_sure(Doubt::Broker(of)) && !self.is_forwarded_to(subject, entry, None) {
                self.act(
                    subject,
                    Action::DeleteTargetGroup,
                    Reason::GivenUp { of, since },
                );
            }
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

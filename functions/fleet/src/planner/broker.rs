//! One port per broker: its target group holds exactly that broker.

use super::draft::{Draft, Subject};
use super::view::{is_healthy, standing_targets};
use crate::action::Action;
use crate::brokers::{Broker, Presence, Standing};
use crate::held::Held;
use crate::ledger::{Entry, RESERVATION};
use crate::listener::ListenerGroup;
use crate::naming::Owner;
use crate::observed::{Doubt, TargetHealth, TargetState};
use crate::plan::{Row, RowState};
use crate::reason::Reason;
use crate::tags;
use crate::words::NodeId;
use std::collections::BTreeSet;

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
        let presence = view.brokers.presence(node);
        self.show_entry(group, entry, &presence);
        if self.is_attached(subject, entry) {
            return;
        }
        let Some(targets) = view.targets(&entry.arn) else {
            return;
        };
        // Whoever lives is not vacant, even if nothing else can be done for it: the next
        // reservation is counted anew.
        let is_back = matches!(presence, Presence::Live(_) | Presence::Twins(_));
        if is_back && entry.vacant_since.is_some() {
            let key = tags::VACANT_SINCE;
            self.act(subject, Action::UnmarkSince { key }, Reason::Back(node));
        }
        match presence {
            Presence::Twins(instances) => {
                let ids = instances.into_iter().cloned().collect();
                self.hold(Held::Twins(node, ids));
            }
            // Its bootstrap place goes now; its own port when it is gone or replaced.
            Presence::Leaving(_) => {}
            Presence::Absent => self.vacate(subject, node, entry, targets),
            Presence::Live(broker) => match self.unfit(group, broker) {
                Some(held) => self.hold(held),
                None => self.keep(subject, broker, entry, targets),
            },
        }
    }

    /// A live broker with a port: everything about it is as it should be, or is put right.
    fn keep(
        &mut self,
        subject: Subject<'_>,
        broker: &Broker,
        entry: &Entry,
        targets: &[TargetHealth],
    ) {
        if entry.retired_since.is_some() {
            let key = tags::RETIRED_SINCE;
            self.act(subject, Action::UnmarkSince { key }, Reason::NotRetired);
        }
        self.put_settings_right(subject, entry);
        let right = |target: &&TargetHealth| {
            target.instance == broker.instance && target.port == entry.bind_port
        };
        let present = standing_targets(targets).any(|target| right(&target));
        let somebody_else = self.is_somebody_else(broker);
        let registers = !present && broker.is_running() && !somebody_else;
        if registers {
            let instances = BTreeSet::from([broker.instance.clone()]);
            self.act(
                subject,
                Action::RegisterTargets { instances },
                Reason::NotRegistered(broker.node),
            );
        } else if !present && !somebody_else {
            self.hold(Held::NotRunning(
                subject.group.clone(),
                broker.node,
                broker.instance.clone(),
                broker.state.as_str().to_owned(),
            ));
        }
        self.plan_listener(subject, entry, present || registers);
        let healthy = targets
            .iter()
            .any(|target| right(&target) && is_healthy(target, entry.bind_port));
        let others = standing_targets(targets).filter(|target| !right(target));
        let leaving = others
            .filter_map(|target| {
                self.why_not(subject, broker.node, target, healthy, present || registers)
                    .map(|reason| (target, reason))
            })
            .collect();
        self.deregister(subject, leaving);
    }

    /// Why a target does not belong to broker `node`'s group; `None` if it stays for now.
    /// `healthy`: the right target serves. `registered`: it is registered, or is being so.
    fn why_not(
        &mut self,
        subject: Subject<'_>,
        node: NodeId,
        target: &TargetHealth,
        healthy: bool,
        registered: bool,
    ) -> Option<Reason> {
        let instance = &target.instance;
        match self.view.brokers.standing(instance) {
            Standing::Dead => Some(Reason::Terminated),
            Standing::Foreign => Some(Reason::WrongBroker),
            Standing::Live(other) | Standing::Leaving(other) if other != node => {
                Some(Reason::WrongBroker)
            }
            Standing::Live(_) => registered.then_some(Reason::WrongPort),
            // Never empty a group that had a healthy target while that instance lives (P-32).
            Standing::Leaving(_)
                if healthy || (registered && target.state != TargetState::Healthy) =>
            {
                Some(Reason::Leaving)
            }
            Standing::Leaving(_) => {
                self.keep_last(subject, instance);
                None
            }
            Standing::Untagged if healthy => Some(Reason::Stray),
            Standing::Untagged => {
                self.keep_stray(subject, instance);
                None
            }
            Standing::Unknown => self
                .is_instance_gone(subject, target)
                .then_some(Reason::Vanished),
        }
    }

    /// A broker that is gone: its listener goes, its group keeps the port for 24 h, then goes too.
    fn vacate(
        &mut self,
        subject: Subject<'_>,
        node: NodeId,
        entry: &Entry,
        targets: &[TargetHealth],
    ) {
        let mut leaving = Vec::new();
        for target in standing_targets(targets) {
            // An untagged instance that lives may be the broker, its tag taken off by mistake.
            if self.view.brokers.standing(&target.instance) == Standing::Untagged {
                self.keep_stray(subject, &target.instance);
                return;
            }
            match self.why_not(subject, node, target, false, false) {
                Some(reason) => leaving.push((target, reason)),
                // It serves, whatever EC2 shows: its listener stays, too.
                None if target.state == TargetState::Healthy => return,
                None => {}
            }
        }
        self.deregister(subject, leaving);
        let listener = self.view.our_listener(entry.port);
        let over = entry
            .vacant_since
            .is_some_and(|since| self.view.now.duration_since(since) >= RESERVATION);
        if entry.vacant_since.is_some() && listener.is_none() && !over {
            return;
        }
        if !self.is_sure(Doubt::Broker(node)) {
            return;
        }
        if entry.vacant_since.is_none() {
            let (key, since) = (tags::VACANT_SINCE, self.view.now);
            self.act(
                subject,
                Action::MarkSince { key, since },
                Reason::Gone(node),
            );
        }
        if let Some(listener) = listener {
            let action = Action::DeleteListener {
                listener: listener.arn.clone(),
                port: entry.port,
            };
            self.act(subject, action, Reason::Gone(node));
        } else if over && !self.is_forwarded_to(subject, entry, None) {
            self.act(
                subject,
                Action::DeleteTargetGroup,
                Reason::ReservationOver(node),
            );
        }
    }

    /// Why a broker cannot be mapped where it stands.
    pub(super) fn unfit(&self, group: &ListenerGroup, broker: &Broker) -> Option<Held> {
        let nlb = self.view.load_balancer;
        let (node, instance) = (broker.node, &broker.instance);
        if let Some(vpc) = broker.vpc.as_ref().filter(|vpc| **vpc != nlb.vpc) {
            return Some(Held::OtherVpc(
                node,
                instance.clone(),
                vpc.clone(),
                nlb.vpc.clone(),
            ));
        }
        let (Some(az_id), Some(az_name)) = (&broker.az_id, &broker.az_name) else {
            return Some(Held::NoZone(node, instance.clone()));
        };
        if !nlb.zones.contains(az_name) {
            return Some(Held::ZoneNotEnabled(node, az_name.clone()));
        }
        group
            .pattern
            .host(node, az_id)
            .is_none()
            .then(|| Held::NoPattern(group.name.clone(), node, az_id.clone()))
    }

    fn show_entry(&mut self, group: &ListenerGroup, entry: &Entry, presence: &Presence<'a>) {
        let Owner::Broker(node) = entry.owner else {
            return;
        };
        let (az_id, state) = match presence {
            Presence::Live(broker) | Presence::Leaving(broker) => (
                broker.az_id.clone(),
                self.view.row_state(entry, Some(&broker.instance)),
            ),
            Presence::Twins(_) => (None, self.view.row_state(entry, None)),
            Presence::Absent => (None, RowState::Reserved),
        };
        self.show(Row {
            group: group.name.clone(),
            port: entry.port,
            owner: entry.owner,
            endpoint: az_id
                .as_ref()
                .and_then(|az| group.endpoint(node, az, entry.port)),
            instances: self.view.registered(entry),
            az_id,
            state,
        });
    }
}

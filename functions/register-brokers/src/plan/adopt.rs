//! Taking over a set-up that was made by hand: a broker that advertises a port of the range already keeps
//! it when its port is first given. Whoever shows nothing of the group gets a port as always.

use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::observed::Observed;
use fleet::brokers::Broker;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::shown::Shown;
use fleet::wishes::Wanted;
use fleet::words::{InstanceId, NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

/// The brokers that are asked what they show: each that runs and has no port yet in a group in service, and
/// all that run while a group is being retired; and each that waits for a lifecycle hook of ours, with those that
/// bear its number. Nobody on a gap in what everything depends on.
pub(crate) fn asked_what_they_show(observed: &Observed) -> Vec<Broker> {
    let agreed = BTreeSet::new();
    let Ok(view) = View::of(observed, &agreed) else {
        return Vec::new();
    };
    let mut all: BTreeMap<&InstanceId, &Broker> = BTreeMap::new();
    for (name, wanted) in &view.wishes.groups {
        let asked: Vec<&Broker> = match wanted {
            Wanted::Serve(group) => view.newcomers(group),
            Wanted::Retire { .. } if view.ledger.of_group(name).next().is_some() => {
                view.brokers.all_live().collect()
            }
            Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => Vec::new(),
        };
        let running = asked.into_iter().filter(|broker| broker.is_running());
        all.extend(running.map(|broker| (&broker.instance, broker)));
    }
    let waiting: Vec<&Broker> = view.waiting_brokers().collect();
    let live = view.brokers.all_live();
    let alike = live.filter(|broker| waiting.iter().any(|it| it.node == broker.node));
    let running = alike.chain(waiting.iter().copied());
    let running = running.filter(|broker| broker.is_running());
    all.extend(running.map(|broker| (&broker.instance, broker)));
    all.into_values().cloned().collect()
}

/// The brokers that wait for a lifecycle hook of ours, and whom to ask what the cluster has of them.
pub(crate) fn asked_what_is_held(observed: &Observed) -> (BTreeSet<NodeId>, Vec<Broker>) {
    let agreed = BTreeSet::new();
    let Ok(view) = View::of(observed, &agreed) else {
        return (BTreeSet::new(), Vec::new());
    };
    let of = view.waiting_brokers().map(|broker| broker.node).collect();
    let mut all: BTreeMap<&InstanceId, &Broker> = BTreeMap::new();
    let asked = view.brokers.all_live().chain(view.waiting_brokers());
    all.extend(asked.map(|broker| (&broker.instance, broker)));
    (of, all.into_values().cloned().collect())
}

impl Draft<'_> {
    /// Whether a group that is taken over waits for brokers that run and did not say what they advertise: each
    /// may have a port already, which nobody else may get. What was complete at any time is no set-up of others.
    pub(super) fn holds_unheard(&mut self, group: &ListenerGroup, fit: &[&Broker]) -> bool {
        let view = self.view;
        let mut entries = view.ledger.of_group(&group.name);
        let is_known = entries.any(|it| it.owner != Owner::Bootstrap);
        let is_theirs = |broker: &&Broker| view.advertised(group, broker).is_some();
        if is_known || self.written(&group.name).is_some() || !fit.iter().any(is_theirs) {
            return false;
        }
        let unheard = fit
            .iter()
            .filter(|it| it.is_running() && !view.is_heard(it));
        let unheard: Vec<NodeId> = unheard.map(|broker| broker.node).collect();
        let waits = !unheard.is_empty();
        if waits {
            self.hold(Held::AdvertisesUnheard(group.name.clone(), unheard));
        }
        waits
    }

    /// Of brokers without a port, those that keep one which they advertise, and those that wait, since they
    /// cannot have it: nobody else gets such a port either.
    pub(super) fn adopt(
        &mut self,
        group: &ListenerGroup,
        fit: &[&Broker],
    ) -> (BTreeMap<NodeId, Port>, BTreeMap<NodeId, Port>) {
        let view = self.view;
        let ledger = view.ledger.ports();
        let mut by_port: BTreeMap<Port, Vec<NodeId>> = BTreeMap::new();
        for broker in fit {
            // A port that the ledger gave to another one was copied with its file, and is no claim.
            let port = view
                .advertised(group, broker)
                .filter(|port| !ledger.contains(port));
            if let Some(port) = port {
                by_port.entry(port).or_default().push(broker.node);
            }
        }
        let (mut kept, mut waiting) = (BTreeMap::new(), BTreeMap::new());
        for (port, nodes) in by_port {
            let name = || group.name.clone();
            match nodes[..] {
                [node] if !view.listeners.contains_key(&port) => {
                    kept.insert(node, port);
                }
                [node] => {
                    self.hold(Held::AdvertisedAndTaken(name(), node, port));
                    waiting.insert(node, port);
                }
                _ => {
                    self.hold(Held::AdvertisedTwice(name(), nodes.clone(), port));
                    waiting.extend(nodes.into_iter().map(|node| (node, port)));
                }
            }
        }
        (kept, waiting)
    }
}

impl View<'_> {
    /// Those that wait for a lifecycle hook of ours.
    fn waiting_brokers(&self) -> impl Iterator<Item = &Broker> {
        let holds = self.holds.iter();
        holds.filter_map(|hold| self.brokers.find(&hold.waiting.instance))
    }

    /// Brokers that may get a port of a group, and have none.
    fn newcomers(&self, group: &ListenerGroup) -> Vec<&Broker> {
        let entries = self.ledger.of_group(&group.name);
        let mapped: BTreeSet<Owner> = entries.map(|it| it.owner).collect();
        let nodes = self.brokers.nodes();
        let nodes = nodes.filter(|node| !mapped.contains(&Owner::Broker(*node)));
        let only = nodes.filter_map(|node| match self.live_of(group, node)[..] {
            [only] if self.unfit(group, only).is_none() => Some(only),
            [..] => None,
        });
        only.collect()
    }

    /// The port of the group's range that a broker's process advertises for it.
    fn advertised(&self, group: &ListenerGroup, broker: &Broker) -> Option<Port> {
        let port = match self.shown_by(&broker.instance, broker.node)? {
            Shown::Itself(itself) => itself.advertised_port(&group.name),
            Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. } => None,
        };
        port.filter(|port| group.broker_ports.contains(*port) && *port != group.bootstrap_port)
    }

    /// Whether somebody said what is advertised there.
    fn is_heard(&self, broker: &Broker) -> bool {
        match self.shown_by(&broker.instance, broker.node) {
            Some(Shown::Itself(_) | Shown::Another { .. }) => true,
            Some(Shown::Silent { .. } | Shown::Untold { .. }) | None => false,
        }
    }

    /// Whether an instance answers as this broker on its admin listener.
    pub(super) fn shows_itself(&self, instance: &InstanceId, node: NodeId) -> bool {
        match self.shown_by(instance, node) {
            Some(Shown::Itself(_)) => true,
            Some(Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. }) | None => {
                false
            }
        }
    }

    pub(super) fn shown_by(&self, instance: &InstanceId, node: NodeId) -> Option<&Shown> {
        let mut answers = self.observed.shown.iter().flatten();
        let answer =
            answers.find(|it| it.question.instance == *instance && it.question.broker == node)?;
        Some(&answer.shown)
    }
}

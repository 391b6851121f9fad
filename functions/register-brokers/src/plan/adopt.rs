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
use fleet::words::{NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

/// The brokers that are asked what they show: each that runs and has no port yet in a group in service.
/// Nobody on a gap in what everything depends on.
pub(crate) fn newcomers(observed: &Observed) -> Vec<Broker> {
    let agreed = BTreeSet::new();
    let Ok(view) = View::of(observed, &agreed) else {
        return Vec::new();
    };
    let mut all: BTreeMap<NodeId, Broker> = BTreeMap::new();
    for wanted in view.wishes.groups.values() {
        let Wanted::Serve(group) = wanted else {
            continue;
        };
        let mapped: BTreeSet<Owner> = view
            .ledger
            .of_group(&group.name)
            .map(|it| it.owner)
            .collect();
        let nodes = view.brokers.nodes();
        for node in nodes.filter(|node| !mapped.contains(&Owner::Broker(*node))) {
            if let [only] = view.live_of(group, node)[..]
                && only.is_running()
                && view.unfit(group, only).is_none()
            {
                all.insert(node, only.clone());
            }
        }
    }
    all.into_values().collect()
}

impl Draft<'_> {
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
    /// The port of the group's range that a broker's process advertises for it.
    fn advertised(&self, group: &ListenerGroup, broker: &Broker) -> Option<Port> {
        let mut answers = self.observed.shown.iter().flatten();
        let answer = answers.find(|it| {
            it.question.instance == broker.instance && it.question.broker == broker.node
        })?;
        let port = match &answer.shown {
            Shown::Itself(itself) => itself.advertised_port(&group.name),
            Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. } => None,
        };
        port.filter(|port| group.broker_ports.contains(*port) && *port != group.bootstrap_port)
    }
}

//! When a listener group is whole: every broker that a client can be sent to is mapped and proven.

use super::identity::Identity;
use super::seat::Seat;
use super::view::View;
use fleet::brokers::{Broker, Life, Standing};
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::InstanceState;
use fleet::proof::{Awaited, Path};
use fleet::tags;
use fleet::words::{InstanceId, NodeId};

impl View<'_> {
    /// Who a group waits for, before its bootstrap opens for the first time and before anything is
    /// handed over: every running instance with the cluster's tag that is no controller, mapped or not,
    /// must be proven on its port, and list all others with their wanted endpoints; and nobody may be
    /// listed whom no instance is tagged as. A client that comes before finds a part of the cluster
    /// only, and takes it for the whole.
    pub(super) fn awaited(&self, group: &ListenerGroup) -> Awaited {
        let mut awaited = Awaited::default();
        let cluster = Some(self.observed.cluster.as_str());
        for (id, instance) in &self.instances {
            let is_ours = instance.tags.get(tags::CLUSTER).map(String::as_str) == cluster;
            let runs = instance.state == InstanceState::Running;
            if is_ours && runs && self.brokers.life(id) == Some(Life::Live) {
                self.wait_for(group, id, &mut awaited);
            }
        }
        for row in self.observed.proof.iter().flatten() {
            let is_of_group = row.question.group == group.name;
            if is_of_group && !matches!(row.question.path, Path::Direct(_)) {
                awaited.strangers.extend(&row.strangers);
            }
        }
        awaited
    }

    fn wait_for(&self, group: &ListenerGroup, id: &InstanceId, awaited: &mut Awaited) {
        let node = match self.brokers.standing(id) {
            Standing::Live(node) if !self.is_left_out(group, node, id) => node,
            Standing::Untagged if !group.without.instances.contains(id) => {
                awaited.instances.insert(id.clone());
                return;
            }
            Standing::Live(_)
            | Standing::Untagged
            | Standing::Released(_)
            | Standing::Leaving(_)
            | Standing::Warm(_)
            | Standing::Foreign
            | Standing::Dead
            | Standing::Unknown => return,
        };
        if group.without.nodes.contains(&node) {
            // Which of those that bear the number is meant, a person must say.
            awaited.instances.insert(id.clone());
            return;
        }
        match self.seat_of(group, node) {
            Some(broker) if broker.instance == *id && self.is_fit(group, broker) => {}
            // It has served as another one: its tags are to be put right first.
            _ if self.seat_elsewhere(id, node).is_some() => {
                awaited.instances.insert(id.clone());
                return;
            }
            _ => {
                awaited.brokers.insert(node);
                return;
            }
        }
        match self.row(&group.name, Path::Port(node)) {
            Some(row) if row.verdict.is_proven() => awaited.brokers.extend(&row.unlisted),
            Some(_) | None => {
                awaited.brokers.insert(node);
            }
        }
    }

    /// Whether nobody waits for an instance, as a person takes it out. A number in `without` is believed
    /// of one that is that broker alone, as far as anybody can tell: a tag with a slip may say it, too.
    fn is_left_out(&self, group: &ListenerGroup, node: NodeId, id: &InstanceId) -> bool {
        let alone = || matches!(self.bearers(group, node)[..], [only] if only == id);
        self.brokers.is_released(id)
            || group.without.instances.contains(id)
            || group.without.nodes.contains(&node)
                && alone()
                && self.seat_elsewhere(id, node).is_none()
                && self.identity(id, node) == Identity::Fits
    }

    /// The running instances that are tagged with a number, without those that a person takes out by
    /// their own ID.
    pub(super) fn bearers(&self, group: &ListenerGroup, node: NodeId) -> Vec<&InstanceId> {
        let running = self.brokers.all_live().filter(|broker| broker.is_running());
        let tagged = running.filter(|broker| broker.node == node);
        tagged
            .map(|broker| &broker.instance)
            .filter(|id| !self.brokers.is_released(id) && !group.without.instances.contains(*id))
            .collect()
    }

    /// Whether nothing about a broker's place or its answers is held.
    fn is_fit(&self, group: &ListenerGroup, broker: &Broker) -> bool {
        self.unfit(group, broker).is_none() && self.misidentified(broker).is_none()
    }

    /// The broker that has a port in a group, and nobody beside it.
    fn seat_of(&self, group: &ListenerGroup, node: NodeId) -> Option<&Broker> {
        let key = (group.name.clone(), Owner::Broker(node));
        match self.seat(group, node, self.ledger.entries.get(&key)?) {
            Seat::Broker(broker) => Some(broker),
            Seat::Kept(_)
            | Seat::Contested(..)
            | Seat::Twins(_)
            | Seat::Leaving(_)
            | Seat::Released(_)
            | Seat::Vacant => None,
        }
    }
}

//! What people do with replicas and votes: they reassign partitions to a broker, and away from it.

use super::super::history::History;
use fleet::words::NodeId;
use std::collections::BTreeSet;
use world::model::{KafkaPartition, KafkaTopic};

impl History<'_> {
    /// A topic is given to a broker and to two others, if all of them are up.
    pub(super) fn move_to(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        let mut others = self.in_service();
        if !others.remove(&node) || others.len() < 2 {
            return format!("nothing can be moved to broker {node}");
        }
        let mut nodes = vec![node];
        let alone = self.setup.dice.u32(..8) == 0;
        if !alone {
            nodes.extend(others.into_iter().take(2));
        }
        let min = if alone { 1 } else { 2 };
        self.stage.edit_cluster(|cluster| {
            let topic = KafkaTopic::spread(3, min, &nodes);
            cluster.topics.insert(format!("moved{node}"), topic);
        });
        format!("partitions are moved to {nodes:?}")
    }

    /// Everything that a broker has is moved away from it: to another one, or to the replicas that there are.
    pub(super) fn move_away(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        let mut others = self.in_service();
        others.remove(&node);
        self.stage.edit_cluster(|cluster| {
            let topics = cluster.topics.values_mut();
            for partition in topics.flat_map(|it| &mut it.partitions) {
                take_from(partition, node, &others);
            }
            // What only a broker had that is gone is lost, and made anew by whoever needs it.
            cluster.topics.retain(|_, topic| {
                let lost = |it: &KafkaPartition| it.replicas == [node];
                !topic.partitions.iter().any(lost)
            });
        });
        format!("partitions are moved away from broker {node}")
    }

    /// The brokers that are up, and whose instances neither come nor leave.
    pub(super) fn in_service(&self) -> BTreeSet<NodeId> {
        let all = (0..self.brokers.len()).filter(|at| self.is_in_service(*at));
        all.map(|at| self.brokers[at].node).collect()
    }

    /// Whether a broker is up, and its instance neither comes nor leaves.
    pub(super) fn is_in_service(&self, at: usize) -> bool {
        let id = &self.brokers[at].id;
        self.brokers[at].is_up && self.members(at).get(id).is_some_and(|it| it == "InService")
    }
}

fn take_from(partition: &mut KafkaPartition, node: NodeId, others: &BTreeSet<NodeId>) {
    if !partition.replicas.contains(&node) {
        return;
    }
    let left = partition.isr.iter().any(|it| *it != node);
    let to = others.iter().find(|it| !partition.replicas.contains(it));
    if !left && to.is_none() {
        return;
    }
    partition.replicas.retain(|it| *it != node);
    partition.replicas.extend(to);
    partition.isr.extend(to);
    partition.isr.remove(&node);
    partition.leader = partition.leader.filter(|it| *it != node);
    let mut able = partition.isr.iter().filter(|it| others.contains(it));
    partition.leader = partition.leader.or(able.next().copied());
}

//! Slips of the hand and of scripts in the tags of instances: of one, or of all at once.

use super::event::Slip;
use super::happen::World;
use super::look::{Kind, Look};
use crate::CLUSTER;
use fleet::tags::{self, Tags};
use fleet::words::InstanceId;
use std::collections::BTreeMap;
use world::model::KafkaProcess;

impl World {
    /// A slip in the tags of one of the live brokers, or of all of them.
    pub(super) fn slip(&self, look: &Look, slip: Slip, only: Option<u8>) {
        let brokers = look.live.iter();
        let brokers = brokers.filter(|(_, kind)| matches!(kind, Kind::Broker(_)));
        let brokers: Vec<&InstanceId> = brokers.map(|(id, _)| id).collect();
        if brokers.is_empty() {
            return;
        }
        let old: BTreeMap<InstanceId, Tags> = {
            let model = self.stage.model();
            let all = model.instances();
            all.map(|record| (record.id.clone(), record.tags.clone()))
                .collect()
        };
        let of = |at: usize| brokers[at % brokers.len()];
        let node_of = |at: usize| old[of(at)][tags::NODE_ID].clone();
        for at in 0..brokers.len() {
            if only.is_some_and(|only| usize::from(only) % brokers.len() != at) {
                continue;
            }
            let mut tags = old[of(at)].clone();
            let (key, value) = match slip {
                Slip::OffByOne => (tags::NODE_ID, node_of(at + 1)),
                Slip::Swapped => (tags::NODE_ID, node_of(at ^ 1)),
                Slip::Same => (tags::NODE_ID, node_of(0)),
                Slip::Emptied => (tags::NODE_ID, String::new()),
                Slip::Role(role) => (tags::ROLE, role.to_owned()),
                Slip::Cluster => (tags::CLUSTER, "payments".to_owned()),
                Slip::KafkaCluster => (tags::CLUSTER_ID, "another-cluster".to_owned()),
                Slip::Release => (tags::RELEASE, of(at).to_string()),
                Slip::CopiedRelease => (tags::RELEASE, of(at + 1).to_string()),
            };
            tags.insert(key.to_owned(), value);
            self.set_tags(of(at), tags);
        }
    }

    /// Every broker of ours is tagged as what runs on it, and nobody takes it out.
    pub(super) fn mend_tags(&self) {
        let ours = KafkaProcess::cluster_of(CLUSTER);
        let all: Vec<(InstanceId, Tags)> = {
            let model = self.stage.model();
            let ours = model.instances().filter(|record| {
                record.kafka.cluster_id.as_deref() == Some(&ours) && !record.state.is_terminal()
            });
            ours.map(|record| {
                let mut tags = record.tags.clone();
                if let Some(node) = record.kafka.node_id.filter(|_| is_slipped(&tags)) {
                    tags.insert(tags::CLUSTER.to_owned(), CLUSTER.to_owned());
                    tags.insert(tags::NODE_ID.to_owned(), node.to_string());
                    for key in [tags::ROLE, tags::CLUSTER_ID, tags::RELEASE] {
                        tags.remove(key);
                    }
                }
                (record.id.clone(), tags)
            })
            .collect()
        };
        for (id, tags) in all {
            self.set_tags(&id, tags);
        }
    }

    fn set_tags(&self, id: &InstanceId, tags: Tags) {
        // One that is gone keeps its tags.
        self.stage.edit(|model, _| model.set_tags(id, tags)).ok();
    }
}

/// Whether an instance was a broker of ours by its tags, whatever they say now: none were taken off.
fn is_slipped(tags: &Tags) -> bool {
    tags.contains_key(tags::NODE_ID) && tags.contains_key(tags::CLUSTER)
}

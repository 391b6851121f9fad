//! Brokers of one Kafka cluster on the stage, each with a machine, and what may never be while they are rolled.

use super::{Listeners, first_file};
use crate::{CLUSTER, Stage, ZONES};
use fleet::words::{InstanceId, NodeId};
use serde_json::json;
use std::time::Duration;
use world::model::{KafkaCluster, KafkaProcess, KafkaTopic, TakenBack};

const MINUTE: Duration = Duration::from_secs(60);

/// The parameter `restarts` with this time, for brokers that are their own quorum.
pub fn alone(when: &str) -> String {
    json!({"when": when, "allow_unavailable": true}).to_string()
}

/// The file of a broker of so many, each of which votes.
pub fn file_of_many(node: u32, brokers: u32) -> String {
    let voters = (1..=brokers).map(|id| format!("{id}@10.0.0.{id}:29092"));
    let voters: Vec<String> = voters.collect();
    first_file(node).replace(&format!("{node}@10.0.0.1:29092"), &voters.join(","))
}

impl Stage {
    /// Launches so many brokers with INTERNAL and CONTROLLER only, each of which votes, and waits until ports
    /// are given to them. Their topics have three replicas, or as many as there are brokers, of which two have
    /// to be in sync.
    pub async fn rolled(&self, brokers: u32) -> (Listeners, Vec<InstanceId>) {
        let zones = ZONES.iter().cycle();
        let launch = (1..=brokers).zip(zones);
        let instances = launch.map(|(id, az)| self.hosted(id, az, &file_of_many(id, brokers)));
        let instances: Vec<InstanceId> = instances.collect();
        let nodes: Vec<NodeId> = (1..=brokers).filter_map(NodeId::new).collect();
        let replicas = |from: usize| {
            let ring = nodes.iter().cycle().skip(from).take(3.min(nodes.len()));
            ring.copied().collect::<Vec<_>>()
        };
        self.edit_cluster(|cluster| {
            for at in 0..nodes.len() {
                let topic = KafkaTopic::spread(3, 2, &replicas(at));
                cluster.topics.insert(format!("orders{at}"), topic);
            }
        });
        for _ in 0..6 {
            self.pass(MINUTE).await;
            self.activate().await;
        }
        let listeners = Listeners::on(self);
        self.forget_calls();
        (listeners, instances)
    }

    /// An instance was launched as a Spot Instance.
    pub fn is_spot(&self, id: &InstanceId) {
        let made = self.edit(|model, _| model.make_spot(id));
        made.expect("an instance");
    }

    /// AWS gives notice that it takes a Spot Instance back.
    pub fn take_back(&self, id: &InstanceId, how: TakenBack) {
        let taken = self.edit(|model, now| model.take_back(now, id, how));
        taken.expect("a Spot Instance that runs");
    }

    /// Changes the Kafka cluster by hand.
    pub fn edit_cluster<T>(&self, edit: impl FnOnce(&mut KafkaCluster) -> T) -> T {
        let mut done = None;
        let id = KafkaProcess::cluster_of(CLUSTER);
        self.edit(|model, now| {
            model.advance(now);
            if model.kafka_cluster(&id).is_none() {
                model.put_kafka_cluster(&id, KafkaCluster::new([], [].into()));
            }
            model.edit_kafka_cluster(&id, |cluster| done = Some(edit(cluster)));
        });
        done.expect("a cluster")
    }

    /// The brokers that do not serve now.
    pub fn down(&self) -> Vec<NodeId> {
        let now = self.now();
        let mut model = self.model();
        model.advance(now);
        let down = model.instances().filter_map(|record| {
            let host = record.kafka.host.as_ref()?;
            let process = host.living(now).filter(|it| it.serves_from <= now);
            match process {
                Some(_) => None,
                None => record.kafka.node_id,
            }
        });
        down.collect()
    }

    /// Partitions that take no writes now of producers with `acks=all`.
    pub fn unwritable(&self) -> Vec<String> {
        self.edit_cluster(|cluster| {
            let all = cluster.partitions();
            let lost = all.filter(|(_, min, it)| !it.takes_writes(*min));
            lost.map(|(name, _, _)| name).collect()
        })
    }

    /// Nothing is lost while nothing but a roll happens: one broker is down at most, and whatever could be
    /// written still can.
    ///
    /// # Errors
    /// What is lost.
    pub fn nothing_is_lost(&self) -> Result<(), String> {
        let down = self.down();
        if down.len() > 1 {
            return Err(format!("down at once: {down:?}"));
        }
        match self.unwritable() {
            lost if lost.is_empty() => Ok(()),
            lost => Err(format!("not writable: {lost:?}, down: {down:?}")),
        }
    }
}

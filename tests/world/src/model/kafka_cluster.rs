//! What the brokers of one Kafka cluster know together: their topics, who is in sync, who leads, and which
//! controller is active. How it goes on by itself is in `kafka_cluster_life.rs`.
//!
//! Without one ([`Model::put_kafka_cluster`]) a cluster has no topics, and whoever answers is listed. Only
//! brokers with a machine below them are part of it.

use super::Model;
use super::moment::after;
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Topics by their names.
pub type KafkaTopics = BTreeMap<String, KafkaTopic>;

/// A Kafka cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaCluster {
    /// Its topics.
    pub topics: KafkaTopics,
    /// Who elects the active controller, each of them a broker, too.
    pub voters: BTreeSet<NodeId>,
    /// How long a broker that serves takes until it has what it missed.
    pub catch_up: Duration,
    /// `broker.session.timeout.ms`: how long a broker is taken for there that died.
    pub session: Duration,
    /// `controller.quorum.fetch.timeout.ms`: how long a controller is taken for active that died.
    pub fetch: Duration,
    pub(super) controller: Option<NodeId>,
    /// Until when there is none; one is chosen then.
    pub(super) election: Option<Timestamp>,
    pub(super) sessions: BTreeMap<NodeId, Session>,
    /// When each voter was last there.
    pub(super) voted: BTreeMap<NodeId, Timestamp>,
    /// Brokers that have heard nothing new: until when, and what they show.
    pub(super) stale: BTreeMap<NodeId, (Timestamp, KafkaTopics)>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaTopic {
    /// `min.insync.replicas`.
    pub min_insync: i32,
    /// Its partitions, in the order of their numbers.
    pub partitions: Vec<KafkaPartition>,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaPartition {
    /// Who should have it, the preferred leader first.
    pub replicas: Vec<NodeId>,
    /// Who of them is in sync. The last one stays when it goes.
    pub isr: BTreeSet<NodeId>,
    /// Who leads it.
    pub leader: Option<NodeId>,
}

/// A broker's registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// The process that it belongs to.
    pub process: (InstanceId, u64),
    /// When the broker has caught up.
    pub in_sync_from: Timestamp,
    /// When it ends; none as long as the process is heard.
    pub ends: Option<Timestamp>,
}

impl KafkaCluster {
    /// Of these voters and topics; its brokers register as they are found.
    pub fn new(voters: impl IntoIterator<Item = NodeId>, topics: KafkaTopics) -> Self {
        Self {
            topics,
            voters: voters.into_iter().collect(),
            catch_up: Duration::from_secs(5),
            session: Duration::from_secs(9),
            fetch: Duration::from_secs(2),
            controller: None,
            election: None,
            sessions: BTreeMap::new(),
            voted: BTreeMap::new(),
            stale: BTreeMap::new(),
        }
    }

    /// The active controller.
    pub fn controller(&self) -> Option<NodeId> {
        self.controller
    }

    /// Brokers that Metadata lists: also one that died, until its session ends.
    pub fn listed(&self) -> BTreeSet<NodeId> {
        self.sessions.keys().copied().collect()
    }

    /// Every partition with its name and its topic's `min.insync.replicas`.
    pub fn partitions(&self) -> impl Iterator<Item = (String, i32, &KafkaPartition)> {
        self.topics.iter().flat_map(|(name, topic)| {
            let numbered = topic.partitions.iter().enumerate();
            numbered.map(move |(at, it)| (format!("{name}-{at}"), topic.min_insync, it))
        })
    }

    /// The topics that a broker shows: what it has heard of last.
    pub(super) fn shown_by(&self, node: NodeId, at: Timestamp) -> &KafkaTopics {
        match self.stale.get(&node) {
            Some((until, topics)) if at < *until => topics,
            Some(_) | None => &self.topics,
        }
    }
}

impl KafkaTopic {
    /// One whose partition `n` has its preferred leader at place `n` of these brokers; all are in sync.
    pub fn spread(partitions: usize, min_insync: i32, replicas: &[NodeId]) -> Self {
        let partition = |at: usize| {
            let mut replicas = replicas.to_vec();
            let turn = at % replicas.len().max(1);
            replicas.rotate_left(turn);
            KafkaPartition {
                isr: replicas.iter().copied().collect(),
                leader: replicas.first().copied(),
                replicas,
            }
        };
        Self {
            min_insync,
            partitions: (0..partitions).map(partition).collect(),
        }
    }
}

impl KafkaPartition {
    /// Whether producers with `acks=all` can write, of those who have this.
    pub fn takes_writes(&self, min_insync: i32) -> bool {
        let in_sync = i32::try_from(self.isr.len()).unwrap_or(i32::MAX);
        self.leader.is_some() && in_sync >= min_insync
    }
}

impl Model {
    /// The Kafka cluster with this id is so, as of the newest moment that the model knows.
    pub fn put_kafka_cluster(&mut self, id: &str, cluster: KafkaCluster) {
        self.kafka_clusters.insert(id.to_owned(), cluster);
        self.settle();
    }

    /// The Kafka cluster with this id.
    pub fn kafka_cluster(&self, id: &str) -> Option<&KafkaCluster> {
        self.kafka_clusters.get(id)
    }

    /// Changes it by hand; false if there is none.
    pub fn edit_kafka_cluster(&mut self, id: &str, edit: impl FnOnce(&mut KafkaCluster)) -> bool {
        let found = self.kafka_clusters.get_mut(id).map(edit).is_some();
        self.settle();
        found
    }

    /// Another voter becomes the active controller, if it is there.
    pub fn move_controller(&mut self, id: &str, to: NodeId) -> bool {
        let Some(cluster) = self.kafka_clusters.get_mut(id) else {
            return false;
        };
        let is_there = cluster.voters.contains(&to) && cluster.is_heard(to);
        if is_there && cluster.controller.is_some() {
            cluster.controller = Some(to);
        }
        self.settle();
        is_there
    }

    /// A broker shows its topics for so long as they are now.
    pub fn keep_stale(&mut self, id: &str, node: NodeId, time: Duration) {
        let until = after(self.at, time);
        if let Some(cluster) = self.kafka_clusters.get_mut(id) {
            let topics = cluster.topics.clone();
            cluster.stale.insert(node, (until, topics));
        }
        self.settle();
    }
}

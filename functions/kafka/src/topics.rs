//! Every partition and where its replicas are: what a broker may be stopped by.

use crate::metadata::{accepted, question};
use crate::question::odd;
use crate::{BrokerError, Connection, Error};
use kafka_protocol::messages::metadata_response::{
    MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{BrokerId, MetadataRequest};

/// The first version that tells offline replicas (Kafka 1.0).
const OLDEST: i16 = 5;

/// A topic, internal ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Whether Kafka made it for itself: offsets, transactions.
    pub internal: bool,
    /// Why its partitions are not told.
    pub error: Option<BrokerError>,
    /// In the order of the answer, which is not that of their numbers.
    pub partitions: Vec<Partition>,
}

/// A partition, as the broker that was asked knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number.
    pub index: i32,
    /// 5 (LEADER_NOT_AVAILABLE) without a leader; 72 (LISTENER_NOT_FOUND) if the leader lacks the
    /// listener that was asked.
    pub error: Option<BrokerError>,
    /// The broker that leads it.
    pub leader: Option<i32>,
    /// All brokers that should have it.
    pub replicas: Vec<i32>,
    /// Those that are in sync.
    pub isr: Vec<i32>,
    /// Those that are not alive or, on other listeners than that of the brokers themselves, not
    /// there (K-2).
    pub offline: Vec<i32>,
}

impl Connection {
    /// All topics with all partitions. Ask the inter-broker listener: others leave out what has no
    /// such listener.
    ///
    /// **Topics that the principal may not Describe are missing without an error** (K-9): an empty list proves nothing. Compare with [`Connection::log_dirs`], which
    /// needs Describe on the cluster and lists them all.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on a listener of controllers; [`Error::Broker`] for the error that
    /// version 13 has; those of every question.
    pub async fn topics(&mut self) -> Result<Vec<Topic>, Error> {
        let version = self.agree::<MetadataRequest>(OLDEST)?;
        let question = question(version).with_topics(None);
        let limit = self.limits().large;
        let answer = self.ask(&question, version, limit).await?;
        accepted(&answer)?;
        answer.topics.into_iter().map(topic).collect()
    }
}

fn topic(topic: MetadataResponseTopic) -> Result<Topic, Error> {
    let name = topic
        .name
        .ok_or_else(|| odd::<MetadataRequest>("a topic has no name"))?;
    Ok(Topic {
        name: name.to_string(),
        internal: topic.is_internal,
        error: BrokerError::from_answer(topic.error_code, None),
        partitions: topic.partitions.into_iter().map(partition).collect(),
    })
}

fn partition(partition: MetadataResponsePartition) -> Partition {
    Partition {
        index: partition.partition_index,
        error: BrokerError::from_answer(partition.error_code, None),
        leader: Some(partition.leader_id.0).filter(|id| *id >= 0),
        replicas: ids(&partition.replica_nodes),
        isr: ids(&partition.isr_nodes),
        offline: ids(&partition.offline_replicas),
    }
}

/// Plain numbers.
pub(crate) fn ids(nodes: &[BrokerId]) -> Vec<i32> {
    nodes.iter().map(|node| node.0).collect()
}

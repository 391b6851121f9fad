//! What runs on an instance, as Kafka's own protocol would show it: the truth that a probe finds.
//! Unless somebody says otherwise, a broker is who its tags said first, and advertises what is wanted
//! of it. No stop, start or reboot changes it.

use super::{ApiError, KafkaHost, Model};
use fleet::tags::{self, Tags};
use fleet::words::{GroupName, InstanceId, NodeId};
use std::collections::BTreeMap;

/// A Kafka process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KafkaProcess {
    /// Its `node.id`; the first one that the instance's tag gave. Without one there is no broker, and
    /// what listens is something else.
    pub node_id: Option<NodeId>,
    /// Metadata's cluster id. Brokers with the same one are one Kafka cluster. Unless it is said, each
    /// value of the tag `kafka-privatelink:cluster` has one, [`KafkaProcess::cluster_of`]; none is not said.
    pub cluster_id: Option<String>,
    /// Listener groups in which it advertises something else than is wanted of it, as `host:port`;
    /// `None`: it has no such listener.
    pub endpoints: BTreeMap<GroupName, Option<String>>,
    /// How it is.
    pub state: KafkaState,
    /// The machine below it. With one, its listeners are those that its process was started with, and
    /// `endpoints` are not asked.
    pub host: Option<KafkaHost>,
}

/// How a Kafka process is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KafkaState {
    /// It answers, and the brokers of its cluster list it.
    #[default]
    Answers,
    /// It answers, and nobody lists it: starting, recovering its log, fenced.
    Fenced,
    /// It answers, and an authorizer hides who it is (error 31).
    Denies,
    /// Its port accepts and nothing answers, as after SIGSTOP: its target is healthy.
    Hangs,
    /// It hangs, and the queue of its port is full: nothing accepts any more, and its target is unhealthy (K-25).
    Full,
    /// There is no process: connections are refused, and its target is unhealthy.
    Down,
    /// Something that is not Kafka answers on its port.
    Other,
}

impl KafkaProcess {
    /// The cluster id of the brokers that are tagged with this cluster.
    pub fn cluster_of(cluster: &str) -> String {
        format!("kafka-of-{cluster}")
    }

    /// What the tags say is taken for true where nothing is known yet.
    pub(super) fn believe(&mut self, tags: &Tags) {
        let node_id = tags.get(tags::NODE_ID).map(|text| NodeId::parse(text));
        let cluster = tags.get(tags::CLUSTER);
        self.node_id = self.node_id.or(node_id.and_then(Result::ok));
        if self.cluster_id.is_none() {
            self.cluster_id = cluster.map(|cluster| Self::cluster_of(cluster));
        }
    }

    /// Whether its port accepts connections.
    pub(super) fn accepts(&self) -> bool {
        match self.state {
            KafkaState::Answers
            | KafkaState::Fenced
            | KafkaState::Denies
            | KafkaState::Hangs
            | KafkaState::Other => true,
            KafkaState::Full | KafkaState::Down => false,
        }
    }

    /// Whether connections wait in the queue of its port.
    pub fn is_queued(&self) -> bool {
        match self.state {
            KafkaState::Hangs | KafkaState::Full => true,
            KafkaState::Answers
            | KafkaState::Fenced
            | KafkaState::Denies
            | KafkaState::Down
            | KafkaState::Other => false,
        }
    }

    /// Whether the brokers of its cluster list it.
    pub(super) fn is_listed(&self) -> bool {
        match self.state {
            KafkaState::Answers | KafkaState::Denies => true,
            KafkaState::Fenced
            | KafkaState::Hangs
            | KafkaState::Full
            | KafkaState::Down
            | KafkaState::Other => false,
        }
    }
}

impl Model {
    /// Changes what runs on an instance, as of the newest moment that the model knows. Like every
    /// person's edit it asks nobody's permission.
    pub fn edit_kafka(
        &mut self,
        id: &InstanceId,
        edit: impl FnOnce(&mut KafkaProcess),
    ) -> Result<(), ApiError> {
        self.known(id)?;
        if let Some(record) = self.instances.get_mut(id) {
            edit(&mut record.kafka);
        }
        self.settle();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(node: &str) -> Tags {
        [(tags::NODE_ID, node), (tags::CLUSTER, "orders")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    }

    #[test]
    fn a_broker_is_who_its_tags_said_first() {
        let mut kafka = KafkaProcess::default();
        kafka.believe(&tags("two"));
        assert_eq!(kafka.node_id, None);
        kafka.believe(&tags("2"));
        kafka.believe(&tags("3"));
        assert_eq!(kafka.node_id, NodeId::new(2));
        assert_eq!(kafka.cluster_id.as_deref(), Some("kafka-of-orders"));
    }
}

//! What came back on one connection, in words of Kafka and nothing but what was read there.

use crate::words::NodeId;
use std::collections::BTreeMap;
use std::time::Duration;

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Who was reached, or why nobody was.
    pub answer: Result<Reached, Miss>,
    /// How long it took.
    pub took: Duration,
}

/// A Kafka broker answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Who it is, by DescribeConfigs (F27).
    pub who: Who,
    /// Metadata's cluster id; none if it was not said.
    pub cluster_id: Option<String>,
    /// Metadata's brokers as `host:port`: those that have a listener of the name that we came in on.
    /// None on a listener that does not serve Metadata, which a controller's does not.
    pub listed: Option<BTreeMap<NodeId, String>>,
    /// The values of `advertised.listeners` in the process, by listener name, as `host:port`; empty
    /// if they were not said.
    pub advertised: BTreeMap<String, String>,
}

impl Reached {
    /// Who answered, if it said so.
    pub fn node(&self) -> Option<NodeId> {
        match self.who {
            Who::Node(node) => Some(node),
            Who::Unsaid(_) => None,
        }
    }
}

/// The identity of who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// This `node.id`.
    Node(NodeId),
    /// It did not say, and why.
    Unsaid(String),
}

/// Nobody was reached who could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// No connection, or no answer in time.
    Unreachable(String),
    /// Something answered that is not Kafka.
    NotKafka(String),
    /// It may be Kafka, and cannot be asked: credentials, certificates, ranges.
    NotProvable(String),
}

//! What came back on one connection, in words of Kafka and nothing but what was read there.

use crate::foreign::clean;
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

/// Longest host that is kept: a DNS name has at most 253 characters (RFC 1035), and an endpoint its
/// port beside it.
const LONGEST_ENDPOINT: usize = 255 + ":65535".len();
/// Longest cluster id that is kept; Kafka makes them of 22 characters.
const LONGEST_CLUSTER_ID: usize = 64;
/// Longest name of a Kafka listener that is kept.
const LONGEST_LISTENER: usize = 100;
/// Most of a broker's listeners that are kept.
const MOST_LISTENERS: usize = 100;
/// Longest sentence about a peer that is kept: it may quote it.
const LONGEST_SENTENCE: usize = 300;

impl Evidence {
    /// The same, bounded and cleaned: every text of it is a stranger's, and ends in answers, reports
    /// and terminals. What is cut is equal to nothing that anybody wants.
    pub(super) fn bounded(self) -> Self {
        let Self { answer, took } = self;
        let answer = answer.map(Reached::bounded).map_err(Miss::bounded);
        Self { answer, took }
    }
}

impl Reached {
    fn bounded(self) -> Self {
        let Self {
            who,
            cluster_id,
            listed,
            advertised,
        } = self;
        let endpoint = |endpoint: String| clean(&endpoint, LONGEST_ENDPOINT);
        let listener =
            |(name, at): (String, String)| (clean(&name, LONGEST_LISTENER), endpoint(at));
        let listed = listed.map(BTreeMap::into_iter);
        Self {
            who: match who {
                Who::Unsaid(why) => Who::Unsaid(clean(&why, LONGEST_SENTENCE)),
                Who::Node(node) => Who::Node(node),
            },
            cluster_id: cluster_id.map(|id| clean(&id, LONGEST_CLUSTER_ID)),
            listed: listed.map(|all| all.map(|(node, at)| (node, endpoint(at))).collect()),
            advertised: advertised
                .into_iter()
                .take(MOST_LISTENERS)
                .map(listener)
                .collect(),
        }
    }
}

impl Miss {
    fn bounded(self) -> Self {
        let sentence = |why: String| clean(&why, LONGEST_SENTENCE);
        match self {
            Self::Unreachable(why) => Self::Unreachable(sentence(why)),
            Self::NotKafka(why) => Self::NotKafka(sentence(why)),
            Self::Hangs(why) => Self::Hangs(sentence(why)),
            Self::NotProvable(why) => Self::NotProvable(sentence(why)),
        }
    }
}

/// A Kafka broker answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Who it is, by DescribeConfigs (K-1).
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
    /// No connection, or one that ended before an answer.
    Unreachable(String),
    /// A connection was accepted, and no answer came in time.
    Hangs(String),
    /// Something answered that is not Kafka.
    NotKafka(String),
    /// It may be Kafka, and cannot be asked: credentials, certificates, ranges.
    NotProvable(String),
}

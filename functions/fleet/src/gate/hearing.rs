//! What one round of questions told. Thousands of partitions told by many brokers are mostly told alike, so
//! what brokers may share is behind an [`Arc`]: who hears them keeps what is equal once.

use crate::words::{NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A round: every broker that can be asked, and what is asked of one of them for the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// What came of each broker of the inquiry.
    pub brokers: BTreeMap<NodeId, Heard>,
    /// Partitions that are being moved.
    pub reassignments: Asked<Vec<Moving>>,
    /// The metadata quorum; none with ZooKeeper.
    pub quorum: Asked<Option<Quorum>>,
    /// Each port of the broker that was restarted: whether it accepts a connection, or why not.
    pub ports: BTreeMap<Port, Result<(), String>>,
}

impl Hearing {
    /// Every broker that told something.
    pub fn told(&self) -> impl Iterator<Item = (NodeId, &Told)> {
        told(&self.brokers)
    }

    /// The topics of every broker that shows them: what brokers share stands once.
    pub fn pictures(&self) -> Vec<&[Arc<Topic>]> {
        let told = self
            .told()
            .filter_map(|(_, told)| told.topics.as_ref().ok());
        let once: BTreeMap<_, _> = told.map(|topics| (Arc::as_ptr(topics), topics)).collect();
        once.into_values().map(|topics| topics.as_slice()).collect()
    }

    /// `min.insync.replicas` by topic, likewise.
    pub fn min_insync(&self) -> Vec<&BTreeMap<Arc<str>, i32>> {
        let told = self
            .told()
            .filter_map(|(_, told)| told.min_insync.as_ref().ok());
        let once: BTreeMap<_, _> = told.map(|min| (Arc::as_ptr(min), min)).collect();
        once.into_values().map(|min| &**min).collect()
    }
}

/// Every one of these that told something.
pub(super) fn told(brokers: &BTreeMap<NodeId, Heard>) -> impl Iterator<Item = (NodeId, &Told)> {
    brokers.iter().filter_map(|(node, heard)| match heard {
        Heard::Told(told) => Some((*node, &**told)),
        Heard::Another(_) | Heard::Silent(_) | Heard::Untold(_) => None,
    })
}

/// What one broker answered that was asked for the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<T> {
    /// Who was asked.
    pub node: NodeId,
    /// What it told, or why it did not.
    pub answer: Result<T, String>,
}

/// What came of one broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It answered as itself, and told this.
    Told(Box<Told>),
    /// Another broker answers at its address.
    Another(NodeId),
    /// Nobody answers, and how so.
    Silent(String),
    /// Something answers, and nothing is known of the broker, and why.
    Untold(String),
}

/// What a broker told. Each error is a sentence that says why it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Every broker that its Metadata lists, itself included (K-2).
    pub listed: BTreeSet<NodeId>,
    /// The active controller by its Metadata, which says the truth with ZooKeeper only (K-3).
    pub controller: Option<NodeId>,
    /// Every topic that it shows (K-9), in the order of their names.
    pub topics: Result<Arc<Vec<Arc<Topic>>>, String>,
    /// `min.insync.replicas`, at least of each topic that has a replica on `next`.
    pub min_insync: Result<Arc<BTreeMap<Arc<str>, i32>>, String>,
    /// The partitions that lie in its log directories, copies that are not yet in use apart: topic and number.
    pub held: Result<Vec<(Arc<str>, i32)>, String>,
    /// How long its session takes to end.
    pub session: Result<Session, String>,
}

impl Told {
    /// The topics that have a replica on a broker, and whose `min.insync.replicas` this one left out, although it told
    /// that of others.
    pub fn without_min_insync(&self, node: NodeId) -> impl Iterator<Item = &Topic> {
        let topics = self.topics.iter().flat_map(|topics| topics.iter());
        topics.map(|topic| &**topic).filter(move |topic| {
            let own_min = self.min_insync.as_ref().map(|min| min.get(&topic.name));
            let mut partitions = topic.partitions.iter();
            matches!(own_min, Ok(None)) && partitions.any(|it| it.replicas.contains(&node))
        })
    }
}

/// A topic as one broker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Topic {
    /// Its name.
    pub name: Arc<str>,
    /// Why its partitions are not told.
    pub error: Option<String>,
    /// In the order of their numbers.
    pub partitions: Box<[Partition]>,
}

/// A partition as one broker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Partition {
    /// Its number.
    pub index: i32,
    /// Who leads it.
    pub leader: Option<NodeId>,
    /// Who should have it.
    pub replicas: Box<[NodeId]>,
    /// Who of them is in sync.
    pub isr: Box<[NodeId]>,
}

impl Topic {
    /// A partition's name, as Kafka writes it: `orders-0`.
    pub fn partition(&self, index: i32) -> String {
        format!("{}-{index}", self.name)
    }
}

/// How long the controller waits for a broker that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which setting says so.
    pub mode: Mode,
    /// Its value, in milliseconds.
    pub milliseconds: i64,
}

/// Who keeps the cluster's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// A quorum of controllers: the broker has `process.roles`.
    KRaft,
    /// ZooKeeper.
    ZooKeeper,
}

impl Mode {
    /// The setting of the session's time-out.
    pub const fn key(self) -> &'static str {
        match self {
            Self::KRaft => "broker.session.timeout.ms",
            Self::ZooKeeper => "zookeeper.session.timeout.ms",
        }
    }
}

/// A partition that is being moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// Who has it or will have it.
    pub replicas: BTreeSet<NodeId>,
    /// Who of them does not have it yet.
    pub adding: BTreeSet<NodeId>,
    /// Who of them will give it up.
    pub removing: BTreeSet<NodeId>,
}

impl Moving {
    /// Whether a broker has it, will have it, or will give it up.
    pub fn touches(&self, node: NodeId) -> bool {
        [&self.replicas, &self.adding, &self.removing]
            .iter()
            .any(|nodes| nodes.contains(&node))
    }
}

/// The metadata quorum, as its leader knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// The active controller.
    pub leader: Option<NodeId>,
    /// The last offset that a majority has.
    pub high_watermark: i64,
    /// Who elects it, itself included.
    pub voters: BTreeMap<NodeId, Voter>,
}

/// How far a voter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voter {
    /// The last offset that it has.
    pub log_end_offset: i64,
    /// When it last had all that the leader had, in milliseconds since 1970 by the leader's clock; none if
    /// it never had, or from Kafka before 3.3.
    pub last_caught_up: Option<i64>,
}

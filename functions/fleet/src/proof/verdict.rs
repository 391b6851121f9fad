//! The proof table: one row for each connection, and what it proves.

use super::{Path, Question};
use crate::foreign::clean;
use crate::words::{GroupName, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Longest sentence of a row: there are hundreds of rows in a report, and each may quote a stranger.
const LONGEST: usize = 299;

/// What one connection proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// What follows from the answer.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Who answered, where the verdict does not say it; none if nobody did, or it did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<NodeId>,
    /// Brokers that the answering one does not list with their wanted endpoint: those that a client
    /// would not find. Empty unless it is proven.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unlisted: BTreeSet<NodeId>,
    /// Brokers that the answering one lists to this consumer and that nobody here knows: a client
    /// would be sent to them, and no port leads there. The lowest of them, if they are many.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub strangers: BTreeSet<NodeId>,
    /// From the first packet to the last, in milliseconds.
    pub milliseconds: u64,
}

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The right broker, of the right cluster, at the right listener.
    Proven {
        /// Who answered.
        reached: NodeId,
    },
    /// Another broker.
    WrongBroker {
        /// Who answered.
        reached: NodeId,
    },
    /// The right broker, at another listener than this group's.
    WrongListener {
        /// Which listener it seems to be.
        reached: String,
    },
    /// The right broker and listener, which advertises something else.
    Advertises {
        /// What it advertises.
        found: String,
        /// What it should.
        wanted: String,
    },
    /// A broker of another Kafka cluster.
    WrongCluster {
        /// Its cluster id.
        reached: String,
        /// The right one.
        wanted: String,
    },
    /// Something answers that is not Kafka.
    NotKafka {
        /// What it did.
        why: String,
    },
    /// Nobody answers.
    Unreachable {
        /// How so.
        why: String,
    },
    /// It answers, and cannot be asked who it is.
    NotProvable {
        /// Why, and the way out.
        why: String,
    },
}

/// What the reason of a connection that was lost on the way ends with: nobody accepted it, and nobody refused it. So it
/// is where a security group or a network ACL does not let it in, which answer nobody.
pub const LOST: &str = "see routes, security groups and network ACLs";

impl Verdict {
    /// Whether the connection reaches whom it should.
    pub fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. })
    }

    /// Whether it surely reaches something else: a client's writes would go there, or nowhere.
    pub fn is_wrong(&self) -> bool {
        match self {
            Self::WrongBroker { .. }
            | Self::WrongListener { .. }
            | Self::Advertises { .. }
            | Self::WrongCluster { .. }
            | Self::NotKafka { .. } => true,
            Self::Proven { .. } | Self::Unreachable { .. } | Self::NotProvable { .. } => false,
        }
    }
}

/// The row of one connection, if it was asked.
pub fn row<'a>(table: &'a [Row], group: &GroupName, path: Path) -> Option<&'a Row> {
    let mut rows = table.iter();
    rows.find(|row| row.question.group == *group && row.question.path == path)
}

impl Row {
    /// The row of a question with this verdict, and nothing beside it.
    pub fn of(question: Question, verdict: Verdict) -> Self {
        Self {
            question,
            verdict,
            answered: None,
            unlisted: BTreeSet::new(),
            strangers: BTreeSet::new(),
            milliseconds: 0,
        }
    }

    /// Whether the connection was lost on the way.
    pub fn is_lost(&self) -> bool {
        matches!(&self.verdict, Verdict::Unreachable { why } if why.contains(LOST))
    }

    /// Who answered on the connection, by its own word (K-1), whatever else is wrong with it.
    pub fn who(&self) -> Option<NodeId> {
        match self.verdict {
            Verdict::Proven { reached } | Verdict::WrongBroker { reached } => Some(reached),
            Verdict::WrongListener { .. } | Verdict::Advertises { .. } => {
                self.question.path.broker().or(self.answered)
            }
            Verdict::WrongCluster { .. }
            | Verdict::NotKafka { .. }
            | Verdict::Unreachable { .. }
            | Verdict::NotProvable { .. } => self.answered,
        }
    }

    /// The verdict as a person reads it, in one line of at most 300 characters.
    pub fn says(&self) -> String {
        clean(&self.sentence(), LONGEST)
    }

    fn sentence(&self) -> String {
        let expected = self.question.path.broker();
        match (&self.verdict, expected) {
            (Verdict::Proven { reached }, None) if self.unlisted.is_empty() => {
                format!("proven: broker {reached} answered")
            }
            (Verdict::Proven { .. }, _) if self.unlisted.is_empty() => "proven".to_owned(),
            (Verdict::Proven { reached }, _) => format!(
                "proven: broker {reached} answered, and does not list {} as wanted",
                brokers(&self.unlisted)
            ),
            (Verdict::WrongBroker { reached }, Some(expected)) => {
                format!("wrong broker: reached {reached}, expected {expected}")
            }
            (Verdict::WrongBroker { reached }, None) => {
                format!("wrong broker: reached {reached}, which has no port in this group now")
            }
            (Verdict::WrongListener { reached }, _) => {
                format!("right broker, wrong listener: {reached}")
            }
            (Verdict::Advertises { found, wanted }, _) => {
                format!("advertises {found}, wanted {wanted}")
            }
            (Verdict::WrongCluster { reached, wanted }, _) => {
                format!("wrong cluster: reached {reached}, expected {wanted}")
            }
            (Verdict::NotKafka { why }, _) => format!("not Kafka: {why}"),
            (Verdict::Unreachable { why }, _) => {
                format!("unreachable: {why}{}", self.at_the_nlb(why))
            }
            (Verdict::NotProvable { why }, _) => format!("not provable, because {why}"),
        }
    }

    /// An NLB accepts before its target does: a connection that it closes says less than a broker's own.
    fn at_the_nlb(&self, why: &str) -> &'static str {
        let closed = why.starts_with("the connection was closed while waiting for");
        match self.question.path {
            Path::Port(_) | Path::Bootstrap if closed => {
                "; an NLB does so, too, whose target does not listen or hangs"
            }
            Path::Port(_) | Path::Bootstrap | Path::Direct(_) => "",
        }
    }

    /// Whether it is about what a client reaches on a broker's port.
    pub fn is_of_port(&self) -> bool {
        match self.question.path {
            Path::Port(_) => true,
            Path::Bootstrap | Path::Direct(_) => false,
        }
    }

    /// Whether it is about an instance itself, which no port of the NLB leads to.
    pub fn is_direct(&self) -> bool {
        match self.question.path {
            Path::Direct(_) => true,
            Path::Port(_) | Path::Bootstrap => false,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.question, self.says())
    }
}

/// `broker 1`, `brokers 1, 2`.
pub fn brokers(nodes: &BTreeSet<NodeId>) -> String {
    let ids: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    let s = if ids.len() == 1 { "" } else { "s" };
    format!("broker{s} {}", ids.join(", "))
}

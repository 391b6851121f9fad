//! What is in the way of a restart, each with a sentence that says what it is and the way out.

use super::few::Few;
use crate::words::{NodeId, Port};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Something that is in the way. Partitions are written `topic-0`, as Kafka does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "obstacle", rename_all = "kebab-case")]
pub enum Obstacle {
    /// A broker is not up: nobody answers for it, another one does, or the others do not list it.
    NotUp {
        /// Which one.
        node: NodeId,
        /// How so.
        why: String,
    },
    /// A broker does not tell what has to be known.
    Untold {
        /// Which one.
        node: NodeId,
        /// What.
        what: String,
        /// Why, and the way out.
        why: String,
    },
    /// A broker holds partitions that its Metadata does not show: an authorizer hides their topics (P-59).
    Hidden {
        /// Which one.
        node: NodeId,
        /// They.
        partitions: Few,
    },
    /// Partitions have no leader.
    Leaderless {
        /// They.
        partitions: Few,
    },
    /// Brokers name different leaders: clients of one of them would go on to a stale one.
    LeadersDiffer {
        /// Of these.
        partitions: Few,
    },
    /// Partitions of `next` have so few replicas in sync that acknowledged writes stop when it stops (P-59).
    MinIsr {
        /// They.
        partitions: Few,
    },
    /// Partitions of `next` are being moved.
    Reassigned {
        /// They.
        partitions: Few,
    },
    /// Too few voters of the metadata quorum have caught up for one of them to stop.
    Quorum {
        /// Who votes.
        voters: BTreeSet<NodeId>,
        /// Who of them has caught up, `next` apart.
        caught_up: BTreeSet<NodeId>,
        /// How many of these are needed.
        needed: usize,
    },
    /// The quorum has no leader.
    NoController,
    /// `next` is the active controller, and others come first (P-63).
    Controller {
        /// Who.
        node: NodeId,
    },
    /// The restarted broker is not back in the ISR of partitions of which it has a replica.
    NotInSync {
        /// Which one.
        node: NodeId,
        /// They.
        partitions: Few,
    },
    /// A listener of the restarted broker does not accept connections.
    Shut {
        /// Which one.
        node: NodeId,
        /// Its port.
        port: Port,
        /// How so.
        why: String,
    },
    /// A broker's session takes so long to end that its loss would not be seen between two looks.
    LongSession {
        /// Which one.
        node: NodeId,
        /// The setting that says so.
        key: String,
        /// Its value, in milliseconds.
        milliseconds: i64,
    },
    /// The brokers could not be looked at twice.
    NoTime {
        /// How so.
        why: String,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUp { node, why } => write!(f, "broker {node} is not up: {why}"),
            Self::Untold { node, what, why } => {
                write!(f, "broker {node} does not tell {what}: {why}")
            }
            Self::Hidden { node, partitions } => write!(
                f,
                "cannot see all topics: broker {node} holds partitions that it does not show ({partitions}); allow Describe on all topics for the user of the parameter admin"
            ),
            Self::Leaderless { partitions } => write!(
                f,
                "partitions have no leader: {partitions}; see which brokers should lead them (kafka-topics.sh --describe --unavailable-partitions), and start these or replace their failed disks, or delete a topic whose messages are gone for good"
            ),
            Self::LeadersDiffer { partitions } => write!(
                f,
                "brokers do not agree yet on the leaders of partitions: {partitions}; they are asked again; if it stays so, see in their logs whether all of them hear the controller"
            ),
            Self::MinIsr { partitions } => write!(
                f,
                "too few replicas are in sync, and producers with acks=all would fail: {partitions}; see why replicas do not catch up"
            ),
            Self::Reassigned { partitions } => write!(
                f,
                "partitions are being reassigned: {partitions}; it is waited for, or cancel it with kafka-reassign-partitions.sh"
            ),
            Self::Quorum {
                voters,
                caught_up,
                needed,
            } => write!(
                f,
                "{} of {} voters of the metadata quorum have caught up besides it, and {needed} are needed; see which ones are behind (kafka-metadata-quorum.sh describe --replication), and whether these controllers run",
                caught_up.len(),
                voters.len()
            ),
            Self::NoController => f.write_str(
                "no controller is active; see that most of the controllers run and reach each other, or with ZooKeeper that its servers answer the brokers",
            ),
            Self::Controller { node } => write!(
                f,
                "broker {node} is the active controller, and is restarted last"
            ),
            Self::NotInSync { node, partitions } => write!(
                f,
                "broker {node} was restarted, and is not back in sync: {partitions}; it is waited for, however long it takes; see in its log what keeps it, or move its replicas with kafka-reassign-partitions.sh"
            ),
            Self::Shut { node, port, why } => write!(
                f,
                "broker {node} was restarted, and its port {port} accepts no connection: {why}; see in its log whether it listens there, and that its host and its security group let probe-brokers in"
            ),
            Self::LongSession {
                node,
                key,
                milliseconds,
            } => write!(
                f,
                "broker {node} has {key}={milliseconds}, and its loss would not be seen in time; set it to 20000 or less"
            ),
            Self::NoTime { why } => {
                write!(
                    f,
                    "the brokers were not looked at twice: {why}; they are asked again"
                )
            }
        }
    }
}

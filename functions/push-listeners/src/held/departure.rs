//! Why a broker that leaves is not stopped yet.

use fleet::gate::Few;
use std::fmt;

/// Why a broker that leaves is not stopped yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Its host takes no command, or is not handled.
    ByHand(String),
    /// What the cluster has of it is not known.
    Unheard(String),
    /// It elects the active controller, and does not come back.
    Voter,
    /// Nobody else is in sync.
    Alone(Few),
    /// It has replicas.
    Replicas(Few),
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByHand(why) => write!(f, "stop it by hand, since its host is not touched: {why}"),
            Self::Unheard(why) => write!(f, "what the cluster has of it is not known: {why}"),
            Self::Voter => f.write_str(
                "it elects the active controller; take it out of the quorum first (kafka-metadata-quorum.sh remove-controller, or, with a static quorum, another controller.quorum.voters on every node)",
            ),
            Self::Alone(partitions) => write!(
                f,
                "nobody else is in sync of these partitions, which would be lost: {partitions}; reassign them (kafka-reassign-partitions.sh)"
            ),
            Self::Replicas(partitions) => write!(
                f,
                "it has replicas of these partitions: {partitions}; reassign them (kafka-reassign-partitions.sh), since this product moves none, or give the instance the tag kafka-privatelink:release with its own ID to give them up"
            ),
        }
    }
}

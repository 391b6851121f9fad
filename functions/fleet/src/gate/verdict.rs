//! What is answered.

use super::few::Few;
use super::obstacle::Obstacle;
use serde::{Deserialize, Serialize};

/// What two hearings came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What is in the way; `next` may be stopped if there is nothing.
    pub obstacles: Vec<Obstacle>,
    /// Partitions of `next` that no gate can save, since they have no more replicas than have to be in sync:
    /// they cannot be written, or read, while it is down (P-59).
    pub unavailable: Few,
    /// How many voters of the metadata quorum there are, if `next` votes and the quorum is lost while it is
    /// down: one or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_quorum: Option<usize>,
    /// What was looked at.
    pub counts: Counts,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Brokers that were heard.
    pub brokers: usize,
    /// Partitions of the cluster.
    pub partitions: usize,
    /// Those with a replica on `next`.
    pub of_next: usize,
    /// Seconds between the two hearings.
    pub seconds_apart: u64,
}

impl Verdict {
    /// Whether nothing is in the way; what is unavailable meanwhile still needs a person's word.
    pub fn is_open(&self) -> bool {
        self.obstacles.is_empty()
    }
}

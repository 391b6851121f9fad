//! What is asked: who was restarted, who is next, and whom to hear.

use crate::shown::AdminInquiry;
use crate::words::{NodeId, Port};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The payload that probe-brokers is invoked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatePayload {
    /// The question.
    pub gate: GateInquiry,
}

impl GatePayload {
    /// The field by which it is told from other questions.
    pub const FIELD: &str = "gate";
}

/// Whether a broker may be stopped, and whom to hear for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateInquiry {
    /// How brokers are spoken to, and each broker that can be asked: those of the question are among them.
    pub admin: AdminInquiry,
    /// What is to be known.
    pub question: GateQuestion,
}

/// Whether a broker may be stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateQuestion {
    /// Every broker that is live by its tags. Whoever is named here, by Metadata, as a replica or as a voter,
    /// and is not heard, is not up.
    pub expected: BTreeSet<NodeId>,
    /// Who was restarted last but for `next`, and has to be back; none if nobody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted: Option<Restarted>,
    /// Who was stopped or started before, and has to be back in sync, too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub touched: BTreeSet<NodeId>,
    /// Who would be stopped next.
    pub next: NodeId,
    /// Others come before `next` if it is the active controller, which is stopped last (P-63).
    pub others_wait: bool,
    /// `next` hangs: it is not up, and cannot be heard.
    #[serde(default, skip_serializing_if = "is_no")]
    pub hangs: bool,
}

impl GateQuestion {
    /// One that is about a broker, and expects nobody.
    pub fn about(node: NodeId) -> Self {
        Self {
            expected: BTreeSet::new(),
            restarted: None,
            touched: BTreeSet::new(),
            next: node,
            others_wait: false,
            hangs: false,
        }
    }
}

fn is_no(answer: &bool) -> bool {
    !answer
}

/// A broker that was restarted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restarted {
    /// Which one.
    pub node: NodeId,
    /// The ports of its listener groups, each of which has to accept connections.
    pub ports: BTreeSet<Port>,
}

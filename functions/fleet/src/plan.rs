//! A plan: ordered steps, each with its reason, and what it declines to do, each with why. It is a
//! value: it prints, and a person can review it.

use crate::action::{Action, Sentence};
use crate::held::Held;
use crate::listener::Endpoint;
use crate::naming::Owner;
use crate::observed::{Doubt, Gap};
use crate::proof;
use crate::reason::Reason;
use crate::words::{AzId, GroupName, InstanceId, Port, TargetGroupName};
use serde::Serialize;
use std::collections::BTreeSet;

/// What to do now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What to do, in this order.
    pub steps: Vec<Step>,
    /// What is not done, and why.
    pub held: Vec<Held>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Why nothing is written, if so; the steps are then only shown.
    pub paused: Option<String>,
    /// What one read is not enough for. With doubts, observe again at least 5 s later and plan anew (P-15).
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub doubts: BTreeSet<Doubt>,
    /// Who is to be reached where once the steps are done.
    pub mapping: Vec<Row>,
    /// Who is not exposed to which consumer, because the group's parameter says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// What was proven of it before.
    pub proof: Vec<proof::Row>,
}

/// One step. If it fails, the later steps about the same target group that need it are skipped
/// ([`Action::carries`]), and all others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The target group.
    pub target_group: TargetGroupName,
    /// Its listener group.
    pub group: GroupName,
    /// Whose it is.
    pub owner: Owner,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// Why.
    pub reason: Reason,
}

impl Step {
    /// The step as a person reads it.
    pub fn sentence(&self) -> Sentence<'_> {
        Sentence {
            action: &self.action,
            group: &self.group,
            owner: self.owner,
        }
    }
}

/// One port of the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The listener group.
    pub group: GroupName,
    /// The NLB port.
    pub port: Port,
    /// Whose it is.
    pub owner: Owner,
    /// What the broker advertises to the consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// The instances behind it, for a broker one.
    pub instances: BTreeSet<InstanceId>,
    /// The broker's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub az_id: Option<AzId>,
    /// How it is with it now.
    pub state: RowState,
}

/// How it is with one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowState {
    /// A healthy target and the listener are there.
    Serving,
    /// Being set up, or its target is not healthy yet.
    Waiting,
    /// The port is kept for a broker that is gone.
    Reserved,
    /// The broker's instance waits in a warm pool; its port is kept as that of one that is gone.
    Warm,
}

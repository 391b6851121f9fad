//! The report of one run: one JSON line that says what was seen, done and held.

use crate::observed::Gap;
use crate::plan::{Change, Said, Step};
use crate::words::{ClusterName, LogGroupName};
use serde::Serialize;
use std::collections::BTreeMap;

/// The log group that the template gives a function.
pub fn log_group(cluster: &ClusterName, function: &str) -> LogGroupName {
    LogGroupName::new(format!("/kafka-privatelink/{cluster}/{function}"))
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "detail", rename_all = "kebab-case")]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was so already.
    AlreadyDone,
    /// Part of it is done: what was refused, and why.
    Partly(String),
    /// The world is no longer what the plan saw; the next run plans anew.
    Superseded(String),
    /// It failed.
    Failed(String),
    /// An earlier step, which this one needs, did not succeed.
    Skipped,
    /// It is too early or too late for it, and why; the next run goes on.
    Deferred(String),
}

impl Outcome {
    /// Whether later steps that need this one may be taken.
    pub fn lets_go_on(&self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone | Self::Partly(_) => true,
            Self::Superseded(_) | Self::Failed(_) | Self::Skipped | Self::Deferred(_) => false,
        }
    }

    /// Whether it is so now as the step wanted it.
    pub fn is_done(&self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone => true,
            Self::Partly(_)
            | Self::Superseded(_)
            | Self::Failed(_)
            | Self::Skipped
            | Self::Deferred(_) => false,
        }
    }

    /// Whether somebody should look at it.
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Failed(_) | Self::Partly(_) => true,
            Self::Done
            | Self::AlreadyDone
            | Self::Superseded(_)
            | Self::Skipped
            | Self::Deferred(_) => false,
        }
    }
}

/// One step with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The step as a sentence.
    pub step: String,
    /// Why it was taken.
    pub reason: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Taken {
    /// A step with its outcome.
    pub fn new<C: Change>(step: &Step<C>, outcome: Outcome) -> Self {
        Self {
            step: step.change.to_string(),
            reason: step.reason.to_string(),
            outcome,
        }
    }
}

/// One run, with what `T` a function tells of its picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report<T> {
    /// The function.
    pub function: String,
    /// The cluster.
    pub cluster: String,
    /// What woke it: `source/detail-type` to count.
    pub wakes: BTreeMap<String, u64>,
    /// Why nothing was written, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// What was done.
    pub actions: Vec<Taken>,
    /// What was not done, and why.
    pub held: Vec<Said>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// What the function keeps true.
    #[serde(flatten)]
    pub picture: T,
    /// AWS calls by name.
    pub calls: BTreeMap<String, u64>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_that_left_its_group_as_planned_lets_the_next_one_be_taken() {
        let text = || "why".to_owned();
        for (outcome, goes_on, failed, done) in [
            (Outcome::Done, true, false, true),
            (Outcome::AlreadyDone, true, false, true),
            (Outcome::Partly(text()), true, true, false),
            (Outcome::Superseded(text()), false, false, false),
            (Outcome::Failed(text()), false, true, false),
            (Outcome::Skipped, false, false, false),
            (Outcome::Deferred(text()), false, false, false),
        ] {
            assert_eq!(outcome.lets_go_on(), goes_on, "{outcome:?}");
            assert_eq!(outcome.is_failure(), failed, "{outcome:?}");
            assert_eq!(outcome.is_done(), done, "{outcome:?}");
        }
    }
}

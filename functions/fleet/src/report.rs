//! The report of one activation: one JSON line that says what was seen, done and held.

use crate::held::Held;
use crate::observed::Gap;
use crate::plan::{Row, Step};
use crate::proof;
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// The world is no longer what the plan saw; the next activation plans anew.
    Superseded(String),
    /// It failed.
    Failed(String),
    /// An earlier step about the same target group, which this one needs, did not succeed.
    Skipped,
    /// It is too early or too late for it, and why; the next activation goes on.
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
    pub fn new(step: &Step, outcome: Outcome) -> Self {
        Self {
            step: step.sentence().to_string(),
            reason: step.reason.to_string(),
            outcome,
        }
    }
}

/// The proof table in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Connections that reached whom they should.
    pub proven: usize,
    /// Brokers' ports among them.
    pub ports_proven: usize,
    /// Brokers' ports that surely reach something else.
    pub ports_wrong: usize,
    /// Every other row, as a sentence.
    pub rows: Vec<String>,
}

impl Proof {
    /// Counts the rows of a table.
    pub fn of(table: &[proof::Row]) -> Self {
        let ports = || table.iter().filter(|row| row.is_of_port());
        let is_whole = |row: &&proof::Row| row.verdict.is_proven() && row.unlisted.is_empty();
        Self {
            proven: table.iter().filter(|row| row.verdict.is_proven()).count(),
            ports_proven: ports().filter(|row| row.verdict.is_proven()).count(),
            ports_wrong: ports().filter(|row| row.verdict.is_wrong()).count(),
            rows: table
                .iter()
                .filter(|row| !is_whole(row))
                .map(ToString::to_string)
                .collect(),
        }
    }
}

/// One activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
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
    pub held: Vec<Held>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// The mapping as it is to be.
    pub mapping: Vec<Row>,
    /// Who is not exposed to which consumer, because the group's parameter says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// What was proven of it.
    pub proof: Proof,
    /// AWS calls by name.
    pub calls: BTreeMap<String, u64>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{Look, node};
    use crate::proof::{Path, Verdict};

    #[test]
    fn what_is_proven_is_counted_for_ports_and_what_is_not_is_told() {
        let why = || "no answer".to_owned();
        let proof =
            |path, verdict| Proof::of(&Look::of(&[1, 2]).verdict(path, verdict).plan().proof);
        let counts = |proof: &Proof| (proof.proven, proof.ports_proven, proof.ports_wrong);
        // Two ports, bootstrap, two instances.
        let all = Proof::of(&Look::of(&[1, 2]).plan().proof);
        assert_eq!((counts(&all), all.rows), ((5, 2, 0), Vec::new()));
        let port = Path::Port(node(2));
        for (verdict, wrong) in [
            (Verdict::WrongBroker { reached: node(1) }, 1),
            (Verdict::WrongListener { reached: why() }, 1),
            (
                Verdict::Advertises {
                    found: why(),
                    wanted: why(),
                },
                1,
            ),
            (
                Verdict::WrongCluster {
                    reached: why(),
                    wanted: why(),
                },
                1,
            ),
            (Verdict::NotKafka { why: why() }, 1),
            (Verdict::Unreachable { why: why() }, 0),
            (Verdict::NotProvable { why: why() }, 0),
        ] {
            let one = proof(port, verdict);
            assert_eq!(counts(&one), (4, 1, wrong), "{one:?}");
            assert_eq!(one.rows.len(), 1);
        }
        let direct = proof(Path::Direct(node(2)), Verdict::NotKafka { why: why() });
        assert_eq!(counts(&direct), (4, 2, 0), "no port of the NLB leads there");
    }

    #[test]
    fn only_a_step_that_left_its_group_as_planned_lets_the_next_one_be_taken() {
        let text = || "why".to_owned();
        for (outcome, goes_on, failed) in [
            (Outcome::Done, true, false),
            (Outcome::AlreadyDone, true, false),
            (Outcome::Partly(text()), true, true),
            (Outcome::Superseded(text()), false, false),
            (Outcome::Failed(text()), false, true),
            (Outcome::Skipped, false, false),
            (Outcome::Deferred(text()), false, false),
        ] {
            assert_eq!(outcome.lets_go_on(), goes_on, "{outcome:?}");
            assert_eq!(outcome.is_failure(), failed, "{outcome:?}");
        }
    }

    #[test]
    fn a_taken_step_is_reported_in_words() {
        let plan = Look::of(&[1]).without_listener(9093).plan();
        let taken = Taken::new(&plan.steps[0], Outcome::Failed("no".to_owned()));
        assert_eq!(
            serde_json::to_string(&taken).expect("json"),
            r#"{"step":"create listener 9093 for EXTERNAL broker 1","reason":"there is a target and no listener","outcome":"failed","detail":"no"}"#
        );
    }
}

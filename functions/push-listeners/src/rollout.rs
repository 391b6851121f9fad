//! What every broker shows and should: the picture that push-listeners keeps true.

use crate::held::Wait;
use crate::server_properties::diff::Diff;
use activation::duty::Picture;
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Every broker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rollout {
    /// What a person should know before anything is done.
    pub notes: Vec<String>,
    /// The brokers at which the roll stopped: a restart of ours came to a bad end there.
    pub stopped_at: BTreeSet<NodeId>,
    /// When a command of ours may have restarted a broker last.
    pub touched_at: Option<Timestamp>,
    /// By `node.id`.
    pub brokers: Vec<Row>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its `node.id`.
    pub node: NodeId,
    /// Its instance.
    pub instance: InstanceId,
    /// What its process advertises, as Kafka tells it; none if it is not known.
    pub advertises: Option<String>,
    /// What it should show, group by group.
    pub wanted: Vec<String>,
    /// What it shows differs from that, and how.
    pub differs: Vec<String>,
    /// Its file, if it was inspected.
    pub file: Option<String>,
    /// The lines of it that change, by the newest inspection; none before the first one.
    pub diff: Option<Diff>,
    /// What a person should know of the file and the host.
    pub remarks: Vec<String>,
    /// When it is its turn.
    pub turn: Turn,
}

/// When it is a broker's turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// There is nothing to do.
    Never,
    /// Now.
    Now,
    /// It is the next one, and something is waited for.
    Next,
    /// After another one.
    After {
        /// That one.
        behind: NodeId,
        /// Why.
        why: Wait,
    },
    /// After a command of ours that is under way.
    Command {
        /// What was written about it.
        comment: String,
    },
    /// Nobody knows: it is held for something of its own, or everything is.
    Held,
}

impl Row {
    /// Whether its process shows what it should.
    pub fn is_right(&self) -> bool {
        self.advertises.is_some() && self.differs.is_empty()
    }
}

/// In the report of each run stand the brokers that do not show what they should, without their lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What a person should know first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The brokers at which the roll stopped.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub stopped_at: BTreeSet<NodeId>,
    /// How many brokers there are.
    pub brokers: usize,
    /// How many show what they should.
    pub right: usize,
    /// The others, and what is the matter with them.
    pub others: Vec<(NodeId, Vec<String>)>,
}

impl Picture for Rollout {
    type Told = Told;

    fn told(&self) -> Told {
        let others = self.brokers.iter().filter(|row| !row.is_right());
        let others = others.map(|row| (row.node, row.differs.clone())).collect();
        Told {
            notes: self.notes.clone(),
            stopped_at: self.stopped_at.clone(),
            brokers: self.brokers.len(),
            right: self.brokers.iter().filter(|row| row.is_right()).count(),
            others,
        }
    }
}

impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "Note: {note}")?;
        }
        writeln!(f, "What brokers advertise:")?;
        if self.brokers.is_empty() {
            writeln!(f, "  (no brokers)")?;
        }
        for row in &self.brokers {
            row.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            instance,
            advertises,
            wanted,
            differs,
            file,
            diff,
            remarks,
            turn,
        } = self;
        let advertises = advertises.as_deref().unwrap_or("not known");
        writeln!(f, "  broker {node}  {instance}  {advertises}")?;
        for wanted in wanted {
            writeln!(f, "    should advertise {wanted}")?;
        }
        for differs in differs {
            writeln!(f, "    {differs}")?;
        }
        match (file, diff) {
            (Some(file), Some(diff)) if !diff.0.is_empty() => {
                writeln!(f, "    {file}")?;
                for line in &diff.0 {
                    let sign = if line.comes { '+' } else { '-' };
                    writeln!(f, "    {sign} {}: {}", line.number, line.text)?;
                }
            }
            (Some(file), Some(_)) if !differs.is_empty() => {
                writeln!(f, "    {file} says it already")?;
            }
            (None, _) if !differs.is_empty() => {
                writeln!(f, "    its file is inspected first")?;
            }
            (_, _) => {}
        }
        for remark in remarks {
            writeln!(f, "    note: {remark}")?;
        }
        match turn {
            Turn::Never if self.is_right() => writeln!(f, "    it shows what it should")?,
            Turn::Never => {}
            Turn::Now => writeln!(f, "    it is its turn")?,
            Turn::Next => writeln!(f, "    it is next, and waits; see what is held")?,
            Turn::After { behind, why } => {
                writeln!(f, "    it waits for broker {behind}, which {why}")?;
            }
            Turn::Command { comment } => {
                writeln!(
                    f,
                    "    it waits for the command that is under way: {comment}"
                )?;
            }
            Turn::Held => writeln!(f, "    it is held; see what is held")?,
        }
        Ok(())
    }
}

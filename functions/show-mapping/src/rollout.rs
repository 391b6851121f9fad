//! What push-listeners tells: how many brokers show what they should, and where the roll is.

use crate::fields::{Fields, Word};
use crate::reports::Function;
use crate::told::Picture;
use std::collections::BTreeSet;

/// What brokers show.
#[derive(Debug, Default)]
pub(crate) struct Rollout {
    /// What a person should know first.
    pub(crate) notes: Vec<String>,
    /// The brokers at which the roll stopped.
    pub(crate) stopped_at: Vec<Word>,
    /// How many brokers there are.
    pub(crate) brokers: Option<u64>,
    /// How many show what they should.
    pub(crate) right: Option<u64>,
    /// The others, and what is the matter with them.
    pub(crate) others: Vec<(Word, Vec<String>)>,
}

/// Where the roll is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// There are no brokers.
    NoBrokers,
    /// Every broker shows what it should.
    Done,
    /// So many of so many do.
    UnderWay(u64, u64),
    /// A restart came to a bad end at these brokers.
    Stopped(String),
    /// The report does not say.
    Unknown,
}

impl Picture for Rollout {
    const FUNCTION: Function = Function::PushListeners;

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            notes: fields.may_list("notes"),
            stopped_at: fields.may_list("stopped_at"),
            brokers: fields.get("brokers"),
            right: fields.get("right"),
            others: fields.list("others"),
        }
    }
}

impl Rollout {
    /// Where the roll is.
    pub(crate) fn stage(&self) -> Stage {
        if !self.stopped_at.is_empty() {
            let nodes: BTreeSet<&Word> = self.stopped_at.iter().collect();
            return Stage::Stopped(crate::words::brokers(nodes));
        }
        match (self.right, self.brokers) {
            (_, Some(0)) => Stage::NoBrokers,
            (Some(right), Some(brokers)) if right >= brokers => Stage::Done,
            (Some(right), Some(brokers)) => Stage::UnderWay(right, brokers),
            (_, _) => Stage::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_roll_is_follows_from_the_counts_and_a_stop_comes_first() {
        let stage = |right, brokers, stopped: &[&str]| {
            let stopped_at = stopped.iter().map(|node| Word((*node).to_owned()));
            Rollout {
                right,
                brokers,
                stopped_at: stopped_at.collect(),
                ..Rollout::default()
            }
            .stage()
        };
        assert_eq!(stage(Some(0), Some(0), &[]), Stage::NoBrokers);
        assert_eq!(stage(Some(3), Some(3), &[]), Stage::Done);
        assert_eq!(stage(Some(1), Some(3), &[]), Stage::UnderWay(1, 3));
        assert_eq!(stage(None, Some(3), &[]), Stage::Unknown);
        let stopped = Stage::Stopped("broker 2".to_owned());
        assert_eq!(stage(Some(1), Some(3), &["2"]), stopped);
    }
}

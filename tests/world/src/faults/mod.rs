//! Faults of AWS, by name, level and seed: what it does to events and calls now and then. The model
//! asks at every call, whichever door it came through, so both doors have the same faults; a
//! [`Courier`] stands between the model's events and the bus. One seed gives the same faults again.

mod calls;
mod courier;
mod name;
mod probe;

pub(crate) use calls::{ReadFault, WriteFault};
pub use courier::Courier;
pub use name::{Fault, Level, UnknownFault};

use fastrand::Rng;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// A read that is late is as old as this at most: the lag that is reported of AWS (P-15, P-44).
pub const LAG: Duration = Duration::from_secs(4);
/// "Up to minutes" (P-15): as old as this at most is a very old read.
pub const LONG_LAG: Duration = Duration::from_secs(600);

/// A command that was sent is shown as late as this at most ("treat as pending" for as long, P-51).
pub const COMMAND_LAG: Duration = Duration::from_secs(60);
/// An agent that is gone is so for as long as this at most.
pub const AGENT_GONE: Duration = Duration::from_secs(600);

/// Which faults strike, how often, and in which order.
#[derive(Clone, Debug)]
pub struct Faults {
    dice: Rng,
    levels: BTreeMap<Fault, Level>,
    struck: BTreeMap<Fault, u64>,
}

impl Faults {
    /// No faults yet; those that are added strike in the order that the seed gives.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Rng::with_seed(seed),
            levels: BTreeMap::new(),
            struck: BTreeMap::new(),
        }
    }

    /// The same, with this fault at this level.
    pub fn with(mut self, fault: Fault, level: Level) -> Self {
        self.levels.insert(fault, level);
        self
    }

    /// Faults as a person writes them: `stale-reads=often,lost-answers=rare`; nothing is no faults.
    pub fn parse(seed: u64, text: &str) -> Result<Self, UnknownFault> {
        let mut faults = Self::new(seed);
        for one in text.split(',').filter(|one| !one.trim().is_empty()) {
            let (fault, level) = one
                .split_once('=')
                .ok_or_else(|| UnknownFault(one.trim().to_owned()))?;
            let (fault, level) = (
                Fault::from_str(fault.trim())?,
                Level::from_str(level.trim())?,
            );
            faults = faults.with(fault, level);
        }
        Ok(faults)
    }

    /// How often each fault has struck so far.
    pub fn struck(&self) -> &BTreeMap<Fault, u64> {
        &self.struck
    }

    /// The oldest answer that a read can get.
    pub fn longest_lag(&self) -> Duration {
        match (self.levels.get(&Fault::VeryOldReads), self.looks_back()) {
            (Some(level), _) if *level != Level::Never => LONG_LAG,
            (_, true) => LAG,
            (_, false) => Duration::ZERO,
        }
    }

    /// Whether earlier states must be kept for late answers.
    pub(crate) fn looks_back(&self) -> bool {
        let back = [
            Fault::StaleReads,
            Fault::VeryOldReads,
            Fault::LateEffects,
            Fault::ProbeLags,
        ];
        let level = |fault| self.levels.get(fault).copied().unwrap_or(Level::Never);
        back.iter().any(|fault| level(fault) != Level::Never)
    }

    /// Whether this fault strikes now. The dice are rolled only for faults that may.
    fn strikes(&mut self, fault: Fault) -> bool {
        let level = self.levels.get(&fault).copied().unwrap_or(Level::Never);
        let strikes = level != Level::Never && self.dice.u32(..1000) < level.per_thousand();
        if strikes {
            *self.struck.entry(fault).or_default() += 1;
        }
        strikes
    }

    /// A duration up to this one.
    fn up_to(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.dice.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_written_by_name_and_level() {
        let faults = Faults::parse(1, " stale-reads=often, lost-answers=rare ").unwrap();
        let levels = [
            (Fault::StaleReads, Level::Often),
            (Fault::LostAnswers, Level::Rare),
        ];
        assert_eq!(faults.levels, levels.into());
        assert!(Faults::parse(1, "").unwrap().levels.is_empty());
        for wrong in ["stale-reads", "stale=often", "stale-reads=daily"] {
            let error = Faults::parse(1, wrong).unwrap_err().to_string();
            assert!(error.contains("stale-reads"), "{error}");
        }
    }

    #[test]
    fn a_seed_strikes_the_same_again_and_a_level_more_often_than_a_lower_one() {
        let strikes = |seed, level| -> Vec<bool> {
            let mut faults = Faults::new(seed).with(Fault::Throttling, level);
            (0..1000)
                .map(|_| faults.strikes(Fault::Throttling))
                .collect()
        };
        let count = |level| {
            strikes(7, level)
                .into_iter()
                .filter(|struck| *struck)
                .count()
        };
        assert_eq!(strikes(7, Level::Often), strikes(7, Level::Often));
        assert_ne!(strikes(7, Level::Often), strikes(8, Level::Often));
        assert!(count(Level::Never) < count(Level::Rare));
        assert!(count(Level::Rare) < count(Level::Often));
        assert!(count(Level::Often) < count(Level::Storm));
    }
}

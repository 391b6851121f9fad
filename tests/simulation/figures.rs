//! What happened, in numbers.

use fleet::plan::Said;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use world::faults::{Fault, Faults};

/// Numbers of one history, or of many.
#[derive(Default)]
pub struct Figures {
    /// Histories.
    pub seeds: usize,
    /// Steps of their first phases.
    pub steps: usize,
    /// Activations that began.
    pub activations: usize,
    /// Batches that an earlier run had answered.
    pub covered: usize,
    /// Those that were killed.
    pub killed: usize,
    /// Those that ran into their time-out.
    pub timed_out: usize,
    /// AWS calls.
    pub calls: usize,
    /// Accepted writes.
    pub writes: usize,
    /// Things that happened outside of the function.
    pub outside: usize,
    /// How often each fault struck.
    pub faults: BTreeMap<Fault, u64>,
    /// AWS time from the last fault until the mapping was the wanted one.
    pub right_after: Vec<Duration>,
    /// The newest activation that has finished.
    pub last: Option<Last>,
}

/// How an activation finished.
pub struct Last {
    /// What it held.
    pub held: Vec<Said>,
    /// Its writes.
    pub writes: usize,
    /// Whether a reservation or a grace had run out.
    pub late: bool,
}

impl Figures {
    /// Takes note of the faults that struck.
    pub fn struck(&mut self, faults: Option<&Faults>) {
        for (fault, times) in faults.into_iter().flat_map(Faults::struck) {
            *self.faults.entry(*fault).or_default() += times;
        }
    }

    /// Adds those of another history.
    pub fn add(&mut self, other: Self) {
        self.seeds += 1;
        self.steps += other.steps;
        self.activations += other.activations;
        self.covered += other.covered;
        self.killed += other.killed;
        self.timed_out += other.timed_out;
        self.calls += other.calls;
        self.writes += other.writes;
        self.outside += other.outside;
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        self.right_after.extend(other.right_after);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seeds,
            steps,
            activations,
            covered,
            killed,
            timed_out,
            calls,
            writes,
            outside,
            faults,
            right_after,
            last: _,
        } = self;
        writeln!(
            f,
            "{seeds} seeds, {steps} steps: {activations} activations ({killed} killed, {timed_out} timed out), {covered} batches covered, {calls} calls, {writes} writes, {outside} events outside"
        )?;
        let faults = faults
            .iter()
            .map(|(fault, times)| format!("{fault} {times}"));
        writeln!(f, "faults: {}", faults.collect::<Vec<_>>().join(", "))?;
        let mut after = right_after.clone();
        after.sort();
        let of = |share: f64| {
            let at = (after.len() as f64 * share) as usize;
            after
                .get(at.min(after.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        write!(
            f,
            "AWS time from the last fault to the wanted mapping: half within {:?}, 99 of 100 within {:?}, all within {:?}",
            of(0.5),
            of(0.99),
            of(1.0)
        )
    }
}

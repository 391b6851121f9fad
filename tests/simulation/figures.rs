//! What happened, in numbers.

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
    /// Things that happened outside of the functions.
    pub outside: usize,
    /// How often each fault struck.
    pub faults: BTreeMap<Fault, u64>,
    /// AWS time from the last fault until everything was the wanted one.
    pub right_after: Vec<Duration>,
    /// What each function did.
    pub functions: BTreeMap<&'static str, Count>,
}

/// What a function did, in numbers.
#[derive(Clone, Copy, Default)]
pub struct Count {
    /// Activations that began.
    pub activations: usize,
    /// AWS calls.
    pub calls: usize,
    /// Accepted writes.
    pub writes: usize,
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
        self.outside += other.outside;
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        self.right_after.extend(other.right_after);
        for (function, more) in other.functions {
            let count = self.functions.entry(function).or_default();
            count.activations += more.activations;
            count.calls += more.calls;
            count.writes += more.writes;
        }
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
            outside,
            faults,
            right_after,
            functions,
        } = self;
        writeln!(
            f,
            "{seeds} seeds, {steps} steps: {activations} activations ({killed} killed, {timed_out} timed out), {covered} batches covered, {outside} events outside"
        )?;
        for (function, count) in functions {
            let Count {
                activations,
                calls,
                writes,
            } = count;
            writeln!(
                f,
                "{function}: {activations} activations, {calls} calls, {writes} writes"
            )?;
        }
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
            "AWS time from the last fault to the wanted end: half within {:?}, 99 of 100 within {:?}, all within {:?}",
            of(0.5),
            of(0.99),
            of(1.0)
        )
    }
}

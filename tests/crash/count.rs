//! Counts the points that were played, and prints them.

use crate::fault::{Fault, KINDS};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Scenarios, and points of each kind.
#[derive(Clone, Copy)]
pub struct Counts {
    scenarios: usize,
    points: [usize; KINDS.len()],
    a_day_later: usize,
    divergences: usize,
}

/// What this whole run has counted so far.
static SO_FAR: Mutex<Counts> = Mutex::new(Counts::new(0));

impl Counts {
    /// So many scenarios, no points yet.
    pub const fn new(scenarios: usize) -> Self {
        Self {
            scenarios,
            points: [0; KINDS.len()],
            a_day_later: 0,
            divergences: 0,
        }
    }

    /// One more point.
    pub fn point(&mut self, fault: Fault) {
        self.points[fault.kind()] += 1;
    }

    /// The newest point ended the same only a day later.
    pub fn a_day_later(&mut self) {
        self.a_day_later += 1;
    }

    /// The newest point ended in another way.
    pub fn divergence(&mut self) {
        self.divergences += 1;
    }

    /// Prints a scenario's counts, and below it those of the whole run so far: the last line of all
    /// is the total.
    pub fn print(self, scenario: &str) {
        let mut so_far = SO_FAR.lock().unwrap_or_else(PoisonError::into_inner);
        so_far.scenarios += self.scenarios;
        for (sum, points) in so_far.points.iter_mut().zip(self.points) {
            *sum += points;
        }
        so_far.a_day_later += self.a_day_later;
        so_far.divergences += self.divergences;
        let all = format!("{} scenarios until now", so_far.scenarios);
        // In one go: other tests print, too.
        println!("{scenario:<46} {self}\n{all:>46} {so_far}");
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: usize = self.points.iter().sum();
        write!(f, "| points {all:>5} ")?;
        for (kind, points) in KINDS.iter().zip(self.points) {
            write!(f, "| {kind} {points:>5} ")?;
        }
        let Self {
            a_day_later,
            divergences,
            ..
        } = self;
        write!(
            f,
            "| of these the same a day later {a_day_later:>2}, divergences {divergences:>2}"
        )
    }
}

//! What happened, in numbers.

use std::fmt;
use std::time::Duration;

/// Numbers of one history, or of many.
#[derive(Default)]
pub struct Figures {
    /// Histories that came to their end.
    pub seeds: usize,
    /// Runs of the functions that began.
    pub runs: usize,
    /// Those whose process ended on the way.
    pub killed: usize,
    /// AWS calls of theirs.
    pub calls: usize,
    /// Commands that were sent.
    pub commands: usize,
    /// Brokers that a script stopped.
    pub stops: usize,
    /// Those of them that it stopped before faults ended.
    pub stops_in_time: usize,
    /// Things that happened by other hands.
    pub happened: usize,
    /// AWS time from the last fault until everything was the wanted one.
    pub right_after: Vec<Duration>,
}

impl Figures {
    /// Adds those of others.
    pub fn add(&mut self, other: &Self) {
        let Self {
            seeds,
            runs,
            killed,
            calls,
            commands,
            stops,
            stops_in_time,
            happened,
            right_after,
        } = other;
        self.seeds += seeds;
        self.runs += runs;
        self.killed += killed;
        self.calls += calls;
        self.commands += commands;
        self.stops += stops;
        self.stops_in_time += stops_in_time;
        self.happened += happened;
        self.right_after.extend(right_after);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seeds,
            runs,
            killed,
            calls,
            commands,
            stops,
            stops_in_time,
            happened,
            right_after,
        } = self;
        let mut after = right_after.clone();
        after.sort();
        let of = |hundredth: usize| {
            let at = (after.len() * hundredth / 100).min(after.len().saturating_sub(1));
            after.get(at).copied().unwrap_or_default()
        };
        write!(
            f,
            "{seeds} histories: {runs} runs ({killed} killed), {calls} calls, {commands} commands, {stops} brokers stopped ({stops_in_time} of them before faults ended), {happened} things happened; AWS time from the last fault to the wanted end: half within {:?}, 99 of 100 within {:?}, all within {:?}",
            of(50),
            of(99),
            of(100)
        )
    }
}

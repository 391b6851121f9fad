//! What happened, in numbers.

use fleet::healing::Rung;
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
    /// Those of them whose instances AWS took back.
    pub ended: usize,
    /// Instances that AWS took back.
    pub taken_back: usize,
    /// Things that happened by other hands.
    pub happened: usize,
    /// Healings that were begun: starts, restarts, reboots, replacements.
    pub healed: [usize; 4],
    /// Brokers that the gate let a script stop, so that they leave.
    pub left_by_gate: usize,
    /// Brokers that a script stopped in the last minutes of their time.
    pub left_late: usize,
    /// Instances that ended, on which no process ran.
    pub ended_idle: usize,
    /// Brokers that entered.
    pub entered: usize,
    /// AWS time from the last fault until everything was the wanted one.
    pub right_after: Vec<Duration>,
}

impl Figures {
    /// One more healing.
    pub fn healed(&mut self, rung: Rung) {
        let at = Rung::ALL.iter().position(|it| *it == rung);
        self.healed[at.expect("one of them")] += 1;
    }

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
            ended,
            taken_back,
            happened,
            healed,
            left_by_gate,
            left_late,
            ended_idle,
            entered,
            right_after,
        } = other;
        self.seeds += seeds;
        self.runs += runs;
        self.killed += killed;
        self.calls += calls;
        self.commands += commands;
        self.stops += stops;
        self.stops_in_time += stops_in_time;
        self.ended += ended;
        self.taken_back += taken_back;
        self.happened += happened;
        for (all, more) in self.healed.iter_mut().zip(healed) {
            *all += more;
        }
        self.left_by_gate += left_by_gate;
        self.left_late += left_late;
        self.ended_idle += ended_idle;
        self.entered += entered;
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
            ended,
            taken_back,
            happened,
            healed,
            left_by_gate,
            left_late,
            ended_idle,
            entered,
            right_after,
        } = self;
        let [starts, restarts, reboots, replacements] = healed;
        let mut after = right_after.clone();
        after.sort();
        let of = |hundredth: usize| {
            let at = (after.len() * hundredth / 100).min(after.len().saturating_sub(1));
            after.get(at).copied().unwrap_or_default()
        };
        write!(
            f,
            "{seeds} histories: {runs} runs ({killed} killed), {calls} calls, {commands} commands, {stops} brokers stopped ({stops_in_time} of them before faults ended, {ended} of {taken_back} that AWS took back), {happened} things happened, {starts} starts, {restarts} restarts, {reboots} reboots, {replacements} replacements by healing; {entered} brokers entered, {left_by_gate} stopped by the gate to leave and {left_late} in their last minutes, {ended_idle} instances ended without a process; AWS time from the last fault to the wanted end: half within {:?}, 99 of 100 within {:?}, all within {:?}",
            of(50),
            of(99),
            of(100)
        )
    }
}

//! The end of the play: what was shown, and what it took.

use super::play::{BOLD, GREEN, PLAIN, Play, RED};
use anstream::println;
use cloud::call::Call;
use jiff::Timestamp;
use std::time::Duration;

impl Play<'_> {
    /// The end: what was shown, and what it took.
    pub(super) fn summary(&self, whole: Duration, played: Duration, began: Timestamp) -> bool {
        let complete = self.failed.is_none() && self.passed.len() == self.steps;
        println!("{BOLD}the summary{PLAIN}");
        for (index, (title, took)) in self.passed.iter().enumerate() {
            println!(
                "  {GREEN}✓{PLAIN} {}. {title} ({:.1} s)",
                index + 1,
                took.as_secs_f64()
            );
        }
        let model = self.world.model();
        let (invokes, others): (Vec<_>, Vec<_>) = model
            .calls()
            .iter()
            .partition(|(call, _)| **call == Call::InvokeFunction);
        let (writes, reads): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(call, _)| call.is_write());
        let line = |calls: &[(&Call, &u64)]| {
            let mut calls: Vec<String> = calls
                .iter()
                .map(|(call, count)| format!("{call} {count}"))
                .collect();
            calls.sort();
            calls.join(", ")
        };
        println!();
        for (function, runs) in self.world.journal().all() {
            let starts = self.world.function(function).map_or(0, |it| it.starts());
            let reports = runs.reports.iter();
            let took: Vec<u64> = reports
                .filter_map(|report| report["milliseconds"].as_u64())
                .collect();
            println!(
                "  {function:<17} {} runs in {}, median {} ms, at most {} ms (paced to 8 calls a second)",
                took.len(),
                match starts {
                    1 => "1 process".to_owned(),
                    several => format!("{several} processes"),
                },
                median(took.clone()),
                took.iter().max().unwrap_or(&0)
            );
        }
        println!("  AWS Lambda        {}", line(&invokes));
        println!("  AWS reads         {}", line(&reads));
        println!("  AWS writes        {}", line(&writes));
        println!(
            "  time              {:.0} s played ({:.0} min of AWS time), {:.0} s in all",
            played.as_secs_f64(),
            self.world.clock.now().duration_since(began).as_secs_f64() / 60.0,
            whole.as_secs_f64()
        );
        let checked = self.passed.len();
        if complete {
            println!(
                "\n  {GREEN}{BOLD}all {checked} steps checked, and this is their summary{PLAIN}"
            );
        } else {
            println!(
                "\n  {RED}{BOLD}{checked} of {} steps checked{PLAIN}",
                self.steps
            );
            if let Some(wrong) = &self.failed {
                println!("  {RED}✗{PLAIN} {}. {wrong}", checked + 1);
            }
        }
        complete
    }
}

fn median(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

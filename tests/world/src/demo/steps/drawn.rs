//! A roll as the reports of push-listeners tell it.

use super::pushed::PUSH_LISTENERS;
use super::{actions, held, step_of};
use crate::local::LocalAws;
use anstream::println;
use serde_json::Value;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

const LOOKS_EVERY: Duration = Duration::from_millis(200);

/// Prints what push-listeners does and waits for, as its reports tell, while something is done.
pub(super) async fn drawn<T>(
    world: &LocalAws,
    since: usize,
    done: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let mut done = pin!(done);
    let (written, mut next, mut told) = (Instant::now(), since, BTreeSet::new());
    loop {
        tokio::select! {
            done = &mut done => return done,
            () = tokio::time::sleep(LOOKS_EVERY) => {
                draw(world, written, &mut next, &mut told);
            }
        }
    }
}

fn draw(world: &LocalAws, written: Instant, next: &mut usize, told: &mut BTreeSet<String>) {
    let journal = world.journal();
    let reports = journal.runs(PUSH_LISTENERS).reports.iter();
    let mut tell = |said: &str| {
        if told.insert(timeless(said)) {
            println!("    {said}");
        }
    };
    for report in reports.skip(*next) {
        *next += 1;
        let list = |list: &Value| list.as_array().cloned().unwrap_or_default();
        for action in list(actions(report)) {
            println!("  ▶ {}", step_of(&action.to_string()));
        }
        if !began_since(written, report) {
            continue;
        }
        for said in list(held(report)) {
            tell(said.as_str().unwrap_or_default());
        }
        for gap in list(&report["gaps"]) {
            let part = |name: &str| gap[name].as_str().unwrap_or_default().to_owned();
            tell(&format!("not read: {}: {}", part("read"), part("reason")));
        }
    }
}

/// Whether a run, whose report has come since the last look, has surely read what was written then.
fn began_since(written: Instant, report: &Value) -> bool {
    let took = Duration::from_millis(report["milliseconds"].as_u64().unwrap_or_default());
    written.elapsed() > took + LOOKS_EVERY
}

/// A sentence without its moments: with another one it says nothing new.
fn timeless(said: &str) -> String {
    let words = said.split(' ');
    let words: Vec<&str> = words.filter(|word| !word.starts_with("20")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_run_that_began_before_something_was_written_does_not_tell_of_it() {
        let written = Instant::now() - Duration::from_secs(10);
        for (took, tells) in [(20_000, false), (9_900, false), (2_000, true)] {
            let report = json!({"milliseconds": took});
            assert_eq!(began_since(written, &report), tells, "{took}");
        }
    }
}

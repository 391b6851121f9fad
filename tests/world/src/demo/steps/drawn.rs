//! A roll as the reports of push-listeners tell it.

use super::pushed::PUSH_LISTENERS;
use super::{actions, held, step_of};
use crate::local::LocalAws;
use anstream::println;
use serde_json::Value;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Prints what push-listeners does and waits for, as its reports tell, while something is done.
pub(super) async fn drawn<T>(
    world: &LocalAws,
    since: usize,
    done: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let mut done = pin!(done);
    let (mut next, mut told) = (since, BTreeSet::new());
    loop {
        tokio::select! {
            done = &mut done => return done,
            () = tokio::time::sleep(Duration::from_millis(200)) => {
                draw(world, &mut next, &mut told);
            }
        }
    }
}

fn draw(world: &LocalAws, next: &mut usize, told: &mut BTreeSet<String>) {
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
        for said in list(held(report)) {
            tell(said.as_str().unwrap_or_default());
        }
        for gap in list(&report["gaps"]) {
            let part = |name: &str| gap[name].as_str().unwrap_or_default().to_owned();
            tell(&format!("not read: {}: {}", part("read"), part("reason")));
        }
    }
}

/// A sentence without its moments: with another one it says nothing new.
fn timeless(said: &str) -> String {
    let words = said.split(' ');
    let words: Vec<&str> = words.filter(|word| !word.starts_with("20")).collect();
    words.join(" ")
}

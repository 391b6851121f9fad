//! One to three brokers of one Kafka cluster whose hosts run our scripts, and push-listeners, register-brokers and
//! probe-brokers before them, call by call. Everything can come between two calls: time, the end of a process, an
//! old version of a function, operators who write, flip, take back and delete parameters, people at files and
//! processes, brokers that die and recover their logs, controllers that move, agents that go, scripts that are
//! killed, and AWS's faults by name. Each seed is one history, and each gives the same one again.
//!
//! `SEEDS=50000` plays that many; `SEED=17` plays one and prints it.

mod brokers;
mod calm;
mod facts;
mod figures;
mod functions;
mod hands;
mod happening;
mod history;
mod ill;
mod laws;
mod orders;
mod ports;
mod scaling;
mod setup;
mod stops;
mod taken_back;
mod woken;

use figures::Figures;
use history::History;
use setup::Setup;
use std::collections::BTreeMap;
use tests::handler::on_virtual_clock;
use tests::history::Broken;
use world::template::FunctionStack;

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 2000;
/// Steps of a history before everything is put in order.
const STEPS: usize = 240;

/// Seeds that broke a law in a long run: a gap about another host's command, a late read that hid a command, and a
/// broker without a port that was noted as another one.
const FOUND: [u64; 8] = [42011, 46125, 46200, 51353, 52628, 53912, 54771, 56617];

/// The laws that a history broke, each as it did first.
type Laws = BTreeMap<String, Broken>;

/// Plays so many steps, and the end; the trace, and how it went.
fn play(setup: Setup, steps: usize, stacks: &[FunctionStack]) -> (String, Result<Figures, Laws>) {
    on_virtual_clock(async {
        let mut history = History::begin(setup, stacks).await;
        for _ in 0..steps {
            history.step().await;
        }
        if history.broken.is_empty() {
            let end = history.settle().await;
            history.law(end);
        }
        let end = match history.broken.is_empty() {
            true => Ok(history.figures),
            false => Err(history.broken),
        };
        (history.trace, end)
    })
}

#[test]
fn whatever_happens_a_roll_loses_nothing_and_ends_right() {
    let stacks = crate::stacks();
    hold(SEEDS, |seed| play(Setup::of(seed), STEPS, &stacks));
}

/// Plays the seed that is asked for and prints it, or so many, of which none may break a law.
fn hold(seeds: u64, play: impl Fn(u64) -> (String, Result<Figures, Laws>) + Sync) {
    if let Some(seed) = crate::number("SEED") {
        let (trace, end) = play(seed);
        println!("{trace}");
        match end {
            Ok(figures) => println!("{figures}"),
            Err(broken) => panic!("seed {seed}: {}", told(&broken)),
        }
        return;
    }
    let seeds = crate::number("SEEDS").unwrap_or(seeds);
    let (mut figures, mut broken) = (Figures::default(), Vec::new());
    for (seed, end) in crate::each_seed(seeds, |seed| play(seed).1) {
        match end {
            Ok(more) => figures.add(&more),
            Err(how) => broken.push((seed, how)),
        }
    }
    println!("{figures}");
    if let Some((seed, _)) = broken.first() {
        println!("the steps of seed {seed}:\n{}", play(*seed).0);
    }
    let shown = broken.iter().take(8);
    let shown: Vec<String> = shown
        .map(|(seed, how)| format!("SEED={seed}: {}", told(how)))
        .collect();
    let mut of_law: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for (seed, how) in &broken {
        for law in how.keys() {
            of_law.entry(law).or_insert((0, *seed)).0 += 1;
        }
    }
    assert!(
        broken.is_empty(),
        "{} of {seeds} seeds break a law (how often, and the first seed: {of_law:?}), the first being\n{}",
        broken.len(),
        shown.join("\n\n")
    );
}

fn told(laws: &Laws) -> String {
    let all: Vec<&str> = laws.values().map(String::as_str).collect();
    all.join("\n  ")
}

#[test]
fn what_a_long_run_found_holds() {
    let stacks = crate::stacks();
    for seed in FOUND {
        let (trace, end) = play(Setup::of(seed), STEPS, &stacks);
        assert!(end.is_ok(), "{trace}");
    }
}

#[test]
fn a_seed_of_a_roll_replays_byte_for_byte() {
    replays(5, STEPS, Setup::of);
}

/// Each of so many seeds gives the same history twice.
fn replays(seeds: u64, steps: usize, setup: impl Fn(u64) -> Setup) {
    let stacks = crate::stacks();
    for seed in 0..seeds {
        let trace = || play(setup(seed), steps, &stacks).0;
        let (one, two) = (trace(), trace());
        assert!(!one.is_empty());
        assert_eq!(one, two, "seed {seed}");
    }
}

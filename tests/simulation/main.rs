//! Simulation: the functions' own observe, plan and execute, in memory and on a virtual clock, all of
//! them side by side, with everything between two calls that can be there: other activations, of the
//! same function or another one, events, time, people, faults, the end of the process. Each seed is one
//! history, and each gives the same one again.
//!
//! `SEEDS=100000` plays that many, best in release mode; `SEED=17` plays one and prints it.

mod activations;
mod budget;
mod calm;
mod figures;
mod function;
mod harm;
mod healing;
mod listeners;
mod mapping;
mod moment;
mod outside;
mod part;
mod principals;
mod process;
mod roll;
mod run;
mod seed;

use figures::Figures;
use run::Simulation;
use std::sync::atomic::{AtomicU64, Ordering};
use tests::TEMPLATE;
use tests::handler::on_virtual_clock;
use world::template::FunctionStack;

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 1000;
/// Steps of a history before faults stop.
const STEPS: usize = 400;

/// Every function that the template wakes.
fn stacks() -> Vec<FunctionStack> {
    let template = tests::deployed(TEMPLATE).expect("a template");
    template.functions().expect("a template that can be run")
}

/// Plays a seed; the trace, and how it went.
fn play(seed: u64, stacks: &[FunctionStack]) -> (String, Result<Figures, String>) {
    on_virtual_clock(async {
        let mut simulation = Simulation::begin(seed, stacks).await;
        for _ in 0..STEPS {
            if let Err(broken) = simulation.step().await {
                return (simulation.trace, Err(broken));
            }
        }
        let end = simulation.calm_down().await;
        simulation.kill_all();
        let figures = end.map(|()| simulation.figures());
        (simulation.trace, figures)
    })
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}=\"{text}\" is no number")),
    )
}

/// Plays so many seeds from `FIRST` on, on all cores; what became of each, in their order.
fn each_seed<T: Send>(seeds: u64, play: impl Fn(u64) -> T + Sync) -> Vec<(u64, T)> {
    let first = number("FIRST").unwrap_or(0);
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let play_some = || {
        let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed))
            .take_while(|seed| *seed < first + seeds);
        seeds.map(|seed| (seed, play(seed))).collect::<Vec<_>>()
    };
    let mut all: Vec<(u64, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(play_some)).collect();
        let ends = threads
            .into_iter()
            .map(|it| it.join().expect("a thread that ends"));
        ends.flatten().collect()
    });
    all.sort_by_key(|(seed, _)| *seed);
    all
}

#[test]
fn whatever_happens_it_does_no_harm_and_ends_right() {
    let stacks = stacks();
    if let Some(seed) = number("SEED") {
        let (trace, end) = play(seed, &stacks);
        println!("{trace}");
        match end {
            Ok(figures) => println!("{figures}"),
            Err(broken) => panic!("seed {seed}: {broken}"),
        }
        return;
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let (mut figures, mut broken) = (Figures::default(), Vec::new());
    for (seed, end) in each_seed(seeds, |seed| play(seed, &stacks).1) {
        match end {
            Ok(more) => figures.add(more),
            Err(how) => broken.push((seed, how)),
        }
    }
    println!("{figures}");
    let shown: Vec<String> = broken
        .iter()
        .take(5)
        .map(|(seed, how)| format!("SEED={seed}: {how}"))
        .collect();
    assert!(
        broken.is_empty(),
        "{} of {seeds} seeds break a law, the first being\n{}",
        broken.len(),
        shown.join("\n\n")
    );
}

#[test]
fn a_seed_replays_byte_for_byte() {
    let stacks = stacks();
    for seed in 0..20 {
        let (one, two) = (play(seed, &stacks).0, play(seed, &stacks).0);
        assert!(!one.is_empty());
        assert_eq!(one, two, "seed {seed}");
    }
    assert_ne!(play(0, &stacks).0, play(1, &stacks).0);
}

//! A cluster of one to five brokers that is rolled: push-listeners and register-brokers beside each other,
//! operators who write, take back and delete parameters, controllers that move, brokers that die and recover,
//! and AWS's faults. Each seed is one history, and each gives the same one again.
//!
//! `SEEDS=50000` plays that many; `SEED=17` plays one and prints it.

mod happening;
mod history;
mod laws;

use history::History;

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 10;
/// Steps of a history before everything is put in order.
const STEPS: usize = 80;

/// Plays a seed; the trace, and the law that was broken.
fn play(seed: u64) -> (String, Result<(), String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut history = History::begin(seed).await;
        for _ in 0..STEPS {
            if let Err(broken) = history.step().await {
                return (history.trace, Err(broken));
            }
        }
        let end = history.calm_down().await;
        (history.trace, end)
    })
}

#[test]
fn whatever_happens_a_roll_loses_nothing_and_ends_right() {
    if let Some(seed) = crate::number("SEED") {
        let (trace, end) = play(seed);
        println!("{trace}");
        return end.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
    let first = crate::number("FIRST").unwrap_or(0);
    let seeds = crate::number("SEEDS").unwrap_or(SEEDS);
    let broken = (first..first + seeds).filter_map(|seed| {
        let broken = play(seed).1.err()?;
        Some(format!("SEED={seed}: {broken}"))
    });
    let broken: Vec<String> = broken.collect();
    assert!(
        broken.is_empty(),
        "{} of {seeds} seeds break a law, the first being\n{}",
        broken.len(),
        broken[..broken.len().min(8)].join("\n\n")
    );
}

#[test]
fn a_seed_of_a_roll_replays_byte_for_byte() {
    for seed in 0..3 {
        let (one, two) = (play(seed).0, play(seed).0);
        assert!(!one.is_empty());
        assert_eq!(one, two, "seed {seed}");
    }
}

//! Brokers fall ill, and heal-brokers is before them beside push-listeners and register-brokers: processes are killed,
//! hang, or are stopped on purpose, instances fail their checks, alarms flap and are suppressed, and the operator's word
//! changes. What healing does is held against what was so when it looked. In the end whoever falls ill is brought back.
//!
//! `SEEDS=50000` plays that many; `SEED=17` plays one and prints it.

pub mod care;
mod end;
mod happens;
mod heals;
mod orders;
mod since;

use super::figures::Figures;
use super::history::History;
use super::setup::Setup;
use super::{Laws, hold};
use tests::handler::on_virtual_clock;
use world::template::FunctionStack;

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 300;
/// Steps of a history before everything is put in order.
const STEPS: usize = 240;

/// Plays a seed; the trace, and how it went.
fn play(seed: u64, stacks: &[FunctionStack]) -> (String, Result<Figures, Laws>) {
    on_virtual_clock(async {
        let mut history = History::of(Setup::ill(seed), &format!("seed {seed}"), stacks).await;
        for _ in 0..STEPS {
            history.step().await;
        }
        if history.broken.is_empty() {
            let end = history.recover().await;
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
fn who_falls_ill_is_healed_and_nobody_else_is() {
    let stacks = crate::stacks();
    hold(SEEDS, |seed| play(seed, &stacks));
}

#[test]
fn a_seed_of_healing_replays_byte_for_byte() {
    let stacks = crate::stacks();
    for seed in 0..3 {
        let (one, two) = (play(seed, &stacks).0, play(seed, &stacks).0);
        assert!(!one.is_empty());
        assert_eq!(one, two, "seed {seed}");
    }
}

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

use super::setup::Setup;
use super::{hold, play, replays};

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 300;
/// Steps of a history before everything is put in order.
const STEPS: usize = 240;

#[test]
fn who_falls_ill_is_healed_and_nobody_else_is() {
    let stacks = crate::stacks();
    hold(SEEDS, |seed| play(Setup::ill(seed), STEPS, &stacks));
}

#[test]
fn a_seed_of_healing_replays_byte_for_byte() {
    replays(3, STEPS, Setup::ill);
}

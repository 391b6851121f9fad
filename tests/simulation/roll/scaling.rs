//! Auto Scaling groups with our two hooks, one for each broker: up to two brokers leave and others come at any time,
//! also at once and in the middle of a roll, but one at a time of those that come with an empty disk. Replicas are
//! reassigned in time, late or never, a vote is taken away late, a disk comes back with the next instance, or people let
//! a broker go by its tag. push-listeners starts and stops, and register-brokers keeps waiting and completes.
//!
//! `SEEDS=50000` plays that many; `SEED=17` plays one and prints it.

mod end;
mod happens;
mod laws;
pub mod life;
mod replicas;
pub mod scaled;
mod wave;

use super::setup::Setup;
use super::{hold, play, replays};
use fleet::words::InstanceId;
use tests::Stage;
use tests::scaling::hook;
use world::model::Transition;

/// Histories in a plain `cargo test`.
const SEEDS: u64 = 20;
/// Steps of a history before everything is put in order.
const STEPS: usize = 120;

#[test]
fn whoever_comes_is_started_and_whoever_leaves_is_let_go_when_nobody_needs_it() {
    let stacks = crate::stacks();
    hold(SEEDS, |seed| play(Setup::scales(seed), STEPS, &stacks));
}

#[test]
fn a_seed_of_scaling_replays_byte_for_byte() {
    replays(2, STEPS, Setup::scales);
}

/// A group for a broker, and its first instance; it is gone again if the broker is not in.
pub fn begin(
    stage: &Stage,
    (node, az): (u32, &str),
    file: &str,
    (votes, is_in): (bool, bool),
) -> InstanceId {
    let id = stage.member(node, az);
    let group = life::group(node);
    match (votes, is_in) {
        (true, _) => {
            stage.machine(&id, node, file);
            stage.keeps_disk(&id);
        }
        (false, true) => life::machine(stage, &id, file, true),
        (false, false) => stage.scale(&group, 0),
    }
    id
}

/// Our two hooks, on the group of each broker: who is there already did not wait for them.
pub fn put_hooks(stage: &Stage, brokers: u32) {
    let hooks = [
        ("kafka-privatelink-launch", Transition::Launching),
        ("kafka-privatelink-terminate", Transition::Terminating),
    ];
    for node in 1..=brokers {
        for (name, transition) in hooks {
            stage.put_hook(&life::group(node), hook(name, transition));
        }
    }
}

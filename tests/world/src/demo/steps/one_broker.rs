//! One broker that has no listener for consumers gets it by two parameters, and gives it back; and a port that
//! somebody else has.

mod given;
pub(super) mod pushed;
mod taken;

use super::text;
use crate::demo::play::Play;
use crate::local::LocalAws;
use std::sync::OnceLock;

/// What a consumer is given.
const ONE: [(&str, u16); 1] = [("1", 9093)];
/// Where the broker is to listen.
const BIND_PORT: u16 = 39092;

/// The instance that is being launched; no parameter is there.
pub(in crate::demo) fn set_the_scene(world: &LocalAws) -> Result<(), String> {
    world.launch("1", "usw2-az1").map(|_| ()).map_err(text)
}

/// Plays every step.
pub(in crate::demo) async fn all(play: &mut Play<'_>) {
    let world = play.world;
    let first = &OnceLock::new();
    play.step(
        "an operator writes the consumer's pattern: the broker gets a port, the plan shows the lines of its file, and waits",
        given::planned(world, first),
    )
    .await;
    play.step(
        "the operator lets brokers restart: the file is edited, Kafka restarts, the port is proven, and messages go through",
        given::given(world),
    )
    .await;
    play.step(
        "the operator retires the listener: the file is again what it was, byte for byte, and the process shows it",
        given::given_back(world, first),
    )
    .await;
    play.step(
        "the pattern is written again, and a program on the host has the port: it is named, and nothing is stopped",
        taken::before(world),
    )
    .await;
    play.step(
        "the port is taken in the middle of the restart: Kafka exits, and its old file and process are back",
        taken::meanwhile(world, first),
    )
    .await;
    play.step(
        "all of it is counted: commands, scripts, and how often Kafka was started",
        pushed::counted(world),
    )
    .await;
}

//! One broker that has no listener for consumers gets it by two parameters, and gives it back; and a port that
//! somebody else has.

mod given;
mod taken;

use super::pushed;
use super::text;
use crate::demo::chapter::{Step, step};
use crate::demo::stage::Stage;
use crate::local::LocalAws;

/// What a consumer is given.
const ONE: [(&str, u16); 1] = [("1", 9093)];
/// Where the broker is to listen.
const BIND_PORT: u16 = 39092;

/// The instance that is being launched; no parameter is there.
pub(in crate::demo) fn set_the_scene(world: &LocalAws) -> Result<(), String> {
    world.launch("1", "usw2-az1").map(|_| ()).map_err(text)
}

/// Its steps.
pub(in crate::demo) fn all<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    let (world, first) = (stage.world, &stage.first);
    vec![
        step(
            "an operator writes the consumer's pattern: the broker gets a port, the plan shows the lines of its file, and waits",
            given::planned(world, first),
        ),
        step(
            "the operator lets brokers restart: the file is edited, Kafka restarts, the port is proven, and messages go through",
            given::given(world),
        ),
        step(
            "the operator retires the listener: the file is again what it was, byte for byte, and the process shows it",
            given::given_back(world, first),
        ),
        step(
            "the pattern is written again, and a program on the host has the port: it is named, and nothing is stopped",
            taken::before(world),
        ),
        step(
            "the port is taken in the middle of the restart: Kafka exits, and its old file and process are back",
            taken::meanwhile(world, first),
        ),
        step(
            "all of it is counted: commands, scripts, and how often Kafka was started",
            pushed::counted(world),
        ),
    ]
}

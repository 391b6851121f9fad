//! What is shown: real Kafka behind the mapping, proof that every port reaches its broker, a mapping that follows
//! brokers as they come and go, and what became of every message meanwhile.

mod carrying;
mod connecting;
mod following;
pub(super) mod one_broker;
mod proving;
mod pushed;

use super::chapter::{Step, step};
use super::stage::Stage;
use crate::local::{DOMAIN, LocalAws};
use serde_json::Value;
use std::time::Instant;

/// The brokers of TiDB Cloud's document and their zones.
const BROKERS: [(&str, &str); 3] = [("1", "usw2-az1"), ("2", "usw2-az2"), ("3", "usw2-az3")];
const THREE: [(&str, u16); 3] = [("1", 9093), ("2", 9094), ("3", 9095)];

/// Parts of a report.
fn proof_rows(report: &Value) -> &Value {
    &report["proof"]["rows"]
}

fn held(report: &Value) -> &Value {
    &report["held"]
}

fn actions(report: &Value) -> &Value {
    &report["actions"]
}

/// The parameter, and the three instances that are being launched.
pub(super) fn set_the_scene(world: &LocalAws) -> Result<(), String> {
    put_pattern(world)?;
    for (node, az) in BROKERS {
        world.launch(node, az).map_err(text)?;
    }
    Ok(())
}

/// Three brokers start, and are handed over.
pub(super) fn handed_over<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    let world = stage.world;
    vec![
        step(
            "three Kafka brokers start in three zones; a producer and a consumer beside them begin, and run through everything",
            carrying::begin(stage),
        ),
        step(
            "an operator lists who may connect; a consumer connects, and waits until something is proven",
            connecting::listed(world),
        ),
        step(
            "when each broker is proven on its port, bootstrap opens, and the hand-over is written",
            proving::the_document(world),
        ),
        step(
            "the connection of the listed account is accepted, and messages go through it",
            connecting::accepted(world),
        ),
    ]
}

/// What happens to a mapping that stands.
pub(super) fn followed<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    let world = stage.world;
    vec![
        step(
            "the check of TiDB Cloud's document: ten messages there and back, inside the VPC and through the endpoint",
            proving::both_ways(world),
        ),
        step(
            "the proof table: every port through the NLB, bootstrap, and every broker directly",
            proving::proof(world),
        ),
        step(
            "another account waits and is named; the listed one is taken off the list, and its socket is cut",
            connecting::cut(world),
        ),
        step(
            "two wires are crossed by hand: 9093 leads to broker 2. The next sweep names it and puts it right",
            proving::crossed_wires(world),
        ),
        step(
            "broker 3's process hangs: its port accepts, its target is healthy, and it is found",
            proving::hang(world),
        ),
        step(
            "an Auto Scaling group adds broker 4: it enters bootstrap after its proof; a replacement keeps its port",
            following::fourth(world),
        ),
        step(
            "every EC2 event is lost from now on; broker 4 is replaced, and the sweep repairs the mapping",
            following::without_events(world),
        ),
        step(
            "the listener parameter is written with an error: nothing changes; repaired, work goes on",
            following::bad_parameter(world),
        ),
    ]
}

/// What all of it came to.
pub(super) fn sum<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![step(
        "the producer ends, the consumer reads to the end, and the brokers' logs tell who was down",
        carrying::end(stage),
    )]
}

/// How long ago something happened, by both clocks.
fn ago(world: &LocalAws, (real, aws): (Instant, jiff::Timestamp)) -> String {
    let aws = world.clock.now().duration_since(aws).as_secs();
    format!(
        "{aws} s of AWS time ({:.1} s real)",
        real.elapsed().as_secs_f64()
    )
}

/// An action of a report in words.
fn step_of(action: &str) -> String {
    let action: Value = serde_json::from_str(action).unwrap_or_default();
    let part = |name: &str| action[name].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", part("step"), part("reason"))
}

fn put_pattern(world: &LocalAws) -> Result<(), String> {
    let pattern = format!("<broker_id>.<az_id>.{DOMAIN}:<port>");
    world
        .put_parameter("listeners/EXTERNAL", &pattern)
        .map_err(text)
}

fn text(error: crate::deployment::HandsError) -> String {
    error.to_string()
}

//! What is shown: real Kafka behind the mapping, proof that every port reaches its broker, a mapping that follows
//! brokers as they come and go, and what became of every message meanwhile.

mod by_hand;
mod carrying;
mod connecting;
mod drawn;
mod following;
mod healing;
mod proving;
mod pushed;
mod renaming;
mod rolling;
mod scaling;
mod second;
mod taken_port;

use super::chapter::{Step, step};
use super::stage::Stage;
use crate::local::{LocalAws, SECOND};
use anstream::println;
use serde_json::{Value, json};
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

/// The three instances that are being launched; no parameter is there.
pub(super) fn set_the_scene(world: &LocalAws) -> Result<(), String> {
    for (node, az) in BROKERS {
        world.launch(node, az).map_err(text)?;
    }
    world.watch_targets();
    Ok(())
}

/// All that the operator writes while three brokers are rolled.
pub(super) fn written(world: &LocalAws) -> Result<(), String> {
    put_pattern(world)?;
    put(world, "restarts", "any-time")
}

/// Three brokers are rolled, and handed over.
pub(super) fn rolled<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    let world = stage.world;
    vec![
        step(
            "three Kafka brokers serve their own VPC; a producer and a consumer there begin, and run through everything",
            carrying::begin(stage),
        ),
        step(
            "an operator lists who may connect; a consumer connects, and waits until something is proven",
            connecting::listed(world),
        ),
        step(
            "the doctor says what is missing; the operator writes the consumer's pattern: each broker gets a port, the plan shows the lines of its file, and waits",
            rolling::planned(world),
        ),
        step(
            "the operator lets brokers restart: they are rolled one by one, the active controller last, and each is proven",
            rolling::rolled(stage),
        ),
        step(
            "the bootstrap port is open, and the hand-over is written",
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
            "a listener is pointed at another broker by hand: 9093 leads to broker 2. A sweep names it and puts it right",
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
            "the listener parameter is written with an error: nothing changes, and the doctor says so; repaired, work goes on",
            following::bad_parameter(world),
        ),
    ]
}

/// The names change.
pub(super) fn renamed<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![
        step(
            "the pattern's unique string changes: the report says first what that costs, and nothing is done without consent",
            renaming::told(stage.world),
        ),
        step(
            "the operator lets brokers restart: they are rolled again, and clients of the new names are served",
            renaming::renamed(stage),
        ),
    ]
}

/// A second group comes and goes.
pub(super) fn second<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![
        step(
            "EXTERNAL2 is added, with ports and a bind port of its own, on the same endpoint service: both serve",
            second::added(stage),
        ),
        step(
            "EXTERNAL2 is retired: brokers first, whose files are what they were; its ports and target groups not before 15 minutes have passed",
            second::retired(stage),
        ),
    ]
}

/// A port is taken.
pub(super) fn taken<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![
        step(
            "a second group is wanted, and a program on the first broker's host has its bind port: it is named, and nothing is stopped",
            taken_port::before(stage.world),
        ),
        step(
            "the port is taken in the middle of the restart: Kafka exits, the broker is back as it was, and the roll stops",
            taken_port::meanwhile(stage),
        ),
    ]
}

/// Brokers fall ill.
pub(super) fn healed<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![
        step(
            "a broker's process is killed, and nobody has said what heal-brokers may do: it says what it would do",
            healing::off(stage),
        ),
        step(
            "the operator allows it; another broker's process is killed, an alarm turns on, and it is started again",
            healing::killed(stage),
        ),
        step(
            "a broker's process hangs, and another one dies: hands off; once it is ill alone, it is restarted, under the gate of every restart",
            healing::hangs(stage),
        ),
        step(
            "an alarm does not end, and everybody is well: there is nobody to heal",
            healing::for_nothing(stage),
        ),
        step(
            "a broker dies that push-listeners has in hand: hands off, push-listeners brings it back by itself",
            healing::in_hand(stage),
        ),
    ]
}

/// An Auto Scaling group with our hooks.
pub(super) fn scaled<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![
        step(
            "an Auto Scaling group with our two hooks launches broker 4: it waits, gets its listener before its first start, is proven, and only then goes into service",
            scaling::out(stage.world),
        ),
        step(
            "partitions are reassigned to broker 4, which leads some and serves",
            scaling::carries(stage),
        ),
        step(
            "its instance fails its status check: heal-brokers reboots it, and an hour later has its group replace it; the new one has the old one's disk",
            scaling::replaced(stage.world),
        ),
        step(
            "the partitions are reassigned away, and the group is scaled in: broker 4 leaves bootstrap, is stopped gracefully, its port drains, and the instance goes",
            scaling::inwards(stage),
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

/// A roll beside restarts by hand.
pub(super) fn by_hand<'a>(stage: &'a Stage<'a>) -> Vec<Step<'a>> {
    vec![step(
        "another producer begins, and the three brokers are restarted by hand, each as soon as the one before it answers",
        by_hand::compared(stage),
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

/// The operator writes a parameter.
fn put(world: &LocalAws, name: &str, value: &str) -> Result<(), String> {
    world.put_parameter(name, value).map_err(text)?;
    let value = value.replace("\n    ", "\n      ");
    println!("  /kafka-privatelink/orders/{name} says {value}");
    Ok(())
}

/// The pattern that the consumer's console shows by now.
fn put_pattern(world: &LocalAws) -> Result<(), String> {
    let pattern = format!("<broker_id>.<az_id>.{}:<port>", world.domain()?);
    put(world, "listeners/EXTERNAL", &pattern)
}

/// Where brokers listen for EXTERNAL2.
const SECOND_BIND_PORT: u16 = 39093;

/// A second listener group on the same endpoint service.
fn put_second(world: &LocalAws) -> Result<(), String> {
    let group = json!({
        "pattern": format!("<broker_id>.<az_id>.{SECOND}:<port>"),
        "bootstrap_port": 9192,
        "broker_ports": "9193-9240",
        "bind_port": SECOND_BIND_PORT,
    });
    put(world, "listeners/EXTERNAL2", &group.to_string())
}

/// Brokers are to have it no more.
fn retire_second(world: &LocalAws) -> Result<(), String> {
    put(world, "listeners/EXTERNAL2", r#"{"retired": true}"#)
}

fn text(error: crate::deployment::HandsError) -> String {
    error.to_string()
}

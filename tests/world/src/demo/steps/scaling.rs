//! An Auto Scaling group with our two hooks launches a broker, replaces it when its instance fails, and terminates it again.

use super::healing::{does, looks, set_scale, slowly};
use super::pushed::{did, reports, sent};
use super::second::{QUICK, at_scale};
use super::{THREE, actions, ago, put, step_of, text};
use crate::demo::checks::{another, entered_after_proof, proven, reported};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::local::LocalAws;
use anstream::println;
use fleet::documents::was_silent;
use serde_json::json;
use std::time::Instant;

/// It has the broker role only: the voters are brokers 1 to 3, and static.
const FOURTH: (&str, &str) = ("4", "usw2-az1");
const FOUR: [(&str, u16); 4] = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
/// The topic of the producer that runs through everything, and its partitions.
const TOPIC: &str = "orders";
const PARTITIONS: u32 = 6;

/// It waits until it serves.
pub(super) async fn out(world: &LocalAws) -> Result<(), String> {
    let (node, az) = FOURTH;
    let began = (Instant::now(), world.clock.now());
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
    let pushed = reports(world);
    world.group_with_hooks(node, az).map_err(text)?;
    world.scale(node, 1).map_err(text)?;
    until(world, async || waits(world, "Pending:Wait")).await?;
    println!(
        "  the instance of broker 4 is in Pending:Wait: Kafka is installed there, its disk is formatted, and nobody has started it"
    );
    let edited = did(world, pushed, "edit the file of broker 4 on").await?;
    println!("  push-listeners does: {edited}");
    if !edited.contains("and start it") {
        return Err("broker 4 was not down".to_owned());
    }
    proven(world, &FOUR).await?;
    let entered = entered_after_proof(world, since, FOUR.len()).await?;
    println!("  register-brokers does: {}", step_of(&entered));
    let completed = reported(world, since, actions, "\"step\":\"complete").await?;
    println!("  and then: {}", step_of(&completed));
    until(world, async || waits(world, "InService")).await?;
    order(world, since)?;
    println!(
        "  the instance is in service {} after its launch",
        ago(world, began)
    );
    Ok(())
}

/// It gets partitions, and leads some of them.
pub(super) async fn carries(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let before = stage.flow().await?.acknowledged;
    reassign(world, |partition| match partition % 3 {
        0 => [4, 1, 2],
        1 => [2, 4, 3],
        _ => [3, 1, 4],
    })
    .await?;
    let led = leaders(world).await?;
    let by_it = led.iter().filter(|leader| **leader == 4).count();
    println!(
        "  of the {PARTITIONS} partitions of {TOPIC} each has a replica on broker 4, and it leads {by_it}"
    );
    if by_it != 2 {
        return Err(format!("broker 4 does not lead two of them: {led:?}"));
    }
    let through = until(world, async || {
        let flow = stage.flow().await?;
        match flow.acknowledged > before {
            true => Ok(flow.acknowledged - before),
            false => Err("nothing was acknowledged meanwhile".to_owned()),
        }
    });
    println!("  {} messages were acknowledged meanwhile", through.await?);
    Ok(())
}

/// Waits until push-listeners has inspected it while it was up, as it does once anybody says how far brokers are healed:
/// until then it has the broker in hand that it has started.
async fn seen_up(world: &LocalAws) -> Result<(), String> {
    until(world, async || {
        let model = world.model();
        let of_it = model
            .commands()
            .filter(|it| it.comment.contains(" broker 4,"));
        let (looks, touches): (Vec<_>, Vec<_>) =
            of_it.partition(|it| it.comment.starts_with("inspect "));
        let up = looks
            .iter()
            .filter(|it| it.status.has_ended() && !was_silent(&it.comment));
        let up = up.map(|it| it.requested_at).max();
        match up > touches.iter().map(|it| it.requested_at).max() {
            true => Ok(()),
            false => Err("broker 4 was not inspected while it was up".to_owned()),
        }
    })
    .await
}

/// Its instance fails for good: it is rebooted, and then replaced by one that has its volume.
pub(super) async fn replaced(world: &LocalAws) -> Result<(), String> {
    let (node, _) = FOURTH;
    put(world, "healing", "replace")?;
    seen_up(world).await?;
    let (since, pace) = (looks(world), world.times_faster());
    slowly(world).await?;
    let old = world.fail_machine(node).map_err(text)?;
    let began = (Instant::now(), world.clock.now());
    println!(
        "  the operating system of {old} dies: its own status check fails, its SSM agent is gone, and no reboot will help"
    );
    does(world, since, &format!("reboot {old} of broker 4")).await?;
    println!(
        "  {} after it happened; an hour is to pass",
        ago(world, began)
    );
    at_scale(world, QUICK, async || {
        let states = world.lifecycle_states(node);
        match states.iter().any(|it| it.starts_with("Terminating")) {
            true => Ok(()),
            false => Err(format!("{old} is {states:?}")),
        }
    })
    .await?;
    set_scale(world, pace).await?;
    does(world, since, &format!("have {old} of broker 4 replaced")).await?;
    println!("  {} after it happened", ago(world, began));
    another(world, node, old.as_str()).await?;
    until(world, async || waits(world, "InService")).await?;
    let new = world.instance(node).map_err(text)?;
    proven(world, &FOUR).await?;
    until(world, async || match in_sync(world, node).await? {
        all if all == PARTITIONS => Ok(()),
        some => Err(format!("broker 4 is in sync in {some} partitions")),
    })
    .await?;
    println!(
        "  {new} is in service with the volume that {old} had, and broker 4 is in sync in all {PARTITIONS} partitions, {} after \
         it happened",
        ago(world, began)
    );
    Ok(())
}

/// It gives its partitions up, is stopped gracefully, its port drains, and its group goes on.
pub(super) async fn inwards(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    reassign(world, |partition| match partition % 3 {
        0 => [1, 2, 3],
        1 => [2, 3, 1],
        _ => [3, 1, 2],
    })
    .await?;
    println!("  the partitions are reassigned to brokers 1, 2 and 3");
    let (node, _) = FOURTH;
    let began = (Instant::now(), world.clock.now());
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
    let (pushed, stops) = (reports(world), sent(world, "-stop"));
    world.scale(node, 0).map_err(text)?;
    let stopped = did(world, pushed, "stop broker 4 on").await?;
    println!("  push-listeners does: {stopped}");
    let completed = reported(world, since, actions, "\"step\":\"complete").await?;
    println!("  register-brokers does: {}", step_of(&completed));
    until(world, async || {
        match world.lifecycle_states(node).as_slice() {
            [] => Ok(()),
            states => Err(format!("its instance is {states:?}")),
        }
    })
    .await?;
    proven(world, &THREE).await?;
    if sent(world, "-stop") != stops + 1 {
        return Err("broker 4 was not told once to stop".to_owned());
    }
    let flow = stage.flow().await?;
    println!(
        "  the instance is gone {} after its group was scaled in; the longest wait for an acknowledgement is {} ms by now",
        ago(world, began),
        flow.longest_ms
    );
    Ok(())
}

fn waits(world: &LocalAws, wanted: &str) -> Result<(), String> {
    match world.lifecycle_states(FOURTH.0).as_slice() {
        [state] if state == wanted => Ok(()),
        states => Err(format!("the instance of broker 4 is {states:?}")),
    }
}

/// Bootstrap first, then the hook.
fn order(world: &LocalAws, since: usize) -> Result<(), String> {
    let journal = world.journal();
    let reports = journal.runs(REGISTER_BROKERS).reports.iter().skip(since);
    let all = reports.filter_map(|report| report["actions"].as_array());
    let steps: Vec<&str> = all
        .flatten()
        .filter_map(|action| action["step"].as_str())
        .collect();
    let first = |is_it: fn(&str) -> bool| steps.iter().position(|step| is_it(step));
    let entered = first(|step| step.ends_with(" with EXTERNAL bootstrap"));
    let completed = first(|step| step.starts_with("complete"));
    match (entered, completed) {
        (Some(entered), Some(completed)) if entered < completed => Ok(()),
        _ => Err(format!("the hook was completed too early: {steps:?}")),
    }
}

/// Moves the partitions of the topic, waits until they are moved, and has each led by its first replica.
async fn reassign(world: &LocalAws, replicas: impl Fn(u32) -> [u32; 3]) -> Result<(), String> {
    let tools = world.tools_in_vpc()?;
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|it| json!({"topic": TOPIC, "partition": it, "replicas": replicas(it)}))
        .collect();
    let file = tools.home().folder().join("reassignment.json");
    let wanted = json!({"version": 1, "partitions": partitions}).to_string();
    std::fs::write(&file, wanted).map_err(|error| format!("{}: {error}", file.display()))?;
    let broker = world.kafka("1").await?.internal();
    let file = file.display().to_string();
    let run = async |script: &str, arguments: [&str; 3]| {
        let all = [&["--bootstrap-server", &broker][..], &arguments].concat();
        let told = tools.run(script, &all).await;
        told.map_err(|error| error.to_string())
    };
    let reassigns = async |what: &str| {
        let arguments = ["--reassignment-json-file", &file, what];
        run("kafka-reassign-partitions.sh", arguments).await
    };
    reassigns("--execute").await?;
    until(world, async || {
        let told = reassigns("--verify").await?;
        match told.contains("is still in progress") || told.contains("failed") {
            false => Ok(()),
            true => Err(told),
        }
    })
    .await?;
    // These brokers do not do so by themselves (auto.leader.rebalance.enable).
    let elects = ["--election-type", "preferred", "--all-topic-partitions"];
    run("kafka-leader-election.sh", elects).await?;
    Ok(())
}

/// Who leads each partition of the topic, by Kafka's own tool.
async fn leaders(world: &LocalAws) -> Result<Vec<u32>, String> {
    let leader = |line: &str| -> Option<u32> {
        let (_, after) = line.split_once("Leader: ")?;
        after.split_whitespace().next()?.parse().ok()
    };
    Ok(described(world).await?.lines().filter_map(leader).collect())
}

/// In how many partitions of the topic a broker is in sync.
async fn in_sync(world: &LocalAws, node: &str) -> Result<u32, String> {
    let has_it = |line: &&str| {
        let isr = line.split_once("Isr: ").map(|(_, after)| after);
        let isr = isr.and_then(|it| it.split_whitespace().next());
        isr.is_some_and(|it| it.split(',').any(|it| it == node))
    };
    let told = described(world).await?;
    u32::try_from(told.lines().filter(has_it).count()).map_err(|error| error.to_string())
}

async fn described(world: &LocalAws) -> Result<String, String> {
    let tools = world.tools_in_vpc()?;
    let broker = world.kafka("1").await?.internal();
    let question = [
        "--bootstrap-server",
        &broker,
        "--describe",
        "--topic",
        TOPIC,
    ];
    let told = tools.run("kafka-topics.sh", &question).await;
    told.map_err(|error| error.to_string())
}

//! What is shown: real Kafka behind the mapping, proof that every port reaches its broker, and a
//! mapping that follows brokers as they come and go.

use super::checks::{
    another, complete, entered_after_proof, meanwhile, no_longer, proven, reported, table,
    two_more_reports,
};
use super::play::Play;
use super::waiting::until;
use crate::local::{DOMAIN, LocalAws};
use anstream::println;
use fleet::words::ParameterName;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Instant;

/// The seed's brokers and their zones.
const BROKERS: [(&str, &str); 3] = [("1", "usw2-az1"), ("2", "usw2-az2"), ("3", "usw2-az3")];
const THREE: [(&str, u16); 3] = [("1", 9093), ("2", 9094), ("3", 9095)];
/// Those that come later.
const FOURTH: (&str, &str) = ("4", "usw2-az1");
const FOUR: [(&str, u16); 4] = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
const FIFTH: (&str, &str) = ("5", "usw2-az2");
const FIVE: [(&str, u16); 5] = [
    ("1", 9093),
    ("2", 9094),
    ("3", 9095),
    ("4", 9096),
    ("5", 9097),
];

/// The topic of the seed's check.
const TOPIC: &str = "test-topic";

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

/// Plays every step.
pub(super) async fn all(play: &mut Play<'_>) {
    let world = play.world;
    play.step(
        "three Kafka brokers start in three zones; when each is proven on its port, bootstrap opens",
        the_seed(world),
    )
    .await;
    play.step(
        "the seed's check: ten messages there and back, inside the VPC and through the endpoint",
        both_ways(world),
    )
    .await;
    play.step(
        "the proof table: every port through the NLB, bootstrap, and every broker directly",
        proof(world),
    )
    .await;
    play.step(
        "two wires are crossed by hand: 9093 leads to broker 2. The next sweep names it and puts it right",
        crossed_wires(world),
    )
    .await;
    play.step(
        "broker 3's process hangs: its port accepts, its target is healthy, and it is found",
        hang(world),
    )
    .await;
    play.step(
        "an Auto Scaling group adds broker 4: it enters bootstrap after its proof; a replacement keeps its port",
        fourth(world),
    )
    .await;
    play.step(
        "every EC2 event is lost from now on; broker 4 is replaced, and the sweep repairs the mapping",
        without_events(world),
    )
    .await;
    play.step(
        "the listener parameter is written with an error: nothing changes; repaired, work goes on",
        bad_parameter(world),
    )
    .await;
}

async fn the_seed(world: &LocalAws) -> Result<(), String> {
    let opened = entered_after_proof(world, 0, THREE.len()).await?;
    println!("  {}", step_of(&opened));
    proven(world, &THREE).await?;
    println!("  AWS has exactly the seed's mapping, and every port is proven:");
    println!("  9092 → 1, 2, 3 · 9093 → 1 · 9094 → 2 · 9095 → 3");
    let name = "/kafka-privatelink/orders/handover/EXTERNAL";
    let written = until(world, async || {
        let now = world.clock.now();
        let mut model = world.model();
        let written = model.by_hand(|model| model.get_parameter(now, &ParameterName::from(name)));
        written.map_err(|_| format!("{name} is not written"))
    })
    .await?;
    println!("  {name}, for the consumer's console:");
    for line in written.lines() {
        println!("    {line}");
    }
    Ok(())
}

async fn both_ways(world: &LocalAws) -> Result<(), String> {
    let inside = world.check_internal().await?;
    complete("INTERNAL, from a client in the VPC", &inside)?;
    let outside = world.check_external().await?;
    complete(
        "EXTERNAL, from the consumer, through its endpoint",
        &outside,
    )?;
    println!("  the consumer began at bootstrap.<az_id>.{DOMAIN}:9092");
    println!("  and went on to b1.usw2-az1.…:9093, b2.usw2-az2.…:9094, b3.usw2-az3.…:9095");
    Ok(())
}

async fn proof(world: &LocalAws) -> Result<(), String> {
    let table = table(world).await?;
    println!("{table}");
    let wrong = table.0.iter().find(|row| !row.verdict.is_proven());
    match wrong {
        Some(row) => Err(row.to_string()),
        None if table.0.len() == 7 => Ok(()),
        None => Err(format!("{} rows instead of 7", table.0.len())),
    }
}

async fn crossed_wires(world: &LocalAws) -> Result<(), String> {
    let since = world.journal().reports.len();
    let began = (Instant::now(), world.clock.now());
    world.cross_wires(9093, "2").map_err(text)?;
    println!("  listener 9093 now forwards to broker 2's target group");
    let named = reported(
        world,
        since,
        proof_rows,
        "wrong broker: reached 2, expected 1",
    )
    .await?;
    println!("  the report says: {named}");
    let done = reported(
        world,
        since,
        actions,
        "point listener 9093 at EXTERNAL broker 1",
    )
    .await?;
    println!("  and does: {}", step_of(&done));
    println!("  {} after it happened", ago(world, began));
    proven(world, &THREE).await
}

async fn hang(world: &LocalAws) -> Result<(), String> {
    let broker = world.kafka("3").await?;
    let since = world.journal().reports.len();
    let began = (Instant::now(), world.clock.now());
    broker.freeze().await.map_err(|error| error.to_string())?;
    println!("  broker 3 is stopped by SIGSTOP: its ports accept, and it answers nobody");
    let found = reported(world, since, held, "EXTERNAL broker 3 has a healthy target").await?;
    println!("  the report says: {found}");
    println!("  {} after it happened", ago(world, began));
    println!(
        "  (later the kernel's queue of connections that nobody accepts is full, and the health check sees it, too)"
    );
    println!("{}", table(world).await?);
    let registered = world.registered("3").map_err(text)?;
    if registered != [9092, 9095] {
        return Err(format!("broker 3 stands behind {registered:?}"));
    }
    println!("  and nothing was taken out: broker 3 still stands behind 9092 and 9095");
    broker.thaw().await.map_err(|error| error.to_string())?;
    println!("  it goes on (SIGCONT)");
    no_longer(world, held, "EXTERNAL broker 3 has a healthy target").await?;
    proven(world, &THREE).await
}

async fn fourth(world: &LocalAws) -> Result<(), String> {
    let (node, az) = FOURTH;
    let since = world.journal().reports.len();
    world.launch_by_auto_scaling(node, az).map_err(text)?;
    proven(world, &FOUR).await?;
    let entered = entered_after_proof(world, since, FOUR.len()).await?;
    println!("  {}", step_of(&entered));
    let tools = world.tools_at_consumer()?;
    let start = world.consumer.bootstrap(9092);
    let mut producer = tools
        .producer(&start, TOPIC)
        .map_err(|error| error.to_string())?;
    let old = world.instance(node).map_err(text)?;
    world.terminate(node).map_err(text)?;
    println!("  {old} is terminated; its group launches another one with the same node.id");
    let sent = meanwhile(&mut producer, async {
        another(world, node, old.as_str()).await?;
        proven(world, &FOUR).await
    })
    .await?;
    producer.finish().await.map_err(|error| error.to_string())?;
    println!("  {sent} messages went through the endpoint meanwhile, all acknowledged");
    let new = world.instance(node).map_err(text)?;
    println!("  9096 → broker 4 ({new}), proven");
    Ok(())
}

async fn without_events(world: &LocalAws) -> Result<(), String> {
    let (node, _) = FOURTH;
    world.bus().lose("aws.ec2");
    world.bus().lose("aws.autoscaling");
    two_more_reports(world).await?;
    let seen = world.journal().reports.len();
    let old = world.terminate(node).map_err(text)?;
    println!("  {old} is terminated, and no event says so");
    another(world, node, old.as_str()).await?;
    proven(world, &FOUR).await?;
    let new = world.instance(node).map_err(text)?;
    println!("  9096 → broker 4 ({new}), proven");
    let journal = world.journal();
    let wakes: BTreeSet<&String> = journal.reports[seen..]
        .iter()
        .filter_map(|report| report["wakes"].as_object())
        .flat_map(|wakes| wakes.keys())
        .collect();
    if wakes.iter().any(|wake| !wake.starts_with("aws.scheduler")) {
        return Err(format!("an event came through: {wakes:?}"));
    }
    let lost = world
        .bus()
        .delivered()
        .get("aws.ec2")
        .map_or(0, |of| of.dropped);
    if lost == 0 {
        return Err("no EC2 event was lost".to_owned());
    }
    println!("  {lost} EC2 events were lost; what woke the function: {wakes:?}");
    Ok(())
}

async fn bad_parameter(world: &LocalAws) -> Result<(), String> {
    world.bus().lose_no_more("aws.ec2");
    world.bus().lose_no_more("aws.autoscaling");
    let wrong = format!(
        "usw2-az1 => <broker_id>.usw2-az1.{DOMAIN}:<port>\nusw2-az2 => <broker_id>.usw2-az3.{DOMAIN}:<port>"
    );
    let since = world.journal().reports.len();
    world
        .put_parameter("listeners/EXTERNAL", &wrong)
        .map_err(text)?;
    let said = reported(world, since, held, "line 2").await?;
    println!("  the report says: {said}");
    let (node, az) = FIFTH;
    let writes = world.model().writes().len();
    world.launch(node, az).map_err(text)?;
    two_more_reports(world).await?;
    if world.model().writes().len() != writes {
        return Err("something was written while the parameter was wrong".to_owned());
    }
    println!("  broker 5 is launched meanwhile: nothing is written");
    put_pattern(world)?;
    println!("  the parameter is repaired");
    proven(world, &FIVE).await
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

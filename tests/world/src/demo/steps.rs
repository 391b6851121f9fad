//! What is shown: brokers come and go, and the mapping follows. Every check asks through a socket
//! on the consumer's host, or compares what AWS has.

use super::checks::{answers, bootstrap, held_with, name, refuses, two_more_reports};
use super::play::Play;
use super::waiting::until;
use crate::local::{DOMAIN, LocalAws};
use anstream::println;
use std::collections::BTreeSet;

/// The seed's brokers and their zones; the fourth comes later.
const BROKERS: [(&str, &str); 3] = [("1", "usw2-az1"), ("2", "usw2-az2"), ("3", "usw2-az3")];
const FOURTH: (&str, &str) = ("4", "usw2-az1");
const FIFTH: (&str, &str) = ("5", "usw2-az2");

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
        "three brokers start in three zones: 9092 for all of them, 9093 to 9095 for one each",
        the_seed(world),
    )
    .await;
    play.step(
        "every port is asked from the consumer's host, and the right broker answers",
        questions(world),
    )
    .await;
    play.step("broker 2's instance is terminated and another one takes over: same port, no other disturbed", takeover(world)).await;
    play.step(
        "an Auto Scaling group adds broker 4 (9096), which is stopped and started again",
        fourth(world),
    )
    .await;
    play.step("every EC2 event is lost from now on; broker 3 is replaced, and the sweep repairs the mapping", without_events(world)).await;
    play.step(
        "the listener parameter is written with an error: nothing changes; repaired, work goes on",
        bad_parameter(world),
    )
    .await;
}

async fn the_seed(world: &LocalAws) -> Result<(), String> {
    until(world, async || {
        world.mapped(&[("1", 9093), ("2", 9094), ("3", 9095)])
    })
    .await?;
    println!(
        "  AWS has exactly the seed's mapping: 9092 → 1, 2, 3 · 9093 → 1 · 9094 → 2 · 9095 → 3"
    );
    Ok(())
}

async fn questions(world: &LocalAws) -> Result<(), String> {
    for ((node, az), port) in BROKERS.into_iter().zip(9093..) {
        answers(world, node, az, port, None).await?;
    }
    bootstrap(world, &["1", "2", "3"]).await
}

async fn takeover(world: &LocalAws) -> Result<(), String> {
    let first = world.consumer.hold(&name("1", "usw2-az1", 9093)).await?;
    let third = world.consumer.hold(&name("3", "usw2-az3", 9095)).await?;
    println!("  connections to 9093 and 9095 are held open, and asked on five times a second");
    let old = world.instance("2").map_err(text)?;
    let new = world.replace("2").await.map_err(text)?;
    println!("  {old} is terminated, {new} is launched with the same node.id");
    answers(world, "2", "usw2-az2", 9094, Some(new.as_str())).await?;
    until(world, async || {
        world.mapped(&[("1", 9093), ("2", 9094), ("3", 9095)])
    })
    .await?;
    for held in [first, third] {
        let target = held.target.clone();
        let answered = held.release().await?;
        println!("  {target} was answered {answered} times meanwhile, without a break");
    }
    Ok(())
}

async fn fourth(world: &LocalAws) -> Result<(), String> {
    let (node, az) = FOURTH;
    world.launch_by_auto_scaling(node, az).map_err(text)?;
    answers(world, node, az, 9096, None).await?;
    let all = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    until(world, async || world.mapped(&all)).await?;
    bootstrap(world, &["1", "2", "3", "4"]).await?;
    // Taken out of its group first, as a person would: the group would replace a stopped instance.
    let id = world.stop_in_standby(node).map_err(text)?;
    println!("  {id} is stopped");
    until(world, async || refuses(world, node, az, 9096).await).await?;
    println!("  9096 answers no more; its listener and its target stay");
    two_more_reports(world).await?;
    world.start_again(node).map_err(text)?;
    println!("  {id} is started again");
    answers(world, node, az, 9096, Some(id.as_str())).await?;
    until(world, async || world.mapped(&all)).await
}

async fn without_events(world: &LocalAws) -> Result<(), String> {
    world.bus().lose("aws.ec2");
    two_more_reports(world).await?;
    let seen = world.journal().reports.len();
    let new = world.replace("3").await.map_err(text)?;
    println!("  broker 3 is launched anew as {new}, and no event says so");
    answers(world, "3", "usw2-az3", 9095, Some(new.as_str())).await?;
    until(world, async || {
        world.mapped(&[("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)])
    })
    .await?;
    let journal = world.journal();
    let wakes: BTreeSet<&String> = journal.reports[seen..]
        .iter()
        .filter_map(|report| report["wakes"].as_object())
        .flat_map(|wakes| wakes.keys())
        .collect();
    if wakes.iter().any(|wake| wake.starts_with("aws.ec2")) {
        return Err(format!("an EC2 event came through: {wakes:?}"));
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
    let wrong = format!(
        "usw2-az1 => <broker_id>.usw2-az1.{DOMAIN}:<port>\nusw2-az2 => <broker_id>.usw2-az3.{DOMAIN}:<port>"
    );
    world
        .put_parameter("listeners/EXTERNAL", &wrong)
        .map_err(text)?;
    let said = until(world, async || held_with(world, "line 2")).await?;
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
    answers(world, node, az, 9097, None).await?;
    until(world, async || {
        world.mapped(&[
            ("1", 9093),
            ("2", 9094),
            ("3", 9095),
            ("4", 9096),
            ("5", 9097),
        ])
    })
    .await?;
    bootstrap(world, &["1", "2", "3", "4", "5"]).await
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

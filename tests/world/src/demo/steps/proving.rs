//! Real Kafka behind the mapping, and proof that every port reaches its broker.

use super::pushed::right;
use super::{THREE, actions, ago, held, proof_rows, step_of, text};
use crate::demo::checks::{complete, no_longer, proven, reported, table};
use crate::demo::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::local::{CONSUMER_ACCOUNT, LocalAws};
use anstream::{print, println};
use fleet::words::ParameterName;
use std::time::Instant;

pub(super) async fn the_document(world: &LocalAws) -> Result<(), String> {
    proven(world, &THREE).await?;
    println!("  AWS has exactly the mapping of TiDB Cloud's document, and every port is proven:");
    println!("  9092 → 1, 2, 3 · 9093 → 1 · 9094 → 2 · 9095 → 3");
    handed_over(world, "EXTERNAL").await?;
    right(world, THREE.len()).await?;
    println!(
        "  push-listeners finds that all three brokers show what they should, and touches none"
    );
    Ok(())
}

/// Waits for the hand-over, and shows it.
pub(super) async fn handed_over(world: &LocalAws, group: &str) -> Result<(), String> {
    let name = format!("/kafka-privatelink/orders/handover/{group}");
    let name = name.as_str();
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

pub(super) async fn both_ways(world: &LocalAws) -> Result<(), String> {
    let inside = world.check_internal().await?;
    complete("INTERNAL, from a client in the VPC", &inside)?;
    let outside = world.check_external().await?;
    complete(
        "EXTERNAL, from the consumer, through its endpoint",
        &outside,
    )?;
    let consumer = &world.consumer;
    println!(
        "  this consumer is account {CONSUMER_ACCOUNT}, whom somebody allowed and accepted by hand long ago"
    );
    println!("  it began at {}", consumer.bootstrap(9092));
    Ok(())
}

pub(super) async fn proof(world: &LocalAws) -> Result<(), String> {
    let table = table(world).await?;
    print!("{table}");
    println!("    (✓ is proven, ✗ is wrong, ? is neither)");
    let wrong = table.0.iter().find(|row| !row.verdict.is_proven());
    match wrong {
        Some(row) => Err(row.to_string()),
        None if table.0.len() == 7 => Ok(()),
        None => Err(format!("{} rows instead of 7", table.0.len())),
    }
}

pub(super) async fn crossed_wires(world: &LocalAws) -> Result<(), String> {
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
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
    println!(
        "  {} after it happened: a sweep comes each minute of AWS time, and a run takes real time, so that it misses some here",
        ago(world, began)
    );
    proven(world, &THREE).await
}

pub(super) async fn hang(world: &LocalAws) -> Result<(), String> {
    let broker = world.kafka("3").await?;
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
    let began = (Instant::now(), world.clock.now());
    broker.freeze().await.map_err(|error| error.to_string())?;
    println!("  broker 3 is stopped by SIGSTOP: its ports accept, and it answers nobody");
    let found = reported(
        world,
        since,
        held,
        "EXTERNAL broker 3: the target is healthy",
    )
    .await?;
    println!("  the report says: {found}");
    println!("  {} after it happened", ago(world, began));
    println!(
        "  the proof table, asked for after that report (once the kernel's queue of connections that nobody accepts is \
         full, its port accepts no more, and the health check sees it, too):"
    );
    println!("{}", table(world).await?);
    let registered = world.registered("3").map_err(text)?;
    if registered != [9092, 9095] {
        return Err(format!("broker 3 stands behind {registered:?}"));
    }
    println!("  and nothing was taken out: broker 3 still stands behind 9092 and 9095");
    broker.thaw().await.map_err(|error| error.to_string())?;
    println!("  it goes on (SIGCONT)");
    no_longer(world, held, "EXTERNAL broker 3: the target is healthy").await?;
    proven(world, &THREE).await
}

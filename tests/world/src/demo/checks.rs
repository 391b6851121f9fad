//! The checks of the demo: a question through a socket on the consumer's host, or what AWS has.

use super::waiting::until;
use crate::local::{Answered, DOMAIN, LocalAws};
use anstream::println;
use std::collections::BTreeSet;

/// The zones of the endpoint.
const ZONES: [&str; 3] = ["usw2-az1", "usw2-az2", "usw2-az3"];

/// Asks a broker's advertised name until the right one answers; and that one only may answer.
pub(super) async fn answers(
    world: &LocalAws,
    node: &str,
    az: &str,
    port: u16,
    instance: Option<&str>,
) -> Result<(), String> {
    let target = name(node, az, port);
    let answered = until(world, async || {
        let answered = world.consumer.ask(&target).await?;
        match instance {
            Some(wanted) if answered.instance != wanted => {
                Err(format!("{} still answers", answered.instance))
            }
            Some(_) | None => Ok(answered),
        }
    })
    .await
    .map_err(|error| format!("{target}: {error}"))?;
    let Answered {
        node: who,
        instance,
    } = answered;
    if who != node {
        return Err(format!("{target} was answered by broker {who}, not {node}"));
    }
    println!("  {target} → broker {who} ({instance})");
    Ok(())
}

/// Asks the bootstrap port through every zone until each of these brokers has answered.
pub(super) async fn bootstrap(world: &LocalAws, nodes: &[&str]) -> Result<(), String> {
    let wanted: BTreeSet<String> = nodes.iter().map(|node| (*node).to_owned()).collect();
    let seen = std::cell::RefCell::new(BTreeSet::new());
    until(world, async || {
        for az in ZONES {
            let answered = world
                .consumer
                .ask(&format!("bootstrap.{az}.{DOMAIN}:9092"))
                .await?;
            seen.borrow_mut().insert(answered.node);
        }
        match &*seen.borrow() {
            seen if *seen == wanted => Ok(()),
            seen => Err(format!(
                "bootstrap was answered by {seen:?}, wanted {wanted:?}"
            )),
        }
    })
    .await?;
    println!(
        "  bootstrap.<az_id>.{DOMAIN}:9092 → brokers {}",
        nodes.join(", ")
    );
    Ok(())
}

/// Whether nobody answers there.
pub(super) async fn refuses(
    world: &LocalAws,
    node: &str,
    az: &str,
    port: u16,
) -> Result<(), String> {
    match world.consumer.ask(&name(node, az, port)).await {
        Ok(answered) => Err(format!("broker {} still answers", answered.node)),
        Err(_) => Ok(()),
    }
}

/// Waits until the newest report holds something that says this.
pub(super) fn held_with(world: &LocalAws, part: &str) -> Result<String, String> {
    let journal = world.journal();
    let report = journal.reports.last().ok_or("no report yet")?;
    let held = report["held"].as_array().ok_or("a report without held")?;
    let found = held
        .iter()
        .filter_map(|held| held.as_str())
        .find(|held| held.contains(part));
    found
        .map(str::to_owned)
        .ok_or_else(|| format!("no report says {part:?}"))
}

/// Waits until two more activations are over, so that one of them has begun since.
pub(super) async fn two_more_reports(world: &LocalAws) -> Result<(), String> {
    let before = world.journal().reports.len();
    until(world, async || match world.journal().reports.len() {
        now if now >= before + 2 => Ok(()),
        now => Err(format!("{} activations, waiting for {}", now, before + 2)),
    })
    .await
}

pub(super) fn name(node: &str, az: &str, port: u16) -> String {
    format!("b{node}.{az}.{DOMAIN}:{port}")
}

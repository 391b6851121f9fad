//! The pattern's unique string changes: all brokers are rolled again.

use super::proving::handed_over;
use super::pushed::{PUSH_LISTENERS, more_runs, reports, sent, serving};
use super::rolling::{processes, restarted, roll};
use super::{BROKERS, THREE, put, put_pattern};
use crate::demo::checks::{complete, proven, reported_by};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::local::{DOMAIN, LocalAws, RENAMED};
use anstream::println;
use serde_json::Value;
use std::collections::BTreeSet;

/// Before anything is done, the report says what it costs.
pub(super) async fn told(world: &LocalAws) -> Result<(), String> {
    put(world, "restarts", "never")?;
    let old = processes(world).await?;
    let (since, applied) = (reports(world), sent(world, "-apply"));
    world.launch_with(RENAMED)?;
    put_pattern(world)?;
    let cost = "clients that resolve only the old names lose brokers";
    let note = reported_by(world, PUSH_LISTENERS, since, notes, cost).await?;
    println!("  the report of push-listeners says: {note}");
    more_runs(world, 2).await?;
    let [by_old, by_new] = reached(world).await?;
    if (by_old.len(), by_new.len()) != (BROKERS.len(), 0) {
        return Err("not all brokers are known by their old names".to_owned());
    }
    match sent(world, "-apply") == applied && processes(world).await? == old {
        true => Ok(()),
        false => Err("a broker was touched without consent".to_owned()),
    }
}

/// Consent: all of them, one after the other; then clients of the new names are served.
pub(super) async fn renamed(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let before = processes(world).await?;
    let consent = || put(world, "restarts", "any-time");
    let rolled = roll(stage, consent, proven(world, &THREE));
    tokio::try_join!(rolled, meanwhile(world, &before))?;
    let [by_old, by_new] = reached(world).await?;
    if (by_old.len(), by_new.len()) != (0, BROKERS.len()) {
        return Err("not all brokers are known by their new names".to_owned());
    }
    handed_over(world, "EXTERNAL").await?;
    let outside = world.check_external().await?;
    complete("EXTERNAL by the new names, from the consumer", &outside)
}

/// Once the first broker is back, clients of the old names have lost it, and those of the new names have no other.
async fn meanwhile(world: &LocalAws, before: &[(u32, Vec<u8>)]) -> Result<(), String> {
    let first = until(world, async || {
        let restarted = restarted(world, before).await?;
        let first = restarted.first().copied();
        first.ok_or_else(|| "nobody is restarted yet".to_owned())
    })
    .await?;
    serving(world, first).await?;
    let [by_old, by_new] = reached(world).await?;
    match by_old.contains(first) || by_old.is_empty() || !by_new.contains(first) {
        false => Ok(()),
        true => Err(format!("broker {first} is not known by its new name alone")),
    }
}

/// The brokers that two clients of the consumer reach: one that resolves only the old names, one that resolves only the
/// new ones.
async fn reached(world: &LocalAws) -> Result<[BTreeSet<String>; 2], String> {
    let (old, new) = tokio::try_join!(world.reached(DOMAIN), world.reached(RENAMED))?;
    let told = |nodes: &BTreeSet<String>| {
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        match nodes.as_slice() {
            [] => "no broker".to_owned(),
            [one] => format!("broker {one}"),
            several => format!("brokers {}", several.join(", ")),
        }
    };
    println!(
        "  a client that resolves only the old names reaches {}; one that resolves only the new names reaches {}",
        told(&old),
        told(&new)
    );
    Ok([old, new])
}

fn notes(report: &Value) -> &Value {
    &report["notes"]
}

//! The pattern's unique string changes: all brokers are rolled again.

use super::proving::handed_over;
use super::pushed::{PUSH_LISTENERS, more_runs, reports, sent};
use super::rolling::roll;
use super::{THREE, text};
use crate::demo::checks::{complete, proven, reported_by};
use crate::demo::stage::Stage;
use crate::local::{LocalAws, RENAMED};
use anstream::println;
use serde_json::Value;

/// Before anything is done, the report says what it costs.
pub(super) async fn told(world: &LocalAws) -> Result<(), String> {
    world.put_parameter("restarts", "never").map_err(text)?;
    println!("  /kafka-privatelink/orders/restarts says never");
    let (since, applied) = (reports(world), sent(world, "-apply"));
    let pattern = format!("<broker_id>.<az_id>.{RENAMED}:<port>");
    world
        .put_parameter("listeners/EXTERNAL", &pattern)
        .map_err(text)?;
    println!("  /kafka-privatelink/orders/listeners/EXTERNAL says {pattern}");
    let old = "clients that resolve only the old names lose brokers";
    let note = reported_by(world, PUSH_LISTENERS, since, notes, old).await?;
    println!("  the report of push-listeners says: {note}");
    more_runs(world, 2).await?;
    match sent(world, "-apply") == applied {
        true => Ok(()),
        false => Err("a broker was restarted without consent".to_owned()),
    }
}

/// Consent: all of them, one after the other; then clients of the new names are served.
pub(super) async fn renamed(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    roll(stage, async {
        super::pushed::right(world, THREE.len()).await?;
        proven(world, &THREE).await
    })
    .await?;
    handed_over(world, "EXTERNAL").await?;
    let outside = world.check_external().await?;
    complete("EXTERNAL by the new names, from the consumer", &outside)
}

fn notes(report: &Value) -> &Value {
    &report["notes"]
}

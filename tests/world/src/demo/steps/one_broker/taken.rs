//! The port on which the broker is to listen is somebody else's: before anybody looks, and after that.

use super::BIND_PORT;
use super::given::{external, is_first};
use crate::demo::steps::pushed::{
    did, down_while, more_runs, process, reports, said, sent, serving,
};
use crate::demo::steps::put_pattern;
use crate::demo::waiting::until;
use crate::local::{LocalAws, SQUATTER, Squatter};
use anstream::println;
use std::sync::OnceLock;

/// Somebody has it: the look sees it.
pub(super) async fn before(world: &LocalAws) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let old = process(&broker)?;
    let squatter = squats(world).await?;
    println!("  {SQUATTER} listens on port {BIND_PORT} of the broker's host");
    let (since, applied) = (reports(world), sent(world, "-apply"));
    put_pattern(world)?;
    println!("  /kafka-privatelink/orders/listeners/EXTERNAL has the consumer's pattern again");
    let used = said(world, since, "could not listen on port 39092").await?;
    println!("  the report says: {used}");
    if !used.contains(SQUATTER) {
        return Err(format!("{SQUATTER} is not named"));
    }
    more_runs(world, 2).await?;
    if process(&broker)? != old || sent(world, "-apply") != applied {
        return Err("the broker was touched".to_owned());
    }
    println!("  nothing is stopped, and nothing is edited");
    squatter.leave().await
}

/// Somebody takes it while the broker restarts: Kafka exits, and everything is back.
pub(super) async fn meanwhile(world: &LocalAws, first: &OnceLock<Vec<u8>>) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let old = broker.process().map_err(|error| error.to_string())?;
    let old = old.ok_or("broker 1 does not run")?;
    let since = reports(world);
    put_pattern(world)?;
    println!("  {SQUATTER} has ended, and the operator writes the parameter again");
    let (said, down) = down_while(&broker, async {
        println!(
            "  push-listeners does: {}",
            did(world, since, "inspect broker 1").await?
        );
        println!(
            "  push-listeners does: {}",
            did(world, since, "edit the file of broker 1").await?
        );
        old.ended().await.map_err(|error| error.to_string())?;
        let squatter = squats(world).await?;
        println!(
            "  the old process has ended, and at that moment {SQUATTER} takes port {BIND_PORT}"
        );
        let said = said(
            world,
            since,
            "its new process exited, and its old file and process are back",
        )
        .await?;
        squatter.leave().await?;
        Ok(said)
    })
    .await?;
    println!("  the report says: {said}");
    if !said.contains("Address already in use") {
        return Err("the report does not say what Kafka said".to_owned());
    }
    serving(world, "1").await?;
    is_first(&broker, first)?;
    if process(&broker)? == old.id() || external(&broker).await {
        return Err("the broker is not what it was".to_owned());
    }
    println!("  the file is what it was at the beginning, byte for byte, and the broker serves");
    println!(
        "  clients inside the VPC had no broker for {:.1} s (real)",
        down.as_secs_f64()
    );
    let commands = sent(world, "-inspect") + sent(world, "-apply");
    more_runs(world, 3).await?;
    match sent(world, "-inspect") + sent(world, "-apply") {
        now if now == commands => {
            println!("  and nothing more is tried: no command in three more runs");
            Ok(())
        }
        now => Err(format!("{} more commands were sent", now - commands)),
    }
}

/// The program, once it listens.
async fn squats(world: &LocalAws) -> Result<Squatter, String> {
    let squatter = world.squat("1", BIND_PORT).await?;
    let broker = world.kafka("1").await?;
    until(world, async || match external(&broker).await {
        true => Ok(()),
        false => Err(format!("nobody listens on port {BIND_PORT}")),
    })
    .await?;
    Ok(squatter)
}

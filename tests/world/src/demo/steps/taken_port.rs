//! The port on which brokers are to listen is somebody else's on the host of the first one: before anybody looks, and after
//! that.

use super::pushed::{did, more_runs, reports, right, said, sent, serving};
use super::rolling::{leader, processes};
use super::second::gone;
use super::{BROKERS, SECOND_BIND_PORT, put_second, retire_second};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::local::{LocalAws, SQUATTER, Squatter};
use anstream::println;
use tokio::net::TcpStream;

/// Somebody has it: the look sees it, and nothing is stopped.
pub(super) async fn before(world: &LocalAws) -> Result<(), String> {
    let first = first(world).await?;
    let squatter = squats(world, first).await?;
    println!(
        "  broker {first} would be restarted first, and {SQUATTER} listens on port {SECOND_BIND_PORT} of its host"
    );
    let old = processes(world).await?;
    let (since, applied) = (reports(world), sent(world, "-apply"));
    put_second(world)?;
    let used = format!("broker {first} could not listen on port {SECOND_BIND_PORT}");
    let used = said(world, since, &used).await?;
    println!("  the report says: {used}");
    if !used.contains(SQUATTER) {
        return Err(format!("{SQUATTER} is not named"));
    }
    more_runs(world, 2).await?;
    if processes(world).await? != old || sent(world, "-apply") != applied {
        return Err("a broker was touched".to_owned());
    }
    println!("  nothing is stopped, and nothing is edited, on no broker");
    squatter.leave().await
}

/// Somebody takes it after that look: Kafka exits, the broker is back by itself, and the roll stops.
pub(super) async fn meanwhile(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let first = first(world).await?;
    let broker = serving(world, first).await?;
    let before = processes(world).await?;
    let old = broker.process().map_err(|error| error.to_string())?;
    let old = old.ok_or_else(|| format!("broker {first} does not run"))?;
    let since = reports(world);
    println!("  {SQUATTER} has ended, and the operator writes the parameter again");
    put_second(world)?;
    let edits = did(world, since, &format!("edit the file of broker {first}")).await?;
    println!("  push-listeners does: {edits}");
    old.ended().await.map_err(|error| error.to_string())?;
    let squatter = squats(world, first).await?;
    println!(
        "  its process has ended, and at that moment {SQUATTER} takes port {SECOND_BIND_PORT}"
    );
    let back = "its new process exited, and its old file and process are back";
    let back = said(world, since, back).await?;
    println!("  the report says: {back}");
    for part in [
        &format!("broker {first} was given its listeners"),
        "Kafka said: ",
        "Address already in use",
        "put right what Kafka said, and write the listener parameter again",
    ] {
        if !back.contains(part) {
            return Err(format!("the report does not say {part:?}"));
        }
    }
    squatter.leave().await?;
    serving(world, first).await?;
    // The new process, and the old one anew.
    stage.starts(first);
    stage.starts(first);
    let after = processes(world).await?;
    let same = |index: usize| before.get(index) == after.get(index);
    for (index, (node, _)) in BROKERS.into_iter().enumerate() {
        let file = |all: &[(u32, Vec<u8>)]| all.get(index).map(|(_, file)| file.clone());
        if file(&before) != file(&after) || node != first && !same(index) {
            return Err(format!("broker {node} is not what it was"));
        }
    }
    println!("  its file is what it was, byte for byte, and it serves; the others never changed");
    let stopped = said(world, since, "so the roll stopped there").await?;
    println!("  the report says: {stopped}");
    let commands = sent(world, "-inspect") + sent(world, "-apply");
    more_runs(world, 3).await?;
    if sent(world, "-inspect") + sent(world, "-apply") != commands {
        return Err("more commands were sent".to_owned());
    }
    println!("  and nothing more is tried: no command in three more runs");
    println!("  the operator takes EXTERNAL2 back");
    retire_second(world)?;
    right(world, BROKERS.len()).await?;
    let waited = gone(world).await?;
    println!(
        "  and its ports are gone, {} min of AWS time later",
        waited.as_mins()
    );
    Ok(())
}

/// Who is rolled first: the first one that is not the active controller.
pub(super) async fn first(world: &LocalAws) -> Result<&'static str, String> {
    let leader = leader(world).await?;
    let mut others = BROKERS.into_iter().filter(|(node, _)| *node != leader);
    others
        .next()
        .map(|(node, _)| node)
        .ok_or_else(|| "there is one broker only".to_owned())
}

/// The program, once it listens.
async fn squats(world: &LocalAws, node: &str) -> Result<Squatter, String> {
    let squatter = world.squat(node, SECOND_BIND_PORT).await?;
    let address = world.kafka(node).await?.host().address();
    until(world, async || {
        match TcpStream::connect((address, SECOND_BIND_PORT)).await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!(
                "nobody listens on port {SECOND_BIND_PORT}: {error}"
            )),
        }
    })
    .await?;
    Ok(squatter)
}

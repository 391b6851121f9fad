//! Who may connect: one parameter, two accounts, and a socket that is cut.

use super::{actions, held, put, step_of, text};
use crate::demo::checks::{complete, reported_by};
use crate::demo::waiting::{CEILING, until};
use crate::kafka::DocumentCheck;
use crate::local::{CONSUMER_ACCOUNT, Consumer, LocalAws};
use anstream::println;
use std::sync::Arc;
use std::time::Duration;

const SYNC_PRINCIPALS: &str = "sync-principals";
/// The account that the operator lists.
const LISTED: &str = "444455556666";
/// Another one, which a colleague has allowed by hand.
const OTHER: &str = "777788889999";

/// The operator lists an account; its consumer connects before there is anything to connect to.
pub(super) async fn listed(world: &LocalAws) -> Result<(), String> {
    put(world, "principals", LISTED)?;
    let allowed = did(world, 0, "allow ").await?;
    println!("  {allowed}");
    let consumer = world.connect_consumer(LISTED).await?;
    let endpoint = consumer.endpoint();
    println!("  account {LISTED} makes an endpoint to the service: {endpoint}");
    let waits = format!("connection {endpoint} of account {LISTED} is accepted when");
    let waits = said(world, 0, &waits).await?;
    println!("  the report says: {waits}");
    stands_as(world, &consumer, "pendingAcceptance")
}

/// The group is proven by now: the connection is accepted, and messages go through it.
pub(super) async fn accepted(world: &LocalAws) -> Result<(), String> {
    let consumer = world.consumer_of(LISTED).await?;
    let accepted = did(world, 0, "accept ").await?;
    println!("  {accepted}");
    until(world, async || stands_as(world, &consumer, "available")).await?;
    let mut check = DocumentCheck::new(consumer.bootstrap(9092));
    check.topic = "second-topic".to_owned();
    check.group = "second-group".to_owned();
    let checked = check.run(&world.tools_at(&consumer)?).await;
    let checked = checked.map_err(|error| error.to_string())?;
    complete("EXTERNAL, from account 444455556666", &checked)
}

/// A second account waits and is named; the first one is taken off the list and cut.
pub(super) async fn cut(world: &LocalAws) -> Result<(), String> {
    let consumer = world.consumer_of(LISTED).await?;
    let arn = format!("arn:aws:iam::{OTHER}:root");
    world.allow(&arn).map_err(text)?;
    let since = reports(world);
    let other = world.connect_consumer(OTHER).await?;
    println!(
        "  a colleague allows account {OTHER} by hand; it connects by {}",
        other.endpoint()
    );
    let waits = format!(
        "connection {} of account {OTHER} has waited for",
        other.endpoint()
    );
    let waits = said(world, since, &waits).await?;
    println!("  the report says: {waits}");
    stands_as(world, &other, "pendingAcceptance")?;

    let target = format!("b1.usw2-az1.{}:9093", world.domain()?);
    let mut socket = consumer.keep(&target).await?;
    println!("  account {LISTED} keeps a connection to {target} open");
    let since = reports(world);
    put(world, "principals", r#"{"principals": []}"#)?;
    let rejected = did(world, since, "reject ").await?;
    println!("  {rejected}");
    let how = socket.ended(CEILING).await?;
    let how = how.ok_or("the connection still stands")?;
    println!("  the connection that account {LISTED} kept open: {how}");
    stands_as(world, &consumer, "rejected")?;
    let gone = did(world, since, "take the permission of ").await?;
    println!("  {gone}");
    match consumer.keep(&target).await {
        Ok(_) => return Err(format!("account {LISTED} can still connect")),
        Err(error) => println!("  a new one of account {LISTED}: {error}"),
    }
    stands_as(world, &other, "pendingAcceptance")?;
    // Whoever was there before, allowed by other hands, notices nothing.
    let mut first = world.consumer.keep(&target).await?;
    match first.ended(Duration::from_millis(500)).await? {
        None => {
            println!(
                "  account {CONSUMER_ACCOUNT}, allowed by other hands, notices nothing; account {OTHER} still waits"
            );
            Ok(())
        }
        Some(how) => Err(format!("another consumer's connection: {how}")),
    }
}

fn reports(world: &LocalAws) -> usize {
    world.journal().runs(SYNC_PRINCIPALS).reports.len()
}

/// Waits until sync-principals has held something that says this.
async fn said(world: &LocalAws, since: usize, part: &str) -> Result<String, String> {
    reported_by(world, SYNC_PRINCIPALS, since, held, part).await
}

/// Waits until sync-principals has done this; answers it in words.
async fn did(world: &LocalAws, since: usize, part: &str) -> Result<String, String> {
    let step = format!("\"step\":\"{part}");
    let action = reported_by(world, SYNC_PRINCIPALS, since, actions, &step).await?;
    Ok(step_of(&action))
}

/// How AWS says that a consumer's connection stands.
fn stands_as(world: &LocalAws, consumer: &Arc<Consumer>, state: &str) -> Result<(), String> {
    let now = world.clock.now();
    let mut model = world.model();
    model.advance(now);
    let found = model.connection(consumer.endpoint());
    let found = found.map_or("gone", |record| record.state.as_str());
    match found == state {
        true => Ok(()),
        false => Err(format!("{} is {found}, not {state}", consumer.endpoint())),
    }
}

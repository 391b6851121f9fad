//! EXTERNAL is given and taken back by parameters.

use super::{BIND_PORT, ONE, text};
use crate::demo::checks::{complete, entered_after_proof, proven, reported};
use crate::demo::steps::proving::handed_over;
use crate::demo::steps::pushed::{
    did, down_while, plan, process, reports, right, said, sent, serving,
};
use crate::demo::steps::{actions, ago, put_pattern, step_of};
use crate::demo::waiting::until;
use crate::kafka::Broker;
use crate::local::LocalAws;
use anstream::println;
use std::sync::OnceLock;
use std::time::Instant;
use tokio::net::TcpStream;

const ADVERTISED: &str = "EXTERNAL://b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093";

/// The pattern: a port, a plan, and nothing that is done to the broker.
pub(super) async fn planned(world: &LocalAws, first: &OnceLock<Vec<u8>>) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let before = (file(&broker)?, process(&broker)?);
    let since = reports(world);
    put_pattern(world)?;
    println!("  /kafka-privatelink/orders/listeners/EXTERNAL has the consumer's pattern");
    let port = "create target group of EXTERNAL broker 1 (port 9093, targets on 39092)";
    let port = reported(world, 0, actions, port).await?;
    println!("  register-brokers does: {}", step_of(&port));
    println!(
        "  push-listeners does: {}",
        did(world, since, "inspect broker 1 on").await?
    );
    let waits = said(world, since, "waits for your word").await?;
    println!("  its report says: {waits}");
    println!("  its plan, asked for by hand:");
    let plan = plan(world).await?;
    for line in plan.lines() {
        println!("    {line}");
    }
    let lines = |sign: &str| plan.lines().filter(|line| line.starts_with(sign)).count();
    if (lines("    - "), lines("    + ")) != (3, 3) || !plan.contains(ADVERTISED) {
        return Err("the plan does not show three lines that change".to_owned());
    }
    if (file(&broker)?, process(&broker)?) != before || sent(world, "-apply") != 0 {
        return Err("the broker was touched".to_owned());
    }
    println!("  the file is untouched, and the process goes on");
    let _ = first.set(before.0);
    Ok(())
}

/// Consent: everything up to a message through the endpoint.
pub(super) async fn given(world: &LocalAws) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let old = process(&broker)?;
    let (since, mapped) = (reports(world), register_runs(world));
    let began = (Instant::now(), world.clock.now());
    // It is alone: while it is down, neither its topics nor the quorum are there.
    let alone = r#"{"when": "any-time", "allow_unavailable": true}"#;
    world.put_parameter("restarts", alone).map_err(text)?;
    println!("  /kafka-privatelink/orders/restarts says {alone}");
    println!(
        "  push-listeners does: {}",
        did(world, since, "edit the file of broker 1").await?
    );
    let (opened, down) = down_while(&broker, async {
        let opened = entered_after_proof(world, mapped, ONE.len()).await?;
        until(world, async || world.mapped(&ONE)).await?;
        Ok(opened)
    })
    .await?;
    println!("  register-brokers does: {}", step_of(&opened));
    println!(
        "  the bootstrap port serves {} after the parameter was written",
        ago(world, began)
    );
    println!(
        "  clients inside the VPC had no broker for {:.1} s (real) while Kafka restarted",
        down.as_secs_f64()
    );
    proven(world, &ONE).await?;
    right(world, 1).await?;
    if process(&broker)? == old || !external(&broker).await {
        return Err("the broker was not restarted with EXTERNAL".to_owned());
    }
    println!("  it is another process, and it shows what it should");
    handed_over(world, "EXTERNAL").await?;
    let outside = world.check_external().await?;
    complete(
        "EXTERNAL, from the consumer, through its endpoint",
        &outside,
    )
}

/// The way back.
pub(super) async fn given_back(world: &LocalAws, first: &OnceLock<Vec<u8>>) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let since = reports(world);
    let retired = r#"{"retired": true}"#;
    world
        .put_parameter("listeners/EXTERNAL", retired)
        .map_err(text)?;
    println!("  /kafka-privatelink/orders/listeners/EXTERNAL says {retired}");
    println!(
        "  push-listeners does: {}",
        did(world, since, "edit the file of broker 1").await?
    );
    until(world, async || is_first(&broker, first)).await?;
    right(world, 1).await?;
    is_first(&broker, first)?;
    if external(&broker).await {
        return Err("the broker still listens for consumers".to_owned());
    }
    println!("  the file is what it was at the beginning, byte for byte");
    println!("  the process shows no EXTERNAL, and does not listen on {BIND_PORT}");
    let inside = world.check_internal().await?;
    complete("INTERNAL, from a client in the VPC", &inside)
}

pub(super) fn register_runs(world: &LocalAws) -> usize {
    world
        .journal()
        .runs(crate::deployment::REGISTER_BROKERS)
        .reports
        .len()
}

/// The broker's file.
fn file(broker: &Broker) -> Result<Vec<u8>, String> {
    let path = broker.home().properties();
    std::fs::read(&path).map_err(|error| format!("read {}: {error}", path.display()))
}

/// Whether the file is what it was at the beginning.
pub(super) fn is_first(broker: &Broker, first: &OnceLock<Vec<u8>>) -> Result<(), String> {
    match first.get() {
        Some(first) if *first == file(broker)? => Ok(()),
        _ => Err("the file is not what it was at the beginning".to_owned()),
    }
}

/// Whether anybody listens on the bind port.
pub(super) async fn external(broker: &Broker) -> bool {
    let address = (broker.host().address(), BIND_PORT);
    TcpStream::connect(address).await.is_ok()
}

//! Three brokers that have no listener for consumers get it, one after the other.

use super::drawn::drawn;
use super::pushed::{did, plan, process, reports, right, said, sent, serving};
use super::{BROKERS, THREE, ago, put, put_pattern, step_of};
use crate::demo::checks::{entered_after_proof, examined, proven};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::local::{Downtime, LocalAws};
use anstream::println;
use jiff::civil::DateTime;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Instant;

/// The pattern: ports, a plan, and nothing that is done to any broker.
pub(super) async fn planned(world: &LocalAws) -> Result<(), String> {
    let missing = [
        "✗ listener parameter: no parameter names a consumer",
        "✓ tags of instances: brokers 1, 2, 3",
        "… connection: waits for: names",
        "Next: write the pattern that the consumer's console shows",
    ];
    examined(world, &missing).await?;
    let before = processes(world).await?;
    let since = reports(world);
    put_pattern(world)?;
    until(world, async || ports(world)).await?;
    println!(
        "  register-brokers has made the ports 9093, 9094 and 9095; the bootstrap port 9092 leads nowhere yet"
    );
    for (node, _) in BROKERS {
        let looked = did(world, since, &format!("inspect broker {node} on")).await?;
        println!("  push-listeners does: {looked}");
    }
    for (node, _) in BROKERS {
        let waits = said(world, since, &format!("broker {node} waits for your word")).await?;
        println!("  its report says: {waits}");
    }
    println!("  its plan, asked for by hand:");
    let plan = plan(world).await?;
    for line in plan.lines() {
        println!("    {line}");
    }
    let lines = |sign: &str| plan.lines().filter(|line| line.starts_with(sign)).count();
    if (lines("    - "), lines("    + ")) != (9, 9) {
        return Err("the plan does not show three lines of each broker that change".to_owned());
    }
    if processes(world).await? != before || sent(world, "-apply") != 0 {
        return Err("a broker was touched".to_owned());
    }
    println!("  no file is touched, and every process goes on");
    Ok(())
}

/// Consent: one after the other, and then everything is proven.
pub(super) async fn rolled(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let mapped = world.journal().runs(REGISTER_BROKERS).reports.len();
    let consent = || put(world, "restarts", "any-time");
    let opened = roll(stage, consent, async {
        entered_after_proof(world, mapped, THREE.len()).await
    })
    .await?;
    println!("  register-brokers does: {}", step_of(&opened));
    proven(world, &THREE).await?;
    println!(
        "  every port is proven, 9093 → 1 · 9094 → 2 · 9095 → 3, and all three brokers are in bootstrap; whom the line above does not name came in another run"
    );
    let flow = stage.flow().await?;
    println!(
        "  {} messages were acknowledged until now; the longest wait for one was {} ms",
        flow.acknowledged, flow.longest_ms
    );
    Ok(())
}

/// The operator writes something for which all three brokers are restarted, one by one, the active controller last; then
/// something more is waited for.
pub(super) async fn roll<T>(
    stage: &Stage<'_>,
    written: impl FnOnce() -> Result<(), String>,
    then: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let world = stage.world;
    let leader = leader(world).await?;
    println!("  broker {leader} is the active controller");
    let before = processes(world).await?;
    let since = reports(world);
    let began = (Instant::now(), world.clock.now());
    written()?;
    println!(
        "  what push-listeners does (▶) from here on, and what its reports say that it waits for:"
    );
    let done = drawn(world, since, async {
        for brokers in 1..=BROKERS.len() {
            until(world, async || {
                match restarted(world, &before).await?.len() {
                    now if now >= brokers => Ok(()),
                    now => Err(format!("{now} brokers were restarted, not {brokers}")),
                }
            })
            .await?;
        }
        right(world, BROKERS.len()).await?;
        then.await
    })
    .await?;
    println!(
        "  it is done {} after the parameter was written",
        ago(world, began)
    );
    for (node, _) in BROKERS {
        stage.starts(node);
    }
    let downtime = world.downtime(&BROKERS.map(|(node, _)| node)).await?;
    for line in downtime.lines() {
        println!("    {line}");
    }
    let order = order(&downtime);
    let Some(((_, last), before)) = order.split_last() else {
        return Err("no broker was restarted".to_owned());
    };
    // It moves by itself now and then, on a busy machine.
    let led = |(at, node): &&(DateTime, String)| downtime.controller_at(*at) == Some(node);
    if let Some((_, node)) = before.iter().find(led) {
        return Err(format!(
            "broker {node} was restarted before broker {last}, and was the active controller then"
        ));
    }
    match *last == leader {
        true => println!("  the active controller was the last one"),
        false => println!(
            "  the active controller moved by itself meanwhile, and was none of those who were restarted before the last one"
        ),
    }
    Ok(done)
}

/// The brokers that run in another process than before.
pub(super) async fn restarted(
    world: &LocalAws,
    before: &[(u32, Vec<u8>)],
) -> Result<Vec<&'static str>, String> {
    let mut restarted = Vec::new();
    for ((node, _), (old, _)) in BROKERS.into_iter().zip(before) {
        let broker = world.kafka(node).await?;
        if process(&broker).is_ok_and(|now| now != *old) {
            restarted.push(node);
        }
    }
    Ok(restarted)
}

/// Whether the ports of the three are there, and nobody stands behind bootstrap.
fn ports(world: &LocalAws) -> Result<(), String> {
    let now = world.clock.now();
    let forwards = world.model().forwarding(now);
    let ports: BTreeSet<u16> = forwards.iter().map(|it| it.port.get()).collect();
    let wanted: BTreeSet<u16> = THREE.iter().map(|(_, port)| *port).collect();
    if !ports.is_superset(&wanted) {
        return Err(format!("AWS has the ports {ports:?}"));
    }
    let bootstrap = forwards.iter().find(|it| it.port.get() == 9092);
    match bootstrap {
        Some(bootstrap) if !bootstrap.targets.is_empty() => Err("bootstrap is open".to_owned()),
        _ => Ok(()),
    }
}

/// The brokers' processes and files.
pub(super) async fn processes(world: &LocalAws) -> Result<Vec<(u32, Vec<u8>)>, String> {
    let mut all = Vec::new();
    for (node, _) in BROKERS {
        let broker = serving(world, node).await?;
        let file = std::fs::read(broker.home().properties());
        let file = file.map_err(|error| format!("read the file of broker {node}: {error}"))?;
        all.push((process(&broker)?, file));
    }
    Ok(all)
}

/// The active controller, by Kafka's own tool.
pub(super) async fn leader(world: &LocalAws) -> Result<String, String> {
    let tools = world.tools_in_vpc()?;
    let broker = serving(world, "1").await?.internal();
    let question = ["--bootstrap-server", &broker, "describe", "--status"];
    let told = tools.run("kafka-metadata-quorum.sh", &question).await;
    let told = told.map_err(|error| error.to_string())?;
    let leader = told.lines().find_map(|line| line.strip_prefix("LeaderId:"));
    let leader = leader.ok_or_else(|| format!("no leader in {told}"))?;
    Ok(leader.trim().to_owned())
}

/// Brokers in the order of their last restarts, and when each was stopped for it.
fn order(downtime: &Downtime) -> Vec<(DateTime, String)> {
    let lives = downtime.0.iter();
    let mut last: Vec<_> = lives
        .filter_map(|(node, life)| Some((life.down.last()?.from, node.clone())))
        .collect();
    last.sort();
    last
}

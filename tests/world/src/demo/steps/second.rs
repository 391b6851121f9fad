//! A second listener group on the same NLB and endpoint service comes and goes.

use super::proving::handed_over;
use super::pushed::{reports, right};
use super::rolling::{drawn, roll};
use super::{THREE, put_second, text};
use crate::demo::checks::{complete, proven};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::kafka::DocumentCheck;
use crate::local::LocalAws;
use anstream::println;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const PORTS: [u16; 4] = [9192, 9193, 9194, 9195];
/// After the last broker has ceased to advertise a retired group.
const STAYS: Duration = Duration::from_mins(15);
/// For that wait, in which nobody is told anything.
const QUICK: u32 = 60;

/// Ports first, then brokers; then both serve.
pub(super) async fn added(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    put_second(world)?;
    until(world, async || stand(world)).await?;
    println!("  register-brokers has made its ports");
    roll(stage, async {
        right(world, THREE.len()).await?;
        all_proven(world).await
    })
    .await?;
    handed_over(world, "EXTERNAL2").await?;
    let first = world.check_external().await?;
    complete("EXTERNAL, from the consumer, through its endpoint", &first)?;
    let mut check = DocumentCheck::new(world.consumer.bootstrap(9192));
    check.topic = "external2-topic".to_owned();
    check.group = "external2-group".to_owned();
    let second = check.run(&world.tools_at_consumer()?).await;
    let second = second.map_err(|error| error.to_string())?;
    complete("EXTERNAL2, through the same endpoint", &second)
}

/// Brokers first.
pub(super) async fn retired(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let since = reports(world);
    let retired = r#"{"retired": true}"#;
    world
        .put_parameter("listeners/EXTERNAL2", retired)
        .map_err(text)?;
    println!("  /kafka-privatelink/orders/listeners/EXTERNAL2 says {retired}");
    drawn(world, since, right(world, THREE.len())).await?;
    for (node, _) in THREE {
        stage.starts(node);
    }
    let began = world.clock.now();
    stand(world)?;
    println!("  no broker advertises it any more, and its ports are there still");
    let scale = world.clock.scale();
    world
        .set_scale(QUICK)
        .await
        .map_err(|error| error.to_string())?;
    let gone = until(world, async || match second(world).is_empty() {
        true => Ok(()),
        false => Err(format!("AWS still has the ports {:?}", second(world))),
    });
    gone.await?;
    let waited = world.clock.now().duration_since(began);
    world
        .set_scale(scale)
        .await
        .map_err(|error| error.to_string())?;
    println!(
        "  its ports and target groups are gone after {} min of AWS time",
        waited.as_mins()
    );
    // A run may have seen a moment before us that no broker advertises it.
    if waited.as_secs() + 60 < STAYS.as_secs() as i64 {
        return Err("they went too early".to_owned());
    }
    proven(world, &THREE).await
}

/// Whether all its ports are there.
fn stand(world: &LocalAws) -> Result<(), String> {
    let there = second(world);
    match PORTS.iter().skip(1).all(|port| there.contains(port)) {
        true => Ok(()),
        false => Err(format!("of EXTERNAL2 AWS has the ports {there:?}")),
    }
}

/// The ports of its range that AWS has.
fn second(world: &LocalAws) -> BTreeSet<u16> {
    let now = world.clock.now();
    let forwards = world.model().forwarding(now);
    let ports = forwards.iter().map(|forward| forward.port.get());
    ports.filter(|port| (9192..=9240).contains(port)).collect()
}

/// Waits until a run that began since has proven the ports of both groups.
async fn all_proven(world: &LocalAws) -> Result<(), String> {
    let before = world.journal().runs(REGISTER_BROKERS).reports.len();
    until(world, async || {
        let journal = world.journal();
        let reports = journal.runs(REGISTER_BROKERS).reports.iter().skip(before);
        let proof = reports.last().ok_or("no run since")?["proof"].clone();
        match proof["ports_proven"] == json!(2 * THREE.len()) {
            true => Ok(()),
            false => Err(format!("the newest report proves {proof}")),
        }
    })
    .await
}

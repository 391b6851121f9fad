//! A second listener group on the same NLB and endpoint service comes and goes.

use super::healing::set_scale;
use super::proving::handed_over;
use super::rolling::{processes, roll};
use super::{BROKERS, SECOND_BIND_PORT, THREE, put_second, retire_second};
use crate::demo::checks::{complete, proven};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::kafka::DocumentCheck;
use crate::local::LocalAws;
use anstream::println;
use fleet::tags;
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeSet;
use std::future::Future;
use tokio::net::TcpStream;

/// That of bootstrap, and one for each broker.
const PORTS: [u16; 4] = [9192, 9193, 9194, 9195];
/// After the last broker has ceased to advertise a retired group.
const STAYS: SignedDuration = SignedDuration::from_mins(15);
/// So much of it may have passed when we look: a run has seen before that no broker advertises it.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);
/// For that wait, in which nobody is told anything.
pub(super) const QUICK: u32 = 120;

/// Ports first, then brokers; then both serve.
pub(super) async fn added(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let kept = stage.files.set(files(world).await?);
    kept.map_err(|_| "EXTERNAL2 was added before")?;
    println!(
        "  the local stack is deployed with LastPort=9240 and LastBindPort={SECOND_BIND_PORT}, which give a second group room"
    );
    let add = || put_second(world);
    roll(stage, add, all_proven(world)).await?;
    handed_over(world, "EXTERNAL2").await?;
    let mut check = DocumentCheck::new(world.consumer.bootstrap(9192));
    check.topic = "external2-topic".to_owned();
    check.group = "external2-group".to_owned();
    let tools = world.tools_at_consumer()?;
    let (first, second) = tokio::join!(world.check_external(), check.run(&tools));
    let second = second.map_err(|error| error.to_string())?;
    complete("EXTERNAL, from the consumer, through its endpoint", &first?)?;
    complete("EXTERNAL2, through the same endpoint", &second)
}

/// Brokers first.
pub(super) async fn retired(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let retire = || retire_second(world);
    roll(stage, retire, async { stand(world) }).await?;
    if stage.files.get() != Some(&files(world).await?) {
        return Err("the files are not what they were before EXTERNAL2".to_owned());
    }
    for (node, _) in BROKERS {
        let at = (world.kafka(node).await?.host().address(), SECOND_BIND_PORT);
        if TcpStream::connect(at).await.is_ok() {
            return Err(format!("broker {node} still listens on {}", at.1));
        }
    }
    println!(
        "  every file is what it was before EXTERNAL2, byte for byte, and nobody listens on {SECOND_BIND_PORT}"
    );
    println!("  its ports are there still");
    let waited = gone(world).await?;
    println!(
        "  its ports and target groups are gone {} min of AWS time after the roll: 15 min after a run has seen that no broker advertises it, and a run takes real time, in which AWS time runs fast here",
        waited.as_mins()
    );
    if waited + SETTLED < STAYS {
        return Err("they went too early".to_owned());
    }
    proven(world, &THREE).await
}

/// Waits until AWS has nothing of it any more; answers how long that took, in AWS time.
pub(super) async fn gone(world: &LocalAws) -> Result<SignedDuration, String> {
    at_scale(world, QUICK, async || {
        match (ports(world).as_slice(), target_groups(world)) {
            ([], 0) => Ok(()),
            (ports, groups) => Err(format!(
                "of EXTERNAL2 AWS still has the ports {ports:?} and {groups} target groups"
            )),
        }
    })
    .await
}

/// Waits in AWS time that runs so many times as fast as real time; answers how long that took, in AWS time.
pub(super) async fn at_scale<F>(
    world: &LocalAws,
    wanted: u32,
    ask: impl FnMut() -> F,
) -> Result<SignedDuration, String>
where
    F: Future<Output = Result<(), String>>,
{
    let (began, scale) = (world.clock.now(), world.times_faster());
    set_scale(world, wanted).await?;
    until(world, ask).await?;
    let waited = world.clock.now().duration_since(began);
    set_scale(world, scale).await?;
    Ok(waited)
}

/// Whether all its ports are there.
fn stand(world: &LocalAws) -> Result<(), String> {
    match ports(world) {
        there if there == PORTS => Ok(()),
        there => Err(format!("of EXTERNAL2 AWS has the ports {there:?}")),
    }
}

/// The ports of its range that AWS has, lowest first.
fn ports(world: &LocalAws) -> Vec<u16> {
    let now = world.clock.now();
    let forwards = world.model().forwarding(now);
    let ports: BTreeSet<u16> = forwards.iter().map(|forward| forward.port.get()).collect();
    ports.range(9192..=9240).copied().collect()
}

/// How many target groups AWS has for it.
fn target_groups(world: &LocalAws) -> usize {
    let model = world.model();
    let tags = model.target_groups().map(|record| &record.group.tags);
    let second = tags.filter(|tags| tags.get(tags::GROUP).is_some_and(|it| it == "EXTERNAL2"));
    second.count()
}

/// The brokers' files.
async fn files(world: &LocalAws) -> Result<Vec<Vec<u8>>, String> {
    let processes = processes(world).await?;
    Ok(processes.into_iter().map(|(_, file)| file).collect())
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

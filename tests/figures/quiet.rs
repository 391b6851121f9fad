//! A quiet run: everything is mapped and serves, and the sweep comes by. What it calls, how long it
//! takes when each call takes 20 ms, and what it uses.

use crate::build::Built;
use crate::mapped::{Fleet, LATENCY, recover, sweep};
use crate::table::{Table, ms, quartiles};
use crate::usage::Usage;
use serde_json::json;
use std::time::{Duration, Instant};
use world::deployment::REGISTER_BROKERS;

/// What the brokers of the figures are counted in; 49 fill an NLB.
const BROKERS: [u32; 3] = [3, 12, 49];
/// Runs of a warm process, of which the middle one counts.
const RUNS: usize = 3;
/// Reads under way at once (`cloud::eyes`).
const SIDE_BY_SIDE: u32 = 16;
/// Calls that pacing lets go at once, and how many more each second (P-38).
const BURST: u32 = 40;
const A_SECOND: f64 = 8.0;
/// In MiB, without TLS.
pub const MEMORY_BOUND: f64 = 15.0;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    for brokers in BROKERS {
        println!("quiet runs of {brokers} brokers");
        let fleet = Fleet::of(built, brokers).await?;
        // The first one starts the process and opens its connections.
        let cold = run(&fleet).await?;
        recover().await;
        let before = usage(&fleet)?;
        let logged = logged(&fleet);
        let mut warm = Vec::new();
        for _ in 0..RUNS {
            warm.push(run(&fleet).await?.took);
            recover().await;
        }
        let after = usage(&fleet)?;
        let logged = self::logged(&fleet) - logged;
        let [_, took, _] = quartiles(warm).ok_or("no run")?;
        fleet.sound()?;

        let of = |what: &str| format!("{what}, {brokers} brokers");
        let groups = u64::from(brokers) + 1;
        let bound = 2 * groups + 14;
        table.bounded(
            &of("calls of a quiet run"),
            cold.calls,
            &format!("2 × {groups} groups + 14 = {bound}"),
            cold.calls as f64 / bound as f64,
        );
        table.bounded(
            &of("writes of a quiet run"),
            cold.writes,
            "0",
            cold.writes as f64,
        );
        let (bound, why) = bound_of(brokers, u32::try_from(cold.calls).unwrap_or(u32::MAX));
        table.bounded(
            &of("time of a quiet run at 20 ms a call"),
            format!("{} (with the start: {})", ms(took), ms(cold.took)),
            &format!("{}: {why}", ms(bound)),
            took.as_secs_f64() / bound.as_secs_f64(),
        );
        let runs = RUNS as f64;
        table.figure(
            &of("processor time and log of a quiet run"),
            format!(
                "{:.0} ms, {:.1} KB",
                (after.cpu - before.cpu) / runs,
                logged as f64 / runs / 1000.0
            ),
        );
        table.bounded(
            &of("memory after quiet runs (peak)"),
            format!("{:.1} MiB ({:.1} MiB)", after.resident, after.peak),
            &format!("{MEMORY_BOUND} MiB"),
            after.peak / MEMORY_BOUND,
        );
    }
    Ok(())
}

struct Run {
    calls: u64,
    writes: u64,
    took: Duration,
}

async fn run(fleet: &Fleet) -> Result<Run, String> {
    fleet.aws.model().forget_calls();
    let began = Instant::now();
    let answer = fleet
        .function
        .invoke(sweep(&fleet.aws, REGISTER_BROKERS)?)
        .await;
    let took = began.elapsed();
    let report = answer.map_err(|error| format!("register-brokers failed: {error}"))?;
    if report["gaps"] != json!([]) {
        return Err(format!("a quiet run saw gaps: {}", report["gaps"]));
    }
    // What arrived at AWS, whatever the report says.
    let model = fleet.aws.model();
    let writes = model.calls().iter().filter(|(call, _)| call.is_write());
    Ok(Run {
        calls: model.calls().values().sum(),
        writes: writes.map(|(_, count)| count).sum(),
        took,
    })
}

fn usage(fleet: &Fleet) -> Result<Usage, String> {
    Usage::of(fleet.function.pid().ok_or("the process has ended")?)
}

/// Bytes of log so far; the journal keeps more lines than these few runs write.
fn logged(fleet: &Fleet) -> usize {
    let journal = fleet.aws.journal();
    journal.log.iter().map(|line| line.text.len() + 1).sum()
}

/// The longest chain of calls that wait for each other, or what pacing allows, if that is longer.
fn bound_of(brokers: u32, calls: u32) -> (Duration, String) {
    let rounds = (brokers + 1).div_ceil(SIDE_BY_SIDE);
    // Target groups; then the health of each; then instances; then the probe, which knows them all.
    let links = 1 + rounds + 2;
    let chain = LATENCY * links;
    let over = calls.saturating_sub(BURST);
    let paced = Duration::from_secs_f64(f64::from(over) / A_SECOND);
    if paced > chain {
        let why =
            format!("{over} calls over the burst of {BURST}, 8 a second (chain: {links} × 20 ms)");
        (paced, why)
    } else {
        (
            chain,
            format!("chain of {links}: groups, health in {rounds}, instances, probe"),
        )
    }
}

//! A quiet run: everything is mapped and serves, and the sweep comes by. What it calls, how long it
//! takes when each call takes 20 ms, and what memory it leaves.

use crate::build::Built;
use crate::mapped::Fleet;
use crate::table::{Table, ms};
use serde_json::json;
use std::time::{Duration, Instant};

/// What the brokers of the design are counted in; 49 fill an NLB.
const BROKERS: [u32; 3] = [3, 12, 49];
/// A call to AWS takes about that long.
const LATENCY: Duration = Duration::from_millis(20);
/// Reads under way at once (`cloud::eyes`).
const SIDE_BY_SIDE: u32 = 16;
/// Calls that pacing lets go at once, and how many more each second (P-38).
const BURST: u32 = 40;
const A_SECOND: f64 = 8.0;
/// `VmHWM` after the largest run.
const MEMORY_BOUND: f64 = 20.0;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    for brokers in BROKERS {
        println!("quiet runs of {brokers} brokers");
        let fleet = Fleet::of(built, brokers, LATENCY).await?;
        // The first run of a process opens its connections, and uses up the burst of a large fleet.
        let cold = run(&fleet).await?;
        let (now, most) = memory(&fleet).await?;
        let groups = u64::from(brokers) + 1;
        let bound = 2 * groups + 12;
        table.bounded(
            &format!("calls of a quiet run, {brokers} brokers"),
            cold.calls,
            &format!("2 × {groups} groups + 12 = {bound}"),
            cold.calls as f64 / bound as f64,
        );
        table.bounded(
            &format!("writes of a quiet run, {brokers} brokers"),
            cold.writes,
            "0",
            0.0,
        );
        let rest = Duration::from_secs_f64(f64::from(BURST) / A_SECOND);
        tokio::time::sleep(rest).await;
        let warm = run(&fleet).await?;
        let (chain, why) = chain(brokers, u32::try_from(warm.calls).unwrap_or(u32::MAX));
        table.bounded(
            &format!("its time at 20 ms a call, {brokers} brokers"),
            format!("{} (first run: {})", ms(warm.took), ms(cold.took)),
            &format!("{} ({why})", ms(chain)),
            warm.took.as_secs_f64() / chain.as_secs_f64(),
        );
        table.bounded(
            &format!("memory after a quiet run, {brokers} brokers (peak)"),
            format!("{now:.1} MiB ({most:.1} MiB)"),
            "20 MiB",
            now / MEMORY_BOUND,
        );
        fleet.sound()?;
    }
    Ok(())
}

struct Run {
    calls: u64,
    writes: u64,
    took: Duration,
}

async fn run(fleet: &Fleet) -> Result<Run, String> {
    fleet.model().forget_calls();
    let began = Instant::now();
    let report = fleet
        .function
        .invoke(json!({}))
        .await
        .map_err(|error| error.to_string())?;
    let took = began.elapsed();
    if report["gaps"] != json!([]) {
        return Err(format!("a quiet run saw gaps: {}", report["gaps"]));
    }
    let model = fleet.model();
    let counted = |writes: bool| {
        let of = model
            .calls()
            .iter()
            .filter(|(call, _)| call.is_write() == writes);
        of.map(|(_, count)| count).sum::<u64>()
    };
    Ok(Run {
        calls: counted(false) + counted(true),
        writes: counted(true),
        took,
    })
}

/// The longest chain of calls that wait for each other, or what pacing allows, if that is longer.
fn chain(brokers: u32, calls: u32) -> (Duration, String) {
    let rounds = (brokers + 1).div_ceil(SIDE_BY_SIDE);
    // Target groups; then the health of each; then instances.
    let links = 1 + rounds + 1;
    let chain = LATENCY * links;
    let over = calls.saturating_sub(BURST);
    let paced = Duration::from_secs_f64(f64::from(over) / A_SECOND);
    if paced > chain {
        (
            paced,
            format!(
                "pacing: {over} calls over the burst of {BURST}, 8 a second; chain {links} × 20 ms"
            ),
        )
    } else {
        (
            chain,
            format!("chain of {links} × 20 ms: groups, health in {rounds}, instances"),
        )
    }
}

/// Resident now and at most, in MiB.
async fn memory(fleet: &Fleet) -> Result<(f64, f64), String> {
    let id = fleet
        .function
        .process_id()
        .await
        .ok_or("the process has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))
        .map_err(|error| format!("memory of process {id}: {error}"))?;
    let kib = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        number
            .map(|kib| kib / 1024.0)
            .ok_or(format!("/proc/{id}/status has no {field}"))
    };
    Ok((kib("VmRSS:")?, kib("VmHWM:")?))
}

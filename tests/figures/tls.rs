//! The first answer of a new process and the runs after it, with TLS, at what a function has of a core
//! by its memory. The answer is timed from the event that the process takes; init comes before it.

mod start;

use crate::build::Built;
use crate::mapped::{Fleet, recover};
use crate::share::of_memory;
use crate::table::{Spread, Table, ms, spread};
use crate::tls_end::TlsEnd;
use crate::usage::Usage;
use start::{Start, run};
use std::time::Duration;

/// A small cluster, and a full NLB.
const BROKERS: [u32; 2] = [3, 49];
/// New processes for each figure.
const STARTS: usize = 5;
/// Runs of the last of them after its first one.
const WARM: usize = 3;
/// How long Lambda waits for the init phase.
const INIT: Duration = Duration::from_secs(10);
/// The function's time-out in the template.
const TIMEOUT: Duration = Duration::from_secs(55);
/// What `functions/aws/src/connector.rs` waits for a connection, its TLS included.
const CONNECT: Duration = Duration::from_secs(3);
/// In MiB.
const MEMORY_BOUND: f64 = 20.0;

/// What was measured at one size.
struct At {
    mb: u32,
    starts: Vec<Start>,
    quiet: Spread,
    usage: Usage,
}

/// Rows for each number of brokers, each with a figure for each memory in MB.
pub async fn measure(built: &Built, memory: &[u32], table: &mut Table) -> Result<(), String> {
    for brokers in BROKERS {
        let fleet = Fleet::of(built, brokers).await?;
        let tls = TlsEnd::before(fleet.door()?).await?;
        let mut all = Vec::new();
        for mb in memory {
            println!("TLS, {brokers} brokers, {mb} MB");
            all.push(at(&fleet, &tls, built, *mb).await?);
        }
        fleet.sound()?;
        rows(brokers, &all, table);
    }
    Ok(())
}

async fn at(fleet: &Fleet, tls: &TlsEnd, built: &Built, mb: u32) -> Result<At, String> {
    let mut starts = Vec::new();
    let mut sandbox = None;
    for _ in 0..STARTS {
        let binary = &built.register_brokers;
        let (start, started) = Start::measure(fleet, tls, binary, of_memory(mb)).await?;
        starts.push(start);
        if let Some(before) = sandbox.replace(started) {
            before.end().await?;
        }
    }
    let mut sandbox = sandbox.ok_or("no start")?;
    let mut warm = Vec::new();
    for _ in 0..WARM {
        recover().await;
        warm.push(run(fleet, &mut sandbox).await?);
    }
    let usage = Usage::of(sandbox.process()?)?;
    sandbox.end().await?;
    Ok(At {
        mb,
        starts,
        quiet: spread(warm),
        usage,
    })
}

fn rows(brokers: u32, all: &[At], table: &mut Table) {
    let of = |part: fn(&Start) -> Duration| -> Vec<Spread> {
        let starts = all.iter().map(|at| at.starts.iter().map(part).collect());
        starts.map(spread).collect()
    };
    let mut row = |what: &str, took: Vec<Spread>, bound: Duration, whose: &str| {
        let most = took.iter().map(|took| took.most).max().unwrap_or_default();
        let texts: Vec<_> = took.iter().map(Spread::to_string).collect();
        table.bounded(
            &format!("{what}, {brokers} brokers, at {}", sizes(all)),
            texts.join("; "),
            &format!("{}: {whose}", ms(bound)),
            most.as_secs_f64() / bound.as_secs_f64(),
        );
    };
    row("init", of(|start| start.init), INIT, "Lambda's own");
    row(
        "first answer with TLS",
        of(|start| start.answer),
        TIMEOUT,
        "time-out",
    );
    row(
        "its slowest connection",
        of(|start| start.slowest),
        CONNECT,
        "connect time-out",
    );
    let quiet = all.iter().map(|at| at.quiet).collect();
    row("a quiet run with TLS", quiet, TIMEOUT, "time-out");
    for at in all {
        let middle =
            |part: fn(&Start) -> Duration| ms(spread(at.starts.iter().map(part).collect()).middle);
        let connections = at.starts.iter().map(|start| start.connections).max();
        let cpu = at.starts.iter().map(|start| start.cpu).fold(0.0, f64::max);
        table.figure(
            &format!("parts of the first answer, {brokers} brokers, at {} MB", at.mb),
            format!(
                "first connection after {}; its ClientHello {} later; {} handshakes, each {} from there; \
                 {cpu:.0} ms of processor time, init included",
                middle(|start| start.ready),
                middle(|start| start.hello),
                connections.unwrap_or_default(),
                middle(|start| start.handshake),
            ),
        );
    }
    let peak = all.iter().map(|at| at.usage.peak).fold(0.0, f64::max);
    table.bounded(
        &format!("memory with TLS after quiet runs, {brokers} brokers (peak)"),
        format!(
            "{:.1} MiB ({peak:.1} MiB)",
            all.iter().map(|at| at.usage.resident).fold(0.0, f64::max)
        ),
        &format!("{MEMORY_BOUND} MiB"),
        peak / MEMORY_BOUND,
    );
}

/// `128, 256, 512 MB (7.2, 14.5, 28.9 %)`
fn sizes(all: &[At]) -> String {
    let join = |texts: Vec<String>| texts.join(", ");
    format!(
        "{} MB ({} %)",
        join(all.iter().map(|at| at.mb.to_string()).collect()),
        join(
            all.iter()
                .map(|at| format!("{:.1}", of_memory(at.mb) * 100.0))
                .collect()
        ),
    )
}

//! The first answer of a new process and the runs after it, with TLS, at what a function has of a core
//! by its memory. Time is real time from the event that the process takes; init comes before it.

use crate::build::Built;
use crate::mapped::{Fleet, recover, sweep};
use crate::sandbox::Sandbox;
use crate::share::of_memory;
use crate::table::{Table, ms, spread};
use crate::tls_end::{Seen, TlsEnd};
use crate::usage::Usage;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// A small cluster, and a full NLB.
const BROKERS: [u32; 2] = [3, 49];
/// New processes for each row.
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

/// Rows for each number of brokers and each memory in MB.
pub async fn measure(built: &Built, memory: &[u32], table: &mut Table) -> Result<(), String> {
    for brokers in BROKERS {
        let fleet = Fleet::of(built, brokers).await?;
        let tls = TlsEnd::before(fleet.door()?).await?;
        for mb in memory {
            println!("TLS, {brokers} brokers, {mb} MB");
            let of = |what: &str| format!("{what}, {brokers} brokers, {mb} MB");
            let mut starts = Vec::new();
            let mut last = None;
            for _ in 0..STARTS {
                let (sandbox, start) = cold(&fleet, &tls, &built.register_brokers, *mb).await?;
                starts.push(start);
                if let Some(before) = last.replace(sandbox) {
                    before.end().await?;
                }
            }
            rows(&of, &starts, table);
            let mut sandbox = last.ok_or("no start")?;
            let mut took = Vec::new();
            for _ in 0..WARM {
                recover().await;
                let began = Instant::now();
                ask(&fleet, &mut sandbox).await?;
                took.push(began.elapsed());
            }
            let took = spread(took);
            table.bounded(
                &of("a quiet run with TLS"),
                &took,
                &format!("{}: time-out", ms(TIMEOUT)),
                took.middle.as_secs_f64() / TIMEOUT.as_secs_f64(),
            );
            let usage = Usage::of(sandbox.process()?)?;
            table.bounded(
                &of("memory with TLS (peak)"),
                format!("{:.1} MiB ({:.1} MiB)", usage.resident, usage.peak),
                &format!("{MEMORY_BOUND} MiB"),
                usage.peak / MEMORY_BOUND,
            );
            sandbox.end().await?;
            fleet.sound()?;
        }
    }
    Ok(())
}

struct Start {
    init: Duration,
    /// Until the first connection: clients, and the roots that are trusted.
    ready: Duration,
    /// From there to its `ClientHello`: entropy, key shares.
    hello: Duration,
    /// From there to the end of the last handshake. Calls go on meanwhile.
    secured: Duration,
    /// The slowest connection with its handshake.
    slowest: Duration,
    connections: usize,
    answer: Duration,
    cpu: f64,
}

async fn cold(
    fleet: &Fleet,
    tls: &TlsEnd,
    binary: &Path,
    mb: u32,
) -> Result<(Sandbox, Start), String> {
    tls.forget();
    let mut sandbox = Sandbox::start(binary, Some(of_memory(mb)), |runtime_api| {
        let mut environment = fleet.aws.environment(runtime_api);
        environment.extend(tls.environment());
        environment
    })
    .await?;
    let began = Instant::now();
    ask(fleet, &mut sandbox).await?;
    let answer = began.elapsed();
    let Seen {
        connect,
        hello,
        secured,
        took,
        errors,
    } = tls.seen();
    if let Some(error) = errors.first() {
        return Err(format!("a connection failed: {error}"));
    }
    let (Some(connect), Some(hello), Some(secured)) = (connect, hello, secured) else {
        return Err("the function made no connection with TLS".to_owned());
    };
    let start = Start {
        init: sandbox.init,
        ready: connect.saturating_duration_since(began),
        hello: hello.saturating_duration_since(connect),
        secured: secured.saturating_duration_since(hello),
        slowest: took.iter().max().copied().unwrap_or_default(),
        connections: took.len(),
        answer,
        cpu: Usage::of(sandbox.process()?)?.cpu,
    };
    Ok((sandbox, start))
}

async fn ask(fleet: &Fleet, sandbox: &mut Sandbox) -> Result<(), String> {
    let report = sandbox.invoke(sweep(&fleet.aws)).await?;
    match &report["gaps"] {
        gaps if *gaps == json!([]) => Ok(()),
        gaps => Err(format!("a quiet run saw gaps: {gaps}")),
    }
}

fn rows(of: &impl Fn(&str) -> String, starts: &[Start], table: &mut Table) {
    let all = |part: fn(&Start) -> Duration| spread(starts.iter().map(part).collect());
    for (what, part, bound, why) in [
        (
            "init",
            (|start| start.init) as fn(&Start) -> Duration,
            INIT,
            "Lambda's own",
        ),
        (
            "first answer with TLS",
            |start| start.answer,
            TIMEOUT,
            "time-out",
        ),
        (
            "the slowest connection of it",
            |start| start.slowest,
            CONNECT,
            "connect time-out",
        ),
    ] {
        let took = all(part);
        table.bounded(
            &of(what),
            &took,
            &format!("{}: {why}", ms(bound)),
            took.most.as_secs_f64() / bound.as_secs_f64(),
        );
    }
    let middle = |part: fn(&Start) -> Duration| ms(all(part).middle);
    let connections = starts.iter().map(|start| start.connections).max();
    let cpu = starts.iter().map(|start| start.cpu).fold(0.0, f64::max);
    table.figure(
        &of("parts of the first answer"),
        format!(
            "first connection after {}, its ClientHello {} later, the last of {} handshakes {} later; \
             {cpu:.0} ms of processor time with init",
            middle(|start| start.ready),
            middle(|start| start.hello),
            connections.unwrap_or_default(),
            middle(|start| start.secured),
        ),
    );
}

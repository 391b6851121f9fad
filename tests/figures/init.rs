//! Init: from the start of the process to its first question for work, beside a hello built alike.

use crate::build::Built;
use crate::mapped::empty;
use crate::table::{Table, ms, quartiles};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use world::deployment::Deployment;
use world::lambda::process::Process;
use world::lambda::runtime_api::RuntimeApi;

/// Pairs: one of each, one after the other, so that a busy moment meets both.
const PAIRS: usize = 60;
/// Pairs before those that count, so that files are in memory.
const WARM_UP: usize = 5;
/// Times hello.
const BOUND: f64 = 4.0;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("init: {PAIRS} pairs of starts");
    let aws = empty().await?;
    let (mut hello, mut ours) = (Vec::new(), Vec::new());
    for pair in 0..WARM_UP + PAIRS {
        let (first, second) = (
            start(&aws, &built.hello).await?,
            start(&aws, &built.register_brokers).await?,
        );
        if pair >= WARM_UP {
            hello.push(first);
            ours.push(second);
        }
    }
    let (hello, ours) = (quartiles(hello), quartiles(ours));
    let (Some(hello), Some(ours)) = (hello, ours) else {
        return Err("nothing was started".to_owned());
    };
    let text = |[low, middle, high]: [Duration; 3]| {
        format!("{} ({} to {})", ms(middle), ms(low), ms(high))
    };
    table.figure("init of hello, median (quartiles)", text(hello));
    let ratio = ours[1].as_secs_f64() / hello[1].as_secs_f64();
    table.figure("init of register-brokers", text(ours));
    table.bounded(
        "init of register-brokers / hello",
        format!("{ratio:.2} ×"),
        "4 ×",
        ratio / BOUND,
    );
    Ok(())
}

/// Starts a binary as Lambda does and waits until it asks for work.
async fn start(aws: &Deployment, binary: &Path) -> Result<Duration, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(|error| format!("listen on loopback: {error}"))?;
    let api = RuntimeApi::start(listener).map_err(|error| format!("the Runtime API: {error}"))?;
    let environment = aws.environment(api.address());
    let began = Instant::now();
    let mut process = Process::start("figures", binary, &environment, &(Arc::new(|_| {}) as _))
        .map_err(|error| error.to_string())?;
    let took = tokio::select! {
        () = api.ready() => began.elapsed(),
        ended = process.ended() => return Err(format!("{}: {ended}", binary.display())),
    };
    process
        .kill()
        .await
        .map_err(|error| format!("end {}: {error}", binary.display()))?;
    Ok(took)
}

//! A storm of events: what it costs in runs and in the function's time. How long a real queue takes
//! to hand over 1,500 batches is AWS's share, and is not measured.

use crate::build::Built;
use crate::mapped::Fleet;
use crate::table::Table;
use crate::wakes::Wakes;
use serde_json::json;
use std::time::{Duration, Instant};

/// Events at once, each of another instance, so that none is swallowed by de-duplication.
const EVENTS: usize = 15_000;
/// Runs that really looked; a sweep that falls into the storm counts, too.
const BOUND: usize = 2;
/// Real time, that of the world's queue included; what is left then is told.
const PATIENCE: Duration = Duration::from_secs(150);

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("{EVENTS} events at once");
    let fleet = Fleet::of(built, 3).await?;
    let wakes = Wakes::of(&fleet)?;
    let now = fleet.aws.clock.now();
    for number in 0..EVENTS {
        let published = fleet.aws.bus().publish(now, &event(number));
        published.map_err(|error| error.to_string())?;
    }
    let (mut invocations, mut full) = (0, 0);
    let mut took = Duration::ZERO;
    let mut began = None;
    let mut left = wakes.waiting()?;
    while left > 0 && began.is_none_or(|began: Instant| began.elapsed() < PATIENCE) {
        let before = Instant::now();
        if let Some(run) = wakes.step().await? {
            began.get_or_insert(before);
            invocations += 1;
            took += run.took;
            full += usize::from(
                run.report["calls"]
                    .as_object()
                    .is_some_and(|calls| !calls.is_empty()),
            );
            left = wakes.waiting()?;
        }
    }
    fleet.sound()?;
    let rest = match left {
        0 => String::new(),
        left => format!("; {left} were left after {} s", PATIENCE.as_secs()),
    };
    table.bounded(
        &format!("full runs for {EVENTS} events at once"),
        format!("{full} of {invocations} invocations"),
        &format!("{BOUND}"),
        full as f64 / BOUND as f64,
    );
    let took = format!("{:.1} s{rest}", took.as_secs_f64());
    table.figure("the function's time for them", took);
    Ok(())
}

fn event(number: usize) -> serde_json::Value {
    json!({
        "version": "0",
        "id": format!("00000000-0000-4000-8000-{number:012}"),
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": "123456789012",
        "time": "2026-11-22T12:00:00Z",
        "region": "us-west-2",
        "resources": [format!("arn:aws:ec2:us-west-2:123456789012:instance/i-{number:017x}")],
        "detail": { "instance-id": format!("i-{number:017x}"), "state": "running" },
    })
}

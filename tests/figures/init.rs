//! Init: from the start of the process to its first question for work, beside a hello built alike.

use crate::build::Built;
use crate::mapped::{empty, stack};
use crate::sandbox::Sandbox;
use crate::table::{Table, ms, quartiles};
use std::path::Path;
use std::time::Duration;
use world::deployment::{Deployment, REGISTER_BROKERS};
use world::lambda::environment::environment;

/// Pairs: one of each, one after the other, so that a busy moment meets both.
const PAIRS: usize = 60;
/// Pairs before those that count, so that files are in memory.
const WARM_UP: usize = 5;
/// Times hello.
const BOUND: f64 = 2.0;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    let aws = empty().await?;
    for name in [
        REGISTER_BROKERS,
        "sync-principals",
        "push-listeners",
        "heal-brokers",
    ] {
        of(&aws, built, name, table).await?;
    }
    Ok(())
}

async fn of(aws: &Deployment, built: &Built, name: &str, table: &mut Table) -> Result<(), String> {
    println!("init of {name}: {PAIRS} pairs of starts");
    let (mut hello, mut ours) = (Vec::new(), Vec::new());
    for pair in 0..WARM_UP + PAIRS {
        let (first, second) = (
            start(aws, name, &built.hello).await?,
            start(aws, name, &built.of(name)).await?,
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
    table.figure(
        &format!("init of hello beside {name}, median (quartiles)"),
        text(hello),
    );
    let ratio = ours[1].as_secs_f64() / hello[1].as_secs_f64();
    table.figure(&format!("init of {name}"), text(ours));
    table.bounded(
        &format!("init of {name} / hello"),
        format!("{ratio:.2} ×"),
        &format!("{BOUND} ×"),
        ratio / BOUND,
    );
    Ok(())
}

async fn start(aws: &Deployment, name: &str, binary: &Path) -> Result<Duration, String> {
    let function = &stack(aws, name)?.function;
    let sandbox = Sandbox::start(binary, None, |runtime_api| {
        environment(function, aws.account(), runtime_api)
    });
    let sandbox = sandbox.await?;
    let init = sandbox.init;
    sandbox.end().await?;
    Ok(init)
}

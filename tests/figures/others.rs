//! Quiet runs of the functions that do not map: what they call, how long they take when each call takes
//! 20 ms, and what they use.

use crate::build::Built;
use crate::mapped::{Fleet, recover, sweep};
use crate::quiet::MEMORY_BOUND;
use crate::table::{Table, ms, quartiles};
use crate::usage::Usage;
use std::time::Instant;

/// In runs of a warm process, of which the middle one counts.
const RUNS: usize = 3;
const BROKERS: u32 = 3;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    let mut fleet = Fleet::of(built, BROKERS).await?;
    for name in ["sync-principals", "push-listeners", "heal-brokers"] {
        println!("quiet runs of {name}");
        fleet.load(name, &built.of(name))?;
        let mut took = Vec::new();
        for _ in 0..=RUNS {
            fleet.aws.model().forget_calls();
            let began = Instant::now();
            let answer = fleet.function.invoke(sweep(&fleet.aws, name)?).await;
            answer.map_err(|error| format!("{name} failed: {error}"))?;
            took.push(began.elapsed());
            recover().await;
        }
        fleet.sound()?;
        let (calls, writes): (u64, u64) = {
            let model = fleet.aws.model();
            let writes = model.calls().iter().filter(|(call, _)| call.is_write());
            (
                model.calls().values().sum(),
                writes.map(|(_, count)| count).sum(),
            )
        };
        let cold = took.remove(0);
        let [_, warm, _] = quartiles(took).ok_or("no run")?;
        let usage = Usage::of(fleet.function.pid().ok_or("the process has ended")?)?;
        let of = |what: &str| format!("{what} of {name}, {BROKERS} brokers");
        table.figure(
            &of("calls and writes of a quiet run"),
            format!("{calls}, {writes}"),
        );
        table.figure(
            &of("time of a quiet run at 20 ms a call"),
            format!("{} (with the start: {})", ms(warm), ms(cold)),
        );
        table.bounded(
            &of("memory after quiet runs (peak)"),
            format!("{:.1} MiB ({:.1} MiB)", usage.resident, usage.peak),
            &format!("{MEMORY_BOUND} MiB"),
            usage.peak / MEMORY_BOUND,
        );
    }
    Ok(())
}

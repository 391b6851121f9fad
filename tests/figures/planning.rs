//! The plan alone: no call, no process, only the decision.

use crate::build::Built;
use crate::table::Table;
use std::process::Command;

/// One plan of 49 brokers.
const BOUND_US: f64 = 1000.0;

pub fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("the plan alone");
    let output = Command::new(&built.plan)
        .output()
        .map_err(|error| format!("run {}: {error}", built.plan.display()))?;
    if !output.status.success() {
        return Err(format!(
            "{}: {}",
            built.plan.display(),
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (what, us) = line
            .split_once('\t')
            .ok_or_else(|| format!("plan said: {line}"))?;
        let us: f64 = us.parse().map_err(|_| format!("plan said: {line}"))?;
        table.bounded(
            &format!("plan of {what}"),
            format!("{us:.0} µs"),
            "1 ms",
            us / BOUND_US,
        );
    }
    Ok(())
}

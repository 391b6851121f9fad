//! The plan and the editor alone: no call, no process, only the decision.

use crate::build::Built;
use crate::table::Table;
use std::path::Path;
use std::process::Command;

/// One plan of 49 brokers.
const BOUND_US: f64 = 1000.0;

pub fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("the plan and the editor alone");
    for (what, us) in told_by(&built.plan)? {
        table.bounded(
            &format!("plan of {what}"),
            format!("{us:.0} µs"),
            "1 ms",
            us / BOUND_US,
        );
    }
    for (what, us) in told_by(&built.edit)? {
        table.figure(&what, format!("{:.1} ms", us / 1000.0));
    }
    Ok(())
}

/// What a yardstick has measured, in microseconds.
fn told_by(yardstick: &Path) -> Result<Vec<(String, f64)>, String> {
    let name = yardstick.display();
    let output = Command::new(yardstick)
        .output()
        .map_err(|error| format!("run {name}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name}: {said}"));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = said.lines().map(|line| {
        let (what, us) = line.split_once('\t')?;
        Some((what.to_owned(), us.parse().ok()?))
    });
    let lines: Option<_> = lines.collect();
    lines.ok_or_else(|| format!("{name} said: {said}"))
}

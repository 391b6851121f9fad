//! One activation as the laws see it, and how a broken law is told.

use cloud::call::Call;
use tests::Activated;
pub use tests::history::Broken;
use tests::history::happen::World;
use tests::history::look::{Look, Write};

/// One activation.
pub struct Step<'a> {
    pub world: &'a World,
    pub before: &'a Look,
    pub after: &'a Look,
    pub writes: &'a [Write],
    pub activated: &'a Activated,
}

/// Fails with the first write that is as it must not be. A heart-beat changes nothing: without it a wait would end.
pub fn none(step: &Step<'_>, law: &str, wrong: impl Fn(&Write) -> bool) -> Result<(), Broken> {
    let mut changes = step
        .writes
        .iter()
        .filter(|it| it.call != Call::RecordLifecycleActionHeartbeat);
    match changes.find(|write| wrong(write)) {
        Some(write) => broken(step, &format!("{law}: {write}")),
        None => Ok(()),
    }
}

/// The law with everything that the activation did.
pub fn broken(step: &Step<'_>, law: &str) -> Result<(), Broken> {
    let lines = |all: Vec<String>| all.join("\n    ");
    let writes = step.writes.iter().map(ToString::to_string).collect();
    let report = &step.activated.report;
    let taken = report.actions.iter();
    let taken =
        taken.map(|taken| format!("{} ({}): {:?}", taken.step, taken.reason, taken.outcome));
    let held = report.held.iter().map(ToString::to_string).collect();
    Err(format!(
        "{law}\n  at {}\n  writes\n    {}\n  actions\n    {}\n  held\n    {}\n  gaps {:?}\n  live {:?}\n  ledger {:?}",
        step.before.now,
        lines(writes),
        lines(taken.collect()),
        lines(held),
        report.gaps,
        step.before.live,
        step.before.places(),
    ))
}

//! The NLB's listeners, and the target groups that they forward to, one for each broker.

use super::station::{Finding, Station};
use super::walker::{Mapped, Walker};
use fleet::ledger::Entry;
use fleet::naming::Owner;

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let mapped = walker.mapped()?;
    walker.unless_held(Station::Listeners, "something on the NLB is in the way")?;
    let mut told = Vec::new();
    for (broker, entry) in mapped.exposed() {
        let (node, owner) = (broker.node, Owner::Broker(broker.node));
        let wrong_here = |says| Finding::wrong(says, walker.next_run(owner));
        let entry = entry.ok_or_else(|| wrong_here(format!("broker {node} has no port")))?;
        if let Some(says) = wrong(mapped, entry) {
            return Err(wrong_here(says));
        }
        told.push(format!("{} → {node}", entry.port));
    }
    match told.is_empty() {
        true => Err(Finding::wrong(
            "no broker is left for the consumer",
            "take a broker off \"without\" of the listener parameter, or tag one more instance",
        )),
        false => Ok(few(&told)),
    }
}

/// What is wrong with the listener of a port.
pub(super) fn wrong(mapped: Mapped<'_>, entry: &Entry) -> Option<String> {
    let port = entry.port;
    match mapped.view.our_listener(port) {
        None => Some(format!("no listener stands on port {port}")),
        Some(listener) if listener.forwards_to != [entry.arn.clone()] => {
            Some(format!("the listener on port {port} leads elsewhere"))
        }
        Some(_) => None,
    }
}

/// The first ones of a list, and how many more there are.
fn few(told: &[String]) -> String {
    const TOLD: usize = 6;
    let first = told.iter().take(TOLD).cloned();
    let first: Vec<String> = first.collect();
    match told.len().saturating_sub(TOLD) {
        0 => first.join(" · "),
        more => format!("{} · and {more} more", first.join(" · ")),
    }
}

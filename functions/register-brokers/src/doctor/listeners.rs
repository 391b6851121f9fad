//! The NLB's listeners, and the target groups that they forward to: bootstrap, and one for each broker.

use super::station::{Finding, Station};
use super::walker::{Mapped, Walker};
use fleet::ledger::Entry;
use fleet::naming::Owner;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let mapped = match walker.mapped() {
        Ok(mapped) => mapped,
        Err(finding) => return finding,
    };
    if let Some(held) = walker.held(Station::Listeners) {
        return Finding::wrong("something on the NLB is in the way", held);
    }
    let mut told = Vec::new();
    for (broker, entry) in mapped.exposed() {
        let (node, owner) = (broker.node, Owner::Broker(broker.node));
        let Some(entry) = entry else {
            return Finding::wrong(format!("broker {node} has no port"), walker.next_run(owner));
        };
        if let Some(says) = wrong(mapped, entry) {
            return Finding::wrong(says, walker.next_run(owner));
        }
        told.push(format!("{} → {node}", entry.port));
    }
    if told.is_empty() {
        return Finding::wrong(
            "no broker is left for the consumer",
            "take a broker off \"without\" of the listener parameter, or tag one more instance",
        );
    }
    match mapped.entry(Owner::Bootstrap) {
        Some(_) => Finding::well(few(&told)),
        None => Finding::wrong(
            "there is no target group for the bootstrap port",
            walker.next_run(Owner::Bootstrap),
        ),
    }
}

/// What is wrong with the listener of a port.
fn wrong(mapped: Mapped<'_>, entry: &Entry) -> Option<String> {
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

//! The bootstrap port: whether it is open, and leads to a broker.

use super::names;
use super::proof::{answers, unasked, unproven};
use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use crate::action::Action;
use crate::plan::is_healthy;
use fleet::naming::Owner;
use fleet::proof::Path;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let mapped = match walker.mapped() {
        Ok(mapped) => mapped,
        Err(finding) => return finding,
    };
    // It opens, and stays open, for brokers that advertise what they should.
    if names::wrong(walker).is_some() {
        return Finding::Waits { on: Station::Names };
    }
    if let Some(held) = walker.held(Station::Bootstrap) {
        return Finding::wrong("it is shut", held);
    }
    let Some(entry) = mapped.entry(Owner::Bootstrap) else {
        return Finding::Waits {
            on: Station::Listeners,
        };
    };
    let next_run = || walker.next_run(Owner::Bootstrap);
    if is_being_made(walker) {
        return Finding::wrong("it does not lead to each broker yet", next_run());
    }
    let port = entry.port;
    let listener = mapped.view.our_listener(port);
    if listener.is_none_or(|it| it.forwards_to != [entry.arn.clone()]) {
        return Finding::wrong(
            format!("no listener on port {port} leads to it"),
            next_run(),
        );
    }
    let targets = match walker.sight.observed.health.get(&entry.arn) {
        Some(Ok(targets)) => targets,
        Some(Err(gap)) => return unread(gap),
        None => return Finding::unknown("it was not looked at", "ask again in a minute"),
    };
    let healthy = targets.iter().filter(|it| is_healthy(it, entry.bind_port));
    let healthy = healthy.count();
    if healthy == 0 {
        return Finding::wrong(
            match targets.len() {
                1 => "its only target is not healthy".to_owned(),
                targets => format!("none of its {targets} targets is healthy"),
            },
            "wait some minutes, until AWS has registered and checked them",
        );
    }
    match mapped.view.row(&mapped.group.name, Path::Bootstrap) {
        None => unasked("the bootstrap port"),
        Some(row) if answers(row) => {
            let s = if healthy == 1 { "" } else { "s" };
            Finding::well(format!("{port} leads to {healthy} healthy broker{s}"))
        }
        Some(row) => unproven(
            row,
            format!("port {port} is not proven: {}", row.says()),
            || {
                "ask again in a minute: each broker answers on its own port, so look for a target of bootstrap that is none of them".to_owned()
            },
        ),
    }
}

/// Whether the plan still puts somebody there.
fn is_being_made(walker: &Walker<'_>) -> bool {
    let makes = |action: &Action| {
        matches!(
            action,
            Action::CreateTargetGroup { .. }
                | Action::RegisterTargets { .. }
                | Action::CreateListener { .. }
                | Action::ModifyListener { .. }
        )
    };
    walker.step(Owner::Bootstrap, makes).is_some()
}

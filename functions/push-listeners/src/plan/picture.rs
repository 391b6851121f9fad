//! A broker as it is drawn.

use super::roll::{Planned, Roll};
use super::subject::Subject;
use crate::difference::Difference;
use crate::held::Held;
use crate::rollout::{Row, Turn};
use fleet::foreign::clean;
use fleet::words::GroupName;
use std::collections::BTreeSet;

/// How much of what a broker advertises is shown.
const SHOWN: usize = 600;

/// What it shows and should; its file comes later.
pub(super) fn row(subject: &Subject<'_>) -> Row {
    let advertises = subject.itself().map(|shows| {
        let value = shows.advertised.value.as_deref();
        let value = value.or(shows.listeners.value.as_deref());
        clean(value.unwrap_or("(nothing)"), SHOWN)
    });
    let wanted = subject.wanted.iter();
    let differs = subject.differences.iter().flatten();
    Row {
        node: subject.broker.node,
        instance: subject.broker.instance.clone(),
        advertises,
        wanted: wanted
            .map(|it| format!("{}://{}", it.name, it.advertised))
            .collect(),
        differs: differs.map(ToString::to_string).collect(),
        file: None,
        diff: None,
        remarks: Vec::new(),
        turn: Turn::Never,
    }
}

/// When it is a broker's turn.
pub(super) fn turn(planned: &Planned<'_>, roll: &Roll, is_now: bool) -> Turn {
    let node = planned.node();
    if is_now {
        return Turn::Now;
    }
    if roll.is_next(planned) {
        return Turn::Next;
    }
    let waits = roll.held.iter().find_map(|held| {
        let Held::RollWaits {
            node: waits,
            behind,
            why,
        } = held
        else {
            return None;
        };
        (*waits == node).then_some((*behind, *why))
    });
    match waits {
        Some((behind, why)) => Turn::After { behind, why },
        None if !planned.own.held.is_empty() => Turn::Held,
        None if planned.own.candidate.is_none() => Turn::Never,
        None => under_way(roll).map_or(Turn::Held, |comment| Turn::Command { comment }),
    }
}

/// The command for which everything waits.
fn under_way(roll: &Roll) -> Option<String> {
    roll.held.iter().find_map(|held| {
        let Held::InFlight { comment, .. } = held else {
            return None;
        };
        Some(comment.clone())
    })
}

/// What a person should know before a roll.
pub(super) fn notes(planned: &[Planned<'_>]) -> Vec<String> {
    let all = planned
        .iter()
        .flat_map(|it| it.subject.differences.iter().flatten());
    let renamed: BTreeSet<&GroupName> = all.filter_map(renamed).collect();
    let note = |group| {
        format!(
            "the names of {group} change: clients that resolve only the old names lose brokers from the first restart to the last; the way without interruption is a second group: give it the new names, move the consumer to it, and retire {group}"
        )
    };
    renamed.into_iter().map(note).collect()
}

/// The group whose name a broker changes; a change of the port alone is none.
fn renamed(difference: &Difference) -> Option<&GroupName> {
    match difference {
        Difference::Advertises {
            group,
            found: Some(found),
            wanted,
        } => {
            let host = |endpoint: &str| {
                let host = endpoint.rsplit_once(':').map(|(host, _)| host);
                host.unwrap_or(endpoint).to_ascii_lowercase()
            };
            (host(found) != host(wanted)).then_some(group)
        }
        Difference::Advertises { found: None, .. }
        | Difference::Missing { .. }
        | Difference::Listens { .. }
        | Difference::Speaks { .. }
        | Difference::Retired { .. } => None,
    }
}

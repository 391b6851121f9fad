//! The decision: a pure, total function from what was observed to a plan.

mod broker;
mod command;
mod consent;
mod draft;
mod edits;
mod host;
mod left;
mod looked;
mod picture;
mod silent;
mod subject;
mod view;

pub use draft::{Plan, Step};

use crate::held::Held;
use crate::observed::Observed;
use draft::Draft;
use fleet::words::{CommandId, InstanceId};
use std::collections::BTreeMap;
use view::View;

/// Decides what to do about what was observed: at most one command, to one host, and none while one of ours
/// is under way. A gap changes nothing. What a process shows decides, never its file (K-8).
pub fn plan(observed: &Observed) -> Plan {
    let mut draft = Draft::default();
    draft.plan.gaps = observed.gaps();
    let view = match View::of(observed) {
        Ok(view) => view,
        Err(held) => {
            draft.hold(held);
            return draft.plan;
        }
    };
    draft.plan.paused = fleet::wishes::paused(&observed.cluster, view.parameters);
    view.hold_groups(&mut draft);
    for subject in view.subjects(&mut draft) {
        let row = broker::plan(&view, &subject, &mut draft);
        draft.plan.picture.brokers.push(row);
    }
    draft.settle(view.in_flight());
    draft.plan
}

/// The commands whose outputs a plan needs, each with its host: the newest inspection and the newest edit of
/// each broker that may have to be touched. A cluster in which every process shows what it should asks for
/// none.
pub fn asked(observed: &Observed) -> BTreeMap<CommandId, InstanceId> {
    let Ok(view) = View::of(observed) else {
        return BTreeMap::new();
    };
    let mut draft = Draft::default();
    let subjects = view.subjects(&mut draft);
    let subjects = subjects.iter().filter(|subject| subject.may_need_a_hand());
    subjects
        .flat_map(|subject| looked::commands(&view, subject))
        .collect()
}

/// What everything is held for when a read is missing that everything depends on.
fn blind(what: &'static str) -> Held {
    Held::Blind { what }
}

#[cfg(test)]
mod tests;

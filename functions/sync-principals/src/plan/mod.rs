//! The decision: a pure, total function from what was observed to a plan.

mod accounts;
mod connections;
mod draft;
mod leaving;
mod permissions;
mod picture;
mod reach;
mod ready;
mod removal;
mod states;
mod view;

pub use draft::{Plan, Step};

use crate::held::Held;
use crate::observed::{Doubt, Observed};
use draft::Draft;
use fleet::wishes;
use std::collections::BTreeSet;
use view::View;

/// Decides what to do about what was observed. A gap changes nothing, and a parameter that is gone or
/// refused takes nobody's permission (P-45). Of what one look leaves in doubt, only what an earlier look
/// `agreed` upon is so (P-15). What is added comes before what is taken away.
pub fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
    let mut draft = Draft::default();
    draft.plan.gaps = observed.gaps();
    let view = match View::of(observed) {
        Ok(view) => view,
        Err(held) => {
            draft.hold(held);
            return draft.plan;
        }
    };
    draft.plan.paused = wishes::paused(&observed.cluster, view.parameters);
    if view.service.acceptance_required == Some(false) {
        let service = view.service.name.clone();
        draft.hold(Held::Unasked { service });
    }
    let principals = match view.principals(agreed) {
        Some(Ok(principals)) => principals,
        Some(Err(held)) => {
            draft.hold(held);
            draft.plan.picture = picture::frozen(&view);
            return draft.plan;
        }
        // Nobody has said anything, and nothing of ours is there.
        None => {
            connections::nobody_is_listed(&view, &mut draft);
            draft.plan.picture = picture::frozen(&view);
            return draft.plan;
        }
    };
    let leaving = leaving::leaving(&view, &principals, agreed, &mut draft);
    permissions::plan(&view, &principals, &leaving, &mut draft);
    connections::plan(&view, &principals, &leaving, &mut draft);
    removal::plan(&view, &principals, &leaving, &mut draft);
    reach::plan(&view, &principals, &mut draft);
    draft.plan.picture = picture::once_done(&view, &principals, &leaving);
    draft.plan
}

#[cfg(test)]
mod tests;

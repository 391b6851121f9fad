//! The decision: a pure, total function from what was observed to a plan.

mod connections;
mod leaving;
mod permissions;
mod reach;
mod ready;
mod service;
mod view;

pub use service::{Found, service_of};

use crate::access::Access;
use crate::change::{Action, Change};
use crate::held::Held;
use crate::observed::{Doubt, Observed};
use fleet::plan::Said;
use fleet::wishes;
use std::collections::BTreeSet;
use std::fmt;
use view::View;

/// So many principals, permissions and endpoints go into one call.
const CHUNK: usize = 50;

/// What to do now about who may connect.
pub type Plan = fleet::plan::Plan<Change, Doubt, Access>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

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
    let principals = match view.principals() {
        Some(Ok(principals)) => principals,
        Some(Err(held)) => {
            draft.hold(held);
            draft.plan.picture = view.frozen();
            return draft.plan;
        }
        // Nobody has said anything, and nothing of ours is there.
        None => {
            draft.plan.picture = view.frozen();
            return draft.plan;
        }
    };
    let leaving = leaving::leaving(&view, &principals, agreed, &mut draft);
    permissions::plan(&view, &principals, &leaving, &mut draft);
    connections::plan(&view, &principals, &leaving, &mut draft);
    leaving::remove(&view, &principals, &leaving.go, &mut draft);
    reach::plan(&view, &principals, &mut draft);
    draft.plan.picture = view.access(&principals, &leaving);
    draft.plan
}

/// A plan being made.
#[derive(Default)]
struct Draft {
    plan: Plan,
}

impl Draft {
    fn act(&mut self, view: &View<'_>, action: Action, reason: Reason) {
        let change = Change {
            service: view.service.id.clone(),
            action,
        };
        let reason = Said::of(&reason);
        self.plan.steps.push(Step { change, reason });
    }

    fn hold(&mut self, held: Held) {
        let held = Said::of(&held);
        if !self.plan.held.contains(&held) {
            self.plan.held.push(held);
        }
    }
}

/// Why a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// On the list and not allowed.
    Listed,
    /// On the list, allowed, and not recorded as ours.
    Unrecorded,
    /// Others go, and nothing that stays says by which version of the list.
    InForce,
    /// A group is proven, or the list says at once.
    MayConnect,
    /// Its account is off the list.
    OffTheList,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listed => "listed, and not allowed yet",
            Self::Unrecorded => "listed, and the permission does not say that this list keeps it",
            Self::InForce => "so that an older read of the list is known for one",
            Self::MayConnect => "the account is listed, and what it connects to is there",
            Self::OffTheList => "off the list",
        })
    }
}

#[cfg(test)]
mod tests;

//! A plan being made.

use super::view::View;
use crate::access::Access;
use crate::change::{Action, Change};
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::plan::Said;

/// So many principals, permissions and endpoints go into one call.
pub(super) const CHUNK: usize = 50;

/// What to do now about who may connect.
pub type Plan = fleet::plan::Plan<Change, Doubt, Access>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

/// A plan being made.
#[derive(Default)]
pub(super) struct Draft {
    /// So far.
    pub(super) plan: Plan,
}

impl Draft {
    /// Takes a step.
    pub(super) fn act(&mut self, view: &View<'_>, action: Action, reason: Reason) {
        let change = Change {
            service: view.service.id.clone(),
            action,
        };
        let reason = Said::of(&reason);
        self.plan.steps.push(Step { change, reason });
    }

    /// Whether permissions that are there get tags.
    pub(super) fn records(&self) -> bool {
        let mut steps = self.plan.steps.iter();
        steps.any(|step| matches!(step.change.action, Action::Tag { .. }))
    }

    /// Declines something, once.
    pub(super) fn hold(&mut self, held: Held) {
        let held = Said::of(&held);
        if !self.plan.held.contains(&held) {
            self.plan.held.push(held);
        }
    }
}

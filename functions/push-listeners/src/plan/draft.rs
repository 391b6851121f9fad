//! A plan being made.

use crate::change::Change;
use crate::documents::Document;
use crate::held::Held;
use crate::reason::Reason;
use crate::rollout::Rollout;
use fleet::plan::Said;

/// What to do now about the brokers' listeners. Nothing is in doubt after one look: what takes something
/// away asks the host itself.
pub type Plan = fleet::plan::Plan<Change, (), Rollout>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

/// A plan being made.
#[derive(Default)]
pub(super) struct Draft {
    /// So far.
    pub(super) plan: Plan,
}

impl Draft {
    /// Wants to send a command.
    pub(super) fn act(&mut self, change: Change, reason: Reason) {
        let reason = Said::of(&reason);
        self.plan.steps.push(Step { change, reason });
    }

    /// Declines something, once.
    pub(super) fn hold(&mut self, held: Held) {
        let held = Said::of(&held);
        if !self.plan.held.contains(&held) {
            self.plan.held.push(held);
        }
    }

    /// One command at a time, and none while one is under way. One that changes something comes before one
    /// that looks.
    pub(super) fn settle(&mut self, in_flight: Option<Held>) {
        if let Some(held) = in_flight {
            self.plan.steps.clear();
            return self.hold(held);
        }
        let is_look = |step: &Step| step.change.comment.document == Document::Inspect;
        self.plan.steps.sort_by_key(is_look);
        self.plan.steps.truncate(1);
    }
}

//! A plan being made.

use crate::change::Change;
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

    /// One command at a time: what is under way comes first, then what ends the silence of a broker, which
    /// stands first among the steps if there is such a one.
    pub(super) fn settle(&mut self, in_flight: Option<Held>) {
        match in_flight {
            Some(held) => {
                self.plan.steps.clear();
                self.hold(held);
            }
            None => {
                use crate::documents::Document;
                let of_hands = |step: &Step| step.change.comment.document != Document::Inspect;
                self.plan.steps.sort_by_key(|step| !of_hands(step));
                self.plan.steps.truncate(1);
            }
        }
    }
}

//! A plan being made.

use crate::care::Care;
use crate::change::{Action, Change};
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::brokers::Broker;
use fleet::plan::Said;
use std::collections::BTreeSet;

/// What to do now about brokers that are ill.
pub type Plan = fleet::plan::Plan<Change, Doubt, Care>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

/// A plan being made.
pub(super) struct Draft<'a> {
    /// So far.
    pub(super) plan: Plan,
    /// What an earlier look left in doubt.
    agreed: &'a BTreeSet<Doubt>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(agreed: &'a BTreeSet<Doubt>) -> Self {
        Self {
            plan: Plan::default(),
            agreed,
        }
    }

    /// Wants to change something.
    pub(super) fn act(&mut self, broker: &Broker, action: Action, reason: &Reason) {
        let change = Change {
            node: broker.node,
            instance: broker.instance.clone(),
            action,
        };
        let reason = Said::of(reason);
        self.plan.steps.push(Step { change, reason });
    }

    /// Declines something, once.
    pub(super) fn hold(&mut self, held: &Held) {
        let said = Said::of(held);
        if !self.plan.held.contains(&said) {
            self.plan.held.push(said);
            self.plan.picture.waits_for_you += u64::from(!held.passes());
        }
    }

    /// Whether an earlier look saw the same; if not, somebody looks again.
    pub(super) fn is_agreed(&mut self, doubt: Doubt) -> bool {
        let is_agreed = self.agreed.contains(&doubt);
        if !is_agreed {
            self.plan.doubts.insert(doubt);
        }
        is_agreed
    }
}

//! A plan being made, and what one broker has to say for itself before all are looked at together.

use crate::change::Change;
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use crate::rollout::Rollout;
use fleet::plan::Said;
use std::collections::BTreeSet;

/// What to do now about the brokers' listeners. Little is in doubt after one look: what takes something
/// away asks the host itself.
pub type Plan = fleet::plan::Plan<Change, Doubt, Rollout>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

/// A plan being made.
#[derive(Default)]
pub(super) struct Draft {
    /// So far.
    pub(super) plan: Plan,
}

impl Draft {
    /// Wants to send a command: the only one.
    pub(super) fn act(&mut self, candidate: Candidate) {
        let reason = Said::of(&candidate.reason);
        let change = candidate.change;
        self.plan.steps.push(Step { change, reason });
    }

    /// Declines something, once.
    pub(super) fn hold(&mut self, held: &Held) {
        let held = Said::of(held);
        if !self.plan.held.contains(&held) {
            self.plan.held.push(held);
        }
    }
}

/// What a command does to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It puts something right where no process runs, or leaves the one alone that does.
    PutsRight,
    /// It looks.
    Looks,
    /// It stops a process that ends with its instance anyway: at once, whatever the gate says.
    Ends,
    /// It stops a process that hangs: by the gate, when every other broker is up.
    Revives,
    /// It may stop a process that runs: one broker at a time, in the order of the roll, and by the gate.
    Stops,
}

/// What would be done next with one broker.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    pub(super) change: Change,
    pub(super) reason: Reason,
}

/// What one broker wants, as if it were alone.
#[derive(Clone, Default)]
pub(super) struct Own {
    /// What it is held for.
    pub(super) held: Vec<Held>,
    /// What would be done next with it.
    pub(super) candidate: Option<Candidate>,
    /// What the cluster has of it is to be asked first.
    pub(super) asks: bool,
    /// What another look has to show, too.
    pub(super) doubts: BTreeSet<Doubt>,
}

impl Own {
    /// Declines something.
    pub(super) fn hold(&mut self, held: Held) {
        self.held.push(held);
    }

    /// Wants to look.
    pub(super) fn look(&mut self, change: Change, reason: Reason) {
        self.want(Kind::Looks, change, reason);
    }

    /// Wants to put something right.
    pub(super) fn put_right(&mut self, change: Change, reason: Reason) {
        self.want(Kind::PutsRight, change, reason);
    }

    /// Wants to restart what hangs.
    pub(super) fn revive(&mut self, change: Change, reason: Reason) {
        self.want(Kind::Revives, change, reason);
    }

    /// Wants to stop what AWS ends anyway.
    pub(super) fn end(&mut self, change: Change, reason: Reason) {
        self.want(Kind::Ends, change, reason);
    }

    /// Wants to stop what runs, and start it anew.
    pub(super) fn stop(&mut self, change: Change, reason: Reason) {
        self.want(Kind::Stops, change, reason);
    }

    fn want(&mut self, kind: Kind, change: Change, reason: Reason) {
        self.candidate = Some(Candidate {
            kind,
            change,
            reason,
        });
    }
}

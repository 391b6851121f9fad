//! What should come of a state, in words of the states alone.

use super::{Broker, Gate, Inspected, Shows, State, Touched};
use crate::host::order::{Act, Mode};
use crate::plan::{self, Plan};
use std::cmp::Reverse;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Somebody looks at a broker's host.
    Looks(u32),
    /// A broker is restarted.
    Restarts(u32),
    /// Something else, which is never right here.
    Other(u32),
}

impl Step {
    pub(super) fn of(step: &plan::Step) -> Self {
        let node = step.change.order.node.get();
        match &step.change.order.act {
            Act::Inspect => Self::Looks(node),
            Act::Apply(apply) => match apply.mode {
                Mode::Edit { .. } | Mode::Restart => Self::Restarts(node),
                Mode::Revive | Mode::Start | Mode::Back => Self::Other(node),
            },
            Act::Stop { .. } => Self::Other(node),
        }
    }
}

/// The only step that is right; none if nothing may be done.
pub(super) fn expected(state: &State, gate: Gate) -> Option<Step> {
    let brokers = state.brokers();
    let nodes = || (1..).zip(brokers);
    if brokers.iter().any(|it| it.touched == Touched::UnderWay) {
        return None;
    }
    let unseen = |it: &Broker| match it.shows {
        Shows::Right | Shows::Untold => false,
        Shows::Nothing => it.inspected == Inspected::Never,
        Shows::Differs => match it.inspected {
            Inspected::Never => true,
            Inspected::Odd => state.is_newer,
            Inspected::Fine | Inspected::TakenBack => false,
        },
    };
    if let Some((node, _)) = nodes().find(|(_, it)| unseen(it)) {
        return Some(Step::Looks(node));
    }
    let is_up = |it: &Broker| matches!(it.shows, Shows::Right | Shows::Differs);
    let can_be_restarted = |it: &Broker| match it.inspected {
        Inspected::Fine => true,
        Inspected::TakenBack => state.is_newer,
        Inspected::Never | Inspected::Odd => false,
    };
    let differ = || nodes().filter(|(_, it)| it.shows == Shows::Differs);
    let may = state.has_consent
        && gate == Gate::Open
        && brokers.iter().all(is_up)
        && brokers.iter().all(|it| it.touched != Touched::JustNow)
        && differ().all(|(_, it)| can_be_restarted(&it));
    next(state).filter(|_| may).map(Step::Restarts)
}

/// For which generation a broker was restarted last: never, an older one, this one.
fn class(broker: Broker) -> u8 {
    match broker.touched {
        Touched::Never => 0,
        Touched::Before => 1,
        Touched::UnderWay | Touched::LongAgo | Touched::JustNow => 2,
    }
}

/// Whose turn it is of those that differ. The generation of a command is told to the millisecond, and all of
/// this generation are of one.
pub(super) fn next(state: &State) -> Option<u32> {
    let differ = (1..).zip(state.brokers());
    let differ = differ.filter(|(_, it)| it.shows == Shows::Differs);
    let first = differ.min_by_key(|(node, it)| {
        let is_controller = state.controller == Some(*node);
        (class(*it), is_controller, *node)
    });
    first.map(|(node, _)| node)
}

/// Whether others of its class come before `next` if it is the controller.
pub(super) fn others_wait(state: &State, next: u32) -> bool {
    let all: Vec<(u32, Broker)> = (1..).zip(state.brokers()).collect();
    let own = all.iter().find(|(node, _)| *node == next);
    let own = own.map(|(_, it)| class(*it));
    all.iter()
        .any(|(node, it)| *node != next && it.shows == Shows::Differs && own == Some(class(*it)))
}

/// Who was touched but for `next`.
pub(super) fn touched(state: &State, next: u32) -> impl Iterator<Item = (u32, Broker)> {
    let all = (1..).zip(state.brokers());
    all.filter(move |(node, it)| it.touched != Touched::Never && *node != next)
}

/// Who of them was the last one; of equals the first, whose command was sent last.
pub(super) fn restarted(state: &State, next: u32) -> Option<u32> {
    let newest = touched(state, next).max_by_key(|(node, it)| {
        let when = match it.touched {
            Touched::Never | Touched::Before => 0,
            Touched::LongAgo => 1,
            Touched::JustNow => 2,
            Touched::UnderWay => 3,
        };
        (when, Reverse(*node))
    });
    newest.map(|(node, _)| node)
}

/// Whether each broker that is not right, and not touched now, has a sentence.
pub(super) fn is_explained(plan: &Plan, state: &State, steps: &[Step]) -> bool {
    let told = |node: u32| {
        let broker = format!("broker {node} ");
        let held = &plan.held;
        held.iter().any(|it| it.sentence.contains(&broker))
    };
    let is_now =
        |node: u32| steps.contains(&Step::Looks(node)) || steps.contains(&Step::Restarts(node));
    let in_flight = plan.held.iter().any(|it| it.kind == "InFlight");
    let later = |it: Broker| !steps.is_empty() && it.inspected != Inspected::Fine;
    (1..).zip(state.brokers()).all(|(node, it)| {
        it.shows == Shows::Right || in_flight || is_now(node) || told(node) || later(it)
    })
}

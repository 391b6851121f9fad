//! Who is healed now, and how: one broker at a time, by the least that helps, within the budgets.

use super::alarms::Alarms;
use super::begin::begin;
use super::budget::Budget;
use super::condition::{Condition, Ill};
use super::draft::Draft;
use super::hand::in_hand;
use super::remedy::remedy;
use super::replace;
use super::view::{Patient, View};
use crate::held::Held;
use crate::reason::Reason;
use fleet::healing::Rung;
use fleet::wishes::{Healing, healing_parameter};
use fleet::words::NodeId;
use std::collections::BTreeSet;

/// Heals, or says why not.
pub(super) fn heal(
    view: &View<'_>,
    patients: &[Patient<'_>],
    alarms: &Alarms<'_>,
    healing: Healing,
    draft: &mut Draft<'_>,
) {
    let cluster = &view.observed.cluster;
    let is_written = Healing::is_written(cluster, view.parameters);
    let missing = (!is_written).then(|| healing_parameter(cluster));
    for patient in patients {
        if let Some(held) = Held::of(patient.broker, &patient.condition, missing.clone()) {
            draft.hold(&held);
        }
    }
    let nodes = view.interrupted();
    if !nodes.is_empty() {
        return draft.hold(&Held::Interrupted { nodes });
    }
    let nodes = view.away();
    let is_all = nodes.is_empty();
    if !is_all {
        draft.hold(&Held::Away { nodes });
    }
    if patients.iter().all(|it| it.condition == Condition::Up) {
        if !is_all || patients.is_empty() {
            return;
        }
        let alarms = alarms.told();
        return draft.hold(&Held::NobodyIll { alarms });
    }
    if let Some(held) = in_hand(view, patients) {
        return draft.hold(&held);
    }
    let ill: Vec<&Patient<'_>> = patients.iter().filter(|it| it.ill().is_some()).collect();
    if ill.is_empty() {
        return;
    }
    let budget = match Budget::of(view) {
        Ok(budget) => budget,
        Err(held) => return draft.hold(&held),
    };
    // Who may be ill, and nobody knows how, counts as well.
    let is_unclear = |it: &&Patient<'_>| matches!(it.condition, Condition::Unclear(_));
    let unclear = patients.iter().filter(is_unclear);
    let need = ill.iter().copied().chain(unclear);
    let all: BTreeSet<NodeId> = need.map(|it| it.broker.node).collect();
    let only_starts = ill.iter().all(|it| it.ill() == Some(Ill::Gone)) && all.len() == ill.len();
    if all.len() > 1 && !only_starts {
        return draft.hold(&Held::Several { nodes: all });
    }
    let begun = |node: &NodeId| budget.is_recent(*node, view.now);
    if let Some(node) = view.away().into_iter().find(begun) {
        return draft.hold(&Held::Busy { node });
    }
    for patient in ill {
        if patient.is_asked(view.now) {
            continue;
        }
        let node = patient.broker.node;
        if let Some(busy) = under_way(view, patients, node, (&budget, only_starts)) {
            draft.hold(&busy);
            continue;
        }
        let decided = decide(view, patients, patient, (&budget, healing), draft);
        if let Err(held) = decided {
            draft.hold(&held);
        }
    }
}

/// A healing of another broker that has not come to its end: that one is not up yet.
fn under_way(
    view: &View<'_>,
    patients: &[Patient<'_>],
    own: NodeId,
    (budget, only_starts): (&Budget, bool),
) -> Option<Held> {
    let mut others = patients.iter().filter(|it| {
        let node = it.broker.node;
        let begun = budget.is_recent(node, view.now) && it.condition != Condition::Up;
        // Starts are sent one after another.
        let joins = only_starts
            && budget
                .last(node)
                .is_some_and(|(_, rung)| rung == Rung::Start);
        begun && !joins && node != own
    });
    let node = others.next()?.broker.node;
    Some(Held::Busy { node })
}

/// What is done for one broker, or why not.
fn decide(
    view: &View<'_>,
    patients: &[Patient<'_>],
    patient: &Patient<'_>,
    (budget, healing): (&Budget, Healing),
    draft: &mut Draft<'_>,
) -> Result<(), Held> {
    let (node, now) = (patient.broker.node, view.now);
    let Some(remedy) = remedy(patient, now) else {
        return consent(view, node, Rung::Restart, &Reason::BeganToHang, healing);
    };
    let rung = remedy.rung;
    consent(view, node, rung, &remedy.reason, healing)?;
    remedy.is_due(node, now)?;
    if rung == Rung::Restart || rung == Rung::Replace {
        others_are_up(view, patients, node, rung)?;
    }
    let at = budget.time_of(patient, rung, now)?;
    if rung == Rung::Replace {
        replace::may_be(view, patient)?;
    }
    begin(patient, &remedy, at, now, draft);
    Ok(())
}

/// Whether every broker is up but this one.
fn others_are_up(
    view: &View<'_>,
    patients: &[Patient<'_>],
    node: NodeId,
    rung: Rung,
) -> Result<(), Held> {
    let others = patients.iter().filter(|it| it.broker.node != node);
    let down = others.filter(|it| it.condition != Condition::Up);
    let mut down: BTreeSet<NodeId> = down.map(|it| it.broker.node).collect();
    down.extend(view.away());
    match down.is_empty() {
        true => Ok(()),
        false => Err(Held::OthersDown { node, rung, down }),
    }
}

/// Whether the parameter allows it.
fn consent(
    view: &View<'_>,
    node: NodeId,
    rung: Rung,
    reason: &Reason,
    healing: Healing,
) -> Result<(), Held> {
    if healing >= rung.needs() {
        return Ok(());
    }
    Err(Held::NoConsent {
        node,
        rung,
        reason: reason.to_string(),
        healing,
        parameter: healing_parameter(&view.observed.cluster),
    })
}

impl Patient<'_> {
    /// What ails it, if that is known.
    pub(super) fn ill(&self) -> Option<Ill> {
        match self.condition {
            Condition::Ill(ill) => Some(ill),
            Condition::Up
            | Condition::Untold
            | Condition::Starting
            | Condition::Entering
            | Condition::OnPurpose(_)
            | Condition::Unclear(_) => None,
        }
    }
}

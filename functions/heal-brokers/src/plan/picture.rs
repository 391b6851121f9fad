//! How every broker is, told.

use super::condition::{Condition, Ill};
use super::view::{Patient, View};
use crate::care::{Row, State};

/// A row for each broker.
pub(super) fn rows(view: &View<'_>, patients: &[Patient<'_>]) -> Vec<Row> {
    let row = |patient: &Patient<'_>| Row {
        node: patient.broker.node,
        instance: patient.broker.instance.clone(),
        state: state(&patient.condition),
        asked: patient.is_asked(view.now),
        healed: patient
            .healed()
            .and_then(|it| it.last())
            .map(|(at, rung)| format!("{} at {at:.0}", rung.noun())),
    };
    patients.iter().map(row).collect()
}

fn state(condition: &Condition) -> State {
    match condition {
        Condition::Up => State::Up,
        Condition::Untold => State::Untold,
        Condition::Ill(Ill::Gone) => State::Gone,
        Condition::Ill(Ill::Hangs(_)) => State::Hangs,
        Condition::Ill(Ill::Unwell(_)) => State::Unwell,
        Condition::Ill(Ill::Cut(_)) => State::Cut,
        Condition::Starting => State::Starting,
        Condition::Entering => State::Entering,
        Condition::OnPurpose(_) => State::OnPurpose,
        Condition::Unclear(_) => State::Unclear,
    }
}

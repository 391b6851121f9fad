//! The order of steps: heart-beats, and then make before break.

use crate::action::Action;
use crate::plan::Step;
use fleet::naming::Owner;
use fleet::tags;
use fleet::words::TargetGroupName;
use std::collections::BTreeSet;

/// Sorts what is added before what is removed; among what is added, existing target groups before new
/// ones and bootstrap last; among what is removed, bootstrap first.
pub(super) fn sort(steps: &mut [Step]) {
    let new: BTreeSet<TargetGroupName> = steps
        .iter()
        .filter(|step| matches!(step.change.action, Action::CreateTargetGroup { .. }))
        .filter_map(|step| step.change.place.as_ref())
        .map(|place| place.target_group.clone())
        .collect();
    steps.sort_by_key(|step| {
        let change = &step.change;
        let rank = Rank::of(&change.action);
        let place = change.place.as_ref();
        let bootstrap_last = match (rank.comes_late(), place.map(|place| place.owner)) {
            // A leaving broker leaves bootstrap first; a new one enters it last.
            (_, None) | (true, Some(Owner::Bootstrap)) | (false, Some(Owner::Broker(_))) => 0,
            (true, Some(Owner::Broker(_))) | (false, Some(Owner::Bootstrap)) => 1,
        };
        let is_new = place.is_some_and(|place| new.contains(&place.target_group));
        (
            rank.comes_late(),
            is_new,
            bootstrap_last,
            place.map(|place| (place.group.clone(), place.owner)),
            rank,
        )
    });
}

/// The order of steps about one target group: make before break.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A heart-beat comes first: nothing waits for it, and it must not be late.
    Beat,
    Mark,
    Create,
    Set,
    Register,
    Listen,
    Deregister,
    Unlisten,
    Delete,
    /// Last: nothing depends on it, whatever becomes of it.
    Tell,
}

impl Rank {
    fn of(action: &Action) -> Self {
        match action {
            Action::AddTag { key, .. } if [tags::COMPLETE_SINCE, tags::SERVED_BY].contains(key) => {
                Self::Tell
            }
            Action::AddTag { .. } | Action::RemoveTag { .. } => Self::Mark,
            Action::CreateTargetGroup { .. } => Self::Create,
            Action::ModifyTargetGroup { .. } | Action::ModifyTargetGroupAttributes { .. } => {
                Self::Set
            }
            Action::RegisterTargets { .. } => Self::Register,
            Action::CreateListener { .. }
            | Action::ModifyListener { .. }
            | Action::ModifyListenerAttributes { .. } => Self::Listen,
            Action::PutParameter { .. } => Self::Tell,
            Action::DeregisterTargets { .. } => Self::Deregister,
            Action::DeleteListener { .. } => Self::Unlisten,
            Action::DeleteTargetGroup => Self::Delete,
            Action::RecordLifecycleActionHeartbeat { .. } => Self::Beat,
            Action::CompleteLifecycleAction { .. } => Self::Tell,
        }
    }

    /// Whether it comes after all that makes something.
    fn comes_late(self) -> bool {
        self >= Self::Deregister
    }
}

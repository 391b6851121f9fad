//! Tags of ours that have done their service.

use super::condition::{Condition, Ill};
use super::draft::Draft;
use super::view::{Patient, View};
use crate::change::Action;
use crate::reason::Reason;
use fleet::tags;

/// Takes tags off whose broker is up again or was stopped on purpose, or that count no longer.
pub(super) fn tidy(view: &View<'_>, patients: &[Patient<'_>], draft: &mut Draft<'_>) {
    for patient in patients {
        let is_over = !patient.is_asked(view.now)
            || matches!(patient.condition, Condition::Up | Condition::OnPurpose(_));
        let hangs = match patient.condition {
            Condition::Ill(Ill::Hangs(process)) => {
                patient.ill_since().is_some_and(|it| it.process == process)
            }
            Condition::Up
            | Condition::Untold
            | Condition::Ill(Ill::Gone | Ill::Unwell(_) | Ill::Cut(_))
            | Condition::Starting
            | Condition::Entering
            | Condition::OnPurpose(_)
            | Condition::Unclear(_) => false,
        };
        // Nobody can tell whether it still hangs.
        let may_hang = matches!(
            patient.condition,
            Condition::Unclear(_) | Condition::Untold | Condition::Entering
        );
        let has = |key: &str| patient.instance.tags.contains_key(key);
        let mut keys = Vec::new();
        if has(tags::RESTART) && is_over {
            keys.push(tags::RESTART.to_owned());
        }
        if has(tags::ILL_SINCE) && !hangs && !may_hang {
            keys.push(tags::ILL_SINCE.to_owned());
        }
        if !keys.is_empty() {
            draft.act(patient.broker, Action::Untag { keys }, &Reason::Over);
        }
    }
}

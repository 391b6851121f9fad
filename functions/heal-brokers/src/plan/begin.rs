//! What a plan begins with a broker: a note of it first, then the deed.

use super::condition::Ill;
use super::draft::Draft;
use super::remedy::Remedy;
use super::view::{Patient, View};
use crate::change::Action;
use crate::notes::IllSince;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::healing::{Request, Rung};
use fleet::tags::{self, Tags};
use jiff::Timestamp;

/// Begins a healing, once two looks agree; it is counted at this time.
pub(super) fn begin(
    patient: &Patient<'_>,
    remedy: &Remedy,
    at: Timestamp,
    now: Timestamp,
    draft: &mut Draft<'_>,
) {
    let (broker, rung, reason) = (patient.broker, remedy.rung, &remedy.reason);
    let (node, instance) = (broker.node, broker.instance.clone());
    let doubt = Doubt::Heal {
        node,
        instance: instance.clone(),
        rung,
    };
    if !draft.is_agreed(doubt) {
        return;
    }
    let healed = patient.healed().unwrap_or_default().and(at, rung, now);
    let mut tags = Tags::from([(tags::HEALED_AT.to_owned(), healed.to_string())]);
    if let Some(cause) = rung.cause() {
        let request = Request {
            at: now,
            cause,
            instance,
        };
        tags.insert(tags::RESTART.to_owned(), request.to_string());
    }
    let begins = Some(rung);
    draft.act(broker, Action::Tag { tags, begins }, reason);
    match rung {
        Rung::Start | Rung::Restart => {}
        Rung::Reboot => draft.act(broker, Action::Reboot, reason),
        Rung::Replace => draft.act(broker, Action::Replace, reason),
    }
}

/// Writes down since when a process hangs, whether it may be healed or not: the looks that show that it was up go by.
pub(super) fn note(view: &View<'_>, patient: &Patient<'_>, draft: &mut Draft<'_>) {
    let Some(Ill::Hangs(process)) = patient.ill() else {
        return;
    };
    let is_noted = patient.ill_since().is_some_and(|it| it.process == process);
    let broker = patient.broker;
    let (node, instance) = (broker.node, broker.instance.clone());
    if is_noted || !draft.is_agreed(Doubt::Hangs { node, instance }) {
        return;
    }
    let at = view.now;
    let since = IllSince { at, process };
    let tags = Tags::from([(tags::ILL_SINCE.to_owned(), since.to_string())]);
    let begins = None;
    draft.act(broker, Action::Tag { tags, begins }, &Reason::BeganToHang);
}

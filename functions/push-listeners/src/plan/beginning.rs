//! A broker whose process is gone, and that is started: every order to start one is made here, whatever it is for. No
//! gate is asked, as nothing stops.

use super::command::apply;
use super::disk;
use super::draft::{Kind, Own};
use super::left::refused;
use super::looked::was_up_since;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::host::order::Mode;
use crate::reason::Reason;
use fleet::healing::{Healed, Request};
use fleet::host::inspection::{Inspection, ReadFile};
use fleet::tags;

/// For whose sake a broker is started.
pub(super) enum Sake {
    /// Its instance waits to enter its Auto Scaling group.
    Launch,
    /// heal-brokers asks.
    Asked(Request),
    /// A command of ours is to be put right.
    Ours(Reason),
}

/// Starts a broker in this way, unless something is in the way.
pub(super) fn begin(
    view: &View<'_>,
    subject: &Subject<'_>,
    (inspection, file): (&Inspection, &ReadFile),
    mode: Mode,
    sake: Sake,
    own: &mut Own,
) {
    if let Some(held) = in_the_way(view, subject, inspection, &sake) {
        return own.hold(held);
    }
    if !disk::may_start(view, subject, inspection, own) {
        return;
    }
    let act = (Kind::PutsRight, mode);
    let order = apply(view, subject, inspection, None, file, act);
    let reason = match sake {
        Sake::Launch => Reason::Launches,
        Sake::Asked(request) => Reason::Asked(request),
        Sake::Ours(reason) => reason,
    };
    own.put_right(order, reason);
}

/// What keeps a broker from being started.
fn in_the_way(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    sake: &Sake,
) -> Option<Held> {
    let node = subject.broker.node;
    let instance = subject.broker.instance.clone();
    if let Some(held) = refused(view, subject) {
        return Some(held);
    }
    if let Some(held) = kept_stopped(view, subject) {
        return Some(held);
    }
    if let Some(other) = view.brokers.predecessor(subject.broker) {
        return Some(Held::Predecessor {
            node,
            instance,
            other: other.clone(),
        });
    }
    let on_purpose = match sake {
        Sake::Launch => false,
        Sake::Asked(_) => inspection.was_stopped_by_others() && !was_rebooted(view, subject),
        // Who exits because of its file may close its folders, too.
        Sake::Ours(_) => inspection.was_stopped_by_its_unit(),
    };
    if on_purpose {
        return Some(Held::StoppedOnPurpose { node, instance });
    }
    // Without its port it would begin without its listener, and be restarted for that.
    let mut lacks = subject
        .lacks
        .iter()
        .filter(|_| matches!(sake, Sake::Launch));
    lacks.find(|it| matches!(it, Held::NoPort { .. })).cloned()
}

/// That somebody wants its process neither started nor restarted, if so.
pub(super) fn kept_stopped(view: &View<'_>, subject: &Subject<'_>) -> Option<Held> {
    let (node, instance) = (subject.broker.node, subject.broker.instance.clone());
    view.tag(&instance, tags::KEEP_STOPPED)?;
    Some(Held::KeptStopped { node, instance })
}

/// Whether a reboot by heal-brokers told it to end, and it was not up since.
fn was_rebooted(view: &View<'_>, subject: &Subject<'_>) -> bool {
    let healed = view.instance(&subject.broker.instance).and_then(Healed::of);
    let at = healed.and_then(|it| it.rebooted_at(view.now));
    at.is_some_and(|at| !was_up_since(view, subject, at))
}

//! A broker whose process hangs, and that heal-brokers asks to restart.

use super::beginning::kept_stopped;
use super::command::apply;
use super::draft::{Kind, Own};
use super::edits;
use super::left::refused;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::host::order::Mode;
use crate::reason::Reason;
use fleet::healing::{Cause, Request};
use fleet::host::inspection::Inspection;
use jiff::SignedDuration;

/// A process is older than a request if it was started so long before: clocks of hosts may be off.
const SURELY: SignedDuration = SignedDuration::from_secs(10);

/// Restarts a process that hangs, if it is older than the request, and its listener accepts or has a queue (K-25): one
/// that starts or recovers opens its listener last (K-13).
pub(super) fn revive(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    request: &Request,
    own: &mut Own,
) -> bool {
    let Some(process) = &inspection.broker else {
        return false;
    };
    let started_at = process.age.map(|age| inspection.clock.saturating_sub(age));
    let is_older = started_at.is_some_and(|at| at < request.at.as_second() - SURELY.as_secs());
    let hangs = subject.hangs() || process.queued;
    if request.cause != Cause::Hangs || !hangs || !is_older {
        return false;
    }
    let held = refused(view, subject).or_else(|| kept_stopped(view, subject));
    match (edits::read_file(inspection), held) {
        (_, Some(held)) => own.hold(held),
        (Err(why), None) => own.hold(Held::host(subject.broker, why)),
        (Ok(file), None) => {
            let act = (Kind::Revives, Mode::Revive);
            let order = apply(view, subject, inspection, Some(process.id()), file, act);
            own.revive(order, Reason::Asked(request.clone()));
        }
    }
    true
}

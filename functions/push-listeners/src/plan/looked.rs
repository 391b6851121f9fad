//! What our commands said on a broker's host: the newest inspection, and whether it is new enough.

use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::host::refused::why_refused;
use fleet::documents::{Document, inspects, was_silent};
use fleet::foreign::clean;
use fleet::host::inspection::Inspection;
use fleet::host::reply;
use fleet::observed::{Command, CommandOutput};
use fleet::words::{CommandId, InstanceId};
use jiff::{SignedDuration, Timestamp};

/// How long an inspection is good for. Whatever changes on the host meanwhile, *apply* refuses.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(60);
/// The same of a broker that does not answer, and may exit at any time; and how long nobody looks again at it after
/// a look failed.
pub(super) const GOOD_FOR_SILENT: SignedDuration = SignedDuration::from_mins(2);
/// How long nothing is sent again after a command that failed.
pub(super) const PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// How long the answer of a command may not be known that has ended.
const COMES_LATE: SignedDuration = SignedDuration::from_secs(60);
/// How much of what a host said is shown.
const SHOWN: usize = 200;

/// What the newest commands of a host say.
pub(super) enum Looked {
    /// This is how the host is.
    At(Box<Inspection>, Timestamp),
    /// Somebody has to look first.
    Not,
    /// The same: looking failed.
    Again(Held),
    /// Looking failed a moment ago, or its answer has not come yet.
    Held(Held),
}

/// The commands whose outputs are needed, with their hosts. What an older one said decides nothing, and is no
/// gap if it cannot be read.
pub(super) fn commands(view: &View<'_>, subject: &Subject<'_>) -> Vec<(CommandId, InstanceId)> {
    let instance = &subject.broker.instance;
    let newest = |(document, counts): (Document, SignedDuration)| {
        let found = view.observed.newest(instance, document)?;
        let age = view.now.duration_since(found.requested_at);
        (found.status.has_ended() && age <= counts).then_some(found)
    };
    let counting = [
        (Document::Inspect, GOOD_FOR),
        (Document::Apply, PAUSE),
        (Document::Stop, PAUSE),
    ];
    counting
        .into_iter()
        .filter_map(newest)
        .map(|it| (it.id.clone(), instance.clone()))
        .collect()
}

/// The newest inspection of a broker's host, if nothing of ours happened there since. After one that failed nobody looks
/// again for so long.
pub(super) fn looked(view: &View<'_>, subject: &Subject<'_>, pause: SignedDuration) -> Looked {
    let instance = &subject.broker.instance;
    let newest = |document| view.observed.newest(instance, document);
    let command = newest(Document::Inspect).filter(|it| inspects(it, subject.broker.node));
    let Some(command) = command else {
        return Looked::Not;
    };
    let touched = touched_at(view, subject);
    if touched.is_some_and(|at| at >= command.requested_at) {
        return Looked::Not;
    }
    let age = view.now.duration_since(command.requested_at);
    if age > GOOD_FOR {
        return Looked::Not;
    }
    let inspection = match output(view, command) {
        Ok(Some(output)) => reply::read::<Inspection>(&output.stdout).map_err(|error| {
            let error = clean(&error.to_string(), SHOWN);
            let said = clean(output.stderr.trim(), SHOWN);
            match said.as_str() {
                "" => format!("{error}; it is {}", output.status),
                said => format!("{error}; it is {}, and said: {said}", output.status),
            }
        }),
        // Nothing to be read yet, as right after a command was sent (P-51).
        Ok(None) if age < COMES_LATE => {
            let comment = clean(&command.comment, SHOWN);
            return Looked::Held(Held::AnswerPending { comment });
        }
        Ok(None) => Err(format!(
            "AWS does not know what it said; it is {}",
            command.status
        )),
        Err(held) => return Looked::Held(held),
    };
    let inspection = inspection.and_then(|it| match it.too_long {
        _ if it.is_told() => Ok(it),
        Some(length) => Err(format!(
            "its answer has {length} characters, too many for AWS"
        )),
        None => {
            let about = it.about.map(|it| it.shown(SHOWN)).unwrap_or_default();
            let why = clean(&it.why.unwrap_or_default(), SHOWN);
            Err(format!("the host refused: {}", why_refused(&why, &about)))
        }
    });
    match inspection {
        Ok(it) if covers(&it, subject) => Looked::At(Box::new(it), command.requested_at),
        Ok(_) => Looked::Not,
        Err(why) => failed(view, command, why, pause),
    }
}

/// Whether an inspection of a broker that does not answer is to be made anew: what it says may be told still, and
/// nothing is done by it.
pub(super) fn is_stale(view: &View<'_>, asked_at: Timestamp) -> bool {
    view.now.duration_since(asked_at) > GOOD_FOR_SILENT
}

/// Whether it is not known which process a broker has that is up: nobody looked since it was silent, since a command
/// of ours, or for an hour. By the list of commands alone, so that nothing more is read for it.
pub(super) fn is_unseen(view: &View<'_>, subject: &Subject<'_>) -> bool {
    let newest = |document| view.observed.newest(&subject.broker.instance, document);
    let touched = touched_at(view, subject);
    let looked = newest(Document::Inspect).filter(|it| {
        inspects(it, subject.broker.node)
            && !was_silent(&it.comment)
            && view.now.duration_since(it.requested_at) <= GOOD_FOR
    });
    looked.is_none_or(|it| touched.is_some_and(|at| at >= it.requested_at))
}

/// Whether a broker was inspected while it was up, after that moment.
pub(super) fn was_up_since(view: &View<'_>, subject: &Subject<'_>, at: Timestamp) -> bool {
    let looks = Document::Inspect.name(&view.observed.cluster);
    let instance = &subject.broker.instance;
    let here = view.observed.commands.iter().flatten();
    let here = here.filter(|it| it.document == looks && it.instances.contains(instance));
    let mut up = here.filter(|it| inspects(it, subject.broker.node) && !was_silent(&it.comment));
    up.any(|it| it.requested_at > at)
}

/// Whether a broker was inspected while it was up, after the last command of ours that touched it.
pub(super) fn was_up_since_ours(view: &View<'_>, subject: &Subject<'_>) -> bool {
    let touched = touched_at(view, subject);
    touched.is_some_and(|at| was_up_since(view, subject, at))
}

/// When the last command of ours was sent that may have stopped or started a broker.
fn touched_at(view: &View<'_>, subject: &Subject<'_>) -> Option<Timestamp> {
    let newest = |document| view.observed.newest(&subject.broker.instance, document);
    let touched = [Document::Apply, Document::Stop].map(newest);
    touched
        .into_iter()
        .flatten()
        .map(|it| it.requested_at)
        .max()
}

/// Whether an inspection looked at every port that the broker is to listen on.
fn covers(inspection: &Inspection, subject: &Subject<'_>) -> bool {
    let asked = |port| inspection.ports.iter().any(|it| it.port == port);
    subject.ports().into_iter().all(asked)
}

/// A command that failed is sent again after a while.
fn failed(view: &View<'_>, command: &Command, why: String, pause: SignedDuration) -> Looked {
    let again = view.now.max(command.requested_at + pause);
    let held = Held::CommandFailed {
        comment: clean(&command.comment, SHOWN),
        why,
        again,
    };
    match view.now >= again {
        true => Looked::Again(held),
        false => Looked::Held(held),
    }
}

/// What a command said; none if AWS does not know yet.
pub(super) fn output<'a>(
    view: &View<'a>,
    command: &Command,
) -> Result<Option<&'a CommandOutput>, Held> {
    match view.observed.outputs.get(&command.id) {
        None => Ok(None),
        Some(Err(_)) => Err(super::blind("what our command said")),
        // The list may say sooner that it has ended.
        Some(Ok(Some(output))) if output.status.is_in_flight() => Err(Held::in_flight(command)),
        Some(Ok(output)) => Ok(output.as_ref()),
    }
}

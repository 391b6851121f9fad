//! What our commands said on a broker's host: the newest inspection, and whether it is new enough.

use super::subject::Subject;
use super::view::View;
use crate::documents::Document;
use crate::held::Held;
use crate::host::inspection::Inspection;
use crate::host::refused::why_refused;
use crate::host::reply;
use fleet::foreign::clean;
use fleet::observed::{Command, CommandOutput};
use fleet::words::{CommandId, InstanceId};
use jiff::{SignedDuration, Timestamp};

/// How long an inspection is good for. Whatever changes on the host meanwhile, *apply* refuses.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(60);
/// The same of a process that does not answer, and may exit at any time; and how long nobody looks again at a
/// broker that does not answer after a look failed.
const GOOD_FOR_SILENT: SignedDuration = SignedDuration::from_mins(2);
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
    /// Looking failed, or its answer has not come yet.
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
    [(Document::Inspect, GOOD_FOR), (Document::Apply, PAUSE)]
        .into_iter()
        .filter_map(newest)
        .map(|it| (it.id.clone(), instance.clone()))
        .collect()
}

/// The newest inspection of a broker's host, if nothing of ours happened there since.
pub(super) fn looked(view: &View<'_>, subject: &Subject<'_>) -> Looked {
    let instance = &subject.broker.instance;
    let newest = |document| view.observed.newest(instance, document);
    let command = newest(Document::Inspect).filter(|it| is_about(it, subject));
    let Some(command) = command else {
        return Looked::Not;
    };
    let touched = [Document::Apply, Document::Stop]
        .into_iter()
        .filter_map(newest);
    let touched = touched.map(|it| it.requested_at).max();
    if touched.is_some_and(|at| at >= command.requested_at) {
        return Looked::Not;
    }
    let age = view.now.duration_since(command.requested_at);
    if age > GOOD_FOR {
        return Looked::Not;
    }
    let is_silent = subject.itself().is_none();
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
    let inspection = inspection.and_then(|it| match (&it.too_long, it.outcome.as_str()) {
        (Some(length), _) => Err(format!(
            "its answer has {length} characters, too many for AWS"
        )),
        (None, "inspected") => Ok(it),
        (None, _) => {
            let about = it.about.map(|it| it.shown(SHOWN)).unwrap_or_default();
            let why = clean(&it.why.unwrap_or_default(), SHOWN);
            Err(format!("the host refused: {}", why_refused(&why, &about)))
        }
    });
    match inspection {
        Ok(it) if is_silent && it.matches > 0 && age > GOOD_FOR_SILENT => Looked::Not,
        Ok(it) if covers(&it, subject) => Looked::At(Box::new(it), command.requested_at),
        Ok(_) => Looked::Not,
        Err(why) => {
            let pause = if is_silent { GOOD_FOR_SILENT } else { PAUSE };
            failed(view, command, why, pause)
        }
    }
}

/// Whether a command asked about this broker, on its host alone: an instance may have been tagged as another
/// one then, and of a command to several instances one answer is known.
fn is_about(command: &Command, subject: &Subject<'_>) -> bool {
    let start = format!(
        "{} broker {},",
        Document::Inspect.word(),
        subject.broker.node
    );
    command.instances.len() == 1 && command.comment.starts_with(&start)
}

/// Whether an inspection looked at every port that the broker is to listen on.
fn covers(inspection: &Inspection, subject: &Subject<'_>) -> bool {
    let asked = |port| inspection.ports.iter().any(|it| it.port == port);
    subject.ports().into_iter().all(asked)
}

/// A command that failed is sent again after a while.
fn failed(view: &View<'_>, command: &Command, why: String, pause: SignedDuration) -> Looked {
    let again = command.requested_at + pause;
    match view.now >= again {
        true => Looked::Not,
        false => Looked::Held(Held::CommandFailed {
            comment: clean(&command.comment, SHOWN),
            why,
            again,
        }),
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

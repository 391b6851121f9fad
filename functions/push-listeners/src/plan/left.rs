//! What our last command left on a host, and what follows from it.

use super::looked::{PAUSE, output};
use super::subject::Subject;
use super::view::View;
use crate::held::{Failure, Held};
use crate::host::order::Mode;
use crate::host::refused::why_refused;
use fleet::documents::Document;
use fleet::foreign::clean;
use fleet::host::inspection::{Heading, Ordered, Phase, State};
use fleet::host::{Answer, ProcessId, reply};
use fleet::observed::Command;
use fleet::words::NodeId;
use jiff::SignedDuration;

/// How much of what a host says is shown.
const SHOWN: usize = 300;
/// How much of what Kafka said is shown: all that a host sends, which has the cause at its end.
const SAID: usize = 1500;

/// How a command of ours is ended that was interrupted.
pub(super) enum Ending {
    /// By this, from the phase in which it was.
    By(Mode, Phase),
    /// The process that it was to stop answers still: it stops, or was never told to.
    Stopping,
    /// The file is none that the command knows, so that no host puts another one in its place.
    Theirs,
}

/// How a command of ours is ended that was interrupted, if one was; `process` is the broker's now, and
/// `sha256` its file's: a file that others wrote since stays. Before the file was replaced or the process
/// stopped, everything is put back; later the host goes on, and takes back by itself what exits.
pub(super) fn unfinished(
    state: &State,
    process: Option<ProcessId>,
    sha256: &str,
) -> Option<Ending> {
    let seen = process.zip(state.process);
    let is_same = seen.map(|(now, then)| now == then);
    let is_back = state.heading == Heading::Back;
    let edits = matches!(state.mode, Ordered::Edit | Ordered::Back);
    let mode = match (state.phase, is_same) {
        // Without an edit there is no file to put back, and the process is stopped next.
        (Phase::Prepared | Phase::Replaced, Some(true)) if !edits => return None,
        (Phase::Prepared | Phase::Replaced, _) if !edits => Mode::Start,
        // Nothing was done yet, and a new edit begins anew.
        (Phase::Prepared, Some(false)) if !is_back && sha256 == state.old_sha256 => return None,
        (Phase::Prepared | Phase::Replaced, Some(false)) if !is_back => Mode::Start,
        (Phase::Prepared | Phase::Replaced, _) if !knows(state, sha256) => {
            // Others restarted it with that file.
            match process.is_some() && process != state.process {
                true => Mode::Start,
                false => return Some(Ending::Theirs),
            }
        }
        // It was to stop that process, and whether it may still do so is asked anew.
        (Phase::Prepared | Phase::Replaced, Some(true)) if is_back => {
            return Some(Ending::Stopping);
        }
        // The host puts the file back, and finds the broker running that somebody started since.
        (Phase::Prepared | Phase::Replaced, _) if is_back && process.is_some() => Mode::Start,
        (Phase::Prepared | Phase::Replaced, _) => Mode::Back,
        (Phase::Stopping, Some(true)) => return Some(Ending::Stopping),
        (Phase::Stopping | Phase::Stopped | Phase::Starting | Phase::Started, _) => Mode::Start,
        (Phase::Done | Phase::Back | Phase::Held | Phase::Down, _) => return None,
    };
    Some(Ending::By(mode, state.phase))
}

/// Whether a file is the one before or after our last edit.
pub(super) fn knows(state: &State, sha256: &str) -> bool {
    [&state.old_sha256, &state.new_sha256].contains(&&sha256.to_owned())
}

/// What exits within this after a command of ours has exited because of it. Kafka refuses a file within
/// seconds, and a port once its logs are loaded. Who stops a broker later did not do it for our sake, and
/// nobody's broker is started again without consent.
const ITS_DOING: SignedDuration = SignedDuration::from_hours(1);

/// Whether a state is what a command of ours left within the last hour, and not an older one.
pub(super) fn is_recent(view: &View<'_>, subject: &Subject<'_>, state: &State) -> bool {
    let order = format!("order {}", state.nonce);
    let commands = view.observed.commands.iter().flatten();
    let looks = Document::Inspect.name(&view.observed.cluster);
    let here = commands
        .filter(|it| it.instances.contains(&subject.broker.instance) && it.document != looks);
    let mut recent = here.filter(|it| view.now.duration_since(it.requested_at) <= ITS_DOING);
    recent.any(|it| it.comment.split(", ").any(|part| part == order))
}

/// What a command for the same wish came to before, so that it is not tried again. Without spans the file
/// says already what is wanted. A read of the parameters that lags is the same wish, too (P-44).
pub(super) fn ended(
    view: &View<'_>,
    subject: &Subject<'_>,
    state: Option<&State>,
    sha256: &str,
    has_spans: bool,
) -> Option<Held> {
    let node = subject.broker.node;
    let state = state?;
    let then: i64 = state.generation.parse().ok()?;
    let is_newer = view
        .generation
        .is_none_or(|now| now.as_millisecond() > then);
    if is_newer || state.revision != subject.revision() {
        return None;
    }
    let was_rewritten = state.mode == Ordered::Edit && state.new_sha256 != sha256;
    match (state.phase, state.outcome.as_str()) {
        // Nothing was tried yet.
        (Phase::Back, _) if state.cause == "never-stopped" => None,
        (Phase::Back | Phase::Held, _) => Some(failed(node, state, sha256)),
        (_, "undone") => Some(Held::Undone { node }),
        (Phase::Done, "started") if was_rewritten => Some(Held::Undone { node }),
        (Phase::Done, "started") if !has_spans => Some(Held::NotShown { node }),
        (_, _) => None,
    }
}

/// How a command ended that came to a bad end; `sha256` is the file's now.
pub(super) fn failed(node: NodeId, state: &State, sha256: &str) -> Held {
    let how = match (state.phase, state.mode) {
        (Phase::Down, _) => Failure::Stopped,
        // A process was stopped for the way back: none had run with the new file.
        (Phase::Back, Ordered::Back) if state.process.is_some() => Failure::NotStopped,
        (Phase::Held, Ordered::Restart | Ordered::Revive | Ordered::Start | Ordered::Stop) => {
            Failure::NotStarted
        }
        (Phase::Held, Ordered::Edit | Ordered::Back) if state.new_sha256 == sha256 => {
            Failure::NotPutBack
        }
        (Phase::Held, Ordered::Edit | Ordered::Back) => Failure::ExitedToo,
        (_, _) => Failure::TakenBack,
    };
    let said = state.said.as_ref();
    let said = said.map(|said| said.shown(SAID)).unwrap_or_default();
    Held::Failed { node, how, said }
}

/// What the newest edit was refused for, as long as it is not tried again.
pub(super) fn refused(view: &View<'_>, subject: &Subject<'_>) -> Option<Held> {
    last(view, subject, Document::Apply, why)
}

/// What the newest stop was refused for, as long as it is not tried again.
pub(super) fn not_stopped(view: &View<'_>, subject: &Subject<'_>) -> Option<Held> {
    last(view, subject, Document::Stop, why)
}

/// Why the host did not do it.
fn why(answer: Result<Answer, String>) -> Option<String> {
    match answer {
        Ok(Answer {
            outcome,
            why,
            about,
        }) if matches!(outcome.as_str(), "refused" | "failed") => {
            let about = about.map(|it| it.shown(SHOWN)).unwrap_or_default();
            let why = clean(&why.unwrap_or_default(), SHOWN);
            let told = why_refused(&why, &about);
            Some(format!("the host {outcome} it: {told}"))
        }
        Ok(_) | Err(_) => None,
    }
}

/// Why nobody knows what the newest edit came to, as long as it is not tried again.
pub(super) fn unanswered(view: &View<'_>, subject: &Subject<'_>) -> Option<Held> {
    last(view, subject, Document::Apply, Result::err)
}

/// The newest command with this document of the last minutes, if its answer is told.
fn last(
    view: &View<'_>,
    subject: &Subject<'_>,
    document: Document,
    told: impl FnOnce(Result<Answer, String>) -> Option<String>,
) -> Option<Held> {
    let newest = view.observed.newest(&subject.broker.instance, document);
    let command = newest.filter(|it| view.now < it.requested_at + PAUSE)?;
    let output = match output(view, command) {
        Ok(output) => output?,
        Err(held) => return Some(held),
    };
    let answer = reply::read::<Answer>(&output.stdout);
    let answer = answer.map_err(|error| {
        let error = clean(&error.to_string(), SHOWN);
        format!("{error}; it is {}", output.status)
    });
    let busy = |it: &Answer| it.why.as_deref() == Some("busy");
    if answer.as_ref().is_ok_and(busy) && was_sent_twice(view, command) {
        return None;
    }
    told(answer).map(|why| Held::CommandFailed {
        comment: clean(&command.comment, SHOWN),
        why,
        again: command.requested_at + PAUSE,
    })
}

/// Whether the same order was sent twice, since the list of commands did not show the first one yet (P-51). The
/// host carries out one of them, and is busy with that when the other one comes.
fn was_sent_twice(view: &View<'_>, command: &Command) -> bool {
    let commands = view.observed.commands.iter().flatten();
    let mut others = commands.filter(|it| it.id != command.id);
    others.any(|it| it.comment == command.comment && it.instances == command.instances)
}

/// Whether the newest edit was sent some minutes ago already.
pub(super) fn is_old(view: &View<'_>, subject: &Subject<'_>) -> bool {
    let newest = view
        .observed
        .newest(&subject.broker.instance, Document::Apply);
    newest.is_none_or(|it| view.now >= it.requested_at + PAUSE)
}

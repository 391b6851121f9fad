//! A broker that does not answer.

use super::beginning::{Sake, begin};
use super::broker::none_or_several;
use super::coming::{self, Warrant};
use super::command::{apply, inspect};
use super::draft::{Kind, Own};
use super::left::{Ending, failed, is_recent, knows, refused, unfinished};
use super::looked::{GOOD_FOR_SILENT, Looked, is_stale, looked, was_up_since_ours};
use super::reviving::revive;
use super::subject::Subject;
use super::view::View;
use super::{edits, host};
use crate::held::{Failure, Held};
use crate::host::order::Mode;
use crate::reason::Reason;
use fleet::host::inspection::{Inspection, Ordered, Phase, Process, State};

/// A broker that does not answer. What we did ourselves is put right; beyond that it is started only where its group
/// or heal-brokers waits for it.
pub(super) fn silent(view: &View<'_>, subject: &Subject<'_>, why: &str, own: &mut Own) {
    let warrant = coming::warrant(view, subject, own);
    if !subject.was_touched && warrant.is_none() {
        let (node, why) = (subject.broker.node, why.to_owned());
        own.hold(Held::Silent { node, why });
    }
    if let Some(held) = host::unmanaged(view, subject) {
        return own.hold(held);
    }
    let is_stale = match looked(view, subject, GOOD_FOR_SILENT) {
        Looked::At(inspection, asked_at) => {
            judge(view, subject, (why, warrant), &inspection, own);
            is_stale(view, asked_at)
        }
        Looked::Not | Looked::Again(_) => true,
        Looked::Held(held) => return own.hold(held),
    };
    if is_stale {
        own.look(inspect(view, subject), Reason::Silent(why.to_owned()));
    }
}

/// What follows from an inspection of its host, however old that is.
fn judge(
    view: &View<'_>,
    subject: &Subject<'_>,
    (why, warrant): (&str, Option<Warrant>),
    inspection: &Inspection,
    own: &mut Own,
) {
    let node = subject.broker.node;
    if let (Some(process), Some(state)) = (&inspection.broker, &inspection.state)
        && starts_again_and_again(state, inspection)
        && is_recent(view, subject, state)
    {
        return take_back(view, subject, inspection, (process, state), own);
    }
    if let Some(Warrant::Asked(request)) = &warrant
        && revive(view, subject, inspection, request, own)
    {
        return;
    }
    if !subject.was_touched && warrant.is_none() {
        return;
    }
    if inspection.broker.is_some() || inspection.matches == 1 {
        // Slow is no exit: a process that recovers its logs looks just so (K-13).
        let why = why.to_owned();
        return own.hold(Held::Starting { node, why });
    }
    let is_nameless = inspection.processes.iter().any(|it| it.node.is_none());
    if inspection.matches > 1 || is_nameless {
        return own.hold(none_or_several(subject, inspection));
    }
    let otherwise = match put_right(view, subject, why, inspection, own) {
        Some(otherwise) => otherwise,
        None => return,
    };
    match warrant {
        Some(warrant) => coming::start(view, subject, inspection, warrant, own),
        None => own.hold(otherwise),
    }
}

/// Takes the edit back of a process that systemd starts again and again.
fn take_back(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    (process, state): (&Process, &State),
    own: &mut Own,
) {
    match (edits::read_file(inspection), refused(view, subject)) {
        (_, Some(held)) => own.hold(held),
        (Ok(file), None) if knows(state, &file.sha256) => {
            let act = (Kind::PutsRight, Mode::Back);
            let order = apply(view, subject, inspection, Some(process.id()), file, act);
            own.put_right(order, Reason::Exited);
        }
        (_, None) => own.hold(Held::Theirs {
            node: subject.broker.node,
        }),
    }
}

/// Puts right what our last command left on the host of a broker whose process is gone. If nothing of ours is to be put
/// right there, answers what there is to say.
fn put_right(
    view: &View<'_>,
    subject: &Subject<'_>,
    why: &str,
    inspection: &Inspection,
    own: &mut Own,
) -> Option<Held> {
    let node = subject.broker.node;
    let silent = Held::Silent {
        node,
        why: why.to_owned(),
    };
    let Some(state) = &inspection.state else {
        return Some(silent);
    };
    let file = match edits::read_file(inspection) {
        Ok(file) => file,
        Err(why) => {
            own.hold(Held::host(subject.broker, why));
            return None;
        }
    };
    if let Some(held) = refused(view, subject) {
        own.hold(held);
        return None;
    }
    // What was started and watched ran; who stops it hours later did not do it for our sake.
    if state.phase == Phase::Started && !is_recent(view, subject, state) {
        return Some(silent);
    }
    let begins = |mode, reason, own: &mut Own| {
        let sake = Sake::Ours(reason);
        begin(view, subject, (inspection, file), mode, sake, own);
    };
    match unfinished(state, None, &file.sha256) {
        Some(Ending::By(mode, phase)) => {
            begins(mode, Reason::Unfinished(phase), own);
            return None;
        }
        Some(Ending::Theirs) => {
            own.hold(Held::Theirs { node });
            return None;
        }
        // Without a process nothing can be stopping.
        Some(Ending::Stopping) | None => {}
    }
    match state.phase {
        // What an older command left ran since, and was stopped by others.
        Phase::Done | Phase::Back if !is_recent(view, subject, state) => return Some(silent),
        // It came to a bad end, and others have started the broker since.
        Phase::Held | Phase::Down if was_up_since_ours(view, subject) => return Some(silent),
        Phase::Done if state.mode == Ordered::Edit && state.outcome != "refused" => {
            match knows(state, &file.sha256) {
                true => begins(Mode::Back, Reason::Exited, own),
                false => own.hold(Held::Theirs { node }),
            }
        }
        // There is nothing to take back.
        Phase::Done => return Some(Held::Exited { node }),
        // Taken back already, and what was there before has exited since.
        Phase::Back => own.hold(Held::Failed {
            node,
            how: Failure::ExitedToo,
            said: String::new(),
        }),
        // What is unfinished was ended above.
        Phase::Held
        | Phase::Down
        | Phase::Prepared
        | Phase::Replaced
        | Phase::Stopping
        | Phase::Stopped
        | Phase::Starting
        | Phase::Started => own.hold(failed(node, state, &file.sha256)),
    }
    None
}

/// Whether systemd has started a broker again and again since our edit, whose processes have exited so. One exit
/// may have another cause, and what runs since then may recover its log (K-13).
fn starts_again_and_again(state: &State, inspection: &Inspection) -> bool {
    let now = inspection.unit.as_ref().and_then(|unit| unit.restarts);
    let then: u64 = state.restarts.parse().unwrap_or(0);
    let is_another = inspection.broker.as_ref().map(|it| it.id()) != state.running;
    let is_edited =
        state.phase == Phase::Done && state.mode == Ordered::Edit && state.outcome == "started";
    is_edited && is_another && now.is_some_and(|now| now.saturating_sub(then) > 1)
}

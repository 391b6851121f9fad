//! A broker that does not answer.

use super::broker::none_or_several;
use super::command::{apply, inspect};
use super::draft::{Kind, Own};
use super::left::{Ending, failed, is_recent, knows, refused, unfinished};
use super::looked::{Looked, looked};
use super::subject::Subject;
use super::view::View;
use super::{edits, host};
use crate::held::{Failure, Held};
use crate::host::inspection::{Inspection, Ordered, Phase, State};
use crate::host::order::Mode;
use crate::reason::Reason;

/// A broker that does not answer. Only what we did ourselves is put right.
pub(super) fn silent(view: &View<'_>, subject: &Subject<'_>, why: &str, own: &mut Own) {
    let node = subject.broker.node;
    let told = why.to_owned();
    if !subject.was_touched {
        return own.hold(Held::Silent { node, why: told });
    }
    if let Some(held) = host::unmanaged(view, subject) {
        return own.hold(held);
    }
    let inspection = match looked(view, subject) {
        Looked::At(inspection, _) => inspection,
        Looked::Not => return own.look(inspect(view, subject), Reason::Silent(told)),
        Looked::Held(held) => return own.hold(held),
    };
    if let (Some(process), Some(state)) = (&inspection.broker, &inspection.state)
        && starts_again_and_again(state, &inspection)
        && is_recent(view, subject, state)
    {
        return match (edits::read_file(&inspection), refused(view, subject)) {
            (_, Some(held)) => own.hold(held),
            (Ok(file), None) if knows(state, &file.sha256) => {
                let process = Some(process.id());
                let order = apply(
                    view,
                    subject,
                    &inspection,
                    process,
                    file,
                    (Kind::PutsRight, Mode::Back),
                );
                own.put_right(order, Reason::Exited);
            }
            (_, None) => own.hold(Held::Theirs { node }),
        };
    }
    if inspection.broker.is_some() || inspection.matches == 1 {
        // Slow is no exit: a process that recovers its logs looks just so (K-13).
        return own.hold(Held::Starting { node, why: told });
    }
    let is_nameless = inspection.processes.iter().any(|it| it.node.is_none());
    if inspection.matches > 1 || is_nameless {
        return own.hold(none_or_several(subject, &inspection));
    }
    let Some(state) = &inspection.state else {
        return own.hold(Held::Silent { node, why: told });
    };
    let file = match edits::read_file(&inspection) {
        Ok(file) => file,
        Err(why) => {
            let instance = subject.broker.instance.clone();
            return own.hold(Held::Host {
                node,
                instance,
                why,
            });
        }
    };
    if let Some(held) = refused(view, subject) {
        return own.hold(held);
    }
    // What was started and watched ran; who stops it hours later did not do it for our sake.
    if state.phase == Phase::Started && !is_recent(view, subject, state) {
        return own.hold(Held::Silent { node, why: told });
    }
    match unfinished(state, None, &file.sha256) {
        Some(Ending::By(mode, phase)) => {
            let order = apply(
                view,
                subject,
                &inspection,
                None,
                file,
                (Kind::PutsRight, mode),
            );
            return own.put_right(order, Reason::Unfinished(phase));
        }
        Some(Ending::Theirs) => return own.hold(Held::Theirs { node }),
        // Without a process nothing can be stopping.
        Some(Ending::Stopping) | None => {}
    }
    match state.phase {
        // What an older command left ran since, and was stopped by others.
        Phase::Done if !is_recent(view, subject, state) => {
            own.hold(Held::Silent { node, why: told });
        }
        Phase::Done if state.mode == Ordered::Edit && state.outcome != "refused" => {
            if !knows(state, &file.sha256) {
                return own.hold(Held::Theirs { node });
            }
            let order = apply(
                view,
                subject,
                &inspection,
                None,
                file,
                (Kind::PutsRight, Mode::Back),
            );
            own.put_right(order, Reason::Exited);
        }
        // There is nothing to take back.
        Phase::Done => own.hold(Held::Exited { node }),
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

//! One broker: what is to be done next.

use super::draft::Draft;
use super::left::{Ending, ended, is_old, is_recent, refused, unanswered, unfinished};
use super::looked::{Looked, looked};
use super::subject::Subject;
use super::view::View;
use super::{consent, edits, host, picture};
use crate::change::Change;
use crate::documents::{Comment, Document};
use crate::held::Held;
use crate::host::inspection::{Inspection, ReadFile, State};
use crate::host::order::{Act, Apply, Mode, Order, ProcessId};
use crate::reason::Reason;
use crate::rollout::Row;
use fleet::foreign::clean;
use fleet::shown::{Itself, Shown};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// How long a new process is watched before its host answers that it starts.
const WATCH_SECONDS: u16 = 20;
/// How much of what a host says is shown.
const SHOWN: usize = 300;

/// Plans for one broker, and draws it.
pub(super) fn plan(view: &View<'_>, subject: &Subject<'_>, draft: &mut Draft) -> Row {
    let mut row = picture::row(subject);
    let broker = subject.broker;
    let (node, instance) = (broker.node, broker.instance.clone());
    match subject.shown {
        None => draft.hold(Held::NotRunning {
            node,
            instance,
            state: broker.state.as_str().to_owned(),
        }),
        Some(Shown::Another { reached }) => draft.hold(Held::Another {
            node,
            instance,
            reached: *reached,
        }),
        Some(Shown::Untold { why }) => draft.hold(Held::Untold {
            node,
            why: why.clone(),
        }),
        Some(Shown::Silent { why }) => silent(view, subject, why, draft),
        Some(Shown::Itself(shows)) => shown(view, subject, shows, &mut row, draft),
    }
    row
}

/// A broker that shows what it runs with.
fn shown(view: &View<'_>, subject: &Subject<'_>, shows: &Itself, row: &mut Row, draft: &mut Draft) {
    let node = subject.broker.node;
    let Some(differences) = subject.differences.clone().filter(|it| !it.is_empty()) else {
        return;
    };
    let keys = [
        ("listeners", &shows.listeners),
        ("advertised.listeners", &shows.advertised),
        ("listener.security.protocol.map", &shows.protocols),
    ];
    if let Some((key, _)) = keys.iter().find(|(_, setting)| setting.is_overridden) {
        draft.hold(Held::Overridden { node, key });
        return;
    }
    if let Some(held) = host::unmanaged(view, subject) {
        draft.hold(held);
        return;
    }
    let reason = Reason::Differs(differences);
    let (inspection, asked_at) = match looked(view, subject) {
        Looked::At(inspection, at) => (inspection, at),
        Looked::Not => return draft.act(inspect(view, subject), reason),
        Looked::Held(held) => return draft.hold(held),
    };
    let Some(process) = &inspection.broker else {
        return draft.hold(none_or_several(subject, &inspection));
    };
    row.remarks = host::remarks(subject, &inspection);
    let odd = host::odd(subject, &inspection, process, asked_at, view.now);
    let Ok(file) = edits::read_file(&inspection) else {
        // Told among what is odd.
        return odd.into_iter().for_each(|held| draft.hold(held));
    };
    let change = edits::change(subject, &inspection, process, file);
    if let Ok(change) = &change {
        row.file = Some(file.path.shown(SHOWN));
        row.diff = Some(change.diff.clone());
        row.remarks.extend(change.remarks.iter().cloned());
    }
    let state = inspection.state.as_ref();
    let process = Some(process.id());
    let consent = || consent::held(view, subject, shows);
    // What was begun is ended first, whatever the file takes by now.
    if let Some(ending) = state.and_then(|state| unfinished(state, process)) {
        return match end(view, subject, state, ending, consent) {
            Ok((mode, phase)) => {
                let order = apply(view, subject, &inspection, process, file, mode);
                draft.act(order, Reason::Unfinished(phase));
            }
            Err(held) => held.into_iter().for_each(|held| draft.hold(held)),
        };
    }
    let change = match change {
        Ok(change) => change,
        Err(held) => return odd.into_iter().chain([held]).for_each(|it| draft.hold(it)),
    };
    let mut held = odd;
    let has_spans = !change.spans.is_empty();
    held.extend(ended(view, subject, state, &file.sha256, has_spans));
    held.extend(refused(view, subject).or_else(|| unanswered(view, subject)));
    held.extend(consent());
    if !held.is_empty() {
        return held.into_iter().for_each(|held| draft.hold(held));
    }
    let mode = match change.spans.is_empty() {
        // The file says it already, and the process was started before.
        true => Mode::Restart,
        false => Mode::Edit {
            kept: change.kept.iter().map(ToString::to_string).collect(),
            spans: change
                .spans
                .into_iter()
                .map(|span| (span.offset, span.old, span.new))
                .collect(),
        },
    };
    let order = apply(view, subject, &inspection, process, file, mode);
    draft.act(order, reason);
}

/// How a command is ended that was interrupted, of a broker that shows itself; or what it is held for.
fn end(
    view: &View<'_>,
    subject: &Subject<'_>,
    state: Option<&State>,
    ending: Ending,
    consent: impl FnOnce() -> Vec<Held>,
) -> Result<(Mode, String), Vec<Held>> {
    let node = subject.broker.node;
    match ending {
        Ending::By(mode, phase) => match refused(view, subject) {
            Some(held) => Err(vec![held]),
            None => Ok((mode, phase)),
        },
        Ending::Stopping => {
            let is_edit = state.is_some_and(|state| state.mode == "edit");
            if !is_edit || !is_old(view, subject) {
                return Err(vec![Held::Stopping { node }]);
            }
            // It was never told, or hangs: whoever takes back ends it, and that is a restart.
            let held = consent();
            match held.is_empty() {
                true => Ok((Mode::Back, "stopping".to_owned())),
                false => Err(held),
            }
        }
    }
}

/// A broker that does not answer. Only what we did ourselves is put right.
fn silent(view: &View<'_>, subject: &Subject<'_>, why: &str, draft: &mut Draft) {
    let node = subject.broker.node;
    let told = why.to_owned();
    if !subject.was_touched {
        return draft.hold(Held::Silent { node, why: told });
    }
    if let Some(held) = host::unmanaged(view, subject) {
        return draft.hold(held);
    }
    let inspection = match looked(view, subject) {
        Looked::At(inspection, _) => inspection,
        Looked::Not => return draft.act(inspect(view, subject), Reason::Silent(told)),
        Looked::Held(held) => return draft.hold(held),
    };
    if inspection.broker.is_some() || inspection.matches == 1 {
        // Slow is no exit: a process that recovers its logs looks just so (K-13).
        return draft.hold(Held::Starting { node, why: told });
    }
    let is_nameless = inspection.processes.iter().any(|it| it.node.is_none());
    if inspection.matches > 1 || is_nameless {
        return draft.hold(none_or_several(subject, &inspection));
    }
    let Some(state) = &inspection.state else {
        return draft.hold(Held::Silent { node, why: told });
    };
    let file = match edits::read_file(&inspection) {
        Ok(file) => file,
        Err(why) => {
            let instance = subject.broker.instance.clone();
            return draft.hold(Held::Host {
                node,
                instance,
                why,
            });
        }
    };
    if let Some(held) = refused(view, subject) {
        return draft.hold(held);
    }
    // Without a process nothing can be stopping.
    if let Some(Ending::By(mode, phase)) = unfinished(state, None) {
        let order = apply(view, subject, &inspection, None, file, mode);
        return draft.act(order, Reason::Unfinished(phase));
    }
    match state.phase.as_str() {
        // What an older command left ran since, and was stopped by others.
        "done" if !is_recent(view, subject, state) => draft.hold(Held::Silent { node, why: told }),
        "done" if state.mode == "edit" && state.outcome != "refused" => {
            let order = apply(view, subject, &inspection, None, file, Mode::Back);
            draft.act(order, Reason::Exited);
        }
        // There is nothing to take back.
        "done" => draft.hold(Held::Exited { node }),
        // Taken back already, and what was there before exits, too.
        phase => draft.hold(Held::ExitedToo {
            node,
            phase: clean(phase, SHOWN),
        }),
    }
}

fn none_or_several(subject: &Subject<'_>, inspection: &Inspection) -> Held {
    let broker = subject.broker;
    let node = broker.node;
    let why = match inspection.matches {
        0 => format!(
            "no process of Kafka there is broker {node}{}",
            match inspection.processes.iter().any(|it| it.node.is_none()) {
                true =>
                    ", as far as they say which broker they are; see that their files can be read",
                false => "",
            }
        ),
        several => format!("{several} processes of Kafka there are broker {node}"),
    };
    Held::Host {
        node,
        instance: broker.instance.clone(),
        why,
    }
}

/// An order to look.
fn inspect(view: &View<'_>, subject: &Subject<'_>) -> Change {
    // After each of our commands it is another one.
    let instance = &subject.broker.instance;
    let newest = Document::ALL
        .into_iter()
        .filter_map(|it| view.observed.newest(instance, it));
    let last = newest.map(|it| it.id.to_string()).max().unwrap_or_default();
    let minute = view.now.as_second() / 60;
    let nonce = nonce(view, subject, &["inspect", &last, &minute.to_string()]);
    send(view, subject, Document::Inspect, nonce, Act::Inspect)
}

/// An order to change something.
fn apply(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: Option<ProcessId>,
    file: &ReadFile,
    mode: Mode,
) -> Change {
    let word = match &mode {
        Mode::Edit { .. } => "edit",
        Mode::Restart => "restart",
        Mode::Start => "start",
        Mode::Back => "back",
    };
    // The way back is from what the host kept.
    let old_sha256 = match (&mode, &inspection.state) {
        (Mode::Back, Some(state)) => state.old_sha256.clone(),
        (_, _) => file.sha256.clone(),
    };
    // Who may be restarted may be so only within its window.
    let closes = match &mode {
        Mode::Edit { .. } | Mode::Restart => consent::closes(view),
        Mode::Start | Mode::Back => None,
    };
    let not_after = host::not_after(view.now);
    let revision = subject.revision();
    // Of one inspection follows one order, however often it is sent (P-52).
    let nonce = nonce(view, subject, &[word, &inspection.nonce, &revision]);
    let apply = Apply {
        not_after: closes.map_or(not_after, |closes| closes.min(not_after)),
        mode,
        process,
        file: file.path.bytes().to_vec(),
        old_sha256,
        generation: view.generation.unwrap_or(Timestamp::UNIX_EPOCH),
        revision,
        stop_seconds: host::STOP_SECONDS,
        watch_seconds: WATCH_SECONDS,
    };
    send(view, subject, Document::Apply, nonce, Act::Apply(apply))
}

fn send(
    view: &View<'_>,
    subject: &Subject<'_>,
    document: Document,
    nonce: String,
    act: Act,
) -> Change {
    let broker = subject.broker;
    Change {
        document: document.name(&view.observed.cluster),
        comment: Comment {
            document,
            node: broker.node,
            generation: view.generation,
            nonce: nonce.clone(),
        },
        order: Order {
            instance: broker.instance.clone(),
            node: broker.node,
            nonce,
            ports: subject.ports(),
            act,
        },
    }
}

/// Which order it is: the same decision makes the same.
fn nonce(view: &View<'_>, subject: &Subject<'_>, words: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(view.observed.cluster.as_str());
    hash.update([0]);
    hash.update(subject.broker.instance.as_str());
    for word in words {
        hash.update([0]);
        hash.update(word);
    }
    let digits = format!("{:x}", hash.finalize());
    digits[..16].to_owned()
}

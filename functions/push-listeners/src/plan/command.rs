//! The commands that a plan sends, with all that their hosts are told.

use super::draft::Kind;
use super::subject::Subject;
use super::view::View;
use super::{consent, host};
use crate::change::Change;
use crate::host::order::{Act, Apply, Mode, Order};
use fleet::documents::{Comment, Document};
use fleet::host::ProcessId;
use fleet::host::inspection::{Inspection, ReadFile};
use fleet::host::reply::short_hex;
use jiff::Timestamp;

/// How long a new process is watched before its host answers that it starts.
const WATCH_SECONDS: u16 = 10;

/// An order to look.
pub(super) fn inspect(view: &View<'_>, subject: &Subject<'_>) -> Change {
    // After each of our commands it is another one, and in each minute: one that failed is sent again.
    let instance = &subject.broker.instance;
    let newest = Document::ALL
        .into_iter()
        .filter_map(|it| view.observed.newest(instance, it));
    let minute = view.now.as_second() / 60;
    let mut words = vec!["inspect".to_owned(), minute.to_string()];
    words.extend(newest.map(|it| it.id.to_string()));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let nonce = nonce(view, subject, &words);
    send(view, subject, Document::Inspect, nonce, Act::Inspect)
}

/// An order to stop a process, once the gate is open; or at once, if it is stopped whatever the gate says.
pub(super) fn stop(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: ProcessId,
    is_gated: bool,
) -> Change {
    let not_after = match is_gated {
        true => host::gated_until(view.gated_at().unwrap_or(view.now)),
        false => host::not_after(view.seen_at()),
    };
    let nonce = nonce(view, subject, &["stop", &inspection.nonce]);
    let act = Act::Stop {
        not_after,
        process,
        stop_seconds: host::STOP_SECONDS,
    };
    send(view, subject, Document::Stop, nonce, act)
}

/// An order to change something.
pub(super) fn apply(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: Option<ProcessId>,
    file: &ReadFile,
    (kind, mode): (Kind, Mode),
) -> Change {
    // The way back is from what the host kept.
    let old_sha256 = match (&mode, &inspection.state) {
        (Mode::Back, Some(state)) => state.old_sha256.clone(),
        (_, _) => file.sha256.clone(),
    };
    // Who may be restarted may be so only within its window, and as long as the gate is open.
    let gated = host::gated_until(view.gated_at().unwrap_or(view.now));
    let not_after = match (&mode, kind) {
        (Mode::Edit { .. }, Kind::PutsRight) => host::not_after(view.seen_at()),
        (Mode::Revive, _) => gated,
        (Mode::Edit { .. } | Mode::Restart, _) if view.launches(&subject.broker.instance) => gated,
        (Mode::Edit { .. } | Mode::Restart, _) => {
            consent::closes(view).map_or(gated, |closes| closes.min(gated))
        }
        (Mode::Start | Mode::Back, Kind::Stops | Kind::Revives) => gated,
        (Mode::Start | Mode::Back, Kind::PutsRight | Kind::Looks | Kind::Ends) => {
            host::not_after(view.seen_at())
        }
    };
    let revision = subject.revision();
    // Of one inspection follows one order, however often it is sent (P-52).
    let nonce = nonce(view, subject, &[mode.word(), &inspection.nonce, &revision]);
    let apply = Apply {
        not_after,
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
            is_silent: subject.itself().is_none(),
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

/// Which order it is: the same words make the same.
fn nonce(view: &View<'_>, subject: &Subject<'_>, words: &[&str]) -> String {
    let cluster = view.observed.cluster.as_str();
    let all = [&[cluster, subject.broker.instance.as_str()], words].concat();
    short_hex(all.join("\0").as_bytes())
}

//! One broker: what is to be done next.

use super::command::{apply, inspect};
use super::draft::{Kind, Own};
use super::left::{Ending, ended, is_old, knows, refused, unanswered, unfinished};
use super::looked::{Looked, PAUSE, is_unseen, looked};
use super::silent::silent;
use super::subject::Subject;
use super::view::View;
use super::{consent, edits, host, picture};
use crate::held::Held;
use crate::host::order::Mode;
use crate::reason::Reason;
use crate::rollout::Row;
use crate::server_properties::Key;
use fleet::host::inspection::{Inspection, Ordered, Phase, State};
use fleet::shown::{Itself, Shown};
use fleet::wishes::Healing;
use jiff::SignedDuration;

/// How much of what a host says is shown.
const SHOWN: usize = 300;
/// What is left of a connection that has ended is gone by then: the kernel keeps its port for a minute.
const PASSES_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Plans for one broker as if it were alone, and draws it.
pub(super) fn plan(view: &View<'_>, subject: &Subject<'_>, own: &mut Own) -> Row {
    let mut row = picture::row(subject);
    let broker = subject.broker;
    let (node, instance) = (broker.node, broker.instance.clone());
    own.held.extend(subject.lacks.iter().cloned());
    match subject.shown {
        None => own.hold(Held::NotRunning {
            node,
            instance,
            state: broker.state.as_str().to_owned(),
        }),
        Some(Shown::Another { reached }) => own.hold(Held::Another {
            node,
            instance,
            reached: *reached,
        }),
        Some(Shown::Untold { why }) => own.hold(Held::Untold {
            node,
            why: why.clone(),
        }),
        Some(Shown::Silent { why, .. }) => silent(view, subject, why, own),
        Some(Shown::Itself(shows)) => shown(view, subject, shows, &mut row, own),
    }
    row
}

/// A broker that shows what it runs with.
fn shown(view: &View<'_>, subject: &Subject<'_>, shows: &Itself, row: &mut Row, own: &mut Own) {
    let node = subject.broker.node;
    let Some(differences) = subject.differences.clone().filter(|it| !it.is_empty()) else {
        return seen(view, subject, own);
    };
    let keys = [
        (Key::Listeners, &shows.listeners),
        (Key::Advertised, &shows.advertised),
        (Key::Protocols, &shows.protocols),
    ];
    if let Some((key, _)) = keys.iter().find(|(_, setting)| setting.is_overridden) {
        own.hold(Held::Overridden { node, key: *key });
        return;
    }
    if let Some(held) = host::unmanaged(view, subject) {
        own.hold(held);
        return;
    }
    let reason = Reason::Differs(differences);
    let (inspection, asked_at) = match looked(view, subject, PAUSE) {
        Looked::At(inspection, at) => (inspection, at),
        Looked::Not | Looked::Again(_) => return own.look(inspect(view, subject), reason),
        Looked::Held(held) => return own.hold(held),
    };
    // Who writes a listener parameter after something was in the way wants it looked at again.
    let is_outdated = view.generation.is_some_and(|written| written > asked_at)
        || host::has_passing_port(subject, &inspection)
            && view.now.duration_since(asked_at) > PASSES_WITHIN;
    let in_the_way = |held: Vec<Held>, own: &mut Own| match is_outdated {
        true => own.look(inspect(view, subject), reason.clone()),
        false => held.into_iter().for_each(|held| own.hold(held)),
    };
    let Some(process) = &inspection.broker else {
        return in_the_way(vec![none_or_several(subject, &inspection)], own);
    };
    row.remarks = host::remarks(subject, &inspection);
    let odd = host::odd(subject, &inspection, process, asked_at, view.now);
    let Ok(file) = edits::read_file(&inspection) else {
        // Told among what is odd.
        return in_the_way(odd, own);
    };
    let change = edits::change(subject, &inspection, Some(process), file);
    if let Ok(change) = &change {
        row.file = Some(file.path.shown(SHOWN));
        row.diff = Some(change.diff.clone());
        row.remarks.extend(change.remarks.iter().cloned());
    }
    let state = inspection.state.as_ref();
    let process = Some(process.id());
    // Who enters its group does not wait for a window.
    let launches = view.launches(&subject.broker.instance);
    let consent = || match launches {
        true => Vec::new(),
        false => consent::held(view, subject, shows),
    };
    // What was begun is ended first, whatever the file takes by now.
    if let Some(ending) = state.and_then(|state| unfinished(state, process, &file.sha256)) {
        let left = (state, file.sha256.as_str());
        return match end(view, subject, left, ending, consent) {
            Ok((kind, mode, phase)) => {
                let order = apply(view, subject, &inspection, process, file, (kind, mode));
                let reason = Reason::Unfinished(phase);
                match kind {
                    Kind::Stops => own.stop(order, reason),
                    Kind::PutsRight | Kind::Looks | Kind::Ends | Kind::Revives => {
                        own.put_right(order, reason);
                    }
                }
            }
            Err(held) => held.into_iter().for_each(|held| own.hold(held)),
        };
    }
    let change = match change {
        Ok(change) => change,
        Err(held) => return in_the_way(odd.into_iter().chain([held]).collect(), own),
    };
    if !odd.is_empty() && is_outdated {
        return in_the_way(odd, own);
    }
    let mut held = odd;
    let has_spans = !change.spans.is_empty();
    held.extend(ended(view, subject, state, &file.sha256, has_spans));
    held.extend(refused(view, subject).or_else(|| unanswered(view, subject)));
    held.extend(consent());
    if !held.is_empty() {
        return held.into_iter().for_each(|held| own.hold(held));
    }
    let mode = match change.spans.is_empty() {
        // The file says it already, and the process was started before.
        true => Mode::Restart,
        false => change.into_mode(),
    };
    if launches && is_idle(view, subject, own) {
        let act = (Kind::PutsRight, mode);
        let order = apply(view, subject, &inspection, process, file, act);
        return own.put_right(order, Reason::Launches);
    }
    let act = (Kind::Stops, mode);
    let order = apply(view, subject, &inspection, process, file, act);
    own.stop(order, reason);
}

/// A broker that is as it should be: who heals it has to know which process it was before it fell ill. Until somebody has
/// written how far brokers may be healed, nothing is sent to their hosts just because a stack was deployed.
fn seen(view: &View<'_>, subject: &Subject<'_>, own: &mut Own) {
    if Healing::is_written(&view.observed.cluster, view.parameters)
        && is_unseen(view, subject)
        && host::unmanaged(view, subject).is_none()
    {
        own.look(inspect(view, subject), Reason::Unseen);
    }
}

/// Whether a broker that enters its group may be restarted by no gate: nobody has anything on it.
fn is_idle(view: &View<'_>, subject: &Subject<'_>, own: &mut Own) -> bool {
    let node = subject.broker.node;
    match view.holdings(node) {
        None => {
            own.asks = true;
            false
        }
        Some(Err(_)) => false,
        Some(Ok(told)) => {
            told.is_whole(node) && told.replicas.is_empty() && !told.voters.contains(&node)
        }
    }
}

/// How a command is ended that was interrupted, of a broker that shows itself; or what it is held for.
fn end(
    view: &View<'_>,
    subject: &Subject<'_>,
    (state, sha256): (Option<&State>, &str),
    ending: Ending,
    consent: impl FnOnce() -> Vec<Held>,
) -> Result<(Kind, Mode, Phase), Vec<Held>> {
    let node = subject.broker.node;
    match ending {
        Ending::By(mode, phase) => match refused(view, subject) {
            Some(held) => Err(vec![held]),
            None => Ok((Kind::PutsRight, mode, phase)),
        },
        Ending::Theirs => Err(vec![Held::Theirs { node }]),
        Ending::Stopping => {
            let has_back = |state: &State| {
                matches!(state.mode, Ordered::Edit | Ordered::Back) && knows(state, sha256)
            };
            if !state.is_some_and(has_back) || !is_old(view, subject) {
                return Err(vec![Held::Stopping { node }]);
            }
            // It was never told, or hangs: whoever takes back ends it, and that is a restart.
            let held = consent();
            match held.is_empty() {
                true => Ok((Kind::Stops, Mode::Back, Phase::Stopping)),
                false => Err(held),
            }
        }
    }
}

/// That no process there is the broker, or several are.
pub(super) fn none_or_several(subject: &Subject<'_>, inspection: &Inspection) -> Held {
    let broker = subject.broker;
    let node = broker.node;
    let why = match inspection.matches {
        0 => format!(
            "no process of Kafka there is broker {node}{}; see which instance it runs on",
            match inspection.processes.iter().any(|it| it.node.is_none()) {
                true =>
                    ", as far as they say which broker they are; see that their files can be read",
                false => "",
            }
        ),
        several => {
            format!("{several} processes of Kafka there are broker {node}; stop all but one")
        }
    };
    Held::host(broker, why)
}

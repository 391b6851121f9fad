//! A broker that leaves with its instance: its process is stopped gracefully. Nobody's consent is needed, since its
//! Auto Scaling group has decided, or AWS. While the group waits for a hook of ours, it is stopped by the gate of a
//! restart; in the last minutes of that, and if AWS takes a Spot Instance back, at once.

use super::command::{inspect, stop};
use super::draft::Own;
use super::host;
use super::left::not_stopped;
use super::looked::{Looked, PAUSE, looked};
use super::subject::Subject;
use super::view::View;
use crate::exit::Exit;
use crate::held::{Departure, Held};
use crate::reason::Reason;
use fleet::gate::Holdings;
use fleet::host::ProcessId;
use fleet::host::inspection::{Inspection, Kind, Ordered, Phase, State};
use fleet::shown::Shown;
use fleet::tags;
use jiff::SignedDuration;

/// Plans for one of them as if it were alone.
pub(super) fn plan(view: &View<'_>, subject: &Subject<'_>, exit: Exit, own: &mut Own) {
    let (node, instance) = (subject.broker.node, subject.broker.instance.clone());
    let waits = |why| Held::Leaves {
        node,
        instance: instance.clone(),
        exit,
        why,
    };
    let is_at_once = exit.is_at_once(view.now);
    let reason = match exit {
        Exit::Interrupted(_) => Reason::Interrupted(exit),
        Exit::Waits(Some(until)) if is_at_once => Reason::LeavesNow(until),
        Exit::Waits(_) => Reason::Leaves,
    };
    let pause = match is_at_once {
        true => SignedDuration::ZERO,
        false => PAUSE,
    };
    match subject.shown {
        Some(Shown::Itself(_)) => {}
        // Its process is gone, or will be: what starts or recovers serves nobody.
        Some(Shown::Silent { accepts: false, .. }) | None => return,
        Some(Shown::Silent { why, .. } | Shown::Untold { why }) => {
            return own.hold(waits(Departure::ByHand(why.clone())));
        }
        Some(Shown::Another { reached }) => {
            let why = format!("broker {reached} answers there");
            return own.hold(waits(Departure::ByHand(why)));
        }
    }
    if let Some(held) = host::unmanaged(view, subject) {
        return own.hold(waits(Departure::ByHand(held.to_string())));
    }
    let refused = not_stopped(view, subject);
    own.held.extend(refused.clone().filter(|_| is_at_once));
    let inspection = match looked(view, subject, pause) {
        Looked::At(inspection, _) => inspection,
        Looked::Not => return own.look(inspect(view, subject), reason),
        Looked::Again(held) => {
            own.hold(held);
            return own.look(inspect(view, subject), reason);
        }
        Looked::Held(held) => return own.hold(held),
    };
    let process = match process(&inspection) {
        Ok(process) => process,
        Err(why) => return own.hold(waits(Departure::ByHand(why))),
    };
    if is_at_once {
        let order = stop(view, subject, &inspection, process, false);
        return own.end(order, reason);
    }
    if let Some(held) = refused {
        return own.hold(held);
    }
    if inspection.state.as_ref().is_some_and(has_come_back) {
        let why = "something there started it again after it was stopped".to_owned();
        return own.hold(waits(Departure::ByHand(why)));
    }
    match view.holdings(subject.broker.node) {
        None => {
            own.asks = true;
            let why = "it was not asked yet; the next run asks".to_owned();
            own.hold(waits(Departure::Unheard(why)));
        }
        Some(Err(why)) => own.hold(waits(Departure::Unheard(why))),
        Some(Ok(holdings)) => match kept(view, subject, holdings) {
            Some(why) => own.hold(waits(why)),
            None => {
                let order = stop(view, subject, &inspection, process, true);
                own.stop(order, reason);
            }
        },
    }
}

/// What keeps it here; nothing if it comes back with its disk, which is a restart.
fn kept(view: &View<'_>, subject: &Subject<'_>, holdings: &Holdings) -> Option<Departure> {
    let broker = subject.broker;
    if view.comes_back(broker) {
        return None;
    }
    if holdings.voters.contains(&broker.node) {
        return Some(Departure::Voter);
    }
    if !holdings.alone.is_empty() {
        return Some(Departure::Alone(holdings.alone.clone()));
    }
    if !holdings.replicas.is_empty() && !view.is_marked(&broker.instance, tags::RELEASE) {
        return Some(Departure::Replicas(holdings.replicas.clone()));
    }
    let silent = holdings
        .unheard
        .iter()
        .find(|(node, _)| **node != broker.node);
    match (silent, &holdings.untold) {
        _ if holdings.is_whole(broker.node) => None,
        (Some((node, why)), _) => Some(Departure::Unheard(format!("broker {node}: {why}"))),
        (None, Some(why)) => Some(Departure::Unheard(why.clone())),
        (None, None) => Some(Departure::Unheard("no other broker was heard".to_owned())),
    }
}

/// Whether our stop of a broker ended with a process of it that somebody had started meanwhile.
fn has_come_back(state: &State) -> bool {
    state.mode == Ordered::Stop && state.phase == Phase::Held
}

/// The process that is stopped; another kind of it is not handled.
fn process(inspection: &Inspection) -> Result<ProcessId, String> {
    let process = match (&inspection.broker, inspection.matches) {
        (Some(process), _) => process,
        (None, 0) => return Err("no process of Kafka there is this broker".to_owned()),
        (None, _) => return Err("several processes of Kafka there are this broker".to_owned()),
    };
    match process.kind {
        _ if process.container => Err("it runs in a container".to_owned()),
        Kind::Wrapped => Err("a script in a systemd unit started it".to_owned()),
        Kind::UserUnit => Err("a user's own systemd started it".to_owned()),
        Kind::Unit | Kind::Plain => Ok(process.id()),
    }
}

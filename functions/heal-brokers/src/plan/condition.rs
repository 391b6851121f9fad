//! How a broker is, by everything that was seen of it. What is not known is no illness.

use super::looks::{Inspected, Look, last, looks, was_seen_up, was_up_since};
use super::view::View;
use crate::notes::IllSince;
use fleet::brokers::Broker;
use fleet::healing::Healed;
use fleet::host::ProcessId;
use fleet::host::inspection::Phase;
use fleet::observed::{CheckStatus, Instance, InstanceState, InstanceStatus, StatusCheck};
use fleet::shown::Shown;
use fleet::tags;
use jiff::Timestamp;

/// How a broker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It answers as itself.
    Up,
    /// It answers, and does not tell what it is asked.
    Untold,
    /// It is ill, and what ails it is known.
    Ill(Ill),
    /// Its process, or its instance, is starting or recovering.
    Starting,
    /// Its Auto Scaling group puts its instance into service: push-listeners starts it.
    Entering,
    /// Somebody stopped it on purpose.
    OnPurpose(Purpose),
    /// It does not answer, and why is not known.
    Unclear(Unclear),
}

/// What ails a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ill {
    /// Its process is gone.
    Gone,
    /// This process hangs.
    Hangs(ProcessId),
    /// Its instance fails its own status check since then.
    Unwell(Timestamp),
    /// What its instance stands on fails since then.
    Cut(Timestamp),
}

/// How it is known that somebody stopped a broker on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its instance is stopped.
    Stopped,
    /// Its instance has the tag `kafka-privatelink:keep-stopped`.
    KeptStopped,
    /// Its process ended in an orderly way, and nobody of us told it to.
    Ended,
}

/// Why it is not known what ails a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// EC2 tells nothing of its status checks, or nothing yet.
    Status,
    /// No two inspections of its host are there that are new enough.
    Looks,
    /// The last two inspections say different things.
    Disagree,
    /// Several processes may be it.
    Several,
    /// Its target passes its health check.
    Healthy,
    /// The last command of push-listeners came to a bad end, or to none.
    Theirs,
}

/// How a broker is.
pub(super) fn condition(view: &View<'_>, broker: &Broker, instance: &Instance) -> Condition {
    match instance.state {
        InstanceState::Running => {}
        InstanceState::Pending => return Condition::Starting,
        InstanceState::Stopping | InstanceState::Stopped => {
            return Condition::OnPurpose(Purpose::Stopped);
        }
        InstanceState::ShuttingDown | InstanceState::Terminated | InstanceState::Unknown(_) => {
            return Condition::Unclear(Unclear::Status);
        }
    }
    let accepts = match view.shown(&broker.instance) {
        Some(Shown::Itself(_)) => return Condition::Up,
        _ if view.is_entering(&broker.instance) => return Condition::Entering,
        Some(Shown::Another { .. } | Shown::Untold { .. }) | None => return Condition::Untold,
        Some(Shown::Silent { accepts, .. }) => *accepts,
    };
    if instance.tags.contains_key(tags::KEEP_STOPPED) {
        return Condition::OnPurpose(Purpose::KeptStopped);
    }
    if let Some(condition) = by_status(view.statuses.get(&broker.instance).copied()) {
        // Who was stopped on purpose is not started by a reboot, nor by another instance.
        let is_ended =
            || last(view, broker).is_some_and(|it| was_ended(view, broker, instance, &it));
        return match condition {
            Condition::Ill(_) if is_ended() => Condition::OnPurpose(Purpose::Ended),
            condition => condition,
        };
    }
    match looks(view, broker) {
        Look::Gone(last) => gone(view, broker, instance, &last),
        Look::Runs { process, is_queued } => {
            let mut others = view.up().filter(|(node, _)| *node != broker.node);
            let is_listed = others.any(|(_, it)| it.listed.contains(&broker.node));
            // Its listener takes connections until its queue is full (K-25).
            let is_there = accepts || is_queued;
            let was_up = || {
                let noted = IllSince::of(instance).is_some_and(|it| it.process == process);
                noted || was_seen_up(view, broker, process)
            };
            match is_there && !is_listed && was_up() {
                true => Condition::Ill(Ill::Hangs(process)),
                // Slow is no illness: a process that recovers its logs looks just so (K-13).
                false => Condition::Starting,
            }
        }
        Look::Unclear(why) => Condition::Unclear(why),
    }
}

/// What the status checks alone decide; none if both are passed.
fn by_status(status: Option<&InstanceStatus>) -> Option<Condition> {
    let unclear = Some(Condition::Unclear(Unclear::Status));
    let Some(status) = status else {
        return unclear;
    };
    // What the instance stands on comes first: without it the other check fails, too.
    for (check, ill) in [
        (&status.system, Ill::Cut as fn(Timestamp) -> Ill),
        (&status.reachability, Ill::Unwell),
    ] {
        match check {
            StatusCheck {
                status: CheckStatus::Ok,
                ..
            } => {}
            StatusCheck {
                status: CheckStatus::Impaired,
                impaired_since: Some(since),
            } => return Some(Condition::Ill(ill(*since))),
            StatusCheck {
                status: CheckStatus::Initializing,
                ..
            } => return Some(Condition::Starting),
            StatusCheck {
                status:
                    CheckStatus::Impaired
                    | CheckStatus::InsufficientData
                    | CheckStatus::NotApplicable
                    | CheckStatus::Unknown(_),
                ..
            } => return unclear,
        }
    }
    None
}

/// How a broker is whose process is gone.
fn gone(view: &View<'_>, broker: &Broker, instance: &Instance, last: &Inspected) -> Condition {
    let is_theirs = |phase| match phase {
        Phase::Done | Phase::Back | Phase::Started => false,
        Phase::Prepared
        | Phase::Replaced
        | Phase::Stopping
        | Phase::Stopped
        | Phase::Starting
        | Phase::Held
        | Phase::Down => true,
    };
    let state = last.said.state.as_ref();
    if state.is_some_and(|state| is_theirs(state.phase)) && !was_up_since_theirs(view, broker) {
        return Condition::Unclear(Unclear::Theirs);
    }
    if was_ended(view, broker, instance, last) {
        return Condition::OnPurpose(Purpose::Ended);
    }
    match view.is_healthy(broker) {
        true => Condition::Unclear(Unclear::Healthy),
        false => Condition::Ill(Ill::Gone),
    }
}

/// Whether a broker was seen up since the last command of push-listeners that touched it, however that ended.
fn was_up_since_theirs(view: &View<'_>, broker: &Broker) -> bool {
    let here = view
        .touches()
        .filter(|it| it.instances.contains(&broker.instance));
    let touched = here.map(|it| it.requested_at).max();
    was_up_since(view, broker, touched.unwrap_or(Timestamp::MIN))
}

/// Whether somebody else told a process to end that is gone. A reboot of ours within the hour before did that, if the
/// broker was not up since.
fn was_ended(view: &View<'_>, broker: &Broker, instance: &Instance, last: &Inspected) -> bool {
    let rebooted_at = Healed::of(instance).and_then(|it| it.rebooted_at(last.at));
    let was_rebooted =
        rebooted_at.is_some_and(|at| at < last.at && !was_up_since(view, broker, at));
    let is_old = was_up_since(view, broker, last.at);
    last.said.was_stopped_by_others() && !was_rebooted && !is_old
}

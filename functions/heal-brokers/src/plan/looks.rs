//! What push-listeners' inspections of a broker's host say: two of them must agree.

use super::condition::Unclear;
use super::view::View;
use crate::observed::Observed;
use fleet::brokers::Broker;
use fleet::documents::{Document, inspects, was_silent};
use fleet::host::ProcessId;
use fleet::host::inspection::{Inspection, Process};
use fleet::host::reply;
use fleet::observed::Command;
use fleet::words::{CommandId, InstanceId, NodeId};
use jiff::{SignedDuration, Timestamp};

/// How far back commands of push-listeners are looked for. It inspects who is up once an hour, so the last look at a
/// process before it fell silent is among them until that is written down ([`IllSince`](crate::notes::IllSince)). More
/// would be looks at silent brokers, one every two minutes for each.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(2);

/// How old the newest may be: push-listeners looks every two minutes at a broker that does not answer.
const NEWEST: SignedDuration = SignedDuration::from_mins(3);
/// How old the one before it may be.
const OTHER: SignedDuration = SignedDuration::from_mins(15);
/// How many are read: one may have said nothing.
const READ: usize = 3;

/// What an inspection said, and when it was asked for.
pub(super) struct Inspected {
    pub(super) at: Timestamp,
    pub(super) said: Box<Inspection>,
}

/// What inspections say.
pub(super) enum Look {
    /// Its process is gone.
    Gone(Inspected),
    /// This is its process, and whether connections wait in its queues that it does not accept.
    Runs { process: ProcessId, is_queued: bool },
    /// That is not known.
    Unclear(Unclear),
}

/// What the last two inspections of a broker's host agree upon.
pub(super) fn looks(view: &View<'_>, broker: &Broker) -> Look {
    let commands = inspections(view.observed, broker.node, &broker.instance);
    let told = commands.into_iter().take(READ);
    let mut told = told.filter_map(|it| Some((it, answer(view, it)?)));
    let (Some((newest, last)), Some((other, before))) = (told.next(), told.next()) else {
        return Look::Unclear(Unclear::Looks);
    };
    let age = |it: &Command| view.now.duration_since(it.requested_at);
    if age(newest) >= NEWEST || age(other) >= OTHER {
        return Look::Unclear(Unclear::Looks);
    }
    match (process(&last), process(&before)) {
        (Err(why), _) | (_, Err(why)) => Look::Unclear(why),
        (Ok(None), Ok(None)) => Look::Gone(Inspected {
            at: newest.requested_at,
            said: Box::new(last),
        }),
        (Ok(Some(now)), Ok(Some(then))) if now.id() == then.id() => Look::Runs {
            process: now.id(),
            is_queued: now.queued && then.queued,
        },
        (Ok(_), Ok(_)) => Look::Unclear(Unclear::Disagree),
    }
}

/// Whether an inspection that was made while the broker answered shows this process.
pub(super) fn was_seen_up(view: &View<'_>, broker: &Broker, process: ProcessId) -> bool {
    let seen = inspections(view.observed, broker.node, &broker.instance);
    let mut seen = seen.into_iter().filter(|it| !was_silent(&it.comment));
    let is_it = |it: Inspection| it.broker.is_some_and(|it| it.id() == process);
    seen.any(|it| answer(view, it).is_some_and(is_it))
}

/// Whether an inspection was made while the broker answered, after that moment.
pub(super) fn was_up_since(view: &View<'_>, broker: &Broker, at: Timestamp) -> bool {
    let seen = inspections(view.observed, broker.node, &broker.instance);
    let mut up = seen.into_iter().filter(|it| !was_silent(&it.comment));
    up.any(|it| it.requested_at > at)
}

/// The last inspection of a broker's host that looked.
pub(super) fn last(view: &View<'_>, broker: &Broker) -> Option<Inspected> {
    let commands = inspections(view.observed, broker.node, &broker.instance);
    let mut told = commands.into_iter().filter_map(|it| {
        let said = Box::new(answer(view, it)?);
        Some(Inspected {
            at: it.requested_at,
            said,
        })
    });
    told.next()
}

/// The inspections whose answers are needed, with their hosts: the newest ones, the newest that was made while the
/// broker answered, and the newest ones from before its instance fell ill, since when it says nothing, perhaps.
pub(super) fn commands(
    observed: &Observed,
    node: NodeId,
    instance: &InstanceId,
) -> Vec<(CommandId, InstanceId)> {
    let all = inspections(observed, node, instance);
    let newest = all.iter().take(READ);
    let up = all.iter().find(|it| !was_silent(&it.comment));
    let ill_since = ill_since(observed, instance);
    let before = |it: &&&Command| ill_since.is_some_and(|at| it.requested_at < at);
    let before = all.iter().filter(before).take(READ);
    let needed = newest.chain(up).chain(before);
    needed.map(|it| (it.id.clone(), instance.clone())).collect()
}

/// Since when an instance fails a status check, if that is known.
pub(super) fn ill_since(observed: &Observed, instance: &InstanceId) -> Option<Timestamp> {
    let mut statuses = observed.ward.as_ref()?.statuses.iter().flatten();
    let status = statuses.find(|it| it.instance == *instance)?;
    let checks = [&status.system, &status.reachability];
    let failed = checks.into_iter().filter_map(|it| it.impaired_since);
    failed.min()
}

/// The inspections of a broker's host that have ended, the newest first: an instance may have been tagged as
/// another broker before.
fn inspections<'a>(
    observed: &'a Observed,
    node: NodeId,
    instance: &InstanceId,
) -> Vec<&'a Command> {
    let Some(ward) = &observed.ward else {
        return Vec::new();
    };
    let document = Document::Inspect.name(&observed.cluster);
    let here = |it: &&Command| it.document == document && it.only_host() == Some(instance);
    let here = ward.commands.iter().flatten().filter(here);
    let ended = |it: &&Command| inspects(it, node) && it.status.has_ended();
    let mut found: Vec<&Command> = here.filter(ended).collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.requested_at, &it.id)));
    found
}

/// What an inspection said, if it looked.
fn answer(view: &View<'_>, command: &Command) -> Option<Inspection> {
    let output = view.ward.outputs.get(&command.id)?;
    let output = output.as_ref().ok()?.as_ref()?;
    let inspection = reply::read::<Inspection>(&output.stdout).ok()?;
    inspection.is_told().then_some(inspection)
}

/// The broker's process by an inspection; none if it is gone.
fn process(inspection: &Inspection) -> Result<Option<&Process>, Unclear> {
    let is_nameless = inspection.processes.iter().any(|it| it.node.is_none());
    match (&inspection.broker, inspection.matches) {
        (Some(process), 1) => Ok(Some(process)),
        (None, 0) if !is_nameless => Ok(None),
        (_, _) => Err(Unclear::Several),
    }
}

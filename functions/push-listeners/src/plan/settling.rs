//! What our commands did to the cluster last: nothing stops until that has settled, and who was restarted
//! has to be back.

use super::looked::output;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use fleet::gate::Restarted;
use fleet::host::was_refused;
use fleet::observed::Command;
use fleet::words::{CommandId, InstanceId, NodeId, Port};
use jiff::Timestamp;

/// The commands whose ends are asked for, with their hosts.
pub(super) fn commands(view: &View<'_>) -> Vec<(CommandId, InstanceId)> {
    let ended = view.touches().filter(|it| it.status.has_ended());
    let recent = ended.filter(|it| view.now < it.latest_end() + Command::SETTLES);
    recent
        .filter_map(|it| Some((it.id.clone(), it.only_host()?.clone())))
        .collect()
}

/// Until when nothing stops, and after which command; none if all has settled. Every command that may be at
/// work still counts, not only the newest.
pub(super) fn until<'a>(view: &View<'a>) -> Result<Option<(Timestamp, &'a Command)>, Held> {
    let mut last = None;
    for command in view.touches() {
        if view.now >= command.latest_end() + Command::SETTLES {
            continue;
        }
        let until = end(view, command)? + Command::SETTLES;
        if view.now < until && last.is_none_or(|(at, _)| at < until) {
            last = Some((until, command));
        }
    }
    Ok(last)
}

/// When a command ended; the latest that it can have if nobody heard of it.
fn end(view: &View<'_>, command: &Command) -> Result<Timestamp, Held> {
    let said = match command.only_host() {
        Some(_) => output(view, command)?,
        None => None,
    };
    Ok(command.end(said))
}

/// Whom but `next` a command of ours may have stopped or started, the last one at the end: a start must not hide
/// the restart before it. However long ago that was, since nobody knows how long a recovery takes (P-62).
pub(super) fn touched<'a>(
    view: &View<'_>,
    subjects: impl Iterator<Item = &'a Subject<'a>>,
    next: NodeId,
) -> Vec<&'a Subject<'a>> {
    let newest = |subject: &Subject<'_>| newest(view, subject).map(|it| (it.requested_at, &it.id));
    let others = subjects.filter(|it| it.broker.node != next);
    let mut touched: Vec<_> = others.filter_map(|it| Some((newest(it)?, it))).collect();
    touched.sort_by_key(|(newest, _)| *newest);
    touched.into_iter().map(|(_, subject)| subject).collect()
}

/// The newest command that may have stopped or started a broker: one that its host refused did nothing.
pub(super) fn newest<'a>(view: &View<'a>, subject: &Subject<'_>) -> Option<&'a Command> {
    let instance = &subject.broker.instance;
    let here = view.touches().filter(|it| it.instances.contains(instance));
    let refused = |it: &Command| {
        let output = output(view, it).ok().flatten();
        it.only_host().is_some() && output.is_some_and(was_refused)
    };
    here.filter(|it| !refused(it))
        .max_by_key(|it| (it.requested_at, &it.id))
}

/// A broker that may have been restarted, with the ports of its listener groups. Kafka binds all listeners or
/// exits, and a controller's is seen by the quorum: probe-brokers may dial neither that nor listeners of others.
pub(super) fn restarted(subject: &Subject<'_>) -> Option<Restarted> {
    let listeners = subject.itself()?.listeners.listed();
    let is_ours = |name: &str| {
        let mut ours = subject.wanted.iter();
        ours.any(|it| name.eq_ignore_ascii_case(it.name.as_str()))
    };
    let ports = listeners
        .iter()
        .filter(|it| is_ours(&it.name))
        .filter_map(|it| Port::new(u16::try_from(it.port).ok()?));
    Some(Restarted {
        node: subject.broker.node,
        ports: ports.collect(),
    })
}

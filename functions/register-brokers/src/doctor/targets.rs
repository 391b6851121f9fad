//! The targets: whether AWS finds each broker healthy behind its port.

use super::station::{Finding, Station};
use super::walker::{Mapped, Walker, unread};
use fleet::brokers::Broker;
use fleet::foreign::clean;
use fleet::ledger::Entry;
use fleet::naming::Owner;
use fleet::observed::{TargetHealth, TargetState};
use fleet::proof::Row;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let mapped = match walker.mapped() {
        Ok(mapped) => mapped,
        Err(finding) => return finding,
    };
    let ports = mapped.exposed();
    let ports = ports.filter_map(|(broker, entry)| Some((broker, entry?)));
    let mut healthy = 0;
    for (broker, entry) in ports {
        match unhealthy(walker, mapped, broker, entry) {
            Some(finding) => return finding,
            None => healthy += 1,
        }
    }
    Finding::well(format!("{healthy} healthy, each behind its port"))
}

/// How it is with a broker's target, unless that is healthy.
fn unhealthy(
    walker: &Walker<'_>,
    mapped: Mapped<'_>,
    broker: &Broker,
    entry: &Entry,
) -> Option<Finding> {
    let targets = match walker.sight.observed.health.get(&entry.arn) {
        Some(Ok(targets)) => targets,
        Some(Err(gap)) => return Some(unread(gap)),
        None => {
            return Some(Finding::Waits {
                on: Station::Listeners,
            });
        }
    };
    let (node, instance) = (broker.node, &broker.instance);
    let is_it = |it: &&TargetHealth| it.instance == *instance && it.port == entry.bind_port;
    let of = format!(
        "the target of broker {node} ({instance}) behind port {}",
        entry.port
    );
    let is = |state: &TargetState, reason: &str| match reason {
        "" => format!("{of} is {}", clean(state.as_str(), 40)),
        reason => format!(
            "{of} is {} ({})",
            clean(state.as_str(), 40),
            clean(reason, 60)
        ),
    };
    let next_run = || walker.next_run(Owner::Broker(node));
    let Some(target) = targets.iter().find(is_it) else {
        return Some(Finding::wrong(
            format!("{of} is not registered"),
            next_run(),
        ));
    };
    let says = is(&target.state, &target.reason);
    Some(match &target.state {
        TargetState::Healthy => return None,
        TargetState::Initial => Finding::wrong(
            says,
            "wait some minutes, until AWS has registered and checked it",
        ),
        TargetState::Draining => Finding::wrong(says, next_run()),
        TargetState::Unused => Finding::wrong(
            says,
            "ask again in a minute: AWS uses a target once a listener leads to it, its zone is enabled on the NLB and its instance runs",
        ),
        TargetState::Unhealthy | TargetState::UnhealthyDraining => {
            let direct = mapped.view.direct(&mapped.group.name, instance);
            Finding::wrong(says, let_listen(walker, mapped, entry, direct))
        }
        TargetState::Unavailable | TargetState::Unknown(_) => {
            Finding::unknown(says, "ask again in a minute: AWS cannot tell it now")
        }
    })
}

/// What lets a target become healthy (F68). Who answers on its own address listens, so that something stands between it
/// and the NLB.
fn let_listen(
    walker: &Walker<'_>,
    mapped: Mapped<'_>,
    entry: &Entry,
    direct: Option<&Row>,
) -> String {
    let (port, group) = (entry.bind_port, &mapped.group.name);
    match direct {
        Some(row) if row.verdict.is_proven() || row.who().is_some() => format!(
            "let the NLB in: the broker answers on its own address, and the brokers' security group needs TCP {port} from the NLB's security group"
        ),
        Some(_) | None => walker.sight.rollout(&format!(
            "give it the listener {group} on port {port}, on which nobody answers"
        )),
    }
}

//! The targets: whether AWS finds each broker healthy behind its port.

use super::station::Finding;
use super::walker::{Mapped, Walker, unread};
use fleet::brokers::Broker;
use fleet::foreign::clean;
use fleet::ledger::Entry;
use fleet::naming::Owner;
use fleet::observed::{TargetHealth, TargetState};

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
    let (node, instance) = (broker.node, &broker.instance);
    let of = format!(
        "the target of broker {node} ({instance}) behind port {}",
        entry.port
    );
    let targets = match walker.sight.observed.health.get(&entry.arn) {
        Some(Ok(targets)) => targets,
        Some(Err(gap)) => return Some(unread(gap)),
        None => {
            let says = format!("{of} was not looked at");
            return Some(Finding::unknown(says, "ask again in a minute"));
        }
    };
    let is_it = |it: &&TargetHealth| it.instance == *instance && it.port == entry.bind_port;
    let next_run = || walker.next_run(Owner::Broker(node));
    let Some(target) = targets.iter().find(is_it) else {
        return Some(Finding::wrong(
            format!("{of} is not registered"),
            next_run(),
        ));
    };
    let says = format!("{of} is {}", told(target));
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
            Finding::wrong(says, let_answer(walker, mapped, broker, entry))
        }
        TargetState::Unavailable | TargetState::Unknown(_) => {
            Finding::unknown(says, "ask again in a minute: AWS cannot tell it now")
        }
    })
}

/// The state of a target, with AWS's reason if it tells one.
fn told(target: &TargetHealth) -> String {
    let state = clean(target.state.as_str(), 40);
    match target.reason.as_str() {
        "" => state,
        reason => format!("{state} ({})", clean(reason, 60)),
    }
}

/// What lets a target become healthy, which AWS's reason does not tell (F69). Who answers on its own address listens, so
/// that something stands between it and the NLB. Who has served has the listener, so that its process is ill.
fn let_answer(walker: &Walker<'_>, mapped: Mapped<'_>, broker: &Broker, entry: &Entry) -> String {
    let (port, group) = (entry.bind_port, &mapped.group.name);
    let (node, instance) = (broker.node, &broker.instance);
    let direct = mapped.view.direct(group, instance);
    let answers = direct.is_some_and(|row| row.verdict.is_proven() || row.who().is_some());
    let has_served = entry.served_by.as_ref() == Some(instance);
    match (answers, has_served) {
        (true, _) => format!(
            "let the NLB in: the broker answers on its own address, and the brokers' security group needs TCP {port} from the NLB's security group"
        ),
        (false, true) => format!(
            "see to the process of broker {node} on {instance}: it has served here, and nobody answers on port {port} now"
        ),
        (false, false) => walker.sight.rollout(&format!(
            "give it the listener {group} on port {port}, on which nobody answers"
        )),
    }
}

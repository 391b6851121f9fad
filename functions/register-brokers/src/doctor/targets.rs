//! The targets: whether AWS finds each broker healthy behind its port, alone, and with the settings that it needs.

use super::proof::put_right;
use super::station::Finding;
use super::walker::{Mapped, Walker};
use crate::action::Action;
use fleet::brokers::Broker;
use fleet::foreign::clean;
use fleet::ledger::Entry;
use fleet::naming::Owner;
use fleet::observed::{TargetHealth, TargetState};
use fleet::proof::{Row, Verdict};

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let mapped = walker.mapped()?;
    let ports = mapped.exposed();
    let ports = ports.filter_map(|(broker, entry)| Some((broker, entry?)));
    let mut healthy = 0;
    for (broker, entry) in ports {
        let owner = Owner::Broker(broker.node);
        let amiss = || amiss(walker, owner, entry);
        match unhealthy(walker, mapped, broker, entry).or_else(amiss) {
            Some(finding) => return Err(finding),
            None => healthy += 1,
        }
    }
    let bootstrap = mapped.entry(Owner::Bootstrap);
    if let Some(finding) = bootstrap.and_then(|it| amiss(walker, Owner::Bootstrap, it)) {
        return Err(finding);
    }
    Ok(format!("{healthy} healthy, each behind its port"))
}

/// What register-brokers has yet to put right behind a port: who stands there and does not belong there, or a setting.
fn amiss(walker: &Walker<'_>, owner: Owner, entry: &Entry) -> Option<Finding> {
    let port = entry.port;
    let strays = |action: &Action| matches!(action, Action::DeregisterTargets { .. });
    let differs = |action: &Action| {
        matches!(
            action,
            Action::ModifyTargetGroup { .. }
                | Action::ModifyTargetGroupAttributes { .. }
                | Action::ModifyListenerAttributes { .. }
        )
    };
    let says = if walker.step(owner, strays).is_some() {
        format!("somebody stands behind port {port} who does not belong there")
    } else if walker.step(owner, differs).is_some() {
        format!("a setting behind port {port} is not as it should be")
    } else {
        return None;
    };
    Some(Finding::wrong(says, walker.next_run(owner)))
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
        Some(Err(gap)) => return Some(gap.into()),
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

/// What lets a target become healthy, which AWS's reason does not tell (F69). Whoever answers on the instance's own
/// address listens, so that something stands between it and the NLB. If nobody answers there, who has served has the
/// listener, so that its process is ill. A connection that is lost was let in by no security group, or meets a process
/// that hangs, whose queue of connections is full (K-25). Where nobody could be asked, that is to be put right first.
fn let_answer(walker: &Walker<'_>, mapped: Mapped<'_>, broker: &Broker, entry: &Entry) -> String {
    let (port, group) = (entry.bind_port, &mapped.group.name);
    let (node, instance) = (broker.node, &broker.instance);
    let direct = mapped.view.direct(group, instance);
    let has_served = entry.served_by.as_ref() == Some(instance);
    if direct.is_some_and(Row::is_lost) {
        let let_in = format!(
            "the brokers' security group needs TCP {port} from the NLB's security group, and from probe-brokers', which template.yaml makes if it is given BrokerSecurityGroupId. If both rules are there, see the network ACLs, and the status checks of {instance}"
        );
        return match has_served {
            true => format!(
                "see to the process of broker {node} on {instance}: it has served here, and connections to it are lost now, as to one that hangs. If it is well, {let_in}"
            ),
            false => format!(
                "let the NLB and probe-brokers in: connections to {instance} are lost on the way, and refused by nobody; {let_in}"
            ),
        };
    }
    match (direct.map(|row| &row.verdict), &walker.sight.observed.proof) {
        (None, Err(gap)) => format!(
            "ask again in a minute whether it answers on its own address: {} could not be read: {}",
            gap.read, gap.reason
        ),
        (None, Ok(_)) => "ask again in a minute: nobody was asked on its own address".to_owned(),
        (Some(Verdict::NotProvable { why }), _) => put_right(why),
        (Some(Verdict::Unreachable { .. }), _) if has_served => format!(
            "see to the process of broker {node} on {instance}: it has served here, and nobody answers on port {port} now"
        ),
        (Some(Verdict::Unreachable { .. }), _) => walker.sight.rollout(&format!(
            "give it the listener {group} on port {port}, on which nobody answers"
        )),
        (
            Some(
                Verdict::Proven { .. }
                | Verdict::WrongBroker { .. }
                | Verdict::WrongListener { .. }
                | Verdict::Advertises { .. }
                | Verdict::WrongCluster { .. }
                | Verdict::NotKafka { .. },
            ),
            _,
        ) => format!(
            "let the NLB in: {instance} answers on its own address, and the brokers' security group needs TCP {port} from the NLB's security group"
        ),
    }
}

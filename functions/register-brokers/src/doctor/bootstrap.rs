//! The bootstrap port: whether it is open, and leads to a broker.

use super::proof::{put_right, unasked};
use super::station::{Finding, Station};
use super::walker::Walker;
use super::{listeners, names};
use crate::action::Action;
use crate::plan::is_healthy;
use fleet::naming::Owner;
use fleet::proof::{Path, Verdict};

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let mapped = walker.mapped()?;
    // It opens, and stays open, for brokers that advertise what they should.
    if names::wrong(walker).is_some() {
        return Err(Finding::Waits { on: Station::Names });
    }
    walker.unless_held(Station::Bootstrap, "it is shut")?;
    let wrong = |says: &str| Finding::wrong(says, walker.next_run(Owner::Bootstrap));
    let entry = mapped.entry(Owner::Bootstrap);
    let entry = entry.ok_or_else(|| wrong("it has no target group"))?;
    if is_being_made(walker) {
        return Err(wrong("it does not lead to each broker yet"));
    }
    if let Some(says) = listeners::wrong(mapped, entry) {
        return Err(wrong(&says));
    }
    let targets = match walker.sight.observed.health.get(&entry.arn) {
        Some(targets) => targets.as_ref()?,
        None => {
            return Err(Finding::unknown(
                "it was not looked at",
                "ask again in a minute",
            ));
        }
    };
    let healthy = targets.iter().filter(|it| is_healthy(it, entry.bind_port));
    let healthy = healthy.count();
    if healthy == 0 {
        return Err(Finding::wrong(
            match targets.len() {
                1 => "its only target is not healthy".to_owned(),
                targets => format!("none of its {targets} targets is healthy"),
            },
            "wait some minutes, until AWS has registered and checked them",
        ));
    }
    let row = mapped.view.row(&mapped.group.name, Path::Bootstrap);
    let row = row.ok_or_else(|| unasked("the bootstrap port"))?;
    let port = entry.port;
    let unproven = || format!("port {port} is not proven: {}", row.says());
    match &row.verdict {
        Verdict::Proven { .. } | Verdict::Advertises { .. } => {
            let s = if healthy == 1 { "" } else { "s" };
            Ok(format!("{port} leads to {healthy} healthy broker{s}"))
        }
        Verdict::NotProvable { why } => Err(Finding::unknown(unproven(), put_right(why))),
        Verdict::Unreachable { .. } if row.is_lost() => Err(Finding::wrong(
            unproven(),
            format!(
                "let probe-brokers in, whose connection is lost on the way, and refused by nobody: the NLB's security group needs TCP {port} from probe-brokers' security group; template.yaml makes this rule if it is given LoadBalancerSecurityGroupId"
            ),
        )),
        Verdict::WrongBroker { .. }
        | Verdict::WrongListener { .. }
        | Verdict::WrongCluster { .. }
        | Verdict::NotKafka { .. }
        | Verdict::Unreachable { .. } => Err(Finding::wrong(
            unproven(),
            "ask again in a minute: each broker answers on its own port, so look for a target of bootstrap that is none of them",
        )),
    }
}

/// Whether the plan still puts somebody there.
fn is_being_made(walker: &Walker<'_>) -> bool {
    let makes = |action: &Action| {
        matches!(
            action,
            Action::CreateTargetGroup { .. }
                | Action::RegisterTargets { .. }
                | Action::CreateListener { .. }
                | Action::ModifyListener { .. }
        )
    };
    walker.step(Owner::Bootstrap, makes).is_some()
}

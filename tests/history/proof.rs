//! The laws of proof, whatever the probe said, and whether it lied, lagged or failed.

use super::Broken;
use activation::activate::Activated;
use fleet::action::Action;
use fleet::naming::Owner;
use fleet::plan::Step;
use fleet::proof::{self, Path, Verdict};
use fleet::reason::Reason;
use fleet::words::{InstanceId, NodeId};

/// Never into bootstrap without proof; and a probe that failed removes nothing.
pub fn check(activated: &Activated) -> Result<(), Broken> {
    for step in &activated.plan.steps {
        if let (Owner::Bootstrap, Action::RegisterTargets { instances }) =
            (step.owner, &step.action)
        {
            let unproven = instances.iter().find(|id| !is_proven(activated, step, id));
            if let Some(instance) = unproven {
                return Err(format!(
                    "nobody enters bootstrap without proof: {instance}, of {:?}",
                    activated.plan.proof
                ));
            }
        }
        if let Reason::SomebodyElse(node) = step.reason
            && !is_somebody_else(activated, node)
        {
            return Err(format!(
                "a proof that failed removes nothing: broker {node}, of {:?}",
                activated.plan.proof
            ));
        }
    }
    Ok(())
}

/// Whether the port of the broker on this instance was proven in this very run.
fn is_proven(activated: &Activated, step: &Step, instance: &InstanceId) -> bool {
    let plan = &activated.plan;
    let rows = plan.mapping.iter().filter(|row| row.group == step.group);
    let mut nodes = rows.filter_map(|row| match row.owner {
        Owner::Broker(node) => row.instances.contains(instance).then_some(node),
        Owner::Bootstrap => None,
    });
    nodes.any(|node| {
        let row = proof::row(&plan.proof, &step.group, Path::Port(node));
        row.is_some_and(|row| row.verdict.is_proven())
    })
}

/// Whether another broker answered on the broker's own instance.
fn is_somebody_else(activated: &Activated, node: NodeId) -> bool {
    activated.plan.proof.iter().any(|row| {
        let positive = matches!(
            row.verdict,
            Verdict::WrongBroker { .. } | Verdict::WrongCluster { .. }
        );
        positive && row.question.path == Path::Direct(node)
    })
}

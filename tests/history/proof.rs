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

/// Whether the port of the broker on this instance was proven in this very run; where another one
/// stands behind the port, too, and may have answered, the instance itself.
fn is_proven(activated: &Activated, step: &Step, instance: &InstanceId) -> bool {
    let plan = &activated.plan;
    let rows = plan.mapping.iter().filter(|row| row.group == step.group);
    let is_proven = |path| {
        let row = proof::row(&plan.proof, &step.group, path);
        row.is_some_and(|row| row.verdict.is_proven())
    };
    let mut rows = rows.filter(|row| row.instances.contains(instance));
    rows.any(|row| match row.owner {
        Owner::Broker(node) => {
            is_proven(Path::Port(node))
                && (row.instances.len() == 1 || is_proven(Path::Direct(node)))
                && !is_somebody_else(activated, node)
        }
        Owner::Bootstrap => false,
    })
}

/// Whether another broker answered on the broker's own instance.
pub fn is_somebody_else(activated: &Activated, node: NodeId) -> bool {
    activated.plan.proof.iter().any(|row| {
        let positive = matches!(
            row.verdict,
            Verdict::WrongBroker { .. } | Verdict::WrongCluster { .. }
        );
        positive && row.question.path == Path::Direct(node)
    })
}

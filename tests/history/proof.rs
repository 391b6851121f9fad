//! The laws of proof, whatever the probe said, and whether it lied, lagged or failed.

use super::Broken;
use super::look::Look;
use crate::Activated;
use crate::broker_in;
use fleet::naming::Owner;
use fleet::proof::{self, Path};
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use register_brokers::Step;
use register_brokers::action::Action;

/// Never into bootstrap without proof; and nobody leaves for an answer but who gave it: `noted` tells
/// whether the ledger said before that an instance is not this broker.
pub fn check(
    activated: &Activated,
    noted: impl Fn(&InstanceId, NodeId) -> bool,
) -> Result<(), Broken> {
    for step in &activated.plan.steps {
        let owner = step.change.place.as_ref().map(|place| place.owner);
        if let (Some(Owner::Bootstrap), Action::RegisterTargets { instances }) =
            (owner, &step.change.action)
        {
            let unproven = instances.iter().find(|id| !is_proven(activated, step, id));
            if let Some(instance) = unproven {
                return Err(format!(
                    "nobody enters bootstrap without proof: {instance}, of {:?}",
                    activated.plan.picture.proof
                ));
            }
        }
        if let ("SomebodyElse", Action::DeregisterTargets { targets }) =
            (step.reason.kind.as_str(), &step.change.action)
        {
            let node = broker_in(&step.reason).ok_or("whom the instance was taken for is told")?;
            let is_other = |id: &InstanceId| {
                answers_as_another(&activated.plan.picture.proof, id, node) || noted(id, node)
            };
            if let Some(instance) = targets.keys().find(|id| !is_other(id)) {
                return Err(format!(
                    "a proof that failed removes nothing: {instance} from broker {node}, of {:?}",
                    activated.plan.picture.proof
                ));
            }
        }
    }
    Ok(())
}

/// Whether the port of the broker on this instance was proven in this very run; where another one
/// stands behind the port, too, and may have answered, the instance itself.
fn is_proven(activated: &Activated, step: &Step, instance: &InstanceId) -> bool {
    let plan = &activated.plan;
    let Some(place) = &step.change.place else {
        return false;
    };
    let is_proven = |row: Option<&proof::Row>| row.is_some_and(|row| row.verdict.is_proven());
    let port = |node| proof::row(&plan.picture.proof, &place.group, Path::Port(node));
    let direct = || {
        let mut rows = plan.picture.proof.iter();
        rows.find(|row| {
            row.question.group == place.group && row.question.instance.as_ref() == Some(instance)
        })
    };
    let rows = plan
        .picture
        .mapping
        .iter()
        .filter(|row| row.group == place.group);
    let mut rows = rows.filter(|row| row.instances.contains(instance));
    rows.any(|row| match row.owner {
        Owner::Broker(node) => {
            is_proven(port(node))
                && (row.instances.len() == 1 || is_proven(direct()))
                && !answers_as_another(&plan.picture.proof, instance, node)
        }
        Owner::Bootstrap => false,
    })
}

/// Whether an instance said on its own address, in this run, that it is another broker than `node`.
pub fn answers_as_another(rows: &[proof::Row], instance: &InstanceId, node: NodeId) -> bool {
    said(rows, instance).any(|answers| answers != node)
}

/// Whether an instance said on its own address, in this run, that it is broker `node`.
pub fn answers_as(rows: &[proof::Row], instance: &InstanceId, node: NodeId) -> bool {
    said(rows, instance).any(|answers| answers == node)
}

fn said<'a>(rows: &'a [proof::Row], instance: &'a InstanceId) -> impl Iterator<Item = NodeId> + 'a {
    let own = rows
        .iter()
        .filter(move |row| row.question.instance.as_ref() == Some(instance));
    own.filter_map(proof::Row::who)
}

/// Whether the ledger notes that an instance is not this broker.
pub fn is_noted(look: &Look, instance: &InstanceId, node: NodeId) -> bool {
    let note = format!("{instance}:{node}");
    look.groups.values().any(|record| {
        let notes = record.group.tags.get(tags::ANOTHER);
        notes.is_some_and(|notes| notes.split(' ').any(|it| it == note))
    })
}

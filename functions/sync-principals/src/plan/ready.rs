//! Whether there is something to connect to.

use super::view::View;
use fleet::handover;
use fleet::ledger::Ledger;
use fleet::naming::Owner;
use fleet::observed::{Parameter, TargetState};

/// Whether the hand-over of a listener group stands and its bootstrap has a healthy target; if not of
/// any, what each waits for.
pub(super) fn ready(view: &View<'_>) -> Result<(), String> {
    let observed = view.observed;
    let Ok(groups) = &observed.target_groups else {
        return Err("the target groups could not be read, see gaps".to_owned());
    };
    let ledger = Ledger::read(&observed.cluster, groups);
    let mut waits = Vec::new();
    for ((group, owner), entry) in &ledger.entries {
        if *owner != Owner::Bootstrap {
            continue;
        }
        let name = handover::parameter(&observed.cluster, group);
        let mut parameters = view.parameters.iter();
        let written = parameters.find(|it| it.name == name.as_str());
        let stands = written
            .and_then(Parameter::text)
            .is_some_and(handover::stands);
        match observed.health.get(&entry.arn) {
            _ if !stands => waits.push(format!("{group} is not handed over yet")),
            Some(Ok(targets)) if targets.iter().any(|it| it.state == TargetState::Healthy) => {
                return Ok(());
            }
            Some(Ok(_)) => waits.push(format!("the bootstrap of {group} has no healthy target")),
            Some(Err(_)) | None => {
                waits.push(format!(
                    "the bootstrap of {group} could not be read, see gaps"
                ));
            }
        }
    }
    match waits.is_empty() {
        true => Err("no listener group has a bootstrap yet".to_owned()),
        false => Err(waits.join(", and ")),
    }
}

//! ELBv2: targets into and out of target groups.

use super::asked::Asked;
use super::attributes::DEREGISTRATION_DELAY;
use super::health::Health;
use super::moment::after;
use super::{ApiError, Model};
use cloud::call::Call;
use fleet::observed::InstanceState;
use fleet::words::{InstanceId, Port, TargetGroupArn};
use jiff::Timestamp;
use std::time::Duration;

/// A registered target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TargetRecord {
    /// Since when it is (again) wanted in the group.
    pub registered_at: Timestamp,
    /// Until when it drains, if it is being deregistered.
    pub draining_until: Option<Timestamp>,
    /// What the health checks say, while there are any.
    pub health: Option<Health>,
}

impl Model {
    /// ELBv2 `RegisterTargets`; without a port it is the group's. One bad target rejects the whole
    /// call (P-30). What is registered stays as it is; what drains begins again (P-31).
    pub fn register_targets(
        &mut self,
        now: Timestamp,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Option<Port>)],
    ) -> Result<(), ApiError> {
        let what = format!("{group} {}", listed(targets));
        let asked = Asked::on(Call::RegisterTargets, group.as_str());
        self.write(now, asked, what, |model| {
            model.group(group)?;
            check_not_empty(targets)?;
            model.check_registrable(group, targets)?;
            let registered_at = model.at;
            let record = model.group_mut(group)?;
            let before = record.targets.clone();
            for (id, port) in targets {
                let target = (id.clone(), port.unwrap_or(record.group.port));
                let registered = record.targets.get(&target);
                if registered.is_none_or(|old| old.draining_until.is_some()) {
                    let fresh = TargetRecord {
                        registered_at,
                        draining_until: None,
                        health: None,
                    };
                    record.targets.insert(target, fresh);
                }
            }
            model.check_targets(group, None).inspect_err(|_| {
                if let Some(record) = model.target_groups.get_mut(group) {
                    record.targets = before;
                }
            })
        })
    }

    /// ELBv2 `DeregisterTargets`. What is not registered, or not with this port, is no error and
    /// nothing happens (F15); the others drain for the group's delay (F14).
    pub fn deregister_targets(
        &mut self,
        now: Timestamp,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Option<Port>)],
    ) -> Result<(), ApiError> {
        let what = format!("{group} {}", listed(targets));
        let asked = Asked::on(Call::DeregisterTargets, group.as_str());
        self.write(now, asked, what, |model| {
            let at = model.at;
            let record = model.group_mut(group)?;
            check_not_empty(targets)?;
            let delay = record.attributes.get(DEREGISTRATION_DELAY);
            let seconds = delay.and_then(|value| value.parse().ok()).unwrap_or(300);
            let until = after(at, Duration::from_secs(seconds));
            for (id, port) in targets {
                let target = (id.clone(), port.unwrap_or(record.group.port));
                if let Some(registered) = record.targets.get_mut(&target) {
                    registered.draining_until.get_or_insert(until);
                }
            }
            Ok(())
        })
    }

    fn check_registrable(
        &self,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Option<Port>)],
    ) -> Result<(), ApiError> {
        let vpc = &self.group(group)?.group.vpc;
        let refuse_if = |problem: &str, bad: &dyn Fn(&InstanceId) -> bool| {
            let named: Vec<String> = targets
                .iter()
                .filter(|(id, _)| bad(id))
                .map(|(id, _)| format!("'{id}'"))
                .collect();
            if named.is_empty() {
                return Ok(());
            }
            let message = format!("The following {problem}: {}", named.join(", "));
            Err(ApiError::refused("InvalidTarget", message))
        };
        let instances = &self.instances;
        refuse_if("instances do not exist", &|id| !instances.contains_key(id))?;
        refuse_if("targets are not in the target group VPC", &|id| {
            instances.get(id).is_some_and(|record| record.vpc != *vpc)
        })?;
        refuse_if(
            "targets are not in a running state and cannot be registered",
            &|id| {
                let state = instances.get(id).map(|record| &record.state);
                state != Some(&InstanceState::Running)
            },
        )
    }
}

fn check_not_empty(targets: &[(InstanceId, Option<Port>)]) -> Result<(), ApiError> {
    if targets.is_empty() {
        return Err(ApiError::refused(
            "ValidationError",
            "A target must be specified",
        ));
    }
    Ok(())
}

fn listed(targets: &[(InstanceId, Option<Port>)]) -> String {
    let one = |(id, port): &(InstanceId, Option<Port>)| match port {
        Some(port) => format!("{id}:{port}"),
        None => id.to_string(),
    };
    targets.iter().map(one).collect::<Vec<_>>().join(" ")
}

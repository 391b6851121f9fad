//! EC2's status checks, and what heal-brokers does to instances: tags and reboots.
//!
//! Resting on inference: both checks are `initializing` for two minutes after a launch, and a reboot does not make
//! them so again.

use super::asked::Asked;
use super::moment::after;
use super::{ApiError, InstanceRecord, Model};
use cloud::call::Call;
use fleet::observed::{CheckStatus, InstanceState, InstanceStatus, StatusCheck};
use fleet::tags::Tags;
use fleet::words::{InstanceId, VolumeId};
use jiff::Timestamp;
use std::time::Duration;

/// How long checks are `initializing`.
const INITIALIZING: Duration = Duration::from_secs(120);
/// `DescribeInstanceStatus` takes 100 ids at most (EC2 API reference).
const IDS: usize = 100;

/// Since when the checks of an instance fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailedChecks {
    /// That of what it stands on.
    pub system: Option<Timestamp>,
    /// Its own.
    pub reachability: Option<Timestamp>,
    /// Whether a reboot does not help its own.
    pub stays: bool,
}

impl Model {
    /// EC2 `DescribeInstanceStatus` of these instances: only those that run are shown, and one that EC2 does not know
    /// is an error.
    pub fn describe_instance_status(
        &mut self,
        now: Timestamp,
        ids: &[InstanceId],
    ) -> Result<Vec<InstanceStatus>, ApiError> {
        self.read(now, Call::DescribeInstanceStatus, |model| {
            if ids.len() > IDS {
                return Err(ApiError::refused(
                    "InvalidParameterValue",
                    format!("more than {IDS} ids"),
                ));
            }
            let mut shown = Vec::new();
            for id in ids {
                let record = model.known(id)?;
                if record.state != InstanceState::Running {
                    continue;
                }
                let begins = model.at < after(record.launched_at, INITIALIZING);
                let check = |since: Option<Timestamp>| StatusCheck {
                    status: match since {
                        Some(_) => CheckStatus::Impaired,
                        None if begins => CheckStatus::Initializing,
                        None => CheckStatus::Ok,
                    },
                    impaired_since: since,
                };
                // Of what an instance stands on its own check needs everything.
                let checks = record.failed_checks;
                shown.push(InstanceStatus {
                    instance: id.clone(),
                    system: check(checks.system),
                    reachability: check(checks.reachability.or(checks.system)),
                });
            }
            Ok(shown)
        })
    }

    /// From now on an instance fails these checks, and its broker answers nobody; or passes them again.
    pub fn fail_checks(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        failed: FailedChecks,
    ) -> Result<(), ApiError> {
        self.advance(now);
        self.known(id)?;
        if let Some(record) = self.instances.get_mut(id) {
            record.failed_checks = failed;
        }
        self.settle();
        Ok(())
    }

    /// Attaches a volume, or says anew whether it goes with its instance. One that another instance has, which is not
    /// terminated, is in use.
    pub fn attach_volume(
        &mut self,
        id: &InstanceId,
        volume: VolumeId,
        goes: bool,
    ) -> Result<(), ApiError> {
        self.known(id)?;
        let mut others = self.instances.values().filter(|it| it.id != *id);
        let has_it = |it: &InstanceRecord| {
            it.state != InstanceState::Terminated && it.volumes.contains_key(&volume)
        };
        if let Some(other) = others.find(|it| has_it(it)) {
            let message = format!("{volume} is already attached to {}", other.id);
            return Err(ApiError::refused("VolumeInUse", message));
        }
        if let Some(record) = self.instances.get_mut(id) {
            record.volumes.insert(volume, goes);
        }
        self.changed();
        Ok(())
    }

    /// EC2 `CreateTags` on an instance.
    pub fn tag_instance(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        tags: &Tags,
    ) -> Result<(), ApiError> {
        let what = format!("{id} {tags:?}");
        self.write(now, Asked::tag_instance(id, tags), what, |model| {
            let mut all = model.known(id)?.tags.clone();
            all.extend(tags.clone());
            model.set_tags(id, all)
        })
    }

    /// EC2 `DeleteTags` on an instance, whatever their values are.
    pub fn untag_instance(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        keys: &[String],
    ) -> Result<(), ApiError> {
        let what = format!("{id} {keys:?}");
        self.write(now, Asked::untag_instance(id, keys), what, |model| {
            let mut all = model.known(id)?.tags.clone();
            all.retain(|key, _| !keys.contains(key));
            model.set_tags(id, all)
        })
    }

    /// EC2 `RebootInstances` of one: asked for now, and no event tells of it (P-26).
    pub fn reboot_instances(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.write(now, Asked::reboot(id), id.to_string(), |model| {
            model.reboot(id)
        })
    }

    /// What a reboot does, whoever asked for it.
    pub(super) fn reboot(&mut self, id: &InstanceId) -> Result<(), ApiError> {
        let up_at = after(self.at, self.settings.boot_time);
        if self.known(id)?.state != InstanceState::Running {
            return Err(self.wrong_state(id, "rebooted"));
        }
        if let Some(record) = self.instances.get_mut(id) {
            record.deaf_until = up_at;
            record.boots += 1;
            if !record.failed_checks.stays {
                record.failed_checks.reachability = None;
            }
        }
        Ok(())
    }

    /// Auto Scaling `SetInstanceHealth`, `Unhealthy`, with the grace period respected: here that is over as soon as an
    /// instance is in service.
    pub fn set_unhealthy(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        let mut groups = self.auto_scaling_groups.values();
        let group = groups.find(|it| it.members.contains_key(id));
        let group = group.map(|it| it.name.clone());
        let asked = Asked::set_health(group.as_ref());
        self.write(now, asked, id.to_string(), |model| {
            let mut groups = model.auto_scaling_groups.values_mut();
            let member = groups.find_map(|it| it.members.get_mut(id));
            match member {
                Some(member) => {
                    member.unhealthy = true;
                    Ok(())
                }
                None => Err(ApiError::refused(
                    "ValidationError",
                    format!("Instance {id} is not part of any Auto Scaling group"),
                )),
            }
        })
    }
}

//! EC2: the instances, and the hands that run, stop, start, reboot and terminate them.

use super::kafka::KafkaProcess;
use super::kafka_host::KafkaHost;
use super::moment::after;
use super::{ApiError, FailedChecks, Model, Spot};
use fleet::observed::InstanceState;
use fleet::tags::Tags;
use fleet::words::{AzId, AzName, InstanceId, Port, VolumeId, VpcId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// An instance. `DescribeInstances` shows less of it once it is terminated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRecord {
    /// Its id.
    pub id: InstanceId,
    /// Its state.
    pub state: InstanceState,
    /// The Availability Zone ID of its placement.
    pub az_id: AzId,
    /// The Availability Zone name of its placement.
    pub az_name: AzName,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its private address; kept through stop and start.
    pub private_ip: Ipv4Addr,
    /// Its tags.
    pub tags: Tags,
    /// The volumes beside its root, and whether each is deleted when it is terminated.
    pub volumes: BTreeMap<VolumeId, bool>,
    /// With simulated health: whether its broker answers when the instance runs.
    pub accepting: bool,
    /// What runs on it, for whoever asks in Kafka's protocol.
    pub kafka: KafkaProcess,
    /// How often its operating system was started: a host that shows another number must restart
    /// everything on it.
    pub boots: u32,
    /// Since when its status checks fail.
    pub failed_checks: FailedChecks,
    /// The request that it was launched for, if it is a Spot Instance.
    pub spot: Option<Spot>,
    /// When it was launched.
    pub launched_at: Timestamp,
    /// When the state after this one begins.
    pub(super) next_state_at: Option<Timestamp>,
    /// Deaf until then: a reboot.
    pub(super) deaf_until: Timestamp,
    /// `DescribeInstances` does not show it until then.
    pub(super) unseen_until: Timestamp,
    /// When it became terminated.
    pub(super) terminated_at: Option<Timestamp>,
}

impl InstanceRecord {
    /// Whether a connection to this port of its broker would be answered, in simulated health.
    pub(super) fn answers_on(&self, at: Timestamp, port: Port) -> bool {
        let host = self.kafka.host.as_ref();
        self.answers(at) && host.is_none_or(|host| host.accepting(at, port).is_some())
    }

    /// Whether its broker has a listener that answers.
    pub(super) fn serves(&self, at: Timestamp) -> bool {
        let host = self.kafka.host.as_ref();
        let process = |host: &KafkaHost| host.living(at).is_some_and(|it| it.serves_from <= at);
        self.answers(at) && host.is_none_or(process)
    }

    fn answers(&self, at: Timestamp) -> bool {
        self.state == InstanceState::Running
            && self.accepting
            && self.kafka.accepts()
            && at >= self.deaf_until
            && self.failed_checks.system.is_none()
            && self.failed_checks.reachability.is_none()
    }
}

/// What an instance is launched with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The Availability Zone.
    pub az: AzId,
    /// The VPC; the world's own if none.
    pub vpc: Option<VpcId>,
    /// The private address; the next free one of the zone if none.
    pub private_ip: Option<Ipv4Addr>,
    /// The tags.
    pub tags: Tags,
    /// Whether its broker will answer, in simulated health.
    pub accepting: bool,
}

impl Launch {
    /// A launch in this zone, with an answering broker and without tags.
    pub fn in_zone(az: impl Into<AzId>) -> Self {
        Self {
            az: az.into(),
            vpc: None,
            private_ip: None,
            tags: Tags::new(),
            accepting: true,
        }
    }

    /// With this tag, too.
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// In this VPC.
    pub fn vpc(mut self, vpc: VpcId) -> Self {
        self.vpc = Some(vpc);
        self
    }

    /// With this private address.
    pub fn private_ip(mut self, address: Ipv4Addr) -> Self {
        self.private_ip = Some(address);
        self
    }
}

impl Model {
    /// All instances that EC2 still shows, terminated ones included.
    pub fn instances(&self) -> impl Iterator<Item = &InstanceRecord> {
        self.instances.values()
    }

    /// One instance.
    pub fn instance(&self, id: &InstanceId) -> Option<&InstanceRecord> {
        self.instances.get(id)
    }

    /// Launches an instance: `pending` now, `running` after the boot time.
    pub fn run_instance(&mut self, now: Timestamp, launch: Launch) -> Result<InstanceId, ApiError> {
        self.advance(now);
        let id = self.launch(launch)?;
        self.settle();
        Ok(id)
    }

    pub(super) fn launch(&mut self, launch: Launch) -> Result<InstanceId, ApiError> {
        let Some(zone) = self.settings.zone(&launch.az).cloned() else {
            return Err(ApiError::refused(
                "InvalidParameterValue",
                format!("Invalid availability zone: [{}]", launch.az),
            ));
        };
        let private_ip = match launch.private_ip {
            Some(address) if self.is_taken(address) => {
                return Err(ApiError::refused(
                    "InvalidIPAddress.InUse",
                    format!("Address {address} is in use."),
                ));
            }
            Some(address) => address,
            None => self.next_free_address(&zone),
        };
        let id = InstanceId::new(self.ids.ec2("i"));
        let mut kafka = KafkaProcess::default();
        kafka.believe(&launch.tags);
        let record = InstanceRecord {
            id: id.clone(),
            state: InstanceState::Pending,
            az_id: zone.id,
            az_name: zone.name,
            vpc: launch.vpc.unwrap_or_else(|| self.settings.vpc.clone()),
            private_ip,
            tags: launch.tags,
            volumes: BTreeMap::new(),
            accepting: launch.accepting,
            kafka,
            boots: 0,
            failed_checks: FailedChecks::default(),
            spot: None,
            launched_at: self.at,
            next_state_at: Some(after(self.at, self.settings.boot_time)),
            deaf_until: self.at,
            unseen_until: self.at,
            terminated_at: None,
        };
        self.instances.insert(id.clone(), record);
        self.tell_state(&id);
        Ok(id)
    }

    /// Terminates an instance: `shutting-down`, then `terminated`. Again is no error.
    pub fn terminate_instance(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.advance(now);
        self.begin_termination(id)?;
        self.settle();
        Ok(())
    }

    pub(super) fn begin_termination(&mut self, id: &InstanceId) -> Result<(), ApiError> {
        let wait = self.settings.terminate_time;
        if !self.known(id)?.state.is_terminal() {
            self.tell_spot(id, "instance-terminated-by-user");
            self.enter_state(id, InstanceState::ShuttingDown, Some(wait));
        }
        Ok(())
    }

    /// Stops a running instance: `stopping`, then `stopped`.
    pub fn stop_instance(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.advance(now);
        let wait = self.settings.stop_time;
        match self.known(id)?.state {
            InstanceState::Running => {
                self.tell_spot(id, "marked-for-stop");
                self.enter_state(id, InstanceState::Stopping, Some(wait));
                self.settle();
                Ok(())
            }
            InstanceState::Stopping | InstanceState::Stopped => Ok(()),
            _ => Err(self.wrong_state(id, "stopped")),
        }
    }

    /// Starts a stopped instance, under the same id and address (P-27).
    pub fn start_instance(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.advance(now);
        let wait = self.settings.boot_time;
        match self.known(id)?.state {
            InstanceState::Stopped => {
                self.tell_spot(id, "fulfilled");
                self.enter_state(id, InstanceState::Pending, Some(wait));
                self.settle();
                Ok(())
            }
            InstanceState::Pending | InstanceState::Running => Ok(()),
            _ => Err(self.wrong_state(id, "started")),
        }
    }

    /// Reboots a running instance: no state changes and no event tells of it (P-26).
    pub fn reboot_instance(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.advance(now);
        self.reboot(id)?;
        self.settle();
        Ok(())
    }

    /// Replaces the tags of an instance, as of the newest moment that the model knows.
    pub fn set_tags(&mut self, id: &InstanceId, tags: Tags) -> Result<(), ApiError> {
        self.known(id)?;
        if let Some(record) = self.instances.get_mut(id) {
            record.kafka.believe(&tags);
            record.tags = tags;
        }
        self.changed();
        Ok(())
    }

    /// With simulated health: whether the broker answers, as of the newest moment that the model
    /// knows.
    pub fn set_accepting(&mut self, id: &InstanceId, accepting: bool) -> Result<(), ApiError> {
        self.known(id)?;
        if let Some(record) = self.instances.get_mut(id) {
            record.accepting = accepting;
        }
        self.settle();
        Ok(())
    }

    /// `DescribeInstances` does not show the instance until then: EC2 is eventually consistent
    /// (P-15).
    pub fn hide_instance(&mut self, id: &InstanceId, until: Timestamp) -> Result<(), ApiError> {
        self.known(id)?;
        if let Some(record) = self.instances.get_mut(id) {
            record.unseen_until = until;
        }
        Ok(())
    }

    pub(super) fn known(&self, id: &InstanceId) -> Result<&InstanceRecord, ApiError> {
        self.instances.get(id).ok_or_else(|| {
            ApiError::refused(
                "InvalidInstanceID.NotFound",
                format!("The instance ID '{id}' does not exist"),
            )
        })
    }

    pub(super) fn wrong_state(&self, id: &InstanceId, verb: &str) -> ApiError {
        ApiError::refused(
            "IncorrectInstanceState",
            format!("The instance '{id}' is not in a state from which it can be {verb}."),
        )
    }
}

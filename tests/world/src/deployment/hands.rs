//! A person's hands on the account.

use super::{CLUSTER, Deployment};
use crate::model::{AlarmState, ApiError, FailedChecks, Launch, Watched};
use fleet::observed::InstanceState;
use fleet::tags::{self, Tags};
use fleet::words::{AzId, InstanceId, NodeId, ParameterName};
use std::net::Ipv4Addr;
use std::time::Duration;

/// The alarm of the template on unhealthy targets.
pub const UNHEALTHY_TARGETS: &str = "kafka-privatelink-orders-unhealthy-targets";

/// What a person asked for cannot be.
#[derive(Debug, thiserror::Error)]
pub enum HandsError {
    /// AWS refuses.
    #[error("{}: {}", .0.code, .0.message)]
    Aws(ApiError),
    /// There is no such thing.
    #[error("{0}")]
    None(String),
}

impl From<ApiError> for HandsError {
    fn from(error: ApiError) -> Self {
        Self::Aws(error)
    }
}

impl Deployment {
    /// Launches a broker by itself.
    pub fn launch(&self, node: &str, az: &str) -> Result<InstanceId, HandsError> {
        let mut launch = Launch::in_zone(az)
            .tag(tags::CLUSTER, CLUSTER)
            .tag(tags::NODE_ID, node);
        if let Some((reserved, address)) = self.place(node) {
            if reserved.as_str() != az {
                return Err(HandsError::None(format!(
                    "broker {node} keeps the address {address}, which is in {reserved}"
                )));
            }
            launch = launch.private_ip(*address);
        }
        let now = self.clock.now();
        Ok(self.model().run_instance(now, launch)?)
    }

    /// The instance of a broker that is not terminated.
    pub fn instance(&self, node: &str) -> Result<InstanceId, HandsError> {
        let model = self.model();
        let mut live = model.instances().filter(|instance| {
            instance.tags.get(tags::NODE_ID).map(String::as_str) == Some(node)
                && !matches!(
                    instance.state,
                    InstanceState::ShuttingDown | InstanceState::Terminated
                )
        });
        let found = live.next().map(|instance| instance.id.clone());
        found.ok_or_else(|| HandsError::None(format!("there is no broker {node}")))
    }

    /// Terminates a broker's instance.
    pub fn terminate(&self, node: &str) -> Result<InstanceId, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        self.model().terminate_instance(now, &id)?;
        Ok(id)
    }

    /// Stops a broker's instance.
    pub fn stop(&self, node: &str) -> Result<InstanceId, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        self.model().stop_instance(now, &id)?;
        Ok(id)
    }

    /// Puts a broker's instance into standby, so that its Auto Scaling group does not replace it, and
    /// stops it.
    pub fn stop_in_standby(&self, node: &str) -> Result<InstanceId, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        self.model().set_lifecycle_state(now, &id, "Standby")?;
        self.stop(node)
    }

    /// Starts a broker's stopped instance.
    pub fn start_again(&self, node: &str) -> Result<InstanceId, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        self.model().start_instance(now, &id)?;
        Ok(id)
    }

    /// The operating system of a broker's instance dies: its own status check fails from now on, no reboot helps, and
    /// its agent is gone.
    pub fn fail_machine(&self, node: &str) -> Result<InstanceId, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        let failed = FailedChecks {
            system: None,
            reachability: Some(now),
            stays: true,
        };
        let mut model = self.model();
        model.fail_checks(now, &id, failed)?;
        model.agent_goes(now, &id)?;
        Ok(id)
    }

    /// The stack's alarm on targets that fail their health checks for two minutes.
    pub fn watch_targets(&self) {
        let now = self.clock.now();
        self.model()
            .put_alarm(now, UNHEALTHY_TARGETS, Watched::UnhealthyTargets, 2);
    }

    /// A person's own alarm, with the tag of the cluster, goes on; or it is deleted.
    pub fn own_alarm(&self, name: &str, is_on: bool) {
        let now = self.clock.now();
        let mut model = self.model();
        if !is_on {
            return model.edit_alarm(now, name, |_| None);
        }
        model.put_alarm(now, name, Watched::ByHand, 1);
        let tags = Tags::from([(tags::CLUSTER.to_owned(), CLUSTER.to_owned())]);
        model.edit_alarm(now, name, |mut it| {
            it.tags = tags;
            Some(it)
        });
        model.set_alarm(now, name, AlarmState::Alarm);
    }

    /// The alarms that are on, by their names.
    pub fn alarms_on(&self) -> Vec<String> {
        let now = self.clock.now();
        let mut model = self.model();
        model.advance(now);
        let on = model.alarms().filter(|it| it.state == AlarmState::Alarm);
        on.map(|it| it.name.clone()).collect()
    }

    /// The tags of a broker's instance.
    pub fn tags(&self, node: &str) -> Result<Tags, HandsError> {
        let id = self.instance(node)?;
        let model = self.model();
        let tags = model.instance(&id).map(|it| it.tags.clone());
        Ok(tags.unwrap_or_default())
    }

    /// A person takes a tag away from a broker's instance.
    pub fn untag(&self, node: &str, key: &str) -> Result<(), HandsError> {
        let id = self.instance(node)?;
        let mut tags = self.tags(node)?;
        tags.remove(key);
        Ok(self.model().set_tags(&id, tags)?)
    }

    /// Terminates a broker's instance and launches another one for it in the same zone: at once,
    /// or when the address is free that the broker keeps.
    pub async fn replace(&self, node: &str) -> Result<InstanceId, HandsError> {
        let old = self.terminate(node)?;
        let az = self.model().instance(&old).map(|old| old.az_id.to_string());
        let az = az.ok_or_else(|| HandsError::None(format!("instance {old} is unknown")))?;
        if self.place(node).is_some() {
            while !self.is_terminated(&old) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        self.launch(node, &az)
    }

    /// Where this broker must be, if it keeps its address.
    fn place(&self, node: &str) -> Option<&(AzId, Ipv4Addr)> {
        self.reserved.get(&NodeId::parse(node).ok()?)
    }

    fn is_terminated(&self, id: &InstanceId) -> bool {
        let now = self.clock.now();
        let mut model = self.model();
        model.advance(now);
        let instance = model.instance(id);
        instance.is_none_or(|instance| instance.state == InstanceState::Terminated)
    }

    /// Writes a parameter of the cluster, by the part of its name behind the cluster's.
    pub fn put_parameter(&self, name: &str, value: &str) -> Result<(), HandsError> {
        let now = self.clock.now();
        let name = ParameterName::new(format!("/kafka-privatelink/{CLUSTER}/{name}"));
        let mut model = self.model();
        model.by_hand(|model| model.put_parameter(now, &name, value))?;
        Ok(())
    }

    /// Writes a secret of the cluster, by the part of its name behind the cluster's, as a `SecureString`.
    pub fn put_secret(&self, name: &str, text: &str) -> Result<(), HandsError> {
        let now = self.clock.now();
        let name = ParameterName::new(format!("/kafka-privatelink/{CLUSTER}/{name}"));
        let mut model = self.model();
        model.by_hand(|model| model.put_secret(now, &name, text))?;
        Ok(())
    }

    /// Points the listener of a port at another broker's target group.
    pub fn cross_wires(&self, port: u16, node: &str) -> Result<(), HandsError> {
        let now = self.clock.now();
        let mut model = self.model();
        let none = |what: String| HandsError::None(format!("there is no {what}"));
        let listener = model
            .listeners()
            .find(|listener| listener.port.get() == port);
        let listener = listener.map(|listener| listener.arn.clone());
        let listener = listener.ok_or_else(|| none(format!("listener {port}")))?;
        let tagged = |tags: &tags::Tags| tags.get(tags::NODE_ID).map(String::as_str) == Some(node);
        let group = model
            .target_groups()
            .find(|record| tagged(&record.group.tags));
        let group = group.map(|record| record.group.arn.clone());
        let group = group.ok_or_else(|| none(format!("target group of broker {node}")))?;
        Ok(model.by_hand(|model| model.modify_listener(now, &listener, &group))?)
    }
}

//! What was seen of AWS, named as AWS names it, with its gaps: a read that failed is a [`Gap`],
//! never an empty list, because absence after an error is not evidence.

mod alarm;
mod auto_scaling_group;
mod command;
mod command_status;
mod endpoint_connection;
mod endpoint_service;
mod ingress_rule;
mod instance;
mod instance_status;
mod lifecycle_hook;
mod log_event;
mod managed_instance;
mod parameter;
pub mod seen;
mod service_permission;
mod spelled;
mod spot_request;
mod tagged_resource;

pub use alarm::Alarm;
pub use auto_scaling_group::AutoScalingGroup;
pub use command::{Command, CommandInvocation, CommandOutput};
pub use command_status::CommandStatus;
pub use endpoint_connection::{ConnectionState, EndpointConnection};
pub use endpoint_service::{EndpointService, ServiceState};
pub use ingress_rule::{IngressRule, IngressSource};
pub use instance::{Instance, InstanceState, NotKept};
pub use instance_status::{CheckStatus, InstanceStatus, StatusCheck};
pub use lifecycle_hook::{
    GroupLifecycle, LifecycleHook, LifecycleResult, LifecycleTransition, ScalingActivity,
};
pub use log_event::LogEvent;
pub use managed_instance::{ManagedInstance, PingStatus};
pub use parameter::{Parameter, ParameterKind};
pub use service_permission::{PrincipalType, ServicePermission};
pub use spot_request::{SpotRequest, SpotStatus};
pub use tagged_resource::TaggedResource;

use crate::tags::Tags;
use crate::words::{
    AzId, AzName, InstanceId, ListenerArn, LoadBalancerArn, Port, SecurityGroupId, TargetGroupArn,
    TargetGroupName, VpcId,
};
use serde::{Deserialize, Serialize};
use spelled::spelled;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;

/// A part of the world, or why it could not be seen.
pub type Seen<T> = Result<T, Gap>;

/// A read that failed: nothing that depends on it may be changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What could not be read: the AWS action and the resource.
    pub read: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// How the reason of a read begins that AWS denied.
pub const DENIED: &str = "permission missing";

impl Gap {
    /// Whether AWS denied the read.
    pub fn is_denied(&self) -> bool {
        self.reason.starts_with(DENIED)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.read, self.reason)
    }
}

/// A load balancer of ELBv2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: LoadBalancerArn,
    /// `network`, `application` or `gateway`.
    pub kind: String,
    /// The VPC it stands in.
    pub vpc: VpcId,
    /// The Availability Zones that are enabled on it.
    pub zones: BTreeSet<AzName>,
    /// Its security groups. An NLB that was made without one never gets one (F13).
    pub security_groups: BTreeSet<SecurityGroupId>,
    /// Whether the inbound rules of those groups are asked for what comes through PrivateLink, too,
    /// with the consumer's own addresses; `None` where AWS does not say it (F13).
    pub enforces_inbound_on_private_link: Option<bool>,
}

/// A listener of the NLB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// Its ARN.
    pub arn: ListenerArn,
    /// The port that it listens on.
    pub port: Port,
    /// `TCP`, `TLS`, `UDP`…
    pub protocol: String,
    /// The target groups that it forwards to; one for a listener of ours (F3).
    pub forwards_to: Vec<TargetGroupArn>,
    /// Its tags.
    pub tags: Tags,
}

/// A target group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: TargetGroupArn,
    /// Its name.
    pub name: TargetGroupName,
    /// The port on which targets are reached: for our groups the bind port.
    pub port: Port,
    /// `TCP`, `TLS`…
    pub protocol: String,
    /// `instance`, `ip`…
    pub target_type: String,
    /// The VPC of its targets.
    pub vpc: VpcId,
    /// The load balancer that routes to it: none, or one, as AWS lets a group serve one only (ELBv2 API
    /// reference, `TargetGroup`, `LoadBalancerArns`).
    pub load_balancers: BTreeSet<LoadBalancerArn>,
    /// How its targets' health is checked.
    pub health_check: HealthCheck,
    /// Its tags.
    pub tags: Tags,
}

/// The health check of a target group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// `TCP`, `HTTP`, `HTTPS`.
    pub protocol: String,
    /// `traffic-port` or a number.
    pub port: String,
    /// Seconds between two checks.
    pub interval_seconds: u32,
    /// Successes that make a target healthy.
    pub healthy_threshold: u32,
    /// Failures that make it unhealthy.
    pub unhealthy_threshold: u32,
}

/// Attributes of a target group or listener: key to value, as ELBv2 spells them.
pub type Attributes = BTreeMap<String, String>;

/// One registered target, as `DescribeTargetHealth` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetHealth {
    /// The instance.
    pub instance: InstanceId,
    /// The port it was registered with.
    pub port: Port,
    /// Its state.
    pub state: TargetState,
    /// The reason code, such as `Target.NotInUse`; empty when healthy.
    pub reason: String,
}

/// State of a target (P-40).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetState {
    /// Being registered, or in its first health checks.
    Initial,
    /// Passes its health checks.
    Healthy,
    /// Fails them.
    Unhealthy,
    /// Fails them, and its connections are being drained (F14).
    UnhealthyDraining,
    /// Registered but not routed to: group without listener, zone not enabled, instance not running.
    Unused,
    /// Being deregistered; counts as absent when it is wanted (P-31).
    Draining,
    /// ELB cannot tell: no information, never "bad" (P-40).
    Unavailable,
    /// A state that AWS added later: no information either.
    Unknown(String),
}

impl TargetState {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "initial" => Self::Initial,
            "healthy" => Self::Healthy,
            "unhealthy" => Self::Unhealthy,
            "unhealthy.draining" => Self::UnhealthyDraining,
            "unused" => Self::Unused,
            "draining" => Self::Draining,
            "unavailable" => Self::Unavailable,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::UnhealthyDraining => "unhealthy.draining",
            Self::Unused => "unused",
            Self::Draining => "draining",
            Self::Unavailable => "unavailable",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(TargetState);

/// One node of the NLB: its network interface in one zone (F48).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancerNode {
    /// The ID of the zone that it stands in, where EC2 says it.
    pub az_id: Option<AzId>,
    /// That zone's name, where EC2 says it.
    pub az_name: Option<AzName>,
    /// Its private address.
    pub address: Ipv4Addr,
}

#[cfg(test)]
mod tests;

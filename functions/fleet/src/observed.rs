//! What was seen of AWS, named as AWS names it, with its gaps: a read that failed is a [`Gap`],
//! never an empty list, because absence after an error is not evidence.

mod endpoint_connection;
mod endpoint_service;
mod ingress_rule;
mod instance;
mod parameter;
mod service_permission;

pub use endpoint_connection::{ConnectionState, EndpointConnection};
pub use endpoint_service::{EndpointService, ServiceState};
pub use ingress_rule::{IngressRule, IngressSource};
pub use instance::{Instance, InstanceState};
pub use parameter::{Parameter, ParameterKind};
pub use service_permission::{PrincipalType, ServicePermission};

use crate::proof::Row;
use crate::tags::Tags;
use crate::words::{
    AutoScalingGroupName, AzId, AzName, ClusterName, GroupName, InstanceId, ListenerArn,
    LoadBalancerArn, Port, SecurityGroupId, TargetGroupArn, TargetGroupName, VpcId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;

/// A part of the world, or why it could not be seen.
pub type Seen<T> = Result<T, Gap>;

/// A read that failed: nothing that depends on it may be changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// What could not be read: the AWS action and the resource.
    pub read: String,
    /// Why, and what to do about it.
    pub reason: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.read, self.reason)
    }
}

/// Everything one activation saw. The plan is a pure function of it.
#[derive(Clone, Debug)]
pub struct Observed {
    /// AWS's time: the `Date` header of its first answer.
    pub now: Timestamp,
    /// The cluster that this stack serves.
    pub cluster: ClusterName,
    /// The NLB that this stack is about.
    pub load_balancer_arn: LoadBalancerArn,
    /// All parameters below `/kafka-privatelink/<cluster>/`.
    pub parameters: Seen<Vec<Parameter>>,
    /// The NLB; `None` when AWS says that there is no such load balancer.
    pub load_balancer: Seen<Option<LoadBalancer>>,
    /// All listeners of the NLB, ours and foreign ones.
    pub listeners: Seen<Vec<Listener>>,
    /// All target groups whose name has the prefix of this cluster (design section 6).
    pub target_groups: Seen<Vec<TargetGroup>>,
    /// Targets of each of those groups.
    pub health: BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
    /// Attributes of each of those groups.
    pub group_attributes: BTreeMap<TargetGroupArn, Seen<Attributes>>,
    /// Attributes of a few listeners, others in each activation.
    pub listener_attributes: BTreeMap<ListenerArn, Seen<Attributes>>,
    /// Instances tagged for this cluster, and those that stand in our groups without being so.
    pub instances: Seen<Vec<Instance>>,
    /// All Auto Scaling groups of the account and Region.
    pub auto_scaling_groups: Seen<Vec<AutoScalingGroup>>,
    /// The nodes of the NLB; none while it is being made.
    pub nodes: Seen<Vec<LoadBalancerNode>>,
    /// The account's endpoint services in this Region.
    pub endpoint_services: Seen<Vec<EndpointService>>,
    /// What was proven in this activation; nothing as long as nobody was asked.
    pub proof: Seen<Vec<Row>>,
    /// The earlier read of the same activation, if this is the second one (P-15).
    pub earlier: Option<EarlierRead>,
}

/// What a first read of the same activation, at least 5 s before this one, left in doubt (P-15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRead {
    /// Only what is so in both reads is so.
    pub doubts: BTreeSet<Doubt>,
}

/// Something that follows from what was not seen; one read is not evidence of absence (P-15).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// No live instance carries this `node.id`.
    Broker(crate::words::NodeId),
    /// The instance stands in a group of ours and EC2 does not know it.
    Instance(InstanceId),
    /// On this instance another broker answers than it was taken for: this one.
    Another(InstanceId, crate::words::NodeId),
    /// What stands in the hand-over of this group is of an earlier one.
    OldHandover(GroupName),
    /// This instance stands in a group of ours and is noted nowhere as one that has served.
    Stranger(InstanceId),
    /// Nobody stands behind the port of this broker, whose listener would only fail open (F6).
    Empty(GroupName, crate::words::NodeId),
    /// No target group claims the port of this listener of ours.
    Orphan(Port),
    /// This broker has no port yet, and this one is free for it. A port stays once it is given, so
    /// a ledger that shows too little must not give one.
    Port(GroupName, crate::words::NodeId, Port),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broker(node) => write!(f, "broker {node} seems to be gone"),
            Self::Instance(instance) => write!(f, "instance {instance} seems to be gone"),
            Self::Another(instance, node) => {
                write!(f, "instance {instance} answers as broker {node}")
            }
            Self::OldHandover(group) => {
                write!(
                    f,
                    "the hand-over of {group} seems to be of an earlier group"
                )
            }
            Self::Stranger(instance) => {
                write!(f, "instance {instance} seems to have served as no broker")
            }
            Self::Empty(group, node) => {
                write!(
                    f,
                    "nobody seems to stand behind the port of {group} broker {node}"
                )
            }
            Self::Orphan(port) => write!(f, "no target group seems to claim port {port}"),
            Self::Port(group, node, port) => {
                write!(f, "port {port} seems to be free for {group} broker {node}")
            }
        }
    }
}

/// A load balancer of ELBv2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// One node of the NLB: its network interface in one zone (F48).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadBalancerNode {
    /// The ID of the zone that it stands in, where EC2 says it.
    pub az_id: Option<AzId>,
    /// That zone's name, where EC2 says it.
    pub az_name: Option<AzName>,
    /// Its private address.
    pub address: Ipv4Addr,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoScalingGroup {
    /// Its name.
    pub name: AutoScalingGroupName,
    /// Target groups that it registers its instances in by itself (P-41).
    pub target_groups: BTreeSet<TargetGroupArn>,
    /// Its instances with their lifecycle state: `InService`, `Terminating:Wait`…
    pub instances: BTreeMap<InstanceId, String>,
}

#[cfg(test)]
mod tests;

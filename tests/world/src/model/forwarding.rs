//! What the NLB forwards where: the model's answer to the data path.

use fleet::observed::TargetState;
use fleet::words::{AzId, AzName, InstanceId, ListenerArn, Port, TargetGroupArn};
use std::net::Ipv4Addr;

/// One NLB listener with the group that it forwards to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The listener.
    pub listener: ListenerArn,
    /// The port that every node of the NLB listens on.
    pub port: Port,
    /// The NLB's nodes.
    pub nodes: Vec<NlbNode>,
    /// The group that it forwards to.
    pub group: TargetGroupArn,
    /// Whether a node may choose a target in another zone (P-34, F4).
    pub cross_zone: bool,
    /// Whether targets see the client's address; then a target cannot reach itself (P-35).
    pub preserve_client_ip: bool,
    /// Whether connections are cut when a target's deregistration delay ends (F14;
    /// `deregistration_delay.connection_termination.enabled`, default false).
    pub terminate_deregistered: bool,
    /// Whether connections are cut when a target becomes unhealthy
    /// (`target_health_state.unhealthy.connection_termination.enabled`, default true).
    pub terminate_unhealthy: bool,
    /// The group's registered targets in every state, `draining` ones until their delay ends: a
    /// target that is missing here is one whose deregistration is complete. The data path itself
    /// gives no new connection to `draining` and `unused` ones.
    pub targets: Vec<ForwardTarget>,
}

/// One node of the NLB: its address in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NlbNode {
    /// The zone's name.
    pub zone: AzName,
    /// The zone's ID.
    pub az_id: AzId,
    /// The node's private address.
    pub address: Ipv4Addr,
}

/// A target as the data path sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardTarget {
    /// The instance.
    pub instance: InstanceId,
    /// Its zone.
    pub zone: AzName,
    /// Its private address.
    pub address: Ipv4Addr,
    /// The port it was registered with.
    pub port: Port,
    /// Its state.
    pub state: TargetState,
}

/// A health check that the data path should make now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckDue {
    /// The group.
    pub group: TargetGroupArn,
    /// The instance.
    pub instance: InstanceId,
    /// The NLB node that checks.
    pub from: Ipv4Addr,
    /// The target's address.
    pub address: Ipv4Addr,
    /// The port to connect to.
    pub port: Port,
}

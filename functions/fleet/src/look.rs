//! For the tests of every crate: the records of one resting cluster, `orders`. Brokers `i-1`, `i-2`… are
//! mapped by the group `EXTERNAL` from port 9093 on, and serve.

use crate::listener::Protocol;
use crate::naming::{self, Owner};
use crate::observed::{
    AutoScalingGroup, Command, CommandInvocation, CommandStatus, EndpointService, HealthCheck,
    Instance, InstanceState, Listener, LoadBalancer, LoadBalancerNode, ManagedInstance, Parameter,
    ParameterKind, PingStatus, ServiceState, TargetGroup, TargetHealth, TargetState,
};
use crate::tags::{self, Tags};
use crate::words::{GroupName, InstanceId, NodeId, Port, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// The cluster.
pub const ORDERS: &str = "orders";
/// Its listener group.
pub const EXTERNAL: &str = "EXTERNAL";
/// What the parameter of that group says.
pub const PATTERN: &str = "<b>.<az>.abc.example.com:<p>";

/// When it is looked at.
pub fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

/// A parameter of the cluster, so many seconds old.
pub fn parameter(name: &str, value: &str, age: i64) -> Parameter {
    Parameter {
        name: format!("/kafka-privatelink/{ORDERS}/{name}"),
        kind: ParameterKind::String,
        value: value.to_owned(),
        version: 1,
        last_modified: noon() - jiff::SignedDuration::from_secs(age),
    }
}

/// An instance whose agent is there, and new enough.
pub fn managed_instance(id: &str) -> ManagedInstance {
    ManagedInstance {
        id: id.into(),
        ping: PingStatus::Online,
        agent_version: "3.3.2746.0".to_owned(),
        platform: "Linux".to_owned(),
    }
}

/// A command of this document on one instance, so many seconds old.
pub fn command(id: &str, document: &str, instance: &str, age: i64) -> Command {
    let requested_at = noon() - jiff::SignedDuration::from_secs(age);
    Command {
        id: id.into(),
        document: document.into(),
        comment: String::new(),
        instances: [instance.into()].into(),
        requested_at,
        expires_at: Some(requested_at + jiff::SignedDuration::from_secs(660)),
        status: CommandStatus::InProgress,
    }
}

/// What became of a command on one of its instances.
pub fn invocation(of: &Command, instance: &str, status: CommandStatus) -> CommandInvocation {
    CommandInvocation {
        command: of.id.clone(),
        instance: instance.into(),
        document: of.document.clone(),
        comment: of.comment.clone(),
        requested_at: of.requested_at,
        status,
    }
}

/// The NLB.
pub fn load_balancer() -> LoadBalancer {
    LoadBalancer {
        arn: "arn:nlb".into(),
        kind: "network".to_owned(),
        vpc: "vpc-1".into(),
        zones: BTreeSet::from(["us-west-2a".into()]),
        security_groups: BTreeSet::new(),
        enforces_inbound_on_private_link: None,
    }
}

/// Its only node.
pub fn load_balancer_node() -> LoadBalancerNode {
    LoadBalancerNode {
        az_id: Some("usw2-az1".into()),
        az_name: Some("us-west-2a".into()),
        address: Ipv4Addr::new(10, 0, 0, 200),
    }
}

/// The endpoint service of the NLB.
pub fn service() -> EndpointService {
    EndpointService {
        id: "vpce-svc-1".into(),
        name: "com.amazonaws.vpce.us-west-2.vpce-svc-1".to_owned(),
        state: ServiceState::Available,
        az_ids: BTreeSet::from(["usw2-az1".into()]),
        az_names: BTreeSet::from(["us-west-2a".into()]),
        load_balancers: BTreeSet::from(["arn:nlb".into()]),
        acceptance_required: Some(true),
        regions: BTreeMap::new(),
        private_dns_name: None,
    }
}

/// A target group, its tags included. It is named and tagged as one that serves; a broker's was served
/// by this instance, if there is one.
pub fn target_group(group: &str, owner: Owner, port: u16, served_by: Option<u32>) -> TargetGroup {
    let (cluster, group) = (ORDERS.into(), GroupName::from(group));
    let mut tags = naming::target_group_tags(
        &cluster,
        &group,
        owner,
        self::port(port),
        Protocol::Plaintext,
    );
    if let (Owner::Broker(_), Some(node)) = (owner, served_by) {
        tags.insert(tags::SERVED_BY.to_owned(), id(node).to_string());
    }
    TargetGroup {
        arn: arn_in(group.as_str(), owner),
        name: naming::target_group_name(&cluster, &group, owner),
        port: self::port(39092),
        protocol: "TCP".to_owned(),
        target_type: "instance".to_owned(),
        vpc: "vpc-1".into(),
        load_balancers: BTreeSet::from(["arn:nlb".into()]),
        health_check: health_check(),
        tags,
    }
}

/// How the targets of each target group are checked.
pub fn health_check() -> HealthCheck {
    HealthCheck {
        protocol: "TCP".to_owned(),
        port: "traffic-port".to_owned(),
        interval_seconds: 10,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
    }
}

/// The listener of the NLB that forwards to it, its tags included.
pub fn listener(group: &str, owner: Owner, port: u16) -> Listener {
    Listener {
        arn: format!("arn:listener:{port}").as_str().into(),
        port: self::port(port),
        protocol: "TCP".to_owned(),
        forwards_to: vec![arn_in(group, owner)],
        tags: naming::listener_tags(&ORDERS.into(), &group.into(), owner),
    }
}

/// An instance that is a broker of the cluster.
pub fn instance(id: &str, node: u32, state: InstanceState) -> Instance {
    let last = u8::try_from(node % 256).expect("below 256");
    Instance {
        id: id.into(),
        state,
        az_id: Some("usw2-az1".into()),
        az_name: Some("us-west-2a".into()),
        vpc: Some("vpc-1".into()),
        private_ip: Some(Ipv4Addr::new(10, 0, 0, last)),
        tags: Tags::from([
            (tags::CLUSTER.to_owned(), ORDERS.to_owned()),
            (tags::NODE_ID.to_owned(), node.to_string()),
        ]),
        volumes: BTreeMap::new(),
        spot_request: None,
    }
}

/// An Auto Scaling group that has these instances in these lifecycle states, and wants no others.
pub fn scaling_group(name: &str, instances: &[(&str, &str)]) -> AutoScalingGroup {
    let of = |(id, state): &(&str, &str)| (InstanceId::from(*id), (*state).to_owned());
    let group = AutoScalingGroup {
        name: name.into(),
        target_groups: BTreeSet::new(),
        instances: instances.iter().map(of).collect(),
        suspended: BTreeSet::new(),
        desired: None,
        reuses: false,
        tags: Tags::new(),
    };
    AutoScalingGroup {
        desired: Some(group.count()),
        ..group
    }
}

/// The instance of a broker.
pub fn id(node: u32) -> InstanceId {
    InstanceId::new(format!("i-{node}"))
}

/// A broker.
pub fn node(node: u32) -> NodeId {
    NodeId::new(node).expect("a node")
}

/// The owner of a broker's port.
pub fn owner(id: u32) -> Owner {
    Owner::Broker(node(id))
}

/// A port.
pub fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

/// The ARN of a target group of `EXTERNAL`.
pub fn arn(owner: Owner) -> TargetGroupArn {
    arn_in(EXTERNAL, owner)
}

/// The ARN of a target group.
pub fn arn_in(group: &str, owner: Owner) -> TargetGroupArn {
    TargetGroupArn::new(format!("arn:{group}:{owner}"))
}

/// The target of a broker on the bind port.
pub fn target(node: u32, state: TargetState) -> TargetHealth {
    stranger(&format!("i-{node}"), 39092, state)
}

/// A target of any name on any port.
pub fn stranger(id: &str, port: u16, state: TargetState) -> TargetHealth {
    TargetHealth {
        instance: id.into(),
        port: self::port(port),
        state,
        reason: String::new(),
    }
}

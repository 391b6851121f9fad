//! What register-brokers saw, and what one look leaves in doubt.

use fleet::gate::Holdings;
use fleet::observed::{
    Attributes, AutoScalingGroup, EndpointConnection, EndpointService, Gap, GroupLifecycle,
    IngressRule, Instance, Listener, LoadBalancer, LoadBalancerNode, Parameter, Seen,
    ServicePermission, TargetGroup, TargetHealth,
};
use fleet::proof::Row;
use fleet::shown::AdminAnswer;
use fleet::words::{
    ClusterName, GroupName, InstanceId, ListenerArn, LoadBalancerArn, NodeId, Port, TargetGroupArn,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything one activation saw. The plan is a pure function of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// AWS's time: the `Date` header of its first answer.
    #[serde(with = "fleet::observed::seen")]
    pub now: Seen<Timestamp>,
    /// The cluster that this stack serves.
    pub cluster: ClusterName,
    /// The NLB that this stack is about.
    pub load_balancer_arn: LoadBalancerArn,
    /// All parameters below `/kafka-privatelink/<cluster>/`.
    #[serde(with = "fleet::observed::seen")]
    pub parameters: Seen<Vec<Parameter>>,
    /// The NLB; `None` when AWS says that there is no such load balancer.
    #[serde(with = "fleet::observed::seen")]
    pub load_balancer: Seen<Option<LoadBalancer>>,
    /// All listeners of the NLB, ours and foreign ones.
    #[serde(with = "fleet::observed::seen")]
    pub listeners: Seen<Vec<Listener>>,
    /// All target groups whose name has the prefix of this cluster.
    #[serde(with = "fleet::observed::seen")]
    pub target_groups: Seen<Vec<TargetGroup>>,
    /// Targets of each of those groups.
    #[serde(with = "fleet::observed::seen::each")]
    pub health: BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
    /// Attributes of each of those groups.
    #[serde(with = "fleet::observed::seen::each")]
    pub group_attributes: BTreeMap<TargetGroupArn, Seen<Attributes>>,
    /// Attributes of a few listeners, others in each activation.
    #[serde(with = "fleet::observed::seen::each")]
    pub listener_attributes: BTreeMap<ListenerArn, Seen<Attributes>>,
    /// Instances tagged for this cluster, and those that stand in our groups without being so.
    #[serde(with = "fleet::observed::seen")]
    pub instances: Seen<Vec<Instance>>,
    /// All Auto Scaling groups of the account and Region.
    #[serde(with = "fleet::observed::seen")]
    pub auto_scaling_groups: Seen<Vec<AutoScalingGroup>>,
    /// Hooks and activities of those groups in which an instance of the cluster waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycles: Vec<GroupLifecycle>,
    /// The nodes of the NLB; none while it is being made.
    #[serde(with = "fleet::observed::seen")]
    pub nodes: Seen<Vec<LoadBalancerNode>>,
    /// The account's endpoint services in this Region.
    #[serde(with = "fleet::observed::seen")]
    pub endpoint_services: Seen<Vec<EndpointService>>,
    /// What was proven in this activation.
    #[serde(with = "fleet::observed::seen")]
    pub proof: Seen<Vec<Row>>,
    /// What the cluster has of each broker whose instance waits for a lifecycle hook of ours.
    #[serde(
        with = "fleet::observed::seen::each",
        default,
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub holdings: BTreeMap<NodeId, Seen<Holdings>>,
    /// What brokers show on the admin listener that have no port, or wait; empty when nobody had to be asked.
    #[serde(
        with = "fleet::observed::seen",
        default = "nobody",
        skip_serializing_if = "is_nobody"
    )]
    pub shown: Seen<Vec<AdminAnswer>>,
}

fn nobody() -> Seen<Vec<AdminAnswer>> {
    Ok(Vec::new())
}

fn is_nobody(shown: &Seen<Vec<AdminAnswer>>) -> bool {
    shown.as_ref().is_ok_and(Vec::is_empty)
}

impl Observed {
    /// Everything that could not be read.
    pub fn gaps(&self) -> Vec<Gap> {
        let single = [
            self.now.as_ref().err(),
            self.parameters.as_ref().err(),
            self.load_balancer.as_ref().err(),
            self.listeners.as_ref().err(),
            self.target_groups.as_ref().err(),
            self.instances.as_ref().err(),
            self.auto_scaling_groups.as_ref().err(),
            self.nodes.as_ref().err(),
            self.endpoint_services.as_ref().err(),
            self.proof.as_ref().err(),
            self.shown.as_ref().err(),
        ];
        let health = self.health.values().filter_map(|seen| seen.as_ref().err());
        let groups = self.group_attributes.values();
        let listeners = self.listener_attributes.values();
        let attributes = groups.chain(listeners);
        let attributes = attributes.filter_map(|seen| seen.as_ref().err());
        let hooks = self.lifecycles.iter().flat_map(|group| {
            let hooks = group.hooks.as_ref().err();
            hooks.into_iter().chain(group.activities.as_ref().err())
        });
        let gaps: BTreeSet<&Gap> = single
            .into_iter()
            .flatten()
            .chain(health)
            .chain(attributes)
            .chain(hooks)
            .chain(
                self.holdings
                    .values()
                    .filter_map(|seen| seen.as_ref().err()),
            )
            .collect();
        gaps.into_iter().cloned().collect()
    }
}

/// What is seen for the doctor only, beside what every run sees: no plan is made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who may connect to the endpoint service of the NLB; nobody, if it has none or several.
    pub permissions: Seen<Vec<ServicePermission>>,
    /// Who asks for a connection to it, or has one.
    pub connections: Seen<Vec<EndpointConnection>>,
    /// What the NLB's security groups let in; nothing, if it has none.
    pub rules: Seen<Vec<IngressRule>>,
}

/// Something that follows from what was not seen; one read is not evidence of absence (P-15).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// No live instance carries this `node.id`.
    Broker(NodeId),
    /// The instance stands in a group of ours and EC2 does not know it.
    Instance(InstanceId),
    /// No broker runs any more on this instance, which waits to be terminated.
    Left(InstanceId),
    /// On this instance another broker answers than it was taken for: this one.
    Another(InstanceId, NodeId),
    /// What stands in the hand-over of this group is of an earlier one.
    OldHandover(GroupName),
    /// This instance stands in a group of ours and is noted nowhere as one that has served.
    Stranger(InstanceId),
    /// Nobody stands behind the port of this broker, whose listener would only fail open (F6).
    Empty(GroupName, NodeId),
    /// No target group claims the port of this listener of ours.
    Orphan(Port),
    /// This broker has no port yet, and this one is free for it. A port stays once it is given, so
    /// a ledger that shows too little must not give one.
    Port(GroupName, NodeId, Port),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broker(node) => write!(f, "broker {node} seems to be gone"),
            Self::Instance(instance) => write!(f, "instance {instance} seems to be gone"),
            Self::Left(instance) => {
                write!(f, "no broker seems to run on instance {instance} any more")
            }
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

#[cfg(test)]
mod tests;

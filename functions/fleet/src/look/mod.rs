//! For tests: one look at a cluster, drawn by hand. The seed's brokers, mapped and serving, until
//! adjectives change something.

mod adjectives;
mod proof;

pub(crate) use proof::all_proven;

use crate::handover::{BrokerEndpoint, Handover};
use crate::listener::{ListenerGroup, Protocol, Wish};
use crate::naming::{self, Owner};
use crate::observed::{
    EndpointService, Instance, InstanceState, Listener, LoadBalancer, LoadBalancerNode, Observed,
    ServiceState, TargetGroup, TargetHealth, TargetState,
};
use crate::plan::Plan;
use crate::settings;
use crate::tags::{self, Tags};
use crate::words::{ClusterName, GroupName, InstanceId, NodeId, Port, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// The listener group of the seed.
pub(crate) const EXTERNAL: &str = "EXTERNAL";

/// One look at the cluster `orders`.
#[derive(Clone)]
pub(crate) struct Look(pub(crate) Observed);

impl Look {
    /// These brokers, each with its port, all healthy, all in bootstrap.
    pub(crate) fn of(nodes: &[u32]) -> Self {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let look = Self(Observed {
            now,
            cluster: ClusterName::from("orders"),
            load_balancer_arn: "arn:nlb".into(),
            parameters: Ok(Vec::new()),
            load_balancer: Ok(Some(LoadBalancer {
                arn: "arn:nlb".into(),
                kind: "network".to_owned(),
                vpc: "vpc-1".into(),
                zones: BTreeSet::from(["us-west-2a".into()]),
                security_groups: BTreeSet::new(),
                enforces_inbound_on_private_link: None,
            })),
            listeners: Ok(Vec::new()),
            target_groups: Ok(Vec::new()),
            health: BTreeMap::new(),
            group_attributes: BTreeMap::new(),
            listener_attributes: BTreeMap::new(),
            instances: Ok(Vec::new()),
            auto_scaling_groups: Ok(Vec::new()),
            nodes: Ok(vec![LoadBalancerNode {
                az_id: Some("usw2-az1".into()),
                az_name: Some("us-west-2a".into()),
                address: Ipv4Addr::new(10, 0, 0, 200),
            }]),
            endpoint_services: Ok(vec![service()]),
            proof: Ok(Vec::new()),
            earlier: None,
        });
        let look = look.parameter("listeners/EXTERNAL", "<b>.<az>.abc.example.com:<p>");
        let mut look = look.mapped(EXTERNAL, Owner::Bootstrap, 9092, nodes).tagged(
            Owner::Bootstrap,
            tags::COMPLETE_SINCE,
            "2026-11-22T11:00:00Z",
        );
        for &node in nodes {
            look.instance(node, InstanceState::Running);
            let port = 9092 + u16::try_from(node).expect("a small node");
            look = look.mapped(EXTERNAL, owner(node), port, &[node]);
        }
        look.parameter("handover/EXTERNAL", &handed_over(nodes))
    }

    /// A target group with a listener that forwards to it, and healthy targets.
    pub(crate) fn mapped(mut self, group: &str, owner: Owner, port: u16, nodes: &[u32]) -> Self {
        let (cluster, group) = (self.0.cluster.clone(), GroupName::from(group));
        let name = naming::target_group_name(&cluster, &group, owner);
        let arn = arn_in(group.as_str(), owner);
        let mut tags = naming::target_group_tags(
            &cluster,
            &group,
            owner,
            self::port(port),
            Protocol::Plaintext,
        );
        if let (Owner::Broker(_), [node]) = (owner, nodes) {
            tags.insert(tags::SERVED_BY.to_owned(), id(*node).to_string());
        }
        self.listeners().push(Listener {
            arn: format!("arn:listener:{port}").as_str().into(),
            port: self::port(port),
            protocol: "TCP".to_owned(),
            forwards_to: vec![arn.clone()],
            tags: naming::listener_tags(&cluster, &group, owner),
        });
        self.groups().push(TargetGroup {
            arn: arn.clone(),
            name,
            port: self::port(39092),
            protocol: "TCP".to_owned(),
            target_type: "instance".to_owned(),
            vpc: "vpc-1".into(),
            load_balancers: BTreeSet::from(["arn:nlb".into()]),
            health_check: settings::health_check(),
            tags,
        });
        let healthy = nodes.iter().map(|&node| target(node, TargetState::Healthy));
        self.0.health.insert(arn, Ok(healthy.collect()));
        self
    }

    /// What is decided about it. If no proof was drawn, every connection proves what it should.
    pub(crate) fn plan(&self) -> Plan {
        let mut observed = self.0.clone();
        if observed.proof == Ok(Vec::new()) {
            observed.proof = Ok(all_proven(&observed));
        }
        crate::plan(&observed)
    }

    /// The steps, each as the action and its reason.
    pub(crate) fn steps(&self) -> Vec<String> {
        let steps = self.plan().steps;
        let told = steps
            .iter()
            .map(|step| format!("{}: {}", step.sentence(), step.reason));
        told.collect()
    }

    /// What is held, in sentences.
    pub(crate) fn held(&self) -> Vec<String> {
        self.plan().held.iter().map(ToString::to_string).collect()
    }

    pub(crate) fn listeners(&mut self) -> &mut Vec<Listener> {
        self.0.listeners.as_mut().expect("listeners")
    }

    pub(crate) fn groups(&mut self) -> &mut Vec<TargetGroup> {
        self.0.target_groups.as_mut().expect("groups")
    }
}

/// The endpoint service of the NLB.
pub(crate) fn service() -> EndpointService {
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

/// The hand-over of the seed's group with these brokers.
pub(crate) fn handed_over(nodes: &[u32]) -> String {
    let pattern = "<b>.<az>.abc.example.com:<p>";
    let Ok(Wish::Serve(group)) = ListenerGroup::read(&EXTERNAL.into(), pattern) else {
        panic!("a pattern");
    };
    let brokers = nodes.iter().map(|&of| BrokerEndpoint {
        node_id: node(of),
        host: Some(format!("b{of}.usw2-az1.abc.example.com")),
        port: port(9092 + u16::try_from(of).expect("a small node")),
        az_id: Some("usw2-az1".into()),
    });
    let (service, zones) = (service(), BTreeSet::from(["usw2-az1".into()]));
    let handover = Handover::new("", &service, zones, &group, brokers.collect());
    handover.text().expect("short")
}

/// An instance that is a broker of `orders`.
pub(crate) fn instance(id: &str, node: u32, state: InstanceState) -> Instance {
    Instance {
        id: id.into(),
        state,
        az_id: Some("usw2-az1".into()),
        az_name: Some("us-west-2a".into()),
        vpc: Some("vpc-1".into()),
        private_ip: Some(Ipv4Addr::new(
            10,
            0,
            0,
            u8::try_from(node % 256).expect("below 256"),
        )),
        tags: Tags::from([
            (tags::CLUSTER.to_owned(), "orders".to_owned()),
            (tags::NODE_ID.to_owned(), node.to_string()),
        ]),
    }
}

pub(crate) fn id(node: u32) -> InstanceId {
    InstanceId::new(format!("i-{node}"))
}

pub(crate) fn node(node: u32) -> NodeId {
    NodeId::new(node).expect("a node")
}

pub(crate) fn owner(id: u32) -> Owner {
    Owner::Broker(node(id))
}

pub(crate) fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

/// The ARN of a target group of `EXTERNAL`.
pub(crate) fn arn(owner: Owner) -> TargetGroupArn {
    arn_in(EXTERNAL, owner)
}

fn arn_in(group: &str, owner: Owner) -> TargetGroupArn {
    TargetGroupArn::new(format!("arn:{group}:{owner}"))
}

/// A target on the bind port.
pub(crate) fn target(node: u32, state: TargetState) -> TargetHealth {
    stranger(&format!("i-{node}"), 39092, state)
}

/// A target of any name on any port.
pub(crate) fn stranger(id: &str, port: u16, state: TargetState) -> TargetHealth {
    TargetHealth {
        instance: id.into(),
        port: self::port(port),
        state,
        reason: String::new(),
    }
}

//! For tests: one look at a cluster, drawn by hand. Brokers, mapped and serving, until adjectives change
//! something.

mod adjectives;
mod proof;
mod shown;

pub(crate) use proof::all_proven;
pub(crate) use shown::shows;

use crate::Scope;
use crate::observed::{Doubt, Observed};
use crate::plan::Plan;
use fleet::handover::{BrokerEndpoint, Handover};
use fleet::listener::{ListenerGroup, Wish};
use fleet::look::{
    EXTERNAL, ORDERS, PATTERN, arn_in, listener, load_balancer, load_balancer_node, node, noon,
    owner, port, service, target, target_group,
};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, Listener, TargetGroup, TargetState};
use fleet::tags;
use std::collections::{BTreeMap, BTreeSet};

/// One look at the cluster `orders`, and what an earlier one left in doubt.
#[derive(Clone)]
pub(crate) struct Look(pub(crate) Observed, pub(crate) BTreeSet<Doubt>);

impl Look {
    /// These brokers, each with its port, all healthy, all in bootstrap.
    pub(crate) fn of(nodes: &[u32]) -> Self {
        let observed = Observed {
            now: Ok(noon()),
            cluster: ORDERS.into(),
            load_balancer_arn: "arn:nlb".into(),
            parameters: Ok(Vec::new()),
            load_balancer: Ok(Some(load_balancer())),
            listeners: Ok(Vec::new()),
            target_groups: Ok(Vec::new()),
            health: BTreeMap::new(),
            group_attributes: BTreeMap::new(),
            listener_attributes: BTreeMap::new(),
            instances: Ok(Vec::new()),
            auto_scaling_groups: Ok(Vec::new()),
            lifecycles: Vec::new(),
            nodes: Ok(vec![load_balancer_node()]),
            endpoint_services: Ok(vec![service()]),
            proof: Ok(Vec::new()),
            holdings: BTreeMap::new(),
            shown: Ok(Vec::new()),
        };
        let look = Self(observed, BTreeSet::new()).parameter("listeners/EXTERNAL", PATTERN);
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
        let served_by = nodes.first().copied().filter(|_| nodes.len() == 1);
        self.listeners().push(listener(group, owner, port));
        self.groups()
            .push(target_group(group, owner, port, served_by));
        let healthy = nodes.iter().map(|&node| target(node, TargetState::Healthy));
        let healthy = Ok(healthy.collect());
        self.0.health.insert(arn_in(group, owner), healthy);
        self
    }

    /// What is decided about it. If no proof was drawn, every connection proves what it should.
    pub(crate) fn plan(&self) -> Plan {
        let mut observed = self.0.clone();
        if observed.proof == Ok(Vec::new()) {
            observed.proof = Ok(all_proven(&observed));
        }
        crate::plan(&observed, &self.1)
    }

    /// The steps, each as the change and its reason.
    pub(crate) fn steps(&self) -> Vec<String> {
        let steps = self.plan().steps;
        let told = steps
            .iter()
            .map(|step| format!("{}: {}", step.change, step.reason));
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

/// The hand-over of the group with these brokers.
pub(crate) fn handed_over(nodes: &[u32]) -> String {
    let Ok(Wish::Serve(group)) = ListenerGroup::read(&EXTERNAL.into(), PATTERN) else {
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

/// What a stack of the cluster is about.
pub(crate) fn scope() -> Scope {
    Scope {
        cluster: ORDERS.into(),
        load_balancer: "arn:nlb".into(),
        probe: "probe".into(),
    }
}

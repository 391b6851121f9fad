//! How long one plan of a full NLB takes: 49 brokers, first with nothing to do, then with
//! everything to do. One line each: what, a tab, microseconds (the median).

use fleet::listener::Protocol;
use fleet::naming::{self, Owner};
use fleet::observed::{
    Instance, InstanceState, Listener, LoadBalancer, Parameter, ParameterKind, TargetGroup,
    TargetHealth, TargetState,
};
use fleet::tags::{self, Tags};
use fleet::words::{
    AzId, AzName, ClusterName, GroupName, InstanceId, NodeId, Port, TargetGroupArn,
};
use register_brokers::observed::{Doubt, Observed};
use register_brokers::{plan, settings};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

const BROKERS: u16 = 49;
const BOOTSTRAP: u16 = 9092;
const ROUNDS: usize = 2000;
const ZONES: [(&str, &str); 3] = [
    ("usw2-az1", "us-west-2a"),
    ("usw2-az2", "us-west-2c"),
    ("usw2-az3", "us-west-2b"),
];

fn main() -> Result<(), String> {
    let mut look = unmapped();
    // A port is given when two looks agree that it is free.
    let nobody = BTreeSet::new();
    let agreed = plan(&look, &nobody).doubts;
    let everything = plan(&look, &agreed);
    if everything.steps.len() < usize::from(BROKERS) {
        return Err(format!(
            "only {} steps for brokers that are new",
            everything.steps.len()
        ));
    }
    let new = median(&look, &agreed);
    for node in 0..=BROKERS {
        map(&mut look, node)?;
    }
    let nothing = plan(&look, &nobody);
    if !nothing.steps.is_empty() || !nothing.held.is_empty() {
        return Err(format!("a quiet look has steps: {nothing:?}"));
    }
    println!(
        "{BROKERS} brokers, nothing to do\t{}",
        median(&look, &nobody)
    );
    println!(
        "{BROKERS} brokers, all new ({} steps)\t{new}",
        everything.steps.len()
    );
    Ok(())
}

/// Microseconds.
fn median(look: &Observed, agreed: &BTreeSet<Doubt>) -> f64 {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            black_box(plan(black_box(look), agreed));
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2].as_secs_f64() * 1e6
}

/// 49 brokers that run, a parameter, and an NLB with nothing on it.
fn unmapped() -> Observed {
    let now = jiff::Timestamp::UNIX_EPOCH;
    Observed {
        now: Ok(now),
        cluster: ClusterName::from("orders"),
        load_balancer_arn: "arn:nlb".into(),
        parameters: Ok(vec![Parameter {
            name: "/kafka-privatelink/orders/listeners/EXTERNAL".to_owned(),
            kind: ParameterKind::String,
            value: r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "broker_ports": "9093-9141"}"#
                .to_owned(),
            version: 1,
            last_modified: now,
        }]),
        load_balancer: Ok(Some(LoadBalancer {
            arn: "arn:nlb".into(),
            kind: "network".to_owned(),
            vpc: "vpc-1".into(),
            zones: ZONES
                .iter()
                .map(|(_, name)| AzName::from(*name))
                .collect::<BTreeSet<_>>(),
            security_groups: BTreeSet::new(),
            enforces_inbound_on_private_link: None,
        })),
        listeners: Ok(Vec::new()),
        target_groups: Ok(Vec::new()),
        health: BTreeMap::new(),
        group_attributes: BTreeMap::new(),
        listener_attributes: BTreeMap::new(),
        instances: Ok((1..=BROKERS).map(instance).collect()),
        auto_scaling_groups: Ok(Vec::new()),
        lifecycles: Vec::new(),
        nodes: Ok(Vec::new()),
        endpoint_services: Ok(Vec::new()),
        proof: Ok(Vec::new()),
        holdings: BTreeMap::new(),
        shown: Ok(Vec::new()),
    }
}

fn instance(node: u16) -> Instance {
    let (az_id, az_name) = ZONES[usize::from(node) % ZONES.len()];
    Instance {
        id: id(node),
        state: InstanceState::Running,
        az_id: Some(AzId::from(az_id)),
        az_name: Some(AzName::from(az_name)),
        vpc: Some("vpc-1".into()),
        private_ip: None,
        tags: Tags::from([
            (tags::CLUSTER.to_owned(), "orders".to_owned()),
            (tags::NODE_ID.to_owned(), node.to_string()),
        ]),
        volumes: BTreeMap::new(),
        spot_request: None,
    }
}

fn id(node: u16) -> InstanceId {
    InstanceId::new(format!("i-{node:017x}"))
}

/// Group, listener, attributes and healthy targets of a broker's port; for 0 those of bootstrap.
fn map(look: &mut Observed, node: u16) -> Result<(), String> {
    let owner = match node {
        0 => Owner::Bootstrap,
        node => Owner::Broker(NodeId::new(node.into()).ok_or("no node")?),
    };
    let external = GroupName::from("EXTERNAL");
    let port = Port::new(BOOTSTRAP + node).ok_or("no port")?;
    let bind_port = Port::new(39092).ok_or("no port")?;
    let arn = TargetGroupArn::new(format!("arn:group:{node}"));
    look.listeners
        .as_mut()
        .map_err(|gap| gap.to_string())?
        .push(Listener {
            arn: format!("arn:listener:{port}").as_str().into(),
            port,
            protocol: "TCP".to_owned(),
            forwards_to: vec![arn.clone()],
            tags: naming::listener_tags(&look.cluster, &external, owner),
        });
    let mut tags =
        naming::target_group_tags(&look.cluster, &external, owner, port, Protocol::Plaintext);
    if node > 0 {
        // Each has served before.
        tags.insert(tags::SERVED_BY.to_owned(), id(node).to_string());
    }
    look.target_groups
        .as_mut()
        .map_err(|gap| gap.to_string())?
        .push(TargetGroup {
            arn: arn.clone(),
            name: naming::target_group_name(&look.cluster, &external, owner),
            port: bind_port,
            protocol: "TCP".to_owned(),
            target_type: "instance".to_owned(),
            vpc: "vpc-1".into(),
            load_balancers: [look.load_balancer_arn.clone()].into(),
            health_check: settings::health_check(),
            tags,
        });
    let nodes = if node == 0 { 1..=BROKERS } else { node..=node };
    let targets = nodes.map(|node| TargetHealth {
        instance: id(node),
        port: bind_port,
        state: TargetState::Healthy,
        reason: String::new(),
    });
    look.health.insert(arn.clone(), Ok(targets.collect()));
    look.group_attributes
        .insert(arn, Ok(settings::target_group_attributes(owner)));
    Ok(())
}

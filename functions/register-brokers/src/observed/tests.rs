//! What was observed, written and read again.

use super::*;
use fleet::gate::Few;
use fleet::look::noon;
use fleet::observed::{
    HealthCheck, InstanceState, LifecycleHook, LifecycleTransition, ParameterKind, ScalingActivity,
    ServiceState, TargetState,
};
use fleet::proof::{Path, Question, Verdict};
use fleet::tags::Tags;
use jiff::SignedDuration;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::net::Ipv4Addr;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("healthy".to_owned()), "(?s).{0,6}"]
}

fn port() -> impl Strategy<Value = Port> {
    (1..=u16::MAX).prop_map(|port| Port::new(port).expect("a port"))
}

fn node() -> impl Strategy<Value = NodeId> {
    (0..=NodeId::MAX).prop_map(|node| NodeId::new(node).expect("a node"))
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<i32>().prop_map(|milliseconds| noon() + SignedDuration::from_millis(milliseconds.into()))
}

fn seen<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Seen<T>> {
    let gap = (text(), text()).prop_map(|(read, reason)| Gap { read, reason });
    prop_oneof![3 => of.prop_map(Ok), 1 => gap.prop_map(Err)]
}

fn map<T: std::fmt::Debug>(
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<String, T>> {
    btree_map(text(), of, 0..3)
}

macro_rules! named {
    ($($name:ident: $type:ty),*) => {
        $(fn $name() -> impl Strategy<Value = $type> {
            text().prop_map(<$type>::new)
        })*
    };
}

named!(group: GroupName, instance: InstanceId, nlb: LoadBalancerArn, target_group: TargetGroupArn,
    listener: ListenerArn, vpc: fleet::words::VpcId, az_id: fleet::words::AzId,
    az_name: fleet::words::AzName);

fn parameter() -> impl Strategy<Value = Parameter> {
    (text(), text(), text(), any::<i64>(), time()).prop_map(
        |(name, kind, value, version, last_modified)| Parameter {
            name,
            kind: ParameterKind::parse(&kind),
            value,
            version,
            last_modified,
        },
    )
}

fn load_balancer() -> impl Strategy<Value = LoadBalancer> {
    let zones = btree_set(az_name(), 0..3);
    let groups = btree_set(text().prop_map(|id| id.as_str().into()), 0..3);
    (nlb(), text(), vpc(), zones, groups, any::<Option<bool>>()).prop_map(
        |(arn, kind, vpc, zones, security_groups, enforces)| LoadBalancer {
            arn,
            kind,
            vpc,
            zones,
            security_groups,
            enforces_inbound_on_private_link: enforces,
        },
    )
}

fn listeners() -> impl Strategy<Value = Listener> {
    let forwards_to = vec(target_group(), 0..3);
    (listener(), port(), text(), forwards_to, map(text())).prop_map(
        |(arn, port, protocol, forwards_to, tags)| Listener {
            arn,
            port,
            protocol,
            forwards_to,
            tags,
        },
    )
}

fn groups() -> impl Strategy<Value = TargetGroup> {
    let check = (text(), text(), any::<u32>(), any::<u32>(), any::<u32>());
    let balancers = btree_set(nlb(), 0..3);
    (
        target_group(),
        text(),
        port(),
        vpc(),
        balancers,
        check,
        map(text()),
    )
        .prop_map(
            |(arn, name, port, vpc, load_balancers, check, tags)| TargetGroup {
                arn,
                name: name.as_str().into(),
                port,
                protocol: "TCP".to_owned(),
                target_type: "instance".to_owned(),
                vpc,
                load_balancers,
                health_check: HealthCheck {
                    protocol: check.0,
                    port: check.1,
                    interval_seconds: check.2,
                    healthy_threshold: check.3,
                    unhealthy_threshold: check.4,
                },
                tags,
            },
        )
}

fn health() -> impl Strategy<Value = TargetHealth> {
    (instance(), port(), text(), text()).prop_map(|(instance, port, state, reason)| TargetHealth {
        instance,
        port,
        state: TargetState::parse(&state),
        reason,
    })
}

fn instances() -> impl Strategy<Value = Instance> {
    let zone = (option::of(az_id()), option::of(az_name()));
    let ip = option::of(any::<u32>().prop_map(Ipv4Addr::from_bits));
    (instance(), text(), zone, option::of(vpc()), ip, map(text())).prop_map(
        |(id, state, (az_id, az_name), vpc, private_ip, tags)| Instance {
            id,
            state: InstanceState::parse(&state),
            az_id,
            az_name,
            vpc,
            private_ip,
            tags,
            volumes: BTreeMap::new(),
            spot_request: None,
        },
    )
}

fn scaling() -> impl Strategy<Value = AutoScalingGroup> {
    let instances = btree_map(instance(), text(), 0..3);
    let desired = option::of(any::<usize>());
    let target_groups = btree_set(target_group(), 0..3);
    (text(), target_groups, instances, desired, any::<bool>()).prop_map(
        |(name, target_groups, instances, desired, reuses)| AutoScalingGroup {
            name: name.as_str().into(),
            target_groups,
            instances,
            tags: Tags::from([(name.clone(), name.clone())]),
            suspended: BTreeSet::from([name]),
            desired,
            reuses,
        },
    )
}

fn lifecycles() -> impl Strategy<Value = GroupLifecycle> {
    let hook = (text(), text(), any::<u32>(), option::of(text()));
    let hook = hook.prop_map(|(name, transition, seconds, metadata)| LifecycleHook {
        group: name.as_str().into(),
        name,
        transition: LifecycleTransition::parse(&transition),
        heartbeat_timeout_seconds: seconds,
        global_timeout_seconds: seconds,
        default_result: transition,
        notification_metadata: metadata,
    });
    let activity = (text(), option::of(instance()), time(), option::of(time()));
    let activity = activity.prop_map(|(text, instance, at, ended_at)| ScalingActivity {
        group: text.as_str().into(),
        instance,
        description: text.clone(),
        started_at: at,
        ended_at,
        status: text.clone(),
        cause: Some(text),
    });
    (text(), seen(vec(hook, 0..2)), seen(vec(activity, 0..2))).prop_map(
        |(group, hooks, activities)| GroupLifecycle {
            group: group.as_str().into(),
            hooks,
            activities,
        },
    )
}

fn holdings() -> impl Strategy<Value = Holdings> {
    let nodes = || btree_set(node(), 0..3);
    (nodes(), nodes(), btree_set(text(), 0..3)).prop_map(|(heard, voters, partitions)| Holdings {
        heard,
        voters,
        replicas: Few::of(&partitions),
        ..Holdings::default()
    })
}

fn nodes() -> impl Strategy<Value = LoadBalancerNode> {
    (option::of(az_id()), option::of(az_name()), any::<u32>()).prop_map(
        |(az_id, az_name, address)| LoadBalancerNode {
            az_id,
            az_name,
            address: Ipv4Addr::from_bits(address),
        },
    )
}

fn services() -> impl Strategy<Value = EndpointService> {
    let zones = (btree_set(az_id(), 0..3), btree_set(az_name(), 0..3));
    let regions = map(text().prop_map(|state| ServiceState::parse(&state)));
    let last = (any::<Option<bool>>(), option::of(text()));
    (text(), text(), zones, btree_set(nlb(), 0..3), regions, last).prop_map(
        |(name, state, (az_ids, az_names), load_balancers, regions, last)| EndpointService {
            id: name.as_str().into(),
            name,
            state: ServiceState::parse(&state),
            az_ids,
            az_names,
            load_balancers,
            acceptance_required: last.0,
            regions,
            private_dns_name: last.1,
        },
    )
}

fn rows() -> impl Strategy<Value = Row> {
    let path = prop_oneof![
        node().prop_map(Path::Port),
        Just(Path::Bootstrap),
        node().prop_map(Path::Direct),
    ];
    let address = option::of(any::<u32>().prop_map(Ipv4Addr::from_bits));
    let verdict = prop_oneof![
        node().prop_map(|reached| Verdict::Proven { reached }),
        node().prop_map(|reached| Verdict::WrongBroker { reached }),
        text().prop_map(|reached| Verdict::WrongListener { reached }),
        (text(), text()).prop_map(|(found, wanted)| Verdict::Advertises { found, wanted }),
        (text(), text()).prop_map(|(reached, wanted)| Verdict::WrongCluster { reached, wanted }),
        text().prop_map(|why| Verdict::NotKafka { why }),
        text().prop_map(|why| Verdict::Unreachable { why }),
        text().prop_map(|why| Verdict::NotProvable { why }),
    ];
    let nodes = || btree_set(node(), 0..3);
    let question = (group(), path, address, port(), option::of(instance()));
    let beside = (option::of(node()), nodes(), nodes(), any::<u64>());
    (question, verdict, beside).prop_map(|(question, verdict, beside)| Row {
        question: Question {
            group: question.0,
            path: question.1,
            address: question.2,
            port: question.3,
            instance: question.4,
        },
        verdict,
        answered: beside.0,
        unlisted: beside.1,
        strangers: beside.2,
        milliseconds: beside.3,
    })
}

fn observed() -> impl Strategy<Value = Observed> {
    let first = (
        seen(time()),
        text(),
        nlb(),
        seen(vec(parameter(), 0..3)),
        seen(option::of(load_balancer())),
    );
    let ports = (
        seen(vec(listeners(), 0..3)),
        seen(vec(groups(), 0..3)),
        btree_map(target_group(), seen(vec(health(), 0..3)), 0..3),
        btree_map(target_group(), seen(map(text())), 0..3),
        btree_map(listener(), seen(map(text())), 0..3),
    );
    let last = (
        seen(vec(instances(), 0..3)),
        seen(vec(scaling(), 0..3)),
        seen(vec(nodes(), 0..3)),
        seen(vec(services(), 0..3)),
        seen(vec(rows(), 0..3)),
        vec(lifecycles(), 0..2),
        btree_map(node(), seen(holdings()), 0..2),
    );
    (first, ports, last).prop_map(|(first, ports, last)| Observed {
        now: first.0,
        cluster: first.1.as_str().into(),
        load_balancer_arn: first.2,
        parameters: first.3,
        load_balancer: first.4,
        listeners: ports.0,
        target_groups: ports.1,
        health: ports.2,
        group_attributes: ports.3,
        listener_attributes: ports.4,
        instances: last.0,
        auto_scaling_groups: last.1,
        lifecycles: last.5,
        nodes: last.2,
        endpoint_services: last.3,
        proof: last.4,
        holdings: last.6,
        shown: Ok(Vec::new()),
    })
}

fn doubt() -> impl Strategy<Value = Doubt> {
    prop_oneof![
        node().prop_map(Doubt::Broker),
        instance().prop_map(Doubt::Instance),
        (instance(), node()).prop_map(|(instance, node)| Doubt::Another(instance, node)),
        group().prop_map(Doubt::OldHandover),
        instance().prop_map(Doubt::Stranger),
        instance().prop_map(Doubt::Left),
        (group(), node()).prop_map(|(group, node)| Doubt::Empty(group, node)),
        port().prop_map(Doubt::Orphan),
        (group(), node(), port()).prop_map(|(group, node, port)| Doubt::Port(group, node, port)),
    ]
}

proptest! {
    #[test]
    fn what_is_saved_reads_back_as_it_was(observed in observed(), doubts in btree_set(doubt(), 0..5)) {
        let json = serde_json::to_string(&observed).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Observed>(&json).expect("read"), observed);
        let json = serde_json::to_string(&doubts).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<BTreeSet<Doubt>>(&json).expect("read"), doubts);
    }
}

//! People change things by hand: ours is put right, theirs is left alone, and doubt is said.

use cloud::call::Call;
use fleet::held::Held;
use fleet::tags::{self, Tags};
use fleet::words::{AutoScalingGroupName, Port};
use std::collections::BTreeSet;
use tests::{CLUSTER, Stage, ZONES, held, is_held};
use world::model::Launch;

#[tokio::test(start_paused = true)]
async fn crossed_wires_are_put_right_because_the_groups_tag_says_who_owns_the_port() {
    let stage = Stage::seed().await;
    let before = stage.mapping();
    let (listener, wrong) = (stage.listener(9093), stage.group(9094));
    stage
        .edit(|model, now| model.modify_listener(now, &listener, &wrong))
        .expect("crossed");
    let activated = stage.activate().await;
    assert_eq!(stage.mapping(), before);
    let taken = &activated.report.actions[0];
    assert!(
        taken
            .step
            .contains("point listener 9093 at EXTERNAL broker 1"),
        "{taken:?}"
    );
    assert!(
        taken
            .reason
            .contains("connections made until now may remain there"),
        "{taken:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn edited_attributes_and_health_checks_are_put_right() {
    let stage = Stage::seed().await;
    let (group, listener) = (stage.group(9093), stage.listener(9093));
    stage.edit(|model, now| {
        let cross = [(
            "load_balancing.cross_zone.enabled".to_owned(),
            "false".to_owned(),
        )]
        .into();
        model
            .modify_target_group_attributes(now, &group, &cross)
            .expect("edited");
        let idle = [("tcp.idle_timeout.seconds".to_owned(), "350".to_owned())].into();
        model
            .modify_listener_attributes(now, &listener, &idle)
            .expect("edited");
        let mut check = fleet::settings::health_check();
        check.interval_seconds = 30;
        model
            .modify_target_group(now, &group, &check)
            .expect("edited");
    });
    stage.settle().await;
    let model = stage.model();
    let record = model
        .target_groups()
        .find(|record| record.group.arn == group)
        .expect("the group");
    assert_eq!(
        record.attributes["load_balancing.cross_zone.enabled"],
        "true"
    );
    assert_eq!(record.group.health_check, fleet::settings::health_check());
    let record = model
        .listeners()
        .find(|record| record.arn == listener)
        .expect("the listener");
    assert_eq!(record.attributes["tcp.idle_timeout.seconds"], "660");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_listener_is_made_again() {
    let stage = Stage::seed().await;
    let before = stage.mapping();
    let listener = stage.listener(9094);
    stage
        .edit(|model, now| model.delete_listener(now, &listener))
        .expect("deleted");
    stage.settle().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn p42_a_deleted_group_is_made_again_with_the_same_port_when_its_listener_is_gone_too() {
    let stage = Stage::seed().await;
    let before = stage.mapping();
    let (listener, group) = (stage.listener(9094), stage.group(9094));
    stage.edit(|model, now| {
        model.delete_listener(now, &listener).expect("deleted");
        model.delete_target_group(now, &group).expect("deleted");
    });
    stage.settle().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn p42_a_listener_of_ours_without_a_ledger_entry_is_held_and_its_broker_gets_no_other_port() {
    let stage = Stage::seed().await;
    let (listener, group, other) = (stage.listener(9094), stage.group(9094), stage.group(9093));
    stage.edit(|model, now| {
        model
            .modify_listener(now, &listener, &other)
            .expect("re-pointed");
        model.delete_target_group(now, &group).expect("deleted");
    });
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| *held
            == Held::OrphanListener(Port::new(9094).expect("a port"))),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn p31_a_target_deregistered_by_hand_is_registered_again_though_it_still_drains() {
    let stage = Stage::seed().await;
    let (group, broker) = (
        stage.group(9094),
        stage.behind(9094).first().cloned().expect("a broker"),
    );
    let port = Port::new(39092).expect("a port");
    stage
        .edit(|model, now| model.deregister_targets(now, &group, &[(broker.clone(), Some(port))]))
        .expect("deregistered");
    assert_eq!(stage.behind(9094), BTreeSet::new());
    stage.activate().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([broker]));
}

#[tokio::test(start_paused = true)]
async fn another_brokers_instance_in_a_group_is_taken_out() {
    let stage = Stage::seed().await;
    let before = stage.mapping();
    let (group, wrong) = (
        stage.group(9094),
        before[&9095].first().cloned().expect("a broker"),
    );
    stage
        .edit(|model, now| model.register_targets(now, &group, &[(wrong, None)]))
        .expect("registered");
    stage.activate().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn another_clusters_instance_is_taken_out_of_every_group() {
    let stage = Stage::seed().await;
    let before = stage.mapping();
    let theirs = stage.launch(
        Launch::in_zone(ZONES[0])
            .tag(tags::CLUSTER, "payments")
            .tag(tags::NODE_ID, "2"),
    );
    stage.pass(std::time::Duration::from_secs(60)).await;
    for port in [9092, 9094] {
        let group = stage.group(port);
        stage
            .edit(|model, now| model.register_targets(now, &group, &[(theirs.clone(), None)]))
            .expect("registered");
    }
    stage.activate().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn f15_a_target_with_a_port_override_is_taken_out_by_that_port() {
    let stage = Stage::seed().await;
    let (group, broker) = (
        stage.group(9094),
        stage.behind(9094).first().cloned().expect("a broker"),
    );
    let other = Port::new(9092).expect("a port");
    stage
        .edit(|model, now| model.register_targets(now, &group, &[(broker.clone(), Some(other))]))
        .expect("registered");
    stage.settle().await;
    let now = stage.now();
    let health = stage
        .model()
        .by_hand(|model| model.describe_target_health(now, &group))
        .expect("health");
    let ports: Vec<u16> = health.iter().map(|target| target.port.get()).collect();
    assert_eq!(ports, [39092]);
}

#[tokio::test(start_paused = true)]
async fn an_untagged_instance_leaves_only_when_the_right_one_serves() {
    let stage = Stage::seed().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    // Its tags are taken off by mistake: it may be the broker still.
    stage
        .edit(|model, _| model.set_tags(&broker, Tags::new()))
        .expect("untagged");
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([broker.clone()]));
    assert!(
        is_held(&settled, |held| matches!(held, Held::OnlyStray(..))),
        "{}",
        held(&settled)
    );
    // The right one is launched: first it serves, then the stray goes.
    let right = stage.broker(2, ZONES[1]);
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([right.clone()]));
    assert!(!stage.behind(9092).contains(&broker));
}

#[tokio::test(start_paused = true)]
async fn p11_foreign_listeners_groups_and_instances_are_never_touched() {
    let stage = Stage::new();
    let theirs = stage.foreign_listener(9094);
    stage.launch(Launch::in_zone(ZONES[0]));
    stage.launch(
        Launch::in_zone(ZONES[1])
            .tag(tags::CLUSTER, "payments")
            .tag(tags::NODE_ID, "1"),
    );
    let before = stage
        .model()
        .listeners()
        .find(|listener| listener.arn == theirs)
        .cloned();
    for (node, az) in (1..).zip(ZONES) {
        stage.broker(node, az);
    }
    stage.settle().await;
    assert_eq!(
        stage
            .model()
            .listeners()
            .find(|listener| listener.arn == theirs)
            .cloned(),
        before
    );
    // Broker 2 would prefer 9094; it takes the lowest free port and leaves 9094 alone.
    let ports: Vec<u16> = stage.mapping().into_keys().collect();
    assert_eq!(ports, [9092, 9093, 9094, 9095, 9096]);
}

#[tokio::test(start_paused = true)]
async fn a_port_taken_by_somebody_else_while_its_broker_was_away_is_said() {
    let stage = Stage::seed().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    stage.terminate(&broker);
    stage.settle().await;
    stage.foreign_listener(9094);
    let back = stage.broker(2, ZONES[1]);
    let settled = stage.settle().await;
    assert!(
        is_held(
            &settled,
            |held| matches!(held, Held::PortTaken(_, _, port) if port.get() == 9094)
        ),
        "{}",
        held(&settled)
    );
    assert!(
        !stage.behind(9092).contains(&back),
        "not reachable on its port, so not in bootstrap"
    );
}

#[tokio::test(start_paused = true)]
async fn a_bootstrap_port_taken_by_somebody_else_is_said() {
    let stage = Stage::new();
    stage.foreign_listener(9092);
    stage.broker(1, ZONES[0]);
    let settled = stage.settle().await;
    assert!(
        is_held(
            &settled,
            |held| matches!(held, Held::PortTaken(_, _, port) if port.get() == 9092)
        ),
        "{}",
        held(&settled)
    );
    assert!(stage.mapping().contains_key(&9093), "broker ports go on");
}

#[tokio::test(start_paused = true)]
async fn p41_a_group_attached_to_an_auto_scaling_group_is_held() {
    let stage = Stage::seed().await;
    let (name, group) = (AutoScalingGroupName::from("theirs"), stage.group(9094));
    stage.edit(|model, now| {
        let new = world::model::NewAutoScalingGroup {
            name: name.clone(),
            zones: vec![ZONES[0].into()],
            desired_capacity: 0,
            tags: Tags::new(),
        };
        model.create_auto_scaling_group(now, new).expect("a group");
        model
            .set_target_groups(now, &name, [group.clone()].into())
            .expect("attached");
    });
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.broker(2, ZONES[1]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        held(&settled).contains("attached to Auto Scaling group theirs"),
        "{}",
        held(&settled)
    );
    let now = stage.now();
    let health = stage
        .model()
        .by_hand(|model| model.describe_target_health(now, &group))
        .expect("health");
    assert!(health.len() <= 1, "nothing was registered by us");
    assert!(!stage.writes().contains(&Call::CreateListener));
}

#[tokio::test(start_paused = true)]
async fn groups_whose_tags_were_edited_are_named_and_left_alone() {
    let other = "9095".to_owned();
    for (key, value, says) in [
        (tags::PORT, Some(other), "all claim port 9095"),
        (tags::PORT, None, "no usable tag kafka-privatelink:port"),
        (
            tags::PORT,
            Some("x".to_owned()),
            "no usable tag kafka-privatelink:port",
        ),
        (tags::NODE_ID, Some("3".to_owned()), "its tags were edited"),
        (
            tags::GROUP,
            Some("OTHER".to_owned()),
            "its tags were edited",
        ),
        (
            tags::CLUSTER,
            Some("payments".to_owned()),
            "no usable tag kafka-privatelink:cluster",
        ),
        (
            tags::VACANT_SINCE,
            Some("yesterday".to_owned()),
            "is not a time",
        ),
    ] {
        let stage = Stage::seed().await;
        let before = stage.mapping();
        let group = stage.group(9094);
        stage
            .edit(|model, now| match &value {
                Some(value) => model.add_tags(
                    now,
                    group.as_str(),
                    &[(key.to_owned(), value.clone())].into(),
                ),
                None => model.remove_tags(now, group.as_str(), &[key.to_owned()]),
            })
            .expect("edited");
        stage.forget_calls();
        let settled = stage.settle().await;
        assert!(
            held(&settled).contains(says),
            "{key}={value:?}: {}",
            held(&settled)
        );
        assert_eq!(stage.mapping(), before, "{key}={value:?}");
        assert_eq!(stage.writes(), [], "{key}={value:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_foreign_group_with_our_name_prefix_is_not_adopted() {
    let stage = Stage::new();
    let name = fleet::naming::target_group_name(
        &CLUSTER.into(),
        &"EXTERNAL".into(),
        fleet::naming::Owner::Broker(fleet::words::NodeId::new(1).expect("a node")),
    );
    let group = stage.edit(|model, now| {
        let new = cloud::calls::NewTargetGroup {
            name,
            vpc: model.settings().vpc.clone(),
            port: Port::new(39092).expect("a port"),
            health_check: fleet::settings::health_check(),
            tags: Tags::new(),
        };
        model.create_target_group(now, &new).expect("a group")
    });
    stage.broker(1, ZONES[0]);
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| matches!(held, Held::LedgerFault(..))),
        "{}",
        held(&settled)
    );
    let now = stage.now();
    let health = stage
        .model()
        .by_hand(|model| model.describe_target_health(now, &group))
        .expect("health");
    assert_eq!(health, []);
}

#[tokio::test(start_paused = true)]
async fn p34_a_zone_that_is_not_enabled_holds_its_brokers_and_touches_nothing() {
    let stage = Stage::seed().await;
    let nlb = stage.nlb();
    stage
        .edit(|model, now| model.disable_zone(now, &nlb, &ZONES[1].into()))
        .expect("disabled");
    stage.broker(4, ZONES[1]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        is_held(
            &settled,
            |held| matches!(held, Held::ZoneNotEnabled(node, _) if node.get() == 4)
        ),
        "{}",
        held(&settled)
    );
    assert!(
        held(&settled).contains("broker 2 is in us-west-2c"),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.writes(), []);
    stage
        .edit(|model, now| model.enable_zone(now, &nlb, &ZONES[1].into()))
        .expect("enabled");
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9096));
}

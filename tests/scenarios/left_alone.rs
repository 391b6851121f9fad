//! What is not ours, or cannot be told, is left alone, and said.

use cloud::call::Call;
use fleet::tags::{self, Tags};
use fleet::words::{AutoScalingGroupName, Port};
use tests::{CLUSTER, Stage, ZONES, held, is_held};
use world::model::Launch;

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
    stage.three_brokers();
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
    let stage = Stage::three().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    stage.terminate(&broker);
    stage.settle().await;
    stage.foreign_listener(9094);
    let back = stage.broker(2, ZONES[1]);
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| held.kind == "PortTaken"
            && held.sentence.contains("port 9094 ")),
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
        is_held(&settled, |held| held.kind == "PortTaken"
            && held.sentence.contains("port 9092 ")),
        "{}",
        held(&settled)
    );
    assert!(stage.mapping().contains_key(&9093), "broker ports go on");
}

#[tokio::test(start_paused = true)]
async fn p41_a_group_attached_to_an_auto_scaling_group_is_held() {
    let stage = Stage::three().await;
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
        let stage = Stage::three().await;
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
            health_check: register_brokers::settings::health_check(),
            tags: Tags::new(),
        };
        model.create_target_group(now, &new).expect("a group")
    });
    stage.broker(1, ZONES[0]);
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| held.kind == "LedgerFault"),
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
    let stage = Stage::three().await;
    let nlb = stage.nlb();
    stage
        .edit(|model, now| model.disable_zone(now, &nlb, &ZONES[1].into()))
        .expect("disabled");
    stage.broker(4, ZONES[1]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| held.kind == "ZoneNotEnabled"
            && held.sentence.contains("broker 4 ")),
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

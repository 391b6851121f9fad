//! People change by hand what is ours, and it is put right.

use fleet::tags::{self, Tags};
use std::collections::BTreeSet;
use tests::{Stage, ZONES, held, is_held};
use world::model::Launch;

#[tokio::test(start_paused = true)]
async fn crossed_wires_are_put_right_because_the_groups_tag_says_who_owns_the_port() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.repoint(9093, 9094);
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
    let stage = Stage::three().await;
    let (group, listener) = (stage.group(9093), stage.listener(9093));
    stage.unsettle(9093);
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
    assert_eq!(
        record.group.health_check,
        register_brokers::settings::health_check()
    );
    let record = model
        .listeners()
        .find(|record| record.arn == listener)
        .expect("the listener");
    assert_eq!(record.attributes["tcp.idle_timeout.seconds"], "660");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_listener_is_made_again() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.delete_listener(9094);
    stage.settle().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn p42_a_deleted_group_is_made_again_with_the_same_port_when_its_listener_is_gone_too() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.delete_listener(9094);
    stage.delete_group(9094);
    stage.settle().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn p42_a_listener_of_ours_without_a_ledger_entry_is_held_and_its_broker_gets_no_other_port() {
    let stage = Stage::three().await;
    stage.repoint(9094, 9093);
    stage.delete_group(9094);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| held.kind == "OrphanListener"
            && held.sentence.contains("listener 9094 ")),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn p31_a_target_deregistered_by_hand_is_registered_again_though_it_still_drains() {
    let stage = Stage::three().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    stage.deregister(&broker, 9094);
    assert_eq!(stage.behind(9094), BTreeSet::new());
    stage.activate().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([broker]));
}

#[tokio::test(start_paused = true)]
async fn another_brokers_instance_in_a_group_is_taken_out() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let wrong = before[&9095].first().cloned().expect("a broker");
    stage.register(&wrong, 9094, None);
    stage.activate().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn another_clusters_instance_is_taken_out_of_every_group() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let theirs = stage.launch(
        Launch::in_zone(ZONES[0])
            .tag(tags::CLUSTER, "payments")
            .tag(tags::NODE_ID, "2"),
    );
    stage.pass(std::time::Duration::from_secs(60)).await;
    for port in [9092, 9094] {
        stage.register(&theirs, port, None);
    }
    stage.activate().await;
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn f15_a_target_with_a_port_override_is_taken_out_by_that_port() {
    let stage = Stage::three().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    stage.register(&broker, 9094, Some(9092));
    let group = stage.group(9094);
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
async fn an_instance_that_has_served_stays_without_its_tags_until_a_person_releases_it() {
    let stage = Stage::three().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    // Its tags are taken off by mistake: it may be the broker still.
    stage
        .edit(|model, _| model.set_tags(&broker, Tags::new()))
        .expect("untagged");
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([broker.clone()]));
    assert!(
        is_held(&settled, |held| held.kind == "Kept"),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.writes(), []);
    // Another one is launched as the same broker: nobody can tell which is right.
    let right = stage.broker(2, ZONES[1]);
    let settled = stage.settle().await;
    assert!(is_held(&settled, |held| held.kind == "Contested"));
    assert_eq!(stage.behind(9094), BTreeSet::from([broker.clone()]));
    let release = (tags::RELEASE.to_owned(), broker.to_string());
    stage
        .edit(|model, _| model.set_tags(&broker, Tags::from([release])))
        .expect("released");
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([right.clone()]));
    assert!(stage.behind(9092).contains(&right));
    assert!(!stage.behind(9092).contains(&broker));
}

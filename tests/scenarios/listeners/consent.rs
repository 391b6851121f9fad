//! When a broker may be restarted: never because a stack was deployed, and only if it is alone.

use super::*;
use fleet::shown::Voters;
use fleet::words::NodeId;
use std::collections::BTreeSet;
use tests::{CLUSTER, tagged};
use world::model::{KafkaProcess, Launch};

fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

/// It was inspected, and nothing else was sent.
async fn inspected_only(stage: &Stage, listeners: &Listeners) -> Pushed {
    let (pushed, sent) = listeners.settle(stage).await;
    assert_eq!(words(&sent), ["inspect"]);
    pushed
}

#[tokio::test(start_paused = true)]
async fn without_the_parameter_the_plan_shows_the_lines_and_nothing_is_restarted() {
    let (stage, listeners, broker) = given().await;
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(kinds(&pushed), ["NoConsent"], "{}", held(&pushed));
    says(
        &pushed,
        "into /kafka-privatelink/orders/restarts to let brokers restart",
    );
    let plan = listeners.plan(&stage).await;
    let text = activation::text::plan_text(&plan.plan);
    for line in [
        "/opt/kafka/config/server.properties",
        "- 5: listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
        "+ 5: listeners=INTERNAL://0.0.0.0:9092,EXTERNAL://0.0.0.0:39092,CONTROLLER",
    ] {
        assert!(
            text.contains(line) || line.starts_with('+'),
            "{line} in\n{text}"
        );
    }
    assert!(text.contains("EXTERNAL://0.0.0.0:39092"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(is_first(&stage, &broker));
    // Deleted again, it means never, too.
    stage.put("restarts", "never");
    says(
        &listeners.run(&stage).await,
        "the parameter restarts says never",
    );
    stage.delete("restarts");
    assert_eq!(kinds(&listeners.run(&stage).await), ["NoConsent"]);
    stage.put("restarts", "whenever");
    let refused = listeners.run(&stage).await;
    says(
        &refused,
        "/kafka-privatelink/orders/restarts is refused, and no broker is restarted",
    );
    assert_eq!(sent(&stage), 1);
}

#[tokio::test(start_paused = true)]
async fn within_a_window_it_is_restarted_and_not_before() {
    let (stage, listeners, broker) = given().await;
    // It is a Sunday, shortly after noon.
    stage.put("restarts", "Sun 13:00-14:00 UTC");
    let pushed = inspected_only(&stage, &listeners).await;
    says(
        &pushed,
        "waits until brokers may restart, at 2026-11-22T13:00:00Z",
    );
    stage.pass(MINUTE * 60).await;
    let (pushed, sent) = listeners.settle(&stage).await;
    // What was seen an hour ago is old.
    assert_eq!(words(&sent), ["inspect", "edit"], "{}", held(&pushed));
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_comes_after_the_end_of_its_window_is_refused_by_the_host() {
    let (stage, listeners, broker) = given().await;
    inspected_only(&stage, &listeners).await;
    // The agent takes it when the window has closed, and the delivery has not.
    let to_the_minute = 60 - stage.now().as_second().rem_euclid(60);
    let wait = u64::try_from(to_the_minute).expect("seconds") + 30;
    stage.pass(Duration::from_secs(wait)).await;
    let closes = (stage.now() + MINUTE).strftime("%H:%M").to_string();
    stage.put("restarts", &format!("daily 00:00-{closes} UTC"));
    stage
        .edit(|model, now| model.agent_goes(now, &broker))
        .expect("gone");
    let pushed = listeners.run(&stage).await;
    assert!(steps(&pushed)[0].starts_with("edit"), "{}", held(&pushed));
    stage.pass(Duration::from_secs(45)).await;
    stage
        .edit(|model, now| model.agent_returns(now, &broker))
        .expect("there");
    stage.pass(MINUTE).await;
    let (pushed, _) = listeners.settle(&stage).await;
    says(&pushed, "the host refused it: the order came too late");
    assert_eq!(processes(&stage, &broker), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_everything() {
    let (stage, listeners, broker) = may_restart().await;
    stage.put("paused", "true");
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        listeners.run(&stage).await;
    }
    assert_eq!(sent(&stage), 0);
    stage.delete("paused");
    until_sent(&stage, &listeners, "inspect").await;
    stage.put("paused", "true");
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        assert!(pushed.report.actions.is_empty());
    }
    assert!(is_first(&stage, &broker));
    stage.delete("paused");
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn more_than_one_broker_by_their_tags_are_all_shown_and_all_held() {
    let stage = Stage::new();
    let brokers: Vec<InstanceId> = (1..)
        .zip(ZONES)
        .map(|(node, az)| stage.hosted(node, az, &first_file(node)))
        .collect();
    for _ in 0..4 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    stage.put("restarts", "any-time");
    let listeners = Listeners::on(&stage);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect"; 3]);
    assert_eq!(kinds(&pushed), ["MoreThanOne"; 3], "{}", held(&pushed));
    says(
        &pushed,
        "broker 1 is not restarted: nodes 2, 3 belong to its cluster, too",
    );
    for row in &pushed.plan.picture.brokers {
        let diff = row.diff.as_ref().expect("lines");
        assert_eq!(diff.0.len(), 6, "{row}");
    }
    for broker in &brokers {
        assert_eq!(processes(&stage, broker), 1);
    }
}

/// Held for another node, of which one thing tells.
async fn held_for_node_2(tells: impl FnOnce(&Stage, &InstanceId)) {
    let (stage, listeners, broker) = may_restart().await;
    tells(&stage, &broker);
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(kinds(&pushed), ["MoreThanOne"], "{}", held(&pushed));
    says(
        &pushed,
        "broker 1 is not restarted: node 2 belongs to its cluster, too",
    );
    assert!(!has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn another_broker_that_only_metadata_lists_holds() {
    held_for_node_2(|stage, _| {
        let other = stage.launch(Launch::in_zone(ZONES[1]));
        stage
            .edit(|model, _| {
                model.edit_kafka(&other, |kafka| {
                    kafka.node_id = Some(node(2));
                    kafka.cluster_id = Some(KafkaProcess::cluster_of(CLUSTER));
                })
            })
            .expect("a broker");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_broker_that_only_a_replica_names_holds() {
    held_for_node_2(|stage, broker| {
        stage.on_host(broker, |host, _| _ = host.replicas.insert(node(2)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_voter_holds() {
    held_for_node_2(|stage, broker| {
        let voters = BTreeSet::from([node(1), node(2)]);
        stage.on_host(broker, |host, _| host.voters = Some(Voters::Are(voters)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn voters_that_are_not_told_hold_and_so_does_an_instance_without_a_number() {
    let (stage, listeners, broker) = may_restart().await;
    let untold = Voters::Untold("error 31".to_owned());
    stage.on_host(&broker, |host, _| host.voters = Some(untold));
    stage.launch(tagged(ZONES[1], "two"));
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(
        kinds(&pushed),
        ["Misfits", "VotersUntold"],
        "{}",
        held(&pushed)
    );
    assert!(!has_external(&stage, &broker));
}

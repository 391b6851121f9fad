//! Who answers decides; the tag only proposes: what people do with tags, before a model of AWS.

use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{CLUSTER, Stage, ZONES, held, is_held};
use world::model::{KafkaProcess, KafkaState, Launch};

const MINUTE: Duration = Duration::from_secs(60);

async fn minutes(stage: &Stage, minutes: usize) {
    for _ in 0..minutes {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
}

fn tag(stage: &Stage, instance: &InstanceId, node: &str) {
    let mut tags = Tags::from([(tags::CLUSTER.to_owned(), CLUSTER.to_owned())]);
    if !node.is_empty() {
        tags.insert(tags::NODE_ID.to_owned(), node.to_owned());
    }
    stage
        .edit(|model, _| model.set_tags(instance, tags))
        .expect("tagged");
}

fn kafka(stage: &Stage, instance: &InstanceId, edit: impl FnOnce(&mut KafkaProcess)) {
    stage
        .edit(|model, _| model.edit_kafka(instance, edit))
        .expect("edited");
}

fn brokers(stage: &Stage) -> Vec<InstanceId> {
    [9093, 9094, 9095]
        .iter()
        .map(|port| stage.behind(*port).first().cloned().expect("a broker"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_tagging_script_that_is_off_by_one_takes_nothing_away() {
    for probe in [true, false] {
        let stage = Stage::three().await;
        let (before, all) = (stage.mapping(), brokers(&stage));
        for (index, instance) in all.iter().enumerate() {
            tag(&stage, instance, &(index + 2).to_string());
            if !probe {
                kafka(&stage, instance, |kafka| kafka.state = KafkaState::Denies);
            }
        }
        minutes(&stage, 10).await;
        assert_eq!(
            stage.mapping(),
            before,
            "the probe tells who answers: {probe}"
        );
        // Nor through a stop and a start.
        stage
            .edit(|model, now| model.stop_instance(now, &all[1]))
            .expect("stopped");
        minutes(&stage, 5).await;
        stage
            .edit(|model, now| model.start_instance(now, &all[1]))
            .expect("started");
        minutes(&stage, 10).await;
        assert_eq!(stage.mapping(), before);
        let last = stage.activate().await;
        assert!(is_held(&last, |held| held.kind == "Kept"));
        stage.forget_calls();
        stage.activate().await;
        assert_eq!(stage.writes(), [], "a quiet run");
    }
}

#[tokio::test(start_paused = true)]
async fn controllers_by_mistake_and_clusters_by_mistake_take_nothing_away() {
    for (key, value) in [
        (tags::ROLE, "controller"),
        (tags::CLUSTER, "sales"),
        (tags::ROLE, "boss"),
    ] {
        let stage = Stage::three().await;
        let (before, all) = (stage.mapping(), brokers(&stage));
        for (index, instance) in all.iter().enumerate() {
            let node = (index + 1).to_string();
            let mut tags = Tags::from([
                (tags::CLUSTER.to_owned(), CLUSTER.to_owned()),
                (tags::NODE_ID.to_owned(), node),
            ]);
            tags.insert(key.to_owned(), value.to_owned());
            stage
                .edit(|model, _| model.set_tags(instance, tags))
                .expect("tagged");
        }
        minutes(&stage, 10).await;
        assert_eq!(stage.mapping(), before, "{key}={value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_behind_the_wrong_port_leaves_it_and_returns_when_its_tag_is_right() {
    let stage = Stage::three().await;
    let four = stage.broker(4, ZONES[0]);
    let five = stage.broker(5, ZONES[1]);
    // Their tags are swapped, and Kafka is not up when they are mapped.
    for (instance, node) in [(&four, 5), (&five, 4)] {
        kafka(&stage, instance, |kafka| {
            kafka.node_id = NodeId::new(node);
            kafka.state = KafkaState::Down;
        });
    }
    minutes(&stage, 3).await;
    assert_eq!(stage.behind(9096), BTreeSet::from([four.clone()]));
    for instance in [&four, &five] {
        kafka(&stage, instance, |kafka| kafka.state = KafkaState::Answers);
    }
    minutes(&stage, 10).await;
    for port in [9096, 9097] {
        assert!(!stage.mapping().contains_key(&port), "{port} refuses");
    }
    // They stay away while nobody answers.
    for instance in [&four, &five] {
        kafka(&stage, instance, |kafka| kafka.state = KafkaState::Hangs);
    }
    minutes(&stage, 10).await;
    assert!(!stage.mapping().contains_key(&9096));
    for (instance, node) in [(&four, "5"), (&five, "4")] {
        kafka(&stage, instance, |kafka| kafka.state = KafkaState::Answers);
        tag(&stage, instance, node);
    }
    stage.settle().await;
    minutes(&stage, 10).await;
    assert_eq!(stage.behind(9096), BTreeSet::from([five.clone()]));
    assert_eq!(stage.behind(9097), BTreeSet::from([four.clone()]));
    assert!(
        stage
            .behind(9092)
            .is_superset(&BTreeSet::from([four, five]))
    );
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_which_one_broker_is_tagged_is_not_handed_over() {
    let stage = Stage::new();
    let all: Vec<InstanceId> = ZONES
        .iter()
        .map(|az| stage.launch(Launch::in_zone(*az)))
        .collect();
    for ((node, az), instance) in (1..).zip(ZONES).zip(&all) {
        kafka(&stage, instance, |kafka| {
            kafka.node_id = NodeId::new(node);
            kafka.cluster_id = Some("one".to_owned());
            let endpoint = format!(
                "b{node}.{az}.abc.us-west-2.aws.3199015.tidbcloud.com:{}",
                9092 + node
            );
            kafka.endpoints.insert("EXTERNAL".into(), Some(endpoint));
        });
    }
    tag(&stage, &all[0], "1");
    minutes(&stage, 12).await;
    assert!(stage.behind(9092).is_empty());
    let last = stage.activate().await;
    assert!(
        held(&last).contains("brokers 2, 3, listed by the brokers and known by no tag"),
        "{}",
        held(&last)
    );
    for (instance, node) in [(&all[1], "2"), (&all[2], "3")] {
        tag(&stage, instance, node);
    }
    stage.settle().await;
    assert_eq!(stage.behind(9092), BTreeSet::from_iter(all));
}

/// The recipe of the README: a live broker is taken out by its own tag.
#[tokio::test(start_paused = true)]
async fn a_live_broker_is_decommissioned_by_the_tag_with_its_own_id() {
    let stage = Stage::three().await;
    let all = brokers(&stage);
    let release = |instance: &InstanceId, node: &str| {
        let tags = Tags::from([
            (tags::CLUSTER.to_owned(), CLUSTER.to_owned()),
            (tags::NODE_ID.to_owned(), node.to_owned()),
            (tags::RELEASE.to_owned(), instance.to_string()),
        ]);
        stage
            .edit(|model, _| model.set_tags(instance, tags))
            .expect("tagged");
    };
    release(&all[2], "3");
    stage.pass(MINUTE).await;
    stage.activate().await;
    assert!(!stage.behind(9092).contains(&all[2]), "bootstrap first");
    assert!(stage.mapping().contains_key(&9095));
    minutes(&stage, 3).await;
    assert!(!stage.mapping().contains_key(&9095));
    assert_eq!(stage.behind(9092).len(), 2);
    // All of them at once: they leave one by one, and the last one stays.
    release(&all[0], "1");
    release(&all[1], "2");
    minutes(&stage, 10).await;
    assert_eq!(
        stage.behind(9092).len(),
        2,
        "nobody stays, so nobody leaves"
    );
    let new = stage.broker(7, ZONES[0]);
    stage.settle().await;
    minutes(&stage, 10).await;
    assert_eq!(stage.behind(9092), BTreeSet::from([new]));
    assert_eq!(stage.mapping().len(), 2);
}

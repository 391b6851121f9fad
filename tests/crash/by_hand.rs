//! People have edited what the function keeps.

use crate::brokers::{behind, three};
use crate::mapping::everywhere;
use fleet::tags::{self, Tags};
use fleet::words::NodeId;
use std::time::Duration;
use tests::ZONES;
use world::model::{Launch, Model};

#[test]
fn listeners_are_crossed() {
    everywhere("crossed wires", async |stage| {
        three(stage).await;
        stage.repoint(9093, 9094);
        stage.repoint(9094, 9093);
    });
}

#[test]
fn a_listener_is_deleted() {
    everywhere("listener deleted by hand", async |stage| {
        three(stage).await;
        stage.delete_listener(9094);
    });
}

#[test]
fn the_bootstrap_listener_is_deleted() {
    everywhere("bootstrap listener deleted by hand", async |stage| {
        three(stage).await;
        stage.delete_listener(9092);
    });
}

#[test]
fn a_target_is_deregistered() {
    everywhere("target deregistered by hand", async |stage| {
        three(stage).await;
        stage.deregister(&behind(stage, 9094), 9094);
    });
}

#[test]
fn a_target_of_bootstrap_is_deregistered() {
    everywhere("bootstrap's target deregistered by hand", async |stage| {
        three(stage).await;
        stage.deregister(&behind(stage, 9092), 9092);
    });
}

#[test]
fn another_brokers_instance_is_in_a_group() {
    everywhere("wrong broker's instance in a group", async |stage| {
        three(stage).await;
        stage.register(&behind(stage, 9095), 9094, None);
    });
}

#[test]
fn another_clusters_instance_is_in_every_group() {
    everywhere("foreign cluster's instance in two groups", async |stage| {
        three(stage).await;
        let theirs = Launch::in_zone(ZONES[0])
            .tag(tags::CLUSTER, "payments")
            .tag(tags::NODE_ID, "2");
        let theirs = stage.launch(theirs);
        stage.pass(Duration::from_secs(60)).await;
        for port in [9092, 9094] {
            stage.register(&theirs, port, None);
        }
    });
}

#[test]
fn a_broker_loses_its_tags_and_the_right_one_comes() {
    everywhere("untagged stray, then the right one", async |stage| {
        three(stage).await;
        let stray = behind(stage, 9094);
        stage
            .edit(|model, _| model.set_tags(&stray, Tags::new()))
            .expect("untagged");
        stage.settle().await;
        stage.broker(2, ZONES[1]);
    });
}

#[test]
fn attributes_and_health_check_are_edited() {
    everywhere("attributes and health check edited", async |stage| {
        three(stage).await;
        stage.unsettle(9093);
    });
}

#[test]
fn a_target_has_a_port_override() {
    everywhere("target with a port override", async |stage| {
        three(stage).await;
        stage.register(&behind(stage, 9094), 9094, Some(9092));
    });
}

#[test]
fn a_zone_is_disabled_and_enabled_again() {
    everywhere("zone disabled, then enabled", async |stage| {
        three(stage).await;
        let nlb = stage.nlb();
        stage
            .edit(|model, now| model.disable_zone(now, &nlb, &ZONES[1].into()))
            .expect("disabled");
        stage.broker(4, ZONES[1]);
        stage.settle().await;
        stage
            .edit(|model, now| model.enable_zone(now, &nlb, &ZONES[1].into()))
            .expect("enabled");
    });
}

#[test]
fn a_group_and_its_listener_are_deleted() {
    everywhere("target group and listener deleted by hand", async |stage| {
        three(stage).await;
        stage.delete_listener(9094);
        stage.delete_group(9094);
    });
}

#[test]
fn the_group_of_bootstrap_and_its_listener_are_deleted() {
    everywhere("bootstrap's group and listener deleted", async |stage| {
        three(stage).await;
        stage.delete_listener(9092);
        stage.delete_group(9092);
    });
}

#[test]
fn a_broker_gets_another_node_id() {
    everywhere("broker with another node id", async |stage| {
        three(stage).await;
        let broker = behind(stage, 9094);
        let other = tests::tagged(ZONES[1], "7").tags;
        // The broker is set up anew, too.
        let set_up = |model: &mut Model, _| {
            model.edit_kafka(&broker, |kafka| kafka.node_id = NodeId::new(7))?;
            model.set_tags(&broker, other)
        };
        stage.edit(set_up).expect("tagged");
    });
}

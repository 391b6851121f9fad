//! Brokers come, go, return and are replaced.

use crate::mapping::everywhere;
use fleet::words::{AutoScalingGroupName, InstanceId};
use std::time::Duration;
use tests::{Stage, ZONES, tagged};
use world::model::NewAutoScalingGroup;

const DAY: Duration = Duration::from_secs(25 * 3600);

/// Brokers 1, 2, 3, mapped and serving.
pub async fn three(stage: &Stage) {
    stage.three_brokers();
    stage.settle().await;
}

/// The instance behind a port.
pub fn behind(stage: &Stage, port: u16) -> InstanceId {
    stage.behind(port).first().cloned().expect("a broker")
}

#[test]
fn three_brokers_are_mapped_for_the_first_time() {
    everywhere("first mapping of three brokers", async |stage| {
        stage.three_brokers();
    });
}

#[test]
fn twelve_brokers_come_at_once() {
    everywhere("twelve brokers at once", async |stage| {
        for node in 1..=12 {
            stage.broker(node, ZONES[node as usize % 3]);
        }
    });
}

#[test]
fn a_broker_is_replaced_and_the_new_instance_is_seen() {
    everywhere("replaced broker, new instance visible", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
        stage.broker(2, ZONES[1]);
    });
}

#[test]
fn a_broker_is_gone_before_its_new_instance_comes() {
    everywhere("replaced broker after it was seen as gone", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
        stage.broker(2, ZONES[1]);
    });
}

#[test]
fn a_broker_is_gone() {
    everywhere("broker gone", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
    });
}

#[test]
fn a_broker_is_gone_for_a_day() {
    everywhere("broker gone for a day", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
        stage.settle().await;
        stage.pass(DAY).await;
    });
}

#[test]
fn a_broker_returns_to_its_reserved_port() {
    everywhere("broker returns from vacancy", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
        stage.settle().await;
        stage.broker(2, ZONES[1]);
    });
}

#[test]
fn all_brokers_are_gone() {
    everywhere("all brokers gone", async |stage| {
        three(stage).await;
        for port in 9093..=9095 {
            stage.terminate(&behind(stage, port));
        }
    });
}

#[test]
fn the_cluster_grows() {
    everywhere("scale out by two", async |stage| {
        three(stage).await;
        stage.broker(4, ZONES[0]);
        stage.broker(5, ZONES[1]);
    });
}

#[test]
fn the_cluster_shrinks() {
    everywhere("scale in by two", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9094));
        stage.terminate(&behind(stage, 9095));
    });
}

#[test]
fn one_broker_comes_while_another_one_goes() {
    everywhere("one comes, another one goes", async |stage| {
        three(stage).await;
        stage.terminate(&behind(stage, 9093));
        stage.broker(4, ZONES[2]);
    });
}

#[test]
fn a_broker_is_stopped_and_started() {
    everywhere("stop and start", async |stage| {
        three(stage).await;
        let broker = behind(stage, 9094);
        stage
            .edit(|model, now| model.stop_instance(now, &broker))
            .expect("stopped");
        stage.pass(Duration::from_secs(120)).await;
        stage.activate().await;
        stage
            .edit(|model, now| model.start_instance(now, &broker))
            .expect("started");
    });
}

#[test]
fn the_range_is_full_and_a_vacancy_is_given_up() {
    everywhere("range full, oldest vacancy given up", async |stage| {
        stage.put_broker_ports("9093-9095");
        three(stage).await;
        stage.terminate(&behind(stage, 9095));
        stage.settle().await;
        stage.pass(Duration::from_secs(3600)).await;
        stage.terminate(&behind(stage, 9093));
        stage.settle().await;
        stage.broker(9, ZONES[0]);
    });
}

#[test]
fn a_large_node_id_takes_the_lowest_free_port() {
    everywhere("large node ids", async |stage| {
        three(stage).await;
        stage.broker(2_147_483_647, ZONES[0]);
        stage.broker(1_000_000, ZONES[1]);
    });
}

#[test]
fn large_node_ids_come_one_after_the_other() {
    everywhere("large node ids, one after the other", async |stage| {
        three(stage).await;
        stage.broker(2_147_483_647, ZONES[0]);
        stage.pass(Duration::from_secs(5)).await;
        stage.activate().await;
        stage.broker(1_000_000, ZONES[1]);
    });
}

#[test]
fn a_twin_goes_and_the_other_one_is_mapped() {
    everywhere("twins, then one of them", async |stage| {
        three(stage).await;
        let old = behind(stage, 9093);
        stage.broker(1, ZONES[1]);
        stage.settle().await;
        stage.terminate(&old);
    });
}

#[test]
fn an_auto_scaling_group_is_about_to_end_a_broker() {
    everywhere("Terminating:Wait", async |stage| {
        three(stage).await;
        let new = NewAutoScalingGroup {
            name: AutoScalingGroupName::from("brokers-4"),
            zones: vec![ZONES[0].into()],
            desired_capacity: 1,
            tags: tagged(ZONES[0], "4").tags,
        };
        stage
            .edit(|model, now| model.create_auto_scaling_group(now, new))
            .expect("a group");
        stage.settle().await;
        let fourth = behind(stage, 9096);
        stage
            .edit(|model, now| model.set_lifecycle_state(now, &fourth, "Terminating:Wait"))
            .expect("set");
    });
}

//! Auto Scaling groups launch and end brokers, which wait for our lifecycle hooks.

use crate::brokers::{behind, three};
use crate::mapping::everywhere;
use tests::Stage;
use world::model::{KafkaState, Transition};

const GROUP: &str = "broker-4";
const LAUNCH: &str = "kafka-privatelink-launching";
const TERMINATE: &str = "kafka-privatelink-terminating";

async fn with_hooks(stage: &Stage) {
    three(stage).await;
    let hooks = [
        (LAUNCH, Transition::Launching),
        (TERMINATE, Transition::Terminating),
    ];
    stage.scaling_group(GROUP, 4, &hooks);
}

#[test]
fn a_broker_is_launched_and_waits_until_it_serves() {
    everywhere("launch with a hook", async |stage| {
        with_hooks(stage).await;
        stage.scale(GROUP, 1);
    });
}

#[test]
fn a_broker_that_was_stopped_is_ended_when_its_port_has_drained() {
    everywhere("termination with a hook", async |stage| {
        with_hooks(stage).await;
        stage.scale(GROUP, 1);
        stage.settle().await;
        let fourth = behind(stage, 9096);
        stage.scale(GROUP, 0);
        stage.kafka_is(&fourth, KafkaState::Down);
    });
}

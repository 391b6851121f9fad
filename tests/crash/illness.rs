//! A broker falls ill: its process is killed, or hangs. Whatever strikes heal-brokers, it is asked for what helps, once.
//! (A reboot is counted before it is made, so that a process that ends between both has it counted, and not made.)

use crate::healed::everywhere;
use fleet::words::InstanceId;
use std::time::Duration;
use tests::Stage;
use tests::listeners::kafka;
use world::model::KafkaState;

/// Two brokers that were seen while they answered, which may be healed; an alarm is on.
async fn two(stage: &Stage) -> Vec<InstanceId> {
    let (_, brokers) = stage.rolled(2).await;
    stage.put("healing", "replace");
    for (node, id) in (1..).zip(&brokers) {
        stage.inspect(id, node, true);
    }
    stage.pass(Duration::from_secs(10)).await;
    brokers
}

#[test]
fn a_process_that_was_killed() {
    everywhere("process killed", async |stage| {
        let brokers = two(stage).await;
        stage.on_host(&brokers[1], |host, _| kafka::kill(host));
        stage.looked_at(&brokers[1], 2).await;
        stage.alarm(true);
    });
}

#[test]
fn a_process_that_hangs() {
    everywhere("process hangs", async |stage| {
        let brokers = two(stage).await;
        stage.kafka_is(&brokers[1], KafkaState::Hangs);
        stage.looked_at(&brokers[1], 2).await;
        stage.alarm(true);
    });
}

//! The doctor, from a set-up of which nothing is there to a consumer that is connected, and of what breaks then.

use std::time::Duration;
use tests::principals::Principals;
use tests::{PATTERN, Stage};
use world::model::{KafkaProcess, KafkaState};

const ANN: &str = "111111111111";
const MINUTE: Duration = Duration::from_secs(60);

/// Requires that the doctor says this, and that it writes nothing.
async fn says(stage: &Stage, told: &str) {
    stage.forget_calls();
    let said = stage.doctor().await;
    assert!(said.contains(told), "{told:?} is not in\n{said}");
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_set_up_is_followed_from_nothing_to_a_consumer_that_is_connected() {
    let stage = Stage::new();
    let principals = Principals::on(&stage);
    stage.pass(MINUTE).await;
    says(
        &stage,
        "✗ tags of instances: no instance is tagged as a broker of cluster orders",
    )
    .await;
    stage.three_brokers();
    stage.pass(MINUTE).await;
    says(
        &stage,
        "✗ listeners and target groups: broker 1 has no port",
    )
    .await;
    stage.activate().await;
    says(&stage, "✗ targets: the target of broker 1").await;
    stage.settle().await;
    says(&stage, "✗ principals: nobody may connect").await;
    stage.put("principals", ANN);
    says(
        &stage,
        "aws logs tail /kafka-privatelink/orders/sync-principals",
    )
    .await;
    principals.settle(&stage).await;
    says(
        &stage,
        "✗ connection: no consumer has an endpoint to the service",
    )
    .await;
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    let waits = format!("✗ connection: {endpoint} of account {ANN} is pendingAcceptance");
    says(&stage, &waits).await;
    principals.settle(&stage).await;
    stage.pass(MINUTE).await;
    says(&stage, "Nothing stands in the way.").await;
}

#[tokio::test(start_paused = true)]
async fn what_breaks_is_told_at_its_station_and_what_is_repaired_no_longer() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL", "nonsense");
    says(
        &stage,
        "✗ listener parameter: /kafka-privatelink/orders/listeners/EXTERNAL is refused",
    )
    .await;
    stage.put("listeners/EXTERNAL", PATTERN);
    says(&stage, "✓ names: ").await;
    let second = stage.behind(9094).pop_first().expect("a broker");
    let hangs = |kafka: &mut KafkaProcess| kafka.state = KafkaState::Hangs;
    stage
        .edit(|model, _| model.edit_kafka(&second, hangs))
        .expect("edited");
    says(&stage, "✗ proof: port 9094 of broker 2 is not proven").await;
    says(
        &stage,
        &format!("see to the process of broker 2 on {second}"),
    )
    .await;
    stage.delete_endpoint_service_of(&stage.nlb());
    says(&stage, "✗ endpoint service: none can be connected to").await;
}

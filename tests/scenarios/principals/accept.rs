//! Who waits is accepted when there is something to connect to.

use super::*;
use fleet::observed::ConnectionState;
use world::model::KafkaState;

/// A cluster without brokers, so that nothing is handed over; ANN is listed, and waits.
async fn nothing_to_connect_to(text: &str) -> (Stage, Principals, fleet::words::VpcEndpointId) {
    let stage = Stage::new();
    let principals = Principals::on(&stage);
    stage.put("principals", text);
    principals.run(&stage).await;
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    (stage, principals, endpoint)
}

#[tokio::test(start_paused = true)]
async fn a_listed_connection_is_accepted_when_register_brokers_has_handed_a_group_over() {
    let (stage, principals, endpoint) = nothing_to_connect_to(ANN).await;
    let synced = principals.run(&stage).await;
    says(&synced, "no listener group has a bootstrap yet");
    says(
        &synced,
        &format!(r#"write "accept": "at-once" into {PARAMETER}"#),
    );
    let brokers = stage.three_brokers();
    // They run, and Kafka does not answer as it should: nothing is proven.
    for broker in &brokers {
        let down = |kafka: &mut world::model::KafkaProcess| kafka.state = KafkaState::Hangs;
        stage
            .edit(|model, _| model.edit_kafka(broker, down))
            .expect("edited");
    }
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    let synced = principals.run(&stage).await;
    says(&synced, "EXTERNAL is not handed over yet");
    assert_eq!(stage.state_of(&endpoint), "pendingAcceptance");
    for broker in &brokers {
        let up = |kafka: &mut world::model::KafkaProcess| kafka.state = KafkaState::Answers;
        stage
            .edit(|model, _| model.edit_kafka(broker, up))
            .expect("edited");
    }
    stage.settle().await;
    let synced = principals.run(&stage).await;
    assert_eq!(
        taken(&synced),
        [format!("accept {endpoint} of account {ANN}: Done")]
    );
    // Until AWS has connected it, it is `pending`: that is accepted, and nothing is left to do.
    assert_eq!(stage.state_of(&endpoint), "pending");
    let synced = principals.run(&stage).await;
    assert_eq!((taken(&synced), held(&synced)), (Vec::new(), String::new()));
    stage.pass(MINUTE).await;
    assert_eq!(stage.state_of(&endpoint), "available");
    each_wrote_its_own(&stage);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_was_handed_over_and_serves_nobody_now_is_waited_for() {
    let (stage, principals) = allowing(&[ANN]).await;
    for port in [9093, 9094, 9095] {
        for broker in stage.behind(port) {
            stage
                .edit(|model, now| model.stop_instance(now, &broker))
                .expect("stopped");
        }
    }
    stage.pass(5 * MINUTE).await;
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    let synced = principals.run(&stage).await;
    says(&synced, "the bootstrap of EXTERNAL has no healthy target");
    assert_eq!(stage.state_of(&endpoint), "pendingAcceptance");
}

#[tokio::test(start_paused = true)]
async fn r2_at_once_is_before_anything_is_there() {
    let text = json(&[ANN], r#""accept": "at-once""#);
    let (stage, principals, endpoint) = nothing_to_connect_to(&text).await;
    let synced = principals.run(&stage).await;
    assert_eq!(
        (stage.state_of(&endpoint).as_str(), held(&synced)),
        ("pending", String::new())
    );
}

#[tokio::test(start_paused = true)]
async fn who_is_not_listed_stays_pending_and_is_named_with_account_endpoint_and_age() {
    for text in [ANN.to_owned(), json(&[ANN], r#""accept": "at-once""#)] {
        let (stage, principals) = served().await;
        stage.allow("*");
        stage.put("principals", &text);
        let listed = stage.connect(ANN).expect("anybody may connect");
        let other = stage.connect(BOB).expect("anybody may connect");
        stage.pass(90 * MINUTE).await;
        let synced = principals.run(&stage).await;
        says(
            &synced,
            &format!(
                "connection {other} of account {BOB} has waited for 1 h, and that account is not listed in {PARAMETER}"
            ),
        );
        assert_eq!(stage.state_of(&other), "pendingAcceptance");
        assert_eq!(stage.state_of(&listed), "pending");
        let metrics = activation::metrics::of_run(&principals.duty(), &synced).expect("metrics");
        assert!(metrics.contains(r#""PrincipalsHeld":1"#), "{metrics}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_aws_adds_later_is_shown_and_left_alone() {
    let (stage, principals) = allowing(&[ANN]).await;
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    let odd = ConnectionState::Unknown("awaitingReview".to_owned());
    stage
        .edit(|model, now| model.set_connection_state(now, &endpoint, odd))
        .expect("edited");
    let synced = principals.settle(&stage).await;
    assert_eq!(stage.writes(), []);
    let text = synced.report.picture.to_string();
    assert!(
        text.contains(&format!(
            "{endpoint} of account {ANN}, listed: awaitingReview"
        )),
        "{text}"
    );
}

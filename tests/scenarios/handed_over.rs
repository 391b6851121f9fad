//! What is handed over is AWS's own answer, complete, or it is held with what is missing.

use fleet::observed::{ParameterKind, ServiceState};
use serde_json::Value;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES, held};
use world::model::{AzIds, EndpointServiceRecord, NewLoadBalancer, Settings};

const HANDOVER: &str = "/kafka-privatelink/orders/handover/EXTERNAL";
const RETIRED: &str = r#"{"retired": true}"#;

/// The text that a consumer is set up from, and its version.
fn handed_over(stage: &Stage) -> Option<(Value, i64)> {
    let model = stage.model();
    let parameter = model.parameter(HANDOVER)?;
    let read = serde_json::from_str(&parameter.value).expect("JSON");
    Some((read, parameter.version))
}

fn service(stage: &Stage, edit: impl FnOnce(&mut EndpointServiceRecord)) {
    let name = stage.endpoint_service();
    stage
        .edit(|model, now| model.edit_endpoint_service(now, &name, edit))
        .expect("edited");
}

async fn minutes(stage: &Stage, minutes: u64) {
    for _ in 0..minutes {
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
}

async fn says(stage: &Stage, told: &str) {
    let activated = stage.activate().await;
    let held = held(&activated);
    assert!(held.contains(told), "{told:?} is not in\n{held}");
}

#[tokio::test(start_paused = true)]
async fn every_broker_is_named_in_the_order_of_ports_and_a_quiet_run_writes_nothing() {
    let stage = Stage::three().await;
    let (text, version) = handed_over(&stage).expect("a hand-over");
    assert_eq!((&text["complete"], version), (&Value::Bool(true), 1));
    assert_eq!(text["endpoint_service_name"], stage.endpoint_service());
    assert_eq!(text["kafka_type"], "3 AZs");
    for (at, az) in ZONES.iter().enumerate() {
        let broker = &text["brokers"][at];
        let host = format!("b{}.{az}.abc.us-west-2.aws.3199015.tidbcloud.com", at + 1);
        assert_eq!(
            (&broker["host"], &broker["port"]),
            (&host.into(), &(9093 + at).into())
        );
    }
    // A broker that is replaced changes nothing for a consumer, and one that is new does.
    let second = stage.behind(9094).first().cloned().expect("a broker");
    stage.terminate(&second);
    minutes(&stage, 10).await;
    stage.broker(2, ZONES[1]);
    stage.settle().await;
    assert_eq!(handed_over(&stage).expect("a hand-over").1, 1);
    stage.broker(4, ZONES[0]);
    stage.settle().await;
    let (text, version) = handed_over(&stage).expect("a hand-over");
    assert_eq!((&text["brokers"][3]["node_id"], version), (&4.into(), 2));
    stage.forget_calls();
    minutes(&stage, 3).await;
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn zones_without_ids_are_told_by_brokers_and_nodes_or_said_to_be_missing() {
    let stage = Stage::new();
    service(&stage, |service| service.shows_az_ids = false);
    stage.broker(1, ZONES[0]);
    stage.broker(2, ZONES[1]);
    stage.settle().await;
    let (text, _) = handed_over(&stage).expect("a hand-over");
    assert_eq!(text["az_ids"], serde_json::json!(ZONES));

    let nodes_say_none = Settings {
        az_ids: AzIds::Nowhere,
        ..Settings::default()
    };
    let stage = Stage::with(nodes_say_none);
    stage.put("listeners/EXTERNAL", "<b>.example.com:<p>");
    service(&stage, |service| service.shows_az_ids = false);
    stage.three_brokers();
    stage.settle().await;
    assert_eq!(handed_over(&stage), None);
    says(&stage, "AWS does not say the AZ ID of us-west-2a").await;

    let stage = Stage::new();
    stage.three_brokers();
    service(&stage, |service| {
        service.shows_az_ids = false;
        service.shows_az_names = false;
    });
    stage.settle().await;
    assert_eq!(handed_over(&stage), None);
    says(&stage, "AWS names no Availability Zone of endpoint service").await;
}

#[tokio::test(start_paused = true)]
async fn a_service_is_handed_over_when_it_is_available() {
    let stage = Stage::new();
    stage.three_brokers();
    service(&stage, |service| service.state = ServiceState::Pending);
    stage.settle().await;
    assert_eq!(handed_over(&stage), None);
    says(&stage, "is Pending; it is handed over when it is Available").await;
    service(&stage, |service| service.state = ServiceState::Available);
    stage.activate().await;
    assert!(handed_over(&stage).is_some());
    // What was handed over stays.
    service(&stage, |service| service.state = ServiceState::Deleting);
    says(&stage, "is Deleting; make another one").await;
    assert_eq!(handed_over(&stage).expect("a hand-over").1, 1);
}

#[tokio::test(start_paused = true)]
async fn f18_a_service_with_a_second_load_balancer_is_not_handed_over() {
    let stage = Stage::new();
    stage.three_brokers();
    let name = stage.endpoint_service();
    let second = stage
        .edit(|model, now| {
            let second = model.create_load_balancer(now, NewLoadBalancer::named("second"))?;
            model.add_to_endpoint_service(now, &name, &second)?;
            Ok::<_, world::model::ApiError>(second)
        })
        .expect("made");
    stage.settle().await;
    assert_eq!(handed_over(&stage), None);
    says(&stage, &format!("has further load balancers, {second}")).await;
    service(&stage, |service| _ = service.load_balancers.remove(&second));
    stage.activate().await;
    assert!(handed_over(&stage).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_reach_a_brokers_zone_is_not_handed_over() {
    let stage = Stage::three().await;
    let nlb = stage.nlb();
    stage
        .edit(|model, now| model.disable_zone(now, &nlb, &ZONES[2].into()))
        .expect("disabled");
    minutes(&stage, 3).await;
    let (text, version) = handed_over(&stage).expect("a hand-over");
    assert_eq!(
        (&text["kafka_type"], version),
        (&"3 AZs".into(), 1),
        "it stays"
    );
}

#[tokio::test(start_paused = true)]
async fn an_old_hand_over_looks_valid_no_longer_than_its_group_is_there() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL", RETIRED);
    minutes(&stage, 10).await;
    let (text, _) = handed_over(&stage).expect("a hand-over");
    assert_eq!(text["complete"], true, "the retirement can be taken back");
    minutes(&stage, 10).await;
    let (text, version) = handed_over(&stage).expect("what took its place");
    assert_eq!((&text["complete"], version), (&false.into(), 2));
    assert_eq!(text.get("endpoint_service_name"), None);
    // Made anew, and one broker is not tagged as who it is.
    let third = stage.broker(4, ZONES[0]);
    stage
        .edit(|model, _| {
            model.edit_kafka(&third, |kafka| kafka.state = world::model::KafkaState::Down)
        })
        .expect("edited");
    stage.put("listeners/EXTERNAL", PATTERN);
    minutes(&stage, 10).await;
    let (text, version) = handed_over(&stage).expect("the same");
    assert_eq!(
        (&text["complete"], version),
        (&false.into(), 2),
        "one write"
    );
    stage.terminate(&third);
    stage.settle().await;
    let (text, _) = handed_over(&stage).expect("a hand-over");
    assert_eq!(text["complete"], true);
}

#[tokio::test(start_paused = true)]
async fn an_old_hand_over_is_taken_back_when_its_group_is_made_anew() {
    let stage = Stage::new();
    stage.put("handover/EXTERNAL", r#"{"endpoint_service_name":"old"}"#);
    stage.three_brokers();
    stage.activate().await;
    let (text, _) = handed_over(&stage).expect("what took its place");
    assert_eq!(text["complete"], false);
    stage.settle().await;
    let (text, version) = handed_over(&stage).expect("a hand-over");
    assert_eq!((&text["complete"], version), (&true.into(), 3));
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_that_was_edited_is_put_right_and_a_secret_one_is_named() {
    let stage = Stage::three().await;
    let text = handed_over(&stage).expect("a hand-over").0;
    for edit in ["{}", "mine", "{\n  \"complete\": true"] {
        stage.put("handover/EXTERNAL", edit);
        stage.activate().await;
        assert_eq!(handed_over(&stage).expect("a hand-over").0, text, "{edit}");
    }
    stage.put_of(&ParameterKind::SecureString, "handover/EXTERNAL", "x");
    stage.forget_calls();
    says(&stage, &format!("parameter {HANDOVER} is a SecureString")).await;
    assert_eq!(stage.writes(), []);
    stage.delete("handover/EXTERNAL");
    stage.activate().await;
    assert_eq!(handed_over(&stage).expect("a hand-over").0, text);
}

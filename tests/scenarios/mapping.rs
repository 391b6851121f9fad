//! What the mapping is, and what it costs to look at it.

use register_brokers::mapping::RowState;
use register_brokers::settings;
use std::collections::BTreeSet;
use tests::{Stage, ZONES, held, is_held, tagged};
use world::model::Settings;

#[tokio::test(start_paused = true)]
async fn the_documents_cluster_gets_exactly_the_documents_mapping() {
    let stage = Stage::new();
    let brokers = stage.three_brokers();
    let settled = stage.settle().await;
    let mapping = stage.mapping();
    assert_eq!(
        mapping.keys().copied().collect::<Vec<_>>(),
        [9092, 9093, 9094, 9095]
    );
    assert_eq!(mapping[&9092], brokers.iter().cloned().collect());
    for (port, broker) in (9093..).zip(&brokers) {
        assert_eq!(mapping[&port], BTreeSet::from([broker.clone()]));
    }
    let endpoints: Vec<String> = settled
        .report
        .picture
        .mapping
        .iter()
        .filter_map(|row| row.endpoint.as_ref())
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        endpoints,
        [
            "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093",
            "b2.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:9094",
            "b3.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:9095",
        ]
    );
    assert!(
        settled
            .report
            .picture
            .mapping
            .iter()
            .all(|row| row.state == RowState::Serving)
    );
    assert_eq!(held(&settled), "");
}

#[tokio::test(start_paused = true)]
async fn p2_a_quiet_run_writes_nothing_and_keeps_its_budget_of_calls() {
    let stage = Stage::three().await;
    stage.forget_calls();
    let quiet = stage.activate().await;
    assert_eq!(stage.writes(), []);
    let groups = 4;
    assert!(quiet.tally.total() <= 2 * groups + 14, "{:?}", quiet.tally);
}

#[tokio::test(start_paused = true)]
async fn groups_and_listeners_are_set_as_they_are_to_be() {
    let stage = Stage::three().await;
    let model = stage.model();
    for record in model.target_groups() {
        // P-34, P-35, F10: no hairpin, every node reaches the one target.
        assert_eq!(record.attributes["preserve_client_ip.enabled"], "false");
        assert_eq!(
            record.attributes["load_balancing.cross_zone.enabled"],
            "true"
        );
        assert_eq!(record.group.port.get(), 39092);
        assert_eq!(record.group.health_check, settings::health_check());
    }
    for listener in model.listeners() {
        // P-37, F9: above Kafka's 600 s.
        assert_eq!(listener.attributes["tcp.idle_timeout.seconds"], "660");
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_is_never_mapped() {
    let stage = Stage::new();
    stage.launch(tagged(ZONES[0], "100").tag(fleet::tags::ROLE, "controller"));
    let settled = stage.settle().await;
    assert_eq!(stage.find_group(9192), None);
    assert_eq!(held(&settled), "");
    assert_eq!(stage.model().target_groups().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn many_pages_are_all_read() {
    let stage = Stage::three_with(Settings {
        page_size: Some(1),
        ..Settings::default()
    })
    .await;
    assert_eq!(stage.mapping().len(), 4);
    stage.forget_calls();
    stage.activate().await;
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn f1_forty_nine_brokers_fit_and_the_fiftieth_is_told_so() {
    let stage = Stage::new();
    stage.put_broker_ports("9093-9999");
    for node in 1..=50 {
        stage.broker(node, ZONES[node as usize % 3]);
    }
    let settled = stage.settle().await;
    assert_eq!(
        stage.mapping().len(),
        49,
        "bootstrap waits for the fiftieth"
    );
    assert!(
        is_held(&settled, |held| held.kind == "LoadBalancerFull"
            && held.sentence.contains("broker 50 gets no listener")
            && held.sentence.contains("(0 of them")),
        "{}",
        held(&settled)
    );
    let json = format!(
        r#"{{"pattern": "{}", "broker_ports": "9093-9999", "without": [50]}}"#,
        tests::PATTERN
    );
    stage.put("listeners/EXTERNAL", &json);
    stage.settle().await;
    let mapping = stage.mapping();
    assert_eq!(mapping.len(), 50);
    assert_eq!(mapping[&9092].len(), 49);
    stage.forget_calls();
    let quiet = stage.activate().await;
    assert_eq!(stage.writes(), []);
    assert!(quiet.tally.total() <= 2 * 50 + 14, "{:?}", quiet.tally);
}

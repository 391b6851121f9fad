//! Parameters are written, with errors too, deleted and written again.

use fleet::observed::ParameterKind;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES, held, is_held};

const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;

#[tokio::test(start_paused = true)]
async fn p47_an_error_in_the_parameter_changes_nothing_and_is_named_with_its_line() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.put("listeners/EXTERNAL", "usw2-az1 => <b>.usw2-az1.abc.example.com:<p>\nusw2-az2 => <b>.usw2-az1.abc.example.com:<p>");
    stage.terminate(&before[&9094].first().cloned().expect("a broker"));
    stage.broker(4, ZONES[0]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.writes(), []);
    assert!(held(&settled).contains("line 2"), "{}", held(&settled));
    assert!(held(&settled).contains("must be the same zone"));

    stage.put("listeners/EXTERNAL", PATTERN);
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9096));
    assert!(!stage.mapping().contains_key(&9094));
}

#[tokio::test(start_paused = true)]
async fn p45_a_deleted_parameter_freezes_its_group_and_never_means_empty() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.delete("listeners/EXTERNAL");
    stage.broker(4, ZONES[0]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.writes(), []);
    assert_eq!(stage.mapping(), before);
    assert!(is_held(&settled, |held| held.kind == "ParameterDeleted"));
    // F41: written again it begins at version 1, and that is no step back.
    stage.put("listeners/EXTERNAL", PATTERN);
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9096));
}

#[tokio::test(start_paused = true)]
async fn a_secure_string_freezes_its_group_and_no_part_of_it_is_told() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.put_of(&ParameterKind::SecureString, "listeners/EXTERNAL", PATTERN);
    stage.broker(4, ZONES[0]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.writes(), []);
    assert_eq!(stage.mapping(), before);
    let name = "/kafka-privatelink/orders/listeners/EXTERNAL";
    let told = held(&settled);
    assert!(
        told.contains(&format!("parameter {name} is refused")),
        "{told}"
    );
    assert!(told.contains("it is a SecureString"), "{told}");
    assert!(
        told.contains(&format!("put-parameter --type String --name {name}")),
        "{told}"
    );
    let cipher_text = stage
        .model()
        .parameter(name)
        .expect("it is there")
        .value
        .clone();
    for told in [
        serde_json::to_string(&settled.report).expect("a report"),
        serde_json::to_string(&settled.plan).expect("a plan"),
        format!("{:?}", settled.plan),
    ] {
        assert!(!told.contains(&cipher_text), "{told}");
    }
    // What the sentence says puts it right. A list is a text with commas.
    for kind in [ParameterKind::String, ParameterKind::StringList] {
        stage.put_of(&kind, "listeners/EXTERNAL", PATTERN);
        assert_eq!(held(&stage.settle().await), "", "{kind:?}");
    }
    assert!(stage.mapping().contains_key(&9096));
}

#[tokio::test(start_paused = true)]
async fn a_secure_string_pauses_whatever_it_says() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    stage.put_of(&ParameterKind::SecureString, "paused", "false");
    stage.broker(4, ZONES[0]);
    stage.forget_calls();
    let paused = stage.settle().await.report.paused.expect("paused");
    assert!(
        paused.contains("/orders/paused is a SecureString"),
        "{paused}"
    );
    assert_eq!(stage.writes(), []);
    assert_eq!(stage.mapping(), before);
    stage.put_of(&ParameterKind::String, "paused", "false");
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9096));
}

#[tokio::test(start_paused = true)]
async fn what_a_console_shows_is_mapped_as_it_was_pasted() {
    let zone = |az| format!("*.{az}.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com");
    let stage = Stage::new();
    stage.put(
        "listeners/EXTERNAL",
        &format!("\u{FEFF}• {};\r\n", ZONES.map(zone).join(", ")),
    );
    stage.three_brokers();
    let settled = stage.settle().await;
    let endpoints = settled
        .report
        .picture
        .mapping
        .iter()
        .filter_map(|row| row.endpoint.as_ref());
    let hosts: Vec<&str> = endpoints.map(|endpoint| endpoint.host.as_str()).collect();
    let wanted = (1..)
        .zip(ZONES)
        .map(|(node, az)| zone(az).replacen('*', &format!("b{node}"), 1));
    assert_eq!(hosts, wanted.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_second_group_gets_its_own_ports_on_the_same_nlb() {
    let stage = Stage::three().await;
    let first = stage.mapping();
    stage.put("listeners/EXTERNAL2", SECOND);
    stage.settle().await;
    let mapping = stage.mapping();
    for (port, brokers) in &first {
        assert_eq!(mapping[port], *brokers);
        assert_eq!(mapping[&(port + 100)], *brokers);
    }
    assert_eq!(mapping.len(), 8);
}

#[tokio::test(start_paused = true)]
async fn groups_that_overlap_are_refused_and_the_one_that_was_there_first_goes_on() {
    for (change, reason) in [
        (
            r#""broker_ports": "9100-9200", "bootstrap_port": 9192, "bind_port": 39093"#,
            "own bootstrap port",
        ),
        (
            r#""broker_ports": "9140-9150", "bootstrap_port": 9192, "bind_port": 39093"#,
            "overlap those of EXTERNAL",
        ),
        (
            r#""broker_ports": "9080-9092", "bootstrap_port": 9192, "bind_port": 39093"#,
            "contain the bootstrap port of EXTERNAL",
        ),
        (
            r#""broker_ports": "9193-9200", "bootstrap_port": 9100, "bind_port": 39093"#,
            "lies in the broker ports of EXTERNAL",
        ),
        (
            r#""broker_ports": "9193-9200", "bootstrap_port": 9092, "bind_port": 39093"#,
            "that of EXTERNAL too",
        ),
        (
            r#""broker_ports": "9193-9200", "bootstrap_port": 9192, "bind_port": 39092"#,
            "each Kafka listener needs its own",
        ),
    ] {
        let stage = Stage::three().await;
        stage.put(
            "listeners/EXTERNAL2",
            &format!(r#"{{"pattern": "<b>.xyz.com:<p>", {change}}}"#),
        );
        stage.broker(4, ZONES[0]);
        let settled = stage.settle().await;
        assert!(
            held(&settled).contains(reason),
            "{change}: {}",
            held(&settled)
        );
        assert!(stage.mapping().contains_key(&9096), "EXTERNAL goes on");
        assert_eq!(stage.mapping().len(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_fixed_once_mapped_cannot_change_and_the_range_may_only_grow() {
    for (change, reason) in [
        (r#""bind_port": 39099"#, "\"bind_port\" was 39092"),
        (r#""protocol": "SASL_SSL""#, "\"protocol\" was PLAINTEXT"),
        (r#""bootstrap_port": 9091"#, "\"bootstrap_port\" was 9092"),
        (
            r#""broker_ports": "9094-9140""#,
            "leave out port 9093, which broker 1 has",
        ),
    ] {
        let stage = Stage::three().await;
        stage.put(
            "listeners/EXTERNAL",
            &format!(r#"{{"pattern": "{PATTERN}", {change}}}"#),
        );
        stage.forget_calls();
        let settled = stage.settle().await;
        assert!(
            held(&settled).contains(reason),
            "{change}: {}",
            held(&settled)
        );
        assert!(held(&settled).contains("make a new group and retire this one"));
        assert_eq!(stage.writes(), []);
    }
    let stage = Stage::three().await;
    stage.put_broker_ports("9093-9200");
    assert_eq!(held(&stage.settle().await), "");
}

#[tokio::test(start_paused = true)]
async fn f2_a_further_group_that_does_not_fit_is_refused_with_how_many_brokers_would() {
    let stage = Stage::new();
    for node in 1..=30 {
        stage.broker(node, ZONES[0]);
    }
    stage.settle().await;
    let second = SECOND.replace("9193-9200", "9193-9240");
    stage.put("listeners/EXTERNAL2", &second);
    let settled = stage.settle().await;
    assert!(
        held(&settled).contains("24 brokers fit"),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.mapping().len(), 31);
}

#[tokio::test(start_paused = true)]
async fn a_retired_group_goes_after_a_quarter_of_an_hour_and_can_be_taken_back_until_then() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL2", SECOND);
    stage.settle().await;
    let before = stage.mapping();
    stage.put("listeners/EXTERNAL2", r#"{"retired": true}"#);
    let held = stage.settle().await;
    assert!(is_held(&held, |held| held.kind == "Retiring"));
    assert_eq!(stage.mapping(), before);
    stage.put("listeners/EXTERNAL2", SECOND);
    stage.settle().await;
    stage.pass(Duration::from_secs(3600)).await;
    stage.settle().await;
    assert_eq!(stage.mapping(), before, "the retirement was taken back");

    stage.put("listeners/EXTERNAL2", r#"{"retired": true}"#);
    stage.settle().await;
    stage.pass(Duration::from_secs(15 * 60)).await;
    stage.settle().await;
    let ports: Vec<u16> = stage.mapping().into_keys().collect();
    assert_eq!(ports, [9092, 9093, 9094, 9095]);
    assert_eq!(stage.find_group(9192), None);
}

#[tokio::test(start_paused = true)]
async fn paused_plans_and_says_so_and_writes_nothing() {
    let stage = Stage::three().await;
    stage.put("paused", "true");
    stage.broker(4, ZONES[0]);
    stage.forget_calls();
    stage.pass(Duration::from_secs(60)).await;
    let activated = stage.activate().await;
    assert_eq!(stage.writes(), []);
    assert!(
        activated
            .report
            .paused
            .as_deref()
            .is_some_and(|why| why.contains("is true"))
    );
    assert!(
        !activated.plan.steps.is_empty(),
        "what would be done is still shown"
    );
    stage.put("paused", "flase");
    assert!(
        stage
            .activate()
            .await
            .report
            .paused
            .is_some_and(|why| why.contains("write true or false"))
    );
    assert_eq!(stage.writes(), []);
    stage.put("paused", "false");
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9096));
}

#[tokio::test(start_paused = true)]
async fn a_plan_by_hand_changes_nothing_and_reads_as_text() {
    let stage = Stage::three().await;
    stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    stage.forget_calls();
    let planned = stage.plan().await;
    assert_eq!(stage.writes(), []);
    let text = activation::text::plan_text(&planned.plan);
    for part in [
        "EXTERNAL 9092  bootstrap    serving",
        "EXTERNAL 9096  broker 4     waiting   b4.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9096",
        "1. create target group of EXTERNAL broker 4 (port 9096, targets on 39092): broker 4 is new",
        "create listener 9096 for EXTERNAL broker 4: there is a target and no listener",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let json = serde_json::to_value(&planned.plan).expect("a plan is JSON");
    assert_eq!(json["steps"][0]["action"], "CreateTargetGroup");
}

#[tokio::test(start_paused = true)]
async fn a_pattern_without_a_brokers_zone_holds_that_broker_and_the_whole_waits_for_it() {
    let stage = Stage::new();
    let pattern = "<b>.usw2-az1.abc.com:<p>\\n<b>.usw2-az2.abc.com:<p>";
    let put = |more: &str| {
        let json = format!(r#"{{"pattern": "{pattern}"{more}}}"#);
        stage.put("listeners/EXTERNAL", &json);
    };
    put("");
    let brokers = stage.three_brokers();
    let settled = stage.settle().await;
    assert!(is_held(&settled, |held| held.kind == "NoPattern"
        && held.sentence.contains("broker 3 ")));
    assert_eq!(stage.mapping().len(), 2, "two ports, and bootstrap is shut");
    assert!(is_held(&settled, |held| held.kind == "BootstrapShut"));
    // Until a person says that this consumer is to do without it.
    put(r#", "without": [3]"#);
    let settled = stage.settle().await;
    assert_eq!(
        stage.behind(9092),
        BTreeSet::from([brokers[0].clone(), brokers[1].clone()])
    );
    assert_eq!(
        settled.report.picture.without,
        ["EXTERNAL is mapped without 3"]
    );
}

use super::*;
use crate::listener::Wish;
use crate::look::{node, port, service};
use std::collections::BTreeMap;

fn group(text: &str) -> ListenerGroup {
    match ListenerGroup::read(&"EXTERNAL".into(), text) {
        Ok(Wish::Serve(group)) => group,
        other => panic!("{other:?}"),
    }
}

fn broker(of: u32, group: &ListenerGroup) -> BrokerEndpoint {
    let az = AzId::from("usw2-az1");
    BrokerEndpoint {
        node_id: node(of),
        host: group.pattern.host(node(of), Some(&az)),
        port: port(9092 + u16::try_from(of % 1000).expect("below 1000")),
        az_id: Some(az),
    }
}

fn of(group: &ListenerGroup, service: &EndpointService, nodes: &[u32]) -> Handover {
    let zones = ["usw2-az1", "usw2-az2", "usw2-az3"].map(AzId::from).into();
    let brokers = nodes.iter().map(|&of| broker(of, group)).collect();
    Handover::new("us-west-2", service, zones, group, brokers)
}

fn handover(text: &str) -> Handover {
    of(&group(text), &service(), &[])
}

#[test]
fn it_reads_in_the_order_of_the_form() {
    let zones = r#"{
        "pattern": "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>",
        "without": [7, "i-0123456789abcdef0"]
    }"#;
    let handover = of(&group(zones), &service(), &[1, 2]);
    assert_eq!(
        handover.text().expect("short"),
        r#"{
  "complete": true,
  "region": "us-west-2",
  "kafka_type": "3 AZs",
  "az_ids": [
    "usw2-az1",
    "usw2-az2",
    "usw2-az3"
  ],
  "advertised_listener_pattern": "abc",
  "endpoint_service_name": "com.amazonaws.vpce.us-west-2.vpce-svc-1",
  "acceptance_required": true,
  "bootstrap_port": 9092,
  "protocol": "PLAINTEXT",
  "pattern": [
    "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>"
  ],
  "brokers": [
    {
      "node_id": 1,
      "host": "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com",
      "port": 9093,
      "az_id": "usw2-az1"
    },
    {
      "node_id": 2,
      "host": "b2.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com",
      "port": 9094,
      "az_id": "usw2-az1"
    }
  ],
  "without": [
    "7",
    "i-0123456789abcdef0"
  ]
}"#
    );
}

#[test]
fn the_service_speaks_for_itself() {
    let state = |text: &str| ServiceState::parse(text);
    let mut china = service();
    china.name = "cn.com.amazonaws.vpce.cn-northwest-1.vpce-svc-1".to_owned();
    china.private_dns_name = Some("kafka.example.com".to_owned());
    china.acceptance_required = None;
    china.regions = BTreeMap::from([("us-west-2".to_owned(), state("Available"))]);
    let pattern = group("<b>.<az>.kafka.example.com:<p>");
    let told = of(&pattern, &china, &[]);
    assert_eq!(told.endpoint_service_name, china.name);
    assert_eq!(told.private_dns_name, china.private_dns_name);
    assert!(!told.text().expect("short").contains("acceptance"));
    assert!(told.supported_regions.is_empty(), "its own only");
    china
        .regions
        .insert("eu-west-1".to_owned(), state("Available"));
    china
        .regions
        .insert("eu-west-3".to_owned(), state("Pending"));
    let told = of(&pattern, &china, &[]);
    assert_eq!(
        Vec::from_iter(told.supported_regions),
        ["eu-west-1", "us-west-2"]
    );
}

#[test]
fn the_unique_string_is_that_of_tidb_cloud_and_of_every_line() {
    let of = |pattern: &str| handover(pattern).advertised_listener_pattern;
    let zones = |second: &str| {
        format!(
            "usw2-az1 => <b>.usw2-az1.abc.us-west-2.aws.1.tidbcloud.com:<p>\nusw2-az2 => <b>.usw2-az2.{second}.us-west-2.aws.1.tidbcloud.com:<p>"
        )
    };
    assert_eq!(of(&zones("abc")).as_deref(), Some("abc"));
    assert_eq!(of(&zones("abd")), None);
    assert_eq!(
        of("<b>.abc.us-west-2.aws.1.tidbcloud.com:<p>").as_deref(),
        Some("abc")
    );
    assert_eq!(of("<b>.<az>.kafka.example.com:<p>"), None);
    assert_eq!(handover(&zones("abc")).pattern.len(), 2);
    assert_eq!(
        handover(&zones("abc")).pattern[0],
        "usw2-az1 => <broker_id>.usw2-az1.abc.us-west-2.aws.1.tidbcloud.com:<port>"
    );
}

/// A domain that makes the names of brokers as long as DNS allows, or as short as this.
fn domain(length: usize) -> String {
    let labels = [
        "x".repeat(60),
        "y".repeat(60),
        "z".repeat(60),
        "w".repeat(60),
    ];
    let mut domain = labels.join(".");
    domain.truncate(length);
    domain
}

#[test]
fn however_many_brokers_there_are_and_however_long_their_names_it_fits() {
    let all: Vec<u32> = (1..50).collect();
    let large: Vec<u32> = (0..49).map(|at| NodeId::MAX - at).collect();
    let text = |length: usize, nodes: &[u32]| {
        let pattern = group(&format!("<b>.<az>.{}:<p>", domain(length)));
        let text = of(&pattern, &service(), nodes).text().expect("it fits");
        assert!(text.len() <= LONGEST, "{}", text.len());
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let few = text(180, &all[..3]);
    assert_eq!(
        few["brokers"][2]["host"],
        format!("b3.usw2-az1.{}", domain(180))
    );
    assert_eq!(few.get("note"), None);
    // Without line breaks there is room for more of them.
    let dense = text(20, &all[..36]);
    assert_eq!(
        dense["brokers"][35]["host"],
        format!("b36.usw2-az1.{}", domain(20))
    );
    for (length, nodes) in [(59, &all), (180, &all), (180, &large)] {
        let compact = text(length, nodes);
        assert_eq!(compact["brokers"].as_array().map(Vec::len), Some(49));
        assert_eq!(compact["brokers"][48].get("host"), None);
        assert_eq!(compact["brokers"][48]["node_id"], nodes[48]);
        assert_eq!(compact["brokers"][48]["az_id"], "usw2-az1");
        let note = compact["note"].as_str().expect("a note");
        assert!(
            note.contains("put b and the node_id for <broker_id>"),
            "{note}"
        );
        assert_eq!(compact["endpoint_service_name"], service().name);
    }
}

#[test]
fn what_has_no_room_at_all_is_left_out_and_the_note_says_where_it_stands() {
    let all: Vec<u32> = (1..50).collect();
    let mut told = of(&group("<b>.<az>.example.com:<p>"), &service(), &all);
    let read = |told: &Handover| {
        let text = told.text().expect("it fits");
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    told.pattern = vec!["x".repeat(2000)];
    let read_ = read(&told);
    assert_eq!(read_.get("brokers"), None);
    assert_eq!(read_["pattern"][0], "x".repeat(2000));
    assert!(
        read_["note"]
            .as_str()
            .is_some_and(|note| note.contains("plan"))
    );
    told.pattern = vec!["x".repeat(LONGEST)];
    told.without = vec!["i-0123456789abcdef0".to_owned(); 300];
    let read = read(&told);
    assert_eq!((read.get("pattern"), read.get("without")), (None, None));
    assert!(
        read["note"]
            .as_str()
            .is_some_and(|note| note.contains("parameter"))
    );
    told.endpoint_service_name = "x".repeat(LONGEST);
    assert!(told.text().expect_err("too long") > LONGEST);
}

#[test]
fn an_incomplete_one_says_so() {
    let text = incomplete(&"EXTERNAL".into());
    let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["complete"], false);
    assert!(
        read["note"]
            .as_str()
            .is_some_and(|note| note.starts_with("EXTERNAL is not handed over"))
    );
}

#[test]
fn of_brokers_who_are_absent_an_old_text_may_say_what_was_so() {
    let three = group("<b>.<az>.kafka.example.com:<p>");
    let text = |nodes: &[u32]| of(&three, &service(), nodes).text().expect("short");
    let absent = |ports: &[u16]| ports.iter().map(|&of| port(of)).collect();
    let (three, two) = (text(&[1, 2, 3]), text(&[1, 2]));
    assert!(is_said_by(&three, &two, &absent(&[9095])));
    assert!(is_said_by(&two, &two, &absent(&[9095])));
    assert!(!is_said_by(&three, &two, &absent(&[])));
    assert!(!is_said_by(&three, &two, &absent(&[9094])));
    assert!(!is_said_by(&two, &three, &absent(&[])));
    assert!(!is_said_by("{}", &two, &absent(&[9095])));
    assert!(!is_said_by(&three[..100], &two, &absent(&[9095])));
    assert!(!is_said_by(
        &three.replace("AZ", "zone"),
        &two,
        &absent(&[9095])
    ));
}

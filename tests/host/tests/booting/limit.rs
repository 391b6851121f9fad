//! The size of user data.

use host::{Given, user_data};

const TEMPLATE: &str = include_str!("../../../../infra/example-cluster.yaml");

/// What the template allows.
fn longest(parameter: &str) -> usize {
    let root: yaml_serde::Value = yaml_serde::from_str(TEMPLATE).expect("a template in YAML");
    let most = root["Parameters"][parameter]["MaxLength"].as_u64();
    usize::try_from(most.expect("a limit")).expect("a length")
}

/// EC2 takes 16 KB, before it is encoded in Base64 (F82).
#[test]
fn user_data_is_within_ec2s_limit_with_the_longest_parameters() {
    let long = |length: usize| "w".repeat(length);
    let interface = "100.100.100.100".to_owned();
    let mut all: Given = [
        ("ClusterName", long(64)),
        ("AWS::Region", "ap-southeast-1".to_owned()),
        ("AWS::StackId", long(90 + 128)),
        ("Source", long(longest("Source"))),
        ("KafkaClusterId", long(22)),
        ("KafkaVersion", long(20)),
        ("JdkVersion", long(20)),
        ("KafkaSha512", long(200)),
        ("JdkSha512", long(200)),
        ("InternalPort", "19999".to_owned()),
        ("ControllerPort", "32767".to_owned()),
        ("FirstBindPort", "65535".to_owned()),
        ("LastBindPort", "65535".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for slot in 1..=3 {
        let address = format!("BrokerInterface{slot}.PrimaryPrivateIpAddress");
        all.insert(address, interface.clone());
        all.insert(format!("SlotRecord{slot}"), long(128));
        all.insert(format!("ZoneId{slot}"), "apse1-az1".to_owned());
    }
    for name in [
        "BrokerTemplate1",
        "BrokerTemplate2",
        "BrokerTemplate3",
        "BastionTemplate",
    ] {
        let length = user_data(name, &all).len();
        println!("{name}: {length} bytes");
        assert!(length < 16_384, "{name}: {length} bytes");
    }
}

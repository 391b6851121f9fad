//! User data as CloudFormation makes it of the template.

use std::collections::BTreeMap;
use yaml_serde::Value;

const TEMPLATE: &str = include_str!("../../../../infra/example-cluster.yaml");

/// What the template's names stand for.
pub type Given = BTreeMap<String, String>;

/// The user data of a launch template.
pub fn user_data(launch_template: &str, given: &Given) -> String {
    let root: Value = yaml_serde::from_str(TEMPLATE).expect("a template in YAML");
    let data = &root["Resources"][launch_template]["Properties"]["LaunchTemplateData"];
    resolved(&data["UserData"]["Fn::Base64"], &root, given)
}

fn resolved(value: &Value, root: &Value, given: &Given) -> String {
    let Value::Tagged(tagged) = value else {
        return value.as_str().expect("a text").to_owned();
    };
    let at = |index: usize| tagged.value[index].as_str().expect("a name");
    match tagged.tag.to_string().as_str() {
        "!Join" => {
            assert_eq!(at(0), "", "nothing between");
            let parts = tagged.value[1].as_sequence().expect("parts");
            parts.iter().map(|it| resolved(it, root, given)).collect()
        }
        "!FindInMap" => resolved(&root["Mappings"][at(0)][at(1)][at(2)], root, given),
        "!Sub" => substituted(tagged.value.as_str().expect("a text"), given),
        other => panic!("what is {other}?"),
    }
}

fn substituted(text: &str, given: &Given) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once('}').expect("its end");
        out += given.get(name).unwrap_or_else(|| panic!("what is {name}?"));
        out += after;
    }
    out
}

/// Names and values as a map.
pub fn given(all: &[(&str, &str)]) -> Given {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.iter().map(owned).collect()
}

/// EC2 guide, "Run commands when you launch an EC2 instance": 16 KB "in raw form, before it is base64-encoded" (F82).
#[test]
fn user_data_is_within_ec2s_limit_with_the_longest_parameters() {
    let long = |length: usize| "w".repeat(length);
    let interface = "100.100.100.100".to_owned();
    let mut all: Given = [
        ("ClusterName", long(64)),
        ("AWS::Region", "ap-southeast-1".to_owned()),
        ("AWS::StackId", long(90 + 128)),
        ("Source", long(1000)),
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

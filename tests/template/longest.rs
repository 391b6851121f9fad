//! The longest values that the parameters of the templates may have.

use crate::stack::{Stack, TEMPLATES, said};
use regex_lite::Regex;
use std::collections::BTreeMap;
use yaml_serde::Value;

/// Of a name of 64 characters, the limit of `ClusterName` and of the groups that alarms watch.
const NAME: &str = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

/// The longest value of each parameter, with which every condition of the templates holds; and the
/// longest partition, Region and stack id.
pub fn longest() -> BTreeMap<String, String> {
    let arn = |service: &str| format!("arn:aws-us-gov:{service}:ap-southeast-1:123456789012:");
    let load_balancer = format!("loadbalancer/net/{}/0123456789abcdef", "w".repeat(32));
    let range = |third: u8| format!("100.100.{third}.128/25");
    let ranges = |count: u8| (100..100 + count).map(range).collect::<Vec<_>>().join(",");
    let subnets = ["subnet-0123456789abcdef0"; 6].join(",");
    [
        ("ClusterName", NAME.to_owned()),
        ("AlarmListenerGroup", NAME.to_owned()),
        ("AlarmSecondListenerGroup", NAME.to_owned()),
        (
            "LoadBalancerArn",
            arn("elasticloadbalancing") + &load_balancer,
        ),
        ("AlarmTopicArn", arn("sns") + &"w".repeat(256)),
        ("VpcId", "vpc-0123456789abcdef0".to_owned()),
        ("SubnetIds", subnets.clone()),
        ("ProbeSubnetIds", subnets),
        ("AddressRanges", ranges(3)),
        ("ConsumerCidrs", ranges(5)),
        ("FirstPort", "60000".to_owned()),
        ("LastPort", "65535".to_owned()),
        ("FirstBindPort", "39092".to_owned()),
        ("LastBindPort", "39093".to_owned()),
        ("AdminPort", "65535".to_owned()),
        (
            "LoadBalancerSecurityGroupId",
            "sg-0123456789abcdef0".to_owned(),
        ),
        ("BrokerSecurityGroupId", "sg-0123456789abcdef0".to_owned()),
        (
            "SupportedRegions",
            "ap-southeast-1,ap-southeast-2".to_owned(),
        ),
        ("LogRetentionDays", "365".to_owned()),
        ("ZoneId1", "usgw1-az1".to_owned()),
        ("ZoneId2", "usgw1-az2".to_owned()),
        ("ZoneId3", "usgw1-az3".to_owned()),
        ("VpcCidr", range(128).replace("/25", "/24")),
        ("SubnetCidrs", ranges(4)),
        ("WayOut", "nat-gateway".to_owned()),
        ("SshCidr", range(128)),
        ("KeyName", "w".repeat(255)),
        ("ImageId", "ami-0123456789abcdef0".to_owned()),
        ("BrokerInstanceType", "u-24tb1.112xlarge".to_owned()),
        ("BastionInstanceType", "u-24tb1.112xlarge".to_owned()),
        ("DataVolumeGiB", "65536".to_owned()),
        ("Source", format!("s3://{}", "w".repeat(63))),
        ("KafkaClusterId", "w".repeat(22)),
        ("KafkaVersion", "10.10.10".to_owned()),
        ("KafkaSha512", "0".repeat(128)),
        ("JdkVersion", "21.0.10.10.10".to_owned()),
        ("JdkSha512", "0".repeat(128)),
        ("InternalPort", "19999".to_owned()),
        ("ControllerPort", "32767".to_owned()),
        ("Dashboard", "yes".to_owned()),
        ("AWS::Partition", "aws-us-gov".to_owned()),
        ("AWS::Region", "ap-southeast-1".to_owned()),
        ("AWS::AccountId", "123456789012".to_owned()),
        ("AWS::StackId", stack_id()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A stack's name has up to 128 characters (CloudFormation API reference, CreateStack).
fn stack_id() -> String {
    let name = "w".repeat(128);
    format!(
        "arn:aws-us-gov:cloudformation:ap-southeast-1:123456789012:stack/{name}/\
         01234567-89ab-cdef-0123-456789abcdef"
    )
}

/// Whether a parameter may have this value, as far as its own pattern says.
pub fn is_allowed(parameter: &Value, value: &str) -> bool {
    let pattern = said(&parameter["AllowedPattern"]);
    pattern.is_none_or(|pattern| {
        let pattern = Regex::new(pattern).expect("a pattern");
        pattern.is_match(value)
    })
}

#[test]
fn every_parameter_has_a_longest_value_which_it_allows() {
    let longest = longest();
    for template in TEMPLATES {
        for (name, parameter) in Stack::of(template).section("Parameters") {
            let value = longest.get(name);
            let value = value.unwrap_or_else(|| panic!("the longest value of {name}?"));
            assert!(is_allowed(parameter, value), "{name}: {value}");
        }
    }
}

#[test]
fn no_name_may_be_longer() {
    for (template, name) in TEMPLATES.iter().flat_map(|template| {
        let names = [
            "ClusterName",
            "AlarmListenerGroup",
            "AlarmSecondListenerGroup",
        ];
        names.map(|name| (template, name))
    }) {
        let stack = Stack::of(template);
        let declared = stack.section("Parameters").into_iter();
        for (_, parameter) in declared.filter(|(declared, _)| *declared == name) {
            assert!(!is_allowed(parameter, &format!("{NAME}w")), "{name}");
        }
    }
}

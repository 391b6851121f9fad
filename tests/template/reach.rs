//! Who reaches whom in the example cluster: hosts each other, and AWS.

use crate::stack::{Complaints, EXAMPLE, Stack, complains, each, rule, said};
use yaml_serde::Value;

/// Each rule of a security group: who, where to or from, and on which port.
fn rules(stack: &Stack) -> Vec<String> {
    let mut rules = Vec::new();
    for (direction, peer) in [("Ingress", "Source"), ("Egress", "Destination")] {
        let kind = format!("AWS::EC2::SecurityGroup{direction}");
        for (_, rule) in stack.all(&kind) {
            let group = said(&rule["GroupId"]).unwrap_or("nobody");
            let peer = said(&rule[format!("{peer}SecurityGroupId")]);
            rules.push(shown(group, direction, peer, rule));
        }
        for (id, group) in stack.all("AWS::EC2::SecurityGroup") {
            let list = each(&group[format!("SecurityGroup{direction}")]);
            for rule in list.into_iter().map(rule) {
                rules.push(shown(id, direction, said(&rule["CidrIp"]), rule));
            }
        }
    }
    rules.sort();
    rules
}

fn shown(group: &str, direction: &str, peer: Option<&str>, rule: &Value) -> String {
    let port = |name: &str| {
        let number = rule[name].as_u64().map(|port| port.to_string());
        number.or_else(|| said(&rule[name]).map(str::to_owned))
    };
    let (first, last) = (port("FromPort"), port("ToPort"));
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let ports = if first == last {
        first
    } else {
        format!("{first} to {last}")
    };
    let protocol = said(&rule["IpProtocol"]).unwrap_or_default();
    format!(
        "{group} {direction} {}: {protocol} {ports}",
        peer.unwrap_or_default()
    )
}

#[test]
fn security_groups_have_just_what_is_needed() {
    let (brokers, bastion) = ("BrokerSecurityGroup", "BastionSecurityGroup");
    assert_eq!(
        rules(&Stack::of(EXAMPLE)),
        [
            format!("{bastion} Egress 0.0.0.0/0: tcp 443"),
            format!("{bastion} Egress {brokers}: tcp InternalPort"),
            format!("{bastion} Ingress SshCidr: tcp 22"),
            format!("{brokers} Egress 0.0.0.0/0: tcp 443"),
            format!("{brokers} Egress {brokers}: tcp ControllerPort"),
            format!("{brokers} Egress {brokers}: tcp InternalPort"),
            format!("{brokers} Ingress {bastion}: tcp InternalPort"),
            format!("{brokers} Ingress {brokers}: tcp ControllerPort"),
            format!("{brokers} Ingress {brokers}: tcp InternalPort"),
            "EndpointSecurityGroup Ingress Vpc.CidrBlock: tcp 443".to_owned(),
        ]
    );
}

/// Endpoints that an agent has no use for do not exist in every Region (F86).
pub fn hosts_reach_what_they_need_of_aws(stack: &Stack) -> Complaints {
    let endpoints = stack.all("AWS::EC2::VPCEndpoint").into_iter();
    let names = endpoints.flat_map(|(_, endpoint)| match &endpoint["ServiceName"] {
        Value::Tagged(tagged) if tagged.tag == "!If" => each(&tagged.value)[1..].to_vec(),
        name => vec![name],
    });
    let services = names.filter_map(|name| said(name)?.rsplit('.').next());
    let services: Vec<&str> = services.collect();
    let mut complaints = Complaints::new();
    if services != ["s3", "ssm", "ssmmessages", "ec2", "ec2"] {
        complaints.push(format!("the endpoints are {services:?}"));
    }
    for (_, policy) in stack.all("AWS::IAM::ManagedPolicy") {
        let statements = each(&policy["PolicyDocument"]["Statement"]).into_iter();
        let actions = statements.flat_map(|it| each(&it["Action"]));
        for action in actions.filter_map(said) {
            if !["ssm:", "ssmmessages:"]
                .iter()
                .any(|it| action.starts_with(it))
            {
                complaints.push(format!("nobody calls {action}"));
            }
        }
    }
    complaints
}

#[test]
fn agents_need_no_service_that_is_not_in_every_region() {
    let rule = hosts_reach_what_they_need_of_aws;
    assert_eq!(rule(&Stack::of(EXAMPLE)), Complaints::new());
    for (old, new, complaint) in [
        ("}.ssmmessages", "}.ec2messages", "the endpoints are"),
        (
            "ssmmessages:OpenDataChannel",
            "ec2messages:GetMessages",
            "nobody calls ec2messages:GetMessages",
        ),
    ] {
        complains(rule, EXAMPLE, old, new, complaint);
    }
}

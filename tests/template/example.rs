//! The example cluster: what it refuses before it makes anything, and what it hands to the other stacks.

use crate::longest::{is_allowed, longest};
use crate::stack::{Complaints, EXAMPLE, PRIVATELINK, Stack, TEXT, complains, said};
use std::collections::BTreeSet;
use world::template::Template;

/// The example cluster with these values, and sensible ones else.
fn with(values: &[(&str, &str)]) -> Template {
    let mut all = longest();
    for (name, value) in [("SshCidr", ""), ("KeyName", ""), ("Source", "")]
        .iter()
        .chain(values)
    {
        all.insert((*name).to_owned(), (*value).to_owned());
    }
    Stack::of(EXAMPLE).with(&all).expect("a template")
}

#[test]
fn values_that_do_not_go_together_are_refused_with_a_reason() {
    let (a, b) = ("usw2-az1", "usw2-az2");
    for (values, refused) in [
        (vec![("ZoneId1", a), ("ZoneId2", b)], None),
        (
            vec![("ZoneId1", a), ("ZoneId2", a)],
            Some("Two AZ IDs are the same"),
        ),
        (
            vec![("ZoneId1", a), ("ZoneId3", a)],
            Some("Two AZ IDs are the same"),
        ),
        (
            vec![("ZoneId2", a), ("ZoneId3", a)],
            Some("Two AZ IDs are the same"),
        ),
        (vec![("SshCidr", "203.0.113.7/32")], Some("SSH needs both")),
        (vec![("KeyName", "mine")], Some("SSH needs both")),
        (
            vec![("SshCidr", "203.0.113.7/32"), ("KeyName", "mine")],
            None,
        ),
        (vec![("WayOut", "endpoints")], Some("Without a NAT gateway")),
        (
            vec![("WayOut", "endpoints"), ("Source", "s3://bucket/folder")],
            None,
        ),
    ] {
        let said = with(&values).refusals().expect("rules");
        assert_eq!(
            said.len(),
            usize::from(refused.is_some()),
            "{values:?}: {said:?}"
        );
        if let Some(refused) = refused {
            assert!(said[0].contains(refused), "{values:?}: {said:?}");
        }
    }
}

#[test]
fn a_value_that_can_be_none_is_refused_by_itself() {
    let right = "0123456789ABCDEFabcdef".repeat(6)[..128].to_owned();
    let spaced = right.as_bytes().chunks(8).map(String::from_utf8_lossy);
    let spaced = spaced.collect::<Vec<_>>().join(" ");
    let example = Stack::of(EXAMPLE);
    for (name, value, is_right) in [
        ("ZoneId1", "usw2-az1", true),
        ("ZoneId1", "us-west-2a", false),
        ("ZoneId1", "", false),
        ("KafkaSha512", right.as_str(), true),
        ("KafkaSha512", spaced.as_str(), true),
        ("KafkaSha512", "", false),
        ("KafkaSha512", &right[1..], false),
        ("JdkSha512", "", false),
        ("KafkaVersion", "3.7", false),
        ("JdkVersion", "21", false),
        ("Source", "s3://bucket", true),
        ("Source", "https://host/folder", true),
        ("Source", "http://host/folder", false),
        ("Source", "s3://bucket/'; reboot", false),
        ("ClusterName", "a'b", false),
        (
            "SubnetCidrs",
            "10.0.0.0/18,10.0.64.0/18,10.0.128.0/18",
            false,
        ),
        // An NLB needs eight free addresses in each of its subnets (F92): 16 are too few for that and the hosts.
        (
            "SubnetCidrs",
            "10.0.0.0/27,10.0.0.32/27,10.0.0.64/27,10.0.0.96/27",
            true,
        ),
        (
            "SubnetCidrs",
            "10.0.0.0/28,10.0.0.16/28,10.0.0.32/28,10.0.0.48/28",
            false,
        ),
    ] {
        let parameter = &example.top("Parameters")[name];
        assert_eq!(is_allowed(parameter, value), is_right, "{name}: {value}");
    }
    // A version has a checksum that somebody gives: none is there by itself.
    for name in ["KafkaSha512", "JdkSha512"] {
        assert!(
            example.top("Parameters")[name].get("Default").is_none(),
            "{name}"
        );
    }
}

/// A listener's port is no other's: the ranges of the three kinds do not meet.
pub fn ports_never_overlap(stack: &Stack) -> Complaints {
    let of = |name: &str, bound: &str| stack.top("Parameters")[name][bound].as_i64();
    let kinds = ["InternalPort", "ControllerPort", "FirstBindPort"];
    let mut complaints = Complaints::new();
    for pair in kinds.windows(2) {
        match (of(pair[0], "MaxValue"), of(pair[1], "MinValue")) {
            (Some(most), Some(least)) if most < least => {}
            (Some(_), Some(_)) => {
                complaints.push(format!("{} and {} may be the same", pair[0], pair[1]));
            }
            (None, _) => complaints.push(format!("{} has no MaxValue", pair[0])),
            (_, None) => complaints.push(format!("{} has no MinValue", pair[1])),
        }
    }
    if of("FirstBindPort", "MinValue") != of("LastBindPort", "MinValue") {
        complaints.push("the bind ports begin at two places".to_owned());
    }
    complaints
}

#[test]
fn no_port_can_be_two_listeners() {
    assert_eq!(ports_never_overlap(&Stack::of(EXAMPLE)), Complaints::new());
    for (old, new, complaint) in [
        ("MaxValue: 19999", "MaxValue: 29999", "may be the same"),
        ("    MaxValue: 19999\n", "", "InternalPort has no MaxValue"),
    ] {
        complains(ports_never_overlap, EXAMPLE, old, new, complaint);
    }
}

#[test]
fn its_outputs_are_what_the_other_stacks_ask_for() {
    let example = Stack::of(EXAMPLE);
    let outputs: BTreeSet<&str> = example
        .section("Outputs")
        .iter()
        .map(|(name, _)| *name)
        .collect();
    let link = Stack::of(PRIVATELINK);
    let link_outputs: Vec<&str> = link
        .section("Outputs")
        .iter()
        .map(|(name, _)| *name)
        .collect();
    for (template, by_hand) in [(PRIVATELINK, vec!["ConsumerCidrs"]), (TEXT, vec![])] {
        for (name, parameter) in Stack::of(template).section("Parameters") {
            let comes = outputs.contains(name)
                || parameter.get("Default").is_some()
                || by_hand.contains(&name)
                || (template == TEXT && link_outputs.contains(&name));
            assert!(comes, "who gives {name}?");
        }
    }
    // EC2 takes host bits off a range, and probe-brokers refuses one that has some.
    let ranges = &example.top("Outputs")["AddressRanges"]["Value"];
    assert_eq!(said(ranges), Some("Vpc.CidrBlock"));
    // What both have, both have alike.
    for name in [
        "BrokerSecurityGroupId",
        "VpcId",
        "ClusterName",
        "FirstBindPort",
        "LastBindPort",
    ] {
        for template in [PRIVATELINK, TEXT] {
            let there = Stack::of(template);
            assert!(
                there
                    .section("Parameters")
                    .iter()
                    .any(|(known, _)| *known == name),
                "{name}"
            );
        }
        assert!(outputs.contains(name), "{name}");
    }
}

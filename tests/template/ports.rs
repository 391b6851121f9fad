//! Rules of security groups: what an update would take away, and rules that would be equal. EC2 refuses the second one of two resources
//! (`InvalidPermission.Duplicate`); of two in one group it makes one, and taking one of them away
//! later takes that one away (cloudformation-coverage-roadmap #1532, #1534).

use crate::longest::longest;
use crate::stack::{
    Complaints, EXAMPLE, PRIVATELINK, Stack, TEXT, complains, each, holds_everywhere, rule,
};
use std::collections::{BTreeMap, BTreeSet};
use world::template::{Template, Text};

/// A template with other values than the longest.
fn with(template: &str, values: &[(&str, &str)]) -> Template {
    let mut all = longest();
    let values = values.iter();
    all.extend(values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Stack::of(template).with(&all).expect("a template")
}

/// Each rule as what EC2 compares: group, direction, protocol, ports, range or group. What names
/// another resource is the same in all rules here.
fn rules(template: &Template) -> Vec<String> {
    let texts = template.texts().expect("texts").into_iter();
    let mut rules: Vec<BTreeMap<String, String>> = Vec::new();
    for Text {
        resource,
        kind,
        path,
        text,
    } in texts.filter(|t| t.kind.starts_with("AWS::EC2::Sec"))
    {
        let (direction, property) = match path.split_once('.') {
            Some((direction, property)) => (direction, property),
            None if kind == "AWS::EC2::SecurityGroupIngress" => (resource.as_str(), path.as_str()),
            None => continue,
        };
        if !["IpProtocol", "FromPort", "ToPort", "CidrIp", "GroupId"].contains(&property) {
            continue;
        }
        // The protocol is the first property of each rule of a list.
        let new = property == "IpProtocol" && direction.starts_with("SecurityGroup");
        let same = rules.last().is_some_and(|rule| rule["of"] == direction);
        if new || !same {
            rules.push([("of".to_owned(), direction.to_owned())].into());
        }
        let rule = rules.last_mut().expect("a rule");
        rule.insert(property.to_owned(), text);
    }
    let shown = rules.into_iter().map(|mut rule| {
        if !rule["of"].starts_with("SecurityGroup") {
            rule.insert("of".to_owned(), "a resource".to_owned());
        }
        format!("{rule:?}")
    });
    shown.collect()
}

fn are_all_different(rules: &[String]) -> bool {
    rules.iter().collect::<BTreeSet<_>>().len() == rules.len()
}

#[test]
fn the_rules_of_three_ranges_and_of_five_are_all_different() {
    let counts = [TEXT, PRIVATELINK].map(|template| {
        let rules = rules(&with(template, &[]));
        assert!(are_all_different(&rules), "{rules:#?}");
        rules.len()
    });
    assert_eq!(counts, [9 + 3, 5 + 1 + 1]);
}

#[test]
fn a_range_that_is_named_twice_counts_once() {
    let (a, b) = ("10.0.0.0/24", "10.0.1.0/24");
    for (ranges, count) in [
        (vec![a], 1),
        (vec![a, a], 1),
        (vec![a, b], 2),
        (vec![a, a, a], 1),
        (vec![a, b, a], 2),
        (vec![a, b, b], 2),
        (vec![a, a, b], 2),
    ] {
        let rules = rules(&with(TEXT, &[("AddressRanges", &ranges.join(","))]));
        assert!(are_all_different(&rules), "{ranges:?}: {rules:#?}");
        assert_eq!(rules.len(), 3 * count + 3, "{ranges:?}");
    }
    let c = "10.0.2.0/24";
    for (ranges, count) in [
        (vec![a, b, c, a, b], 3),
        (vec![a, b, a, c, c], 3),
        (vec![a, a, a, a, a], 1),
        (vec![a, b, c, c], 3),
    ] {
        let rules = rules(&with(PRIVATELINK, &[("ConsumerCidrs", &ranges.join(","))]));
        assert!(are_all_different(&rules), "{ranges:?}: {rules:#?}");
        assert_eq!(rules.len(), count + 2, "{ranges:?}");
    }
}

/// First and last listener port, first and last bind port, admin port.
const SPANS: [[&str; 5]; 7] = [
    ["9092", "9140", "39092", "39092", "9092"],
    ["9092", "9140", "39092", "39093", "39092"],
    ["9092", "9140", "9092", "9092", "9093"],
    ["9092", "9092", "39092", "39092", "9092"],
    ["9092", "9140", "39092", "39092", "39092"],
    ["9092", "9140", "9092", "9140", "9090"],
    ["9092", "9092", "9092", "9092", "9092"],
];
const NAMES: [&str; 5] = [
    "FirstPort",
    "LastPort",
    "FirstBindPort",
    "LastBindPort",
    "AdminPort",
];

#[test]
fn spans_that_would_make_equal_rules_are_refused_with_a_reason_and_others_are_not() {
    for (spans, refusals) in SPANS.iter().zip([0, 0, 0, 1, 1, 1, 3]) {
        let values: Vec<_> = NAMES.into_iter().zip(*spans).collect();
        let template = with(TEXT, &values);
        let said = template.refusals().expect("rules");
        assert_eq!(said.len(), refusals, "{spans:?}: {said:?}");
        let rules = rules(&template);
        assert_eq!(
            are_all_different(&rules),
            refusals == 0,
            "{spans:?}: {rules:#?}"
        );
    }
}

/// A rule that stands in a group is taken away before the changed one is made (F90). The probe's own group may: only the
/// probe waits.
pub fn no_port_of_a_rule_in_a_group_is_a_parameter(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, group) in stack.all("AWS::EC2::SecurityGroup") {
        let rules = ["SecurityGroupIngress", "SecurityGroupEgress"];
        let rules = rules.iter().flat_map(|list| each(&group[*list]));
        let rules = rules.filter(|_| id != "ProbeBrokersSecurityGroup");
        for rule in rules.map(rule) {
            let fixed = |port: &str| rule[port].as_u64().is_some();
            if !fixed("FromPort") || !fixed("ToPort") {
                complaints.push(format!("{id}: an update may change a port of {rule:?}"));
            }
        }
    }
    complaints
}

/// The new rule of a resource is made before the old one goes, and if EC2 takes both for one, that one goes (F91): so it
/// may be with ranges, which EC2 masks and which may swap their places.
pub fn no_rule_of_its_own_has_a_range(stack: &Stack) -> Complaints {
    let kinds = [
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SecurityGroupEgress",
    ];
    let rules = kinds.iter().flat_map(|kind| stack.all(kind));
    let ranged = rules.filter(|(_, rule)| rule.get("CidrIp").is_some());
    ranged
        .map(|(id, _)| format!("{id} is about a range"))
        .collect()
}

#[test]
fn no_port_of_a_rule_inside_a_group_is_a_parameter_and_no_rule_of_its_own_has_a_range() {
    holds_everywhere(no_port_of_a_rule_in_a_group_is_a_parameter);
    holds_everywhere(no_rule_of_its_own_has_a_range);
    for (template, old, new) in [
        (PRIVATELINK, "ToPort: 65535", "ToPort: !Ref LastBindPort"),
        (
            PRIVATELINK,
            "          FromPort: 1\n",
            "          FromPort: !Ref FirstBindPort\n",
        ),
        (
            EXAMPLE,
            "FromPort: 22, ToPort: 22",
            "FromPort: !Ref InternalPort, ToPort: 22",
        ),
    ] {
        let rule = no_port_of_a_rule_in_a_group_is_a_parameter;
        complains(rule, template, old, new, "an update may change a port of");
    }
    complains(
        no_rule_of_its_own_has_a_range,
        PRIVATELINK,
        "SourceSecurityGroupId: !GetAtt LoadBalancerSecurityGroup.GroupId",
        "CidrIp: 10.0.0.0/8",
        "BrokerIngress is about a range",
    );
}

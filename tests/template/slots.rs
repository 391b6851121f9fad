//! The slots of the example cluster: what a broker keeps when its instance goes.

use crate::stack::{Complaints, EXAMPLE, Stack, complains, each, said};
use yaml_serde::Value;

/// What keeps a broker's data and its name when instances come and go.
pub fn slots_outlive_their_instances(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let mut must = |is_so: bool, what: String| {
        if !is_so {
            complaints.push(what);
        }
    };
    for (id, _) in stack.all("AWS::EC2::Volume") {
        let volume = &stack.top("Resources")[id];
        must(
            said(&volume["DeletionPolicy"]) == Some("RetainExceptOnCreate"),
            format!("{id} goes with the stack"),
        );
        must(
            said(&volume["UpdateReplacePolicy"]) == Some("Retain"),
            format!("{id} goes with an update"),
        );
    }
    for (id, template) in stack.all("AWS::EC2::LaunchTemplate") {
        let data = &template["LaunchTemplateData"];
        must(
            said(&data["MetadataOptions"]["HttpTokens"]) == Some("required"),
            format!("{id} has IMDSv1"),
        );
    }
    for (id, group) in stack.all("AWS::AutoScaling::AutoScalingGroup") {
        let slot = &id[id.len() - 1..];
        must(
            said(&group["MaxSize"]) == Some("1"),
            format!("{id} is no group of one"),
        );
        // F80.
        must(
            group.get("VPCZoneIdentifier").is_none(),
            format!("{id} has a subnet"),
        );
        let hooks = each(&group["LifecycleHookSpecificationList"]);
        let of = |hook: &Value, key: &str| said(&hook[key]).unwrap_or_default().to_owned();
        let names: Vec<String> = hooks
            .iter()
            .map(|hook| of(hook, "LifecycleHookName"))
            .collect();
        must(
            names
                == [
                    "kafka-privatelink-launching",
                    "kafka-privatelink-terminating",
                ],
            format!("{id}: {names:?}"),
        );
        must(
            hooks
                .iter()
                .all(|hook| of(hook, "DefaultResult") == "CONTINUE"),
            format!("{id}: a hook abandons"),
        );
        let template = stack.named(
            "AWS::EC2::LaunchTemplate",
            &group["LaunchTemplate"]["LaunchTemplateId"],
        );
        let interface = template
            .map(|it| &it["LaunchTemplateData"]["NetworkInterfaces"][0]["NetworkInterfaceId"]);
        let interface = interface.and_then(said).unwrap_or_default();
        must(
            interface == format!("BrokerInterface{slot}"),
            format!("{id} has the interface {interface}"),
        );
        let tags = each(&group["Tags"]).into_iter();
        let tags: Vec<&str> = tags.filter_map(|tag| said(&tag["Key"])).collect();
        for key in ["cluster", "node-id", "keeps-disk"] {
            let key = format!("kafka-privatelink:{key}");
            must(tags.contains(&&*key), format!("{id} lacks {key}"));
        }
    }
    complaints
}

#[test]
fn a_slot_keeps_its_volume_and_its_address() {
    let rule = slots_outlive_their_instances;
    assert_eq!(rule(&Stack::of(EXAMPLE)), Complaints::new());
    for (old, new, complaint) in [
        (
            "DeletionPolicy: RetainExceptOnCreate",
            "DeletionPolicy: Delete",
            "BrokerVolume1 goes with the stack",
        ),
        ("HttpTokens: required", "HttpTokens: optional", "has IMDSv1"),
        (
            "DefaultResult: CONTINUE",
            "DefaultResult: ABANDON",
            "a hook abandons",
        ),
        (
            "NetworkInterfaceId: !Ref BrokerInterface1",
            "NetworkInterfaceId: !Ref BrokerInterface2",
            "the interface BrokerInterface2",
        ),
        (
            "kafka-privatelink:keeps-disk",
            "keeps-disk",
            "BrokerGroup1 lacks",
        ),
    ] {
        complains(rule, EXAMPLE, old, new, complaint);
    }
}

#[test]
fn the_slots_differ_by_their_number_only() {
    let begin = |slot: u8| {
        EXAMPLE
            .find(&format!("\n  # ---- slot {slot} ----\n"))
            .expect("a slot")
    };
    let end = EXAMPLE.find("\nOutputs:\n").expect("outputs");
    let text = |from: usize, to: usize| {
        let voters = |line: &&str| !line.contains("VOTERS=");
        EXAMPLE[from..to]
            .lines()
            .filter(voters)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let first = text(begin(1), begin(2));
    for (slot, text) in [(2, text(begin(2), begin(3))), (3, text(begin(3), end))] {
        assert_eq!(first.lines().count(), text.lines().count());
        for (one, other) in first.lines().zip(text.lines()) {
            let digits = |line: &str| line.replace(['1', '2', '3'], "N");
            assert_eq!(digits(one), digits(other), "slot {slot}");
        }
        let own: Vec<&str> = text.lines().filter(|line| line.contains("ZONE=")).collect();
        assert!(
            own.len() == 1 && own[0].contains(&format!("ZONE='${{ZoneId{slot}}}'")),
            "{own:?}"
        );
    }
}

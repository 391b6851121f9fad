//! The slots of the example cluster: what a broker keeps when its instance goes.

use crate::stack::{Complaints, EXAMPLE, Rule, Stack, complains, each, said};
use yaml_serde::Value;

/// A volume with data outlives the stack and its updates.
pub fn volumes_outlive_the_stack(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, _) in stack.all("AWS::EC2::Volume") {
        let volume = &stack.top("Resources")[id];
        if said(&volume["DeletionPolicy"]) != Some("RetainExceptOnCreate") {
            complaints.push(format!("{id} goes with the stack"));
        }
        if said(&volume["UpdateReplacePolicy"]) != Some("Retain") {
            complaints.push(format!("{id} goes with an update"));
        }
    }
    complaints
}

/// No process of an instance gets the role's credentials by a plain GET.
pub fn instances_have_imdsv2_only(stack: &Stack) -> Complaints {
    let templates = stack.all("AWS::EC2::LaunchTemplate").into_iter();
    let tokens = |template: &Value| {
        said(&template["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"]) == Some("required")
    };
    templates
        .filter(|(_, template)| !tokens(template))
        .map(|(id, _)| format!("{id} has IMDSv1"))
        .collect()
}

/// The one instance of a slot has the slot's address and tags, and its hooks let the next one come.
pub fn a_slot_has_one_instance(stack: &Stack) -> Complaints {
    let groups = stack.all("AWS::AutoScaling::AutoScalingGroup").into_iter();
    groups
        .flat_map(|(id, group)| {
            let is_no_one =
                (said(&group["MaxSize"]) != Some("1")).then(|| "is no group of one".to_owned());
            // F80.
            let has_subnet = group
                .get("VPCZoneIdentifier")
                .map(|_| "has a subnet".to_owned());
            let own = [is_no_one, has_subnet].into_iter().flatten();
            let own = own
                .chain(hooks(group))
                .chain(interface(stack, id, group))
                .chain(tags(group));
            own.map(|what| format!("{id} {what}")).collect::<Vec<_>>()
        })
        .collect()
}

fn hooks(group: &Value) -> Complaints {
    let hooks = each(&group["LifecycleHookSpecificationList"]);
    let of =
        |key: &str| -> Vec<&str> { hooks.iter().filter_map(|hook| said(&hook[key])).collect() };
    let mut complaints = Complaints::new();
    let names = of("LifecycleHookName");
    if names
        != [
            "kafka-privatelink-launching",
            "kafka-privatelink-terminating",
        ]
    {
        complaints.push(format!("has the hooks {names:?}"));
    }
    if of("DefaultResult") != ["CONTINUE"; 2] {
        complaints.push("has a hook that abandons".to_owned());
    }
    complaints
}

fn interface(stack: &Stack, id: &str, group: &Value) -> Option<String> {
    let template = &group["LaunchTemplate"]["LaunchTemplateId"];
    let template = stack.named("AWS::EC2::LaunchTemplate", template);
    let interfaces = template.map(|it| &it["LaunchTemplateData"]["NetworkInterfaces"]);
    let interface = interfaces.and_then(|it| said(&it[0]["NetworkInterfaceId"]));
    let slot = &id[id.len() - 1..];
    let own = format!("BrokerInterface{slot}");
    (interface != Some(&*own)).then(|| format!("has the interface {interface:?}"))
}

fn tags(group: &Value) -> Complaints {
    let tags = each(&group["Tags"]).into_iter();
    let tags: Vec<&str> = tags.filter_map(|tag| said(&tag["Key"])).collect();
    let keys = ["cluster", "node-id", "keeps-disk"].map(|key| format!("kafka-privatelink:{key}"));
    let missing = keys.iter().filter(|key| !tags.contains(&&***key));
    missing.map(|key| format!("lacks {key}")).collect()
}

#[test]
fn a_slot_keeps_its_volume_and_its_address() {
    let broken: &[(Rule, &str, &str, &str)] = &[
        (
            volumes_outlive_the_stack,
            "DeletionPolicy: RetainExceptOnCreate",
            "DeletionPolicy: Delete",
            "BrokerVolume1 goes with the stack",
        ),
        (
            volumes_outlive_the_stack,
            "UpdateReplacePolicy: Retain",
            "UpdateReplacePolicy: Delete",
            "BrokerVolume1 goes with an update",
        ),
        (
            instances_have_imdsv2_only,
            "HttpTokens: required",
            "HttpTokens: optional",
            "has IMDSv1",
        ),
        (
            a_slot_has_one_instance,
            "MaxSize: \"1\"",
            "MaxSize: \"2\"",
            "BrokerGroup1 is no group of one",
        ),
        (
            a_slot_has_one_instance,
            "DefaultResult: CONTINUE",
            "DefaultResult: ABANDON",
            "BrokerGroup1 has a hook that abandons",
        ),
        (
            a_slot_has_one_instance,
            "NetworkInterfaceId: !Ref BrokerInterface1",
            "NetworkInterfaceId: !Ref BrokerInterface2",
            "has the interface Some(\"BrokerInterface2\")",
        ),
        (
            a_slot_has_one_instance,
            "kafka-privatelink:keeps-disk",
            "keeps-disk",
            "BrokerGroup1 lacks",
        ),
    ];
    for (rule, old, new, complaint) in broken {
        assert_eq!(rule(&Stack::of(EXAMPLE)), Complaints::new());
        complains(*rule, EXAMPLE, old, new, complaint);
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

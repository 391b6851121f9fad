//! Whole observations, and what of them is replaced.

use super::*;
use serde_json::json;

fn saved() -> Value {
    json!({
        "function": "register-brokers",
        "release": "0.1.0",
        "observed": {
            "now": { "seen": "2026-11-22T12:00:00Z" },
            "cluster": "orders",
            "load_balancer_arn": "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/front/0123456789abcdef",
            "parameters": { "seen": [
                {
                    "name": "/kafka-privatelink/orders/listeners/EXTERNAL",
                    "kind": "String",
                    "value": "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>"
                },
                {
                    "name": "/kafka-privatelink/orders/handover/EXTERNAL",
                    "kind": "String",
                    "value": "{\"complete\": true, \"advertised_listener_pattern\": \"abc\"}"
                }
            ] },
            "target_groups": { "gap": {
                "read": "DescribeTargetGroups",
                "reason": "permission missing: allow elasticloadbalancing:DescribeTargetGroups to arn:aws:sts::123456789012:assumed-role/orders-Role/x"
            } },
            "health": {
                "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/kpl-e8da5395-334d33742f6cdb80/0000000000000004":
                    { "seen": [{ "instance": "i-00000000000000005", "port": 39092 }] }
            },
            "listener_attributes": { "arn:aws:x:y:123456789012:listener/net/front/0123456789abcdef/1": {
                "seen": { "tcp.idle_timeout.seconds": "660" } } },
            "instances": { "seen": [
                {
                    "id": "i-00000000000000005",
                    "private_ip": "10.20.30.40",
                    "tags": {
                        "kafka-privatelink:cluster": "orders",
                        "kafka-privatelink:node-id": "3199015",
                        "kafka-privatelink:cluster-id": "MkU3OEVBNTcwNTJENDM2Qg",
                        "Name": "Orders EU, broker 7",
                        "acme:owner": "jane.doe@acme.example.com"
                    }
                },
                { "id": "i-00000000000000009", "tags": { "kafka-privatelink:cluster": "sales" } }
            ] },
            "auto_scaling_groups": { "seen": [
                { "name": "broker fleet", "instances": { "i-00000000000000005": "InService" } }
            ] },
            "proof": { "seen": [
                { "verdict": "advertises", "found": "kafka.acme:9092", "wanted": "nothing on EXTERNAL" },
                { "verdict": "wrong-cluster", "reached": "other", "wanted": "MkU3OEVBNTcwNTJENDM2Qg" },
                { "verdict": "unreachable", "why": "10.20.30.40:39092 of orders refused" }
            ] }
        },
        "agreed": [{ "another": ["i-00000000000000009", 2] }]
    })
}

#[test]
fn everything_that_tells_whose_it_is_is_replaced_alike() {
    let (saved, masked) = (saved(), Mask::of(&saved()).value(&saved()));
    let text = masked.to_string();
    for token in [
        "orders",
        "sales",
        "front",
        "acme",
        "jane",
        "abc",
        "3199015.",
        "123456789012",
        "e8da5395",
        "i-00000000000000005",
        "0123456789abcdef",
        "10.20.30.40",
        "MkU3OEVBNTcwNTJENDM2Qg",
        "fleet",
    ] {
        assert!(saved.to_string().contains(token), "{token}");
        assert!(!text.contains(token), "{token} in {text}");
    }
    let observed = &masked["observed"];
    let cluster = observed["cluster"].as_str().expect("a cluster");
    assert_eq!(cluster.len(), "orders".len());
    let name = observed["parameters"]["seen"][0]["name"].as_str();
    let path = format!("/kafka-privatelink/{cluster}/listeners/EXTERNAL");
    assert_eq!(name, Some(path.as_str()));
    let [one, other] = [0, 1].map(|at| &observed["instances"]["seen"][at]);
    assert_eq!(one["tags"]["kafka-privatelink:cluster"], cluster);
    assert_eq!(one["tags"]["kafka-privatelink:node-id"], "3199015");
    assert_eq!(one["id"], "i-00000001000000000");
    assert_eq!(other["id"], "i-00000002000000000");
    assert_eq!(masked["agreed"], json!([{ "another": [other["id"], 2] }]));
    let prefix = name_prefix(&cluster.into());
    let group = observed["health"]
        .as_object()
        .expect("health")
        .keys()
        .next();
    let group = group.expect("a group");
    assert!(
        group.contains(&format!("/{prefix}334d33742f6cdb80/")),
        "{group}"
    );
    let rows = &observed["proof"]["seen"];
    let address = one["private_ip"].as_str().expect("an address");
    assert_eq!(
        rows[2]["why"],
        format!("{address}:39092 of {cluster} refused")
    );
    assert_eq!(rows[0]["wanted"], "nothing on EXTERNAL");
    assert_eq!(
        rows[1]["wanted"],
        one["tags"]["kafka-privatelink:cluster-id"]
    );
    let handover = observed["parameters"]["seen"][1]["value"].as_str();
    let pattern = observed["parameters"]["seen"][0]["value"]
        .as_str()
        .expect("a pattern");
    let unique = pattern.split('.').nth(2).expect("a label");
    let same = format!("{{\"complete\": true, \"advertised_listener_pattern\": \"{unique}\"}}");
    assert_eq!(handover, Some(same.as_str()));
}

#[test]
fn what_a_plan_reads_stays() {
    let masked = Mask::of(&saved()).value(&saved());
    assert_eq!(masked["function"], "register-brokers");
    assert_eq!(masked["release"], "0.1.0");
    let text = masked.to_string();
    for kept in [
        "EXTERNAL",
        "us-west-2",
        "<broker_id>.<az_id>.",
        "tidbcloud.com:<port>",
        "2026-11-22T12:00:00Z",
        "permission missing: allow elasticloadbalancing:DescribeTargetGroups",
        "assumed-role/",
        "tcp.idle_timeout.seconds",
        "660",
        "InService",
        "\"Name\"",
        "kpl-",
        "334d33742f6cdb80",
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}

/// A cluster may be named like anything.
#[test]
fn what_a_plan_reads_of_activities_stays_and_names_in_them_do_not() {
    let activity = json!({ "observed": { "activities": { "broker-3": { "seen": [{
        "group": "broker-3",
        "description": "Terminating EC2 instance: i-00000000000000005",
        "cause": "At 2026-11-22T12:00:00Z a monitor alarm acme-idle in state ALARM triggered policy, shrinking the capacity from 2 to 1.",
        "started_at": "2026-11-22T12:00:00Z"
    }] } } } });
    let masked = Mask::of(&activity).value(&activity).to_string();
    assert!(
        masked.contains("\"Terminating EC2 instance: i-"),
        "{masked}"
    );
    assert!(masked.contains("shrinking the capacity"), "{masked}");
    assert!(!masked.contains("acme"), "{masked}");
}

#[test]
fn a_name_that_is_a_word_of_plans_is_replaced_where_it_is_a_name_only() {
    for cluster in [
        "external",
        "broker",
        "listeners",
        "42",
        "kafka",
        "b1",
        "a",
        "ACME",
        "ACME_EU",
        "acme",
    ] {
        let tags = json!({ "kafka-privatelink:cluster": cluster, "kafka-privatelink:group": "EXTERNAL",
            "kafka-privatelink:role": "broker", "kafka-privatelink:node-id": "42" });
        let name = format!("/kafka-privatelink/{cluster}/listeners/EXTERNAL");
        let acme = format!("/kafka-privatelink/{cluster}/handover/ACME_EU");
        let note = "ACME_EU is not handed over";
        let value = r#"{"pattern": "<b>.a.example.com:<p>", "broker_ports": "42-43"}"#;
        let saved = json!({ "observed": { "cluster": cluster, "tags": tags,
            "parameters": [{ "name": name, "value": value }, { "name": acme, "value": note }],
            "proof": [{ "group": "ACME_EU" }] }, "agreed": [{ "old-handover": "ACME_EU" }] });
        let masked = Mask::of(&saved).value(&saved);
        let observed = &masked["observed"];
        let other = observed["cluster"].as_str().expect("a name");
        // Of one or two digits or letters little can be told.
        assert!(other != cluster || cluster == "42", "{cluster}");
        assert_eq!(observed["tags"]["kafka-privatelink:cluster"], other);
        for tag in ["group", "role", "node-id"] {
            let tag = format!("kafka-privatelink:{tag}");
            assert_eq!(observed["tags"][&tag], tags[&tag], "{cluster}");
        }
        assert_eq!(observed["proof"], json!([{ "group": "ACME_EU" }]));
        assert_eq!(masked["agreed"], saved["agreed"], "{cluster}");
        assert_eq!(observed["parameters"][1]["value"], note, "{cluster}");
        let parameter = &observed["parameters"][0];
        let name = format!("/kafka-privatelink/{other}/listeners/EXTERNAL");
        assert_eq!(parameter["name"], name);
        let value = parameter["value"].as_str().expect("a value");
        assert!(value.starts_with(r#"{"pattern": "<b>."#), "{value}");
        assert!(
            value.ends_with(r#".example.com:<p>", "broker_ports": "42-43"}"#),
            "{value}"
        );
    }
}

#[test]
fn what_a_host_said_is_left_out_and_what_a_broker_advertises_is_replaced() {
    let value = "INTERNAL://kafka-7.acme.example.com:9092,EXTERNAL://b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093";
    let mut saved = saved();
    saved["observed"]["outputs"] = json!({
        "c0ffee": { "seen": { "stdout": "eyJ2IjoxfQ", "stderr": "sh: kafka-7.acme.example.com" } }
    });
    saved["observed"]["shown"] = json!({ "seen": [
        { "advertised": { "value": value, "is_overridden": false } }
    ] });
    let text = Mask::of(&saved).value(&saved).to_string();
    assert!(
        !text.contains("acme") && !text.contains("eyJ2IjoxfQ"),
        "{text}"
    );
    assert!(text.contains("INTERNAL://") && text.contains(":9092,EXTERNAL://b1.usw2-az1."));
}

//! Every form that a person pastes, and every refusal with its line.

mod ranges;
mod zones;

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const SEED: &str = "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>";

fn external() -> GroupName {
    GroupName::from("EXTERNAL")
}

fn served(text: &str) -> ListenerGroup {
    match ListenerGroup::read(&external(), text) {
        Ok(Wish::Serve(group)) => group,
        other => panic!("{text:?} gave {other:?}"),
    }
}

fn refused(text: &str) -> String {
    refused_for("EXTERNAL", text)
}

fn refused_for(group: &str, text: &str) -> String {
    match ListenerGroup::read(&GroupName::from(group), text) {
        Err(refusals) => refusals.to_string(),
        Ok(wish) => panic!("{text:?} was accepted as {wish:?}"),
    }
}

fn host(group: &ListenerGroup, node: u32, az: &str) -> Option<String> {
    let node = NodeId::new(node).expect("a node id");
    group
        .endpoint(node, &AzId::from(az), Port::new(9093).expect("a port"))
        .map(|endpoint| endpoint.to_string())
}

#[test]
fn the_seeds_pattern_gives_the_seeds_names_and_defaults() {
    let group = served(SEED);
    assert_eq!(
        host(&group, 1, "usw2-az1").as_deref(),
        Some("b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093")
    );
    assert_eq!(group.bootstrap_port.get(), 9092);
    assert_eq!(group.bind_port.get(), 39092);
    assert_eq!(group.broker_ports.to_string(), "9093-9140");
    assert_eq!(group.protocol, Protocol::Plaintext);
}

#[test]
fn one_line_per_zone_is_taken_as_the_console_shows_it() {
    let by_id = "
        • usw2-az1 => <ブローカーID>.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:<ポート>
        • usw2-az2 → <ブローカーID>.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:<ポート>

        * us-west-2b => <broker_id>.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:<port>
    ";
    let group = served(by_id);
    for az in ["usw2-az1", "usw2-az2", "usw2-az3"] {
        let wanted = format!("b2.{az}.abc.us-west-2.aws.3199015.tidbcloud.com:9093");
        assert_eq!(host(&group, 2, az), Some(wanted));
    }
    assert_eq!(host(&group, 2, "usw2-az4"), None);
}

#[test]
fn a_custom_domain_per_zone_takes_its_zone_from_before_the_arrow() {
    let group =
        served("usw2-az1 -> <b>.a.kafka.example.com:<p>\nusw2-az2 -> <b>.b.kafka.example.com:<p>");
    assert_eq!(
        host(&group, 7, "usw2-az2").as_deref(),
        Some("b7.b.kafka.example.com:9093")
    );
}

#[test]
fn a_pattern_without_a_zone_serves_every_zone() {
    let group = served("<broker_id>.abc.us-west-2.gcp.3199015.tidbcloud.com:<port>");
    assert_eq!(
        host(&group, 3, "usw2-az9").as_deref(),
        Some("b3.abc.us-west-2.gcp.3199015.tidbcloud.com:9093")
    );
}

#[test]
fn a_single_line_with_a_fixed_zone_serves_that_zone_only() {
    let group = served("<broker_id>.usw2-az1.abc.example.com:<port>");
    assert!(host(&group, 1, "usw2-az1").is_some());
    assert_eq!(host(&group, 1, "usw2-az2"), None);
    assert_eq!(group.pattern.zones(), [&AzId::from("usw2-az1")]);
}

#[test]
fn json_sets_everything_and_a_second_group_needs_its_own_ports() {
    let text = format!(
        r#"{{"pattern": "{SEED}", "bootstrap_port": 9192, "broker_ports": "9193-9200",
            "bind_port": 39093, "protocol": "SASL_SSL"}}"#
    );
    let Ok(Wish::Serve(group)) = ListenerGroup::read(&GroupName::from("EXTERNAL2"), &text) else {
        panic!("refused");
    };
    assert_eq!(group.broker_ports.ports().count(), 8);
    assert_eq!(group.protocol, Protocol::SaslSsl);
    assert!(refused_for("EXTERNAL2", SEED).contains("must say its own \"broker_ports\""));
    let without = text.replace(r#""bind_port": 39093,"#, "");
    assert!(refused_for("EXTERNAL2", &without).contains("must say its own \"bind_port\""));
}

#[test]
fn retirement_is_said() {
    let read = ListenerGroup::read(&external(), r#"{"retired": true}"#);
    assert_eq!(read, Ok(Wish::Retire));
    assert!(refused("{}").contains("has no \"pattern\""));
}

#[test]
fn each_refusal_names_line_and_reason() {
    let cases = [
        ("", "line 1", "is empty"),
        ("  \n \n", "line 1", "is empty"),
        (
            "<b>.<az>.unique_name.aws.tidbcloud.com:<p>",
            "line 1",
            "not filled in",
        ),
        (
            "<b>.<az>.<unique_name>.aws.tidbcloud.com:<p>",
            "line 1",
            "not filled in",
        ),
        (
            "<b>.<random>.us-west-2.gcp.1.tidbcloud.com:<p>",
            "line 1",
            "not filled in",
        ),
        ("<b>.<az>.ab_c.example.com:<p>", "line 1", "has '_'"),
        (
            "<b>.<az>.-abc.example.com:<p>",
            "line 1",
            "begins or ends with '-'",
        ),
        ("<b>.<az>..example.com:<p>", "line 1", "empty label"),
        ("<b>.<az>:<p>", "line 1", "no domain"),
        ("<b>:<p>", "line 1", "no domain"),
        (
            "b1.<az>.example.com:<p>",
            "line 1",
            "must begin with <broker_id>",
        ),
        ("<b>.<az>.example.com:9093", "line 1", "port \"9093\""),
        ("<b>.<az>.example.com", "line 1", "must end with :<port>"),
        (
            "usw2-az3 => <b>.usw2-az2.example.com:<p>",
            "line 1",
            "must be the same zone",
        ),
        (
            "us-west-2a => <b>.abc.example.com:<p>",
            "line 1",
            "is not an AZ ID",
        ),
        (
            "usw2-az1 => <b>.<az>.example.com:<p>",
            "line 1",
            "keep one of them",
        ),
        (
            "usw2-az1 => <b>.usw2-az1.a.com:<p>\n\n<b>.<az>.a.com:<p>",
            "line 3",
            "each must say its AZ ID",
        ),
        (
            "usw2-az1 => <b>.usw2-az1.a.com:<p>\n<b>.a.com:<p>",
            "line 2",
            "each must say its AZ ID",
        ),
        (
            "<b>.usw2-az1.a.com:<p>\n<b>.usw2-az1.b.com:<p>",
            "line 2",
            "another pattern on an earlier line",
        ),
        ("{\"pattern\": 7}", "line 1", "invalid type"),
        (
            "{\n\"patern\": \"x\"\n}",
            "line 2",
            "unknown field `patern`",
        ),
        ("{", "line 1", "EOF"),
        ("{\n", "line 1 \"{\"", "EOF"),
        (
            "{\"pattern\":\"<b>.a.com:<p>\",\"bind_port\":0}",
            "line 1",
            "port 0",
        ),
        (
            "{\"pattern\":\"<b>.a.com:<p>\",\"bind_port\":70000}",
            "line 1",
            "70000",
        ),
        (
            "{\"pattern\":\"<b>.a.com:<p>\",\"protocol\":\"TLS\"}",
            "line 1",
            "unknown variant `TLS`",
        ),
        (
            "{\"pattern\":\"<b>.a.com:<p>\",\"broker_ports\":\"9140-9093\"}",
            "line 1",
            "must be a range",
        ),
        (
            "{\"pattern\":\"<b>.a.com:<p>\",\"broker_ports\":\"9000-9100\"}",
            "line 1",
            "own bootstrap port 9092",
        ),
    ];
    for (text, line, reason) in cases {
        let refusal = refused(text);
        assert!(refusal.contains(line), "{text:?}: {refusal}");
        assert!(refusal.contains(reason), "{text:?}: {refusal}");
    }
    assert!(refused_for("external", SEED).contains("Kafka listener name"));
    assert!(refused_for("A/B", SEED).contains("Kafka listener name"));
}

#[test]
fn every_wrong_line_is_named_not_only_the_first() {
    let text = "usw2-az1 => x\nusw2-az2 => <b>.usw2-az2.a.com:<p>\nusw2-az3 => y";
    let refusal = refused(text);
    assert!(
        refusal.contains("line 1") && refusal.contains("line 3"),
        "{refusal}"
    );
    assert!(!refusal.contains("line 2"), "{refusal}");
}

#[test]
fn labels_and_names_stop_at_what_dns_allows() {
    let label = |n: usize| format!("<b>.<az>.{}.com:<p>", "a".repeat(n));
    served(&label(63));
    assert!(refused(&label(64)).contains("over 63 characters"));
    // 12 for b2147483647., 25 for the zone and its dot.
    let name = |rest: usize| {
        let mut labels = vec!["a".repeat(63); 3].join(".");
        labels.push('.');
        labels.push_str(&"a".repeat(rest - labels.len()));
        format!("<b>.<az>.{labels}:<p>")
    };
    served(&name(253 - 12 - 25));
    assert!(refused(&name(253 - 12 - 25 + 1)).contains("over 253 characters"));
}

/// A DNS name by the rules of RFC 1035 and 1123, written apart from the code that it checks.
fn is_dns_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        })
}

/// Texts near the grammar: its own pieces, and damage.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<broker_id>".to_owned()),
        Just("<az_id>".to_owned()),
        Just("<ポート>".to_owned()),
        Just("<port>".to_owned()),
        Just("usw2-az1".to_owned()),
        Just("usw2-az2".to_owned()),
        Just("abc.us-west-2.aws.3199015.tidbcloud.com".to_owned()),
        Just(" => ".to_owned()),
        Just("• ".to_owned()),
        Just("\n".to_owned()),
        Just(".".to_owned()),
        Just(":".to_owned()),
        "[a-z0-9_.-]{0,70}",
        ".{0,4}",
    ];
    let soup = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let domain = "[a-z0-9-]{1,20}(\\.[a-z0-9-]{1,40}){0,5}";
    let shaped = (
        domain,
        prop_oneof![Just("<az>."), Just(""), Just("usw2-az1.")],
    )
        .prop_map(|(domain, az)| format!("<b>.{az}{domain}:<p>"));
    prop_oneof![soup, shaped]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_accepted_renders_valid_distinct_names_and_what_is_refused_says_why(text in texts()) {
        match ListenerGroup::read(&external(), &text) {
            Ok(Wish::Retire) => prop_assert!(text.contains("retired")),
            Ok(Wish::Serve(group)) => {
                let mut names = BTreeSet::new();
                let mut rendered = 0;
                for node in [0, 1, 2, 1000, NodeId::MAX] {
                    for az in ["usw2-az1", "usw2-az2", "usw2-lax1-az1"] {
                        if let Some(host) = host(&group, node, az) {
                            let (name, port) = host.rsplit_once(':').expect("a port");
                            prop_assert!(is_dns_name(name), "{name}");
                            prop_assert_eq!(port, "9093");
                            names.insert((node, name.to_owned()));
                            rendered += 1;
                        }
                    }
                }
                let own = names.iter().all(|(node, name)| name.starts_with(&format!("b{node}.")));
                prop_assert!(own, "{:?}", names);
                prop_assert!(rendered > 0 || !group.pattern.zones().is_empty());
                prop_assert!(!group.broker_ports.contains(group.bootstrap_port));
            }
            Err(refusals) => {
                prop_assert!(refusals.iter().next().is_some());
                let lines = text.lines().count().max(1);
                for refusal in refusals.iter() {
                    prop_assert!((1..=lines).contains(&refusal.line), "{refusal}");
                    prop_assert!(!refusal.reason.is_empty());
                }
            }
        }
    }
}

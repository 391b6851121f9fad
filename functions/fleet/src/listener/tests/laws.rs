//! Laws of what is accepted and what is refused, over texts near the grammar.

use super::{external, host};
use crate::listener::{ListenerGroup, Wish};
use crate::words::NodeId;
use proptest::prelude::*;
use std::collections::BTreeSet;

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

//! Laws of what is accepted and what is refused, over texts near the grammar.

use super::{external, host};
use crate::foreign::{clean, is_invisible};
use crate::listener::{ListenerGroup, Wish};
use crate::words::{GroupName, NodeId};
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
        Just("us-west-2a".to_owned()),
        Just("us-west-2-lax-1a.".to_owned()),
        Just("*.".to_owned()),
        Just("{broker_id}".to_owned()),
        Just("&lt;".to_owned()),
        Just("\\u003c".to_owned()),
        Just("\"".to_owned()),
        Just("\u{200B}".to_owned()),
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
        prop_oneof![
            Just("<az>."),
            Just(""),
            Just("usw2-az1."),
            Just("us-west-2a."),
            Just("<b>-<az>.")
        ],
    )
        .prop_map(|(domain, az)| format!("<b>.{az}{domain}:<p>"));
    prop_oneof![soup, shaped]
}

/// Whether an excerpt stands in a text, with what is not to be shown replaced.
fn is_quoted(excerpt: &str, text: &str) -> bool {
    let excerpt = excerpt.trim_end_matches('…');
    // A text within JSON is shown as JSON reads it, whatever cannot be seen around it.
    let bare = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let inner = serde_json::from_str::<String>(bare);
    clean(text, usize::MAX).contains(excerpt) || inner.is_ok_and(|text| is_quoted(excerpt, &text))
}

/// What may stand before, behind and between the parts of a pattern, and change nothing.
fn around() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "", " ", "\t", "\u{A0}", "\u{3000}", "\u{FEFF}", "\u{200B}", "\u{AD}", "\r", "\"", "'",
        "`", "“", "”", "’", "「", "」", "『", "』", "«", "»", ";", ",",
    ]);
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// How an angle bracket, or another sign, may be written.
fn spelled() -> impl Strategy<Value = fn(&str) -> String> {
    let html: fn(&str) -> String = |text| text.replace('<', "&lt;").replace('>', "&gt;");
    let number: fn(&str) -> String = |text| text.replace('<', "&#60;").replace('>', "&#x3E;");
    let twice: fn(&str) -> String = |text| text.replace('<', "&amp;lt;").replace('>', "&amp;gt;");
    let json: fn(&str) -> String = |text| text.replace('<', "\\u003c").replace('>', "\\u003E");
    let url: fn(&str) -> String = |text| text.replace('<', "%3C").replace('>', "%3e");
    let wide: fn(&str) -> String = |text| {
        text.replace('<', "＜")
            .replace('>', "＞")
            .replace(':', "：")
    };
    let mark_down: fn(&str) -> String = |text| text.replace('<', "\\<").replace('_', "\\_");
    let as_it_is: fn(&str) -> String = str::to_owned;
    proptest::sample::select(vec![
        as_it_is, html, number, twice, json, url, wide, mark_down,
    ])
}

const ZONES: [&str; 3] = ["usw2-az1", "usw2-az2", "usw2-lax1-az1"];

/// One mapping: its arrow, its parts, and what stands between them.
fn mapping(zone: &str, arrow: &str, between: &str, around: &[String]) -> String {
    let domain = format!("{zone}{between}.abc.us-west-2.aws.1{between}.tidbcloud.com");
    let [a, b, c, d] = around else {
        panic!("four pieces");
    };
    format!("{a}{zone}{b}{arrow}{c}<broker_id>{between}.{domain}{between}:{between}<port>{d}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_was_pasted_is_the_same_pattern(
        around in proptest::collection::vec(around(), 12),
        between in proptest::sample::select(vec!["", " ", "\u{A0}", "\u{200B}", "\t", "  "]),
        arrow in proptest::sample::select(vec!["=>", " -> ", "→", "\t", ": ", " = "]),
        bullet in proptest::sample::select(vec!["", "• ", "* ", "- ", "・", "1. "]),
        apart in proptest::sample::select(vec!["\n", "\r\n", " ", ",", "; ", "\\n"]),
        spelled in spelled(),
    ) {
        let lines = (0..3).map(|i| {
            let around = &around[i * 4..i * 4 + 4];
            format!("{bullet}{}", mapping(ZONES[i], arrow, between, around))
        });
        let pasted = spelled(&lines.collect::<Vec<_>>().join(apart));
        let clean = ZONES.map(|zone| mapping(zone, "=>", "", &vec![String::new(); 4])).join("\n");
        prop_assert_eq!(read(&pasted), read(&clean), "{}", pasted);
        let json = serde_json::to_string(&pasted).expect("json");
        let twice = serde_json::to_string(&json).expect("json");
        let object = format!(r#"{{"pattern": {json}}}"#);
        for json in [json, twice, object] {
            prop_assert_eq!(read(&json), read(&clean), "{}", json);
        }
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in "(?s).{0,200}", name in "(?s).{0,8}") {
        let text = [text.clone(), format!("{{{text}"), format!("[{text}"), format!("<b>.{text}:<p>")];
        for text in text {
            for name in [GroupName::new(name.clone()), external()] {
                if let Err(refused) = ListenerGroup::read(&name, &text) {
                    let told = refused.to_string();
                    prop_assert!(!told.chars().any(char::is_control), "{told:?}");
                    prop_assert!(told.chars().count() < 8000);
                }
            }
        }
    }
}

fn read(text: &str) -> Result<Wish, String> {
    ListenerGroup::read(&external(), text).map_err(|refused| refused.to_string())
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
                            for zone in ["us-west-2a", "us-west-2-lax-1a"] {
                                // A label, or a part of one between hyphens.
                                let zone = format!("-{zone}-");
                                let mut labels = name.split('.').map(|label| format!("-{label}-"));
                                prop_assert!(!labels.any(|label| label.contains(&zone)), "{name}");
                            }
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
                    prop_assert!(refusal.line.is_none_or(|line| (1..=lines).contains(&line)), "{refusal}");
                    prop_assert!(is_quoted(&refusal.text, &text), "{refusal}");
                    prop_assert!(!refusal.reason.is_empty());
                }
            }
        }
    }
}

//! The page: every kind of state, whatever texts and values the reports have.

mod parsed;
#[path = "../examples/states/samples.rs"]
mod samples;

use parsed::parse;
use proptest::prelude::*;
use serde_json::Value;
use show_mapping::{Newest, Reports, Theme, fragment, page};

fn shown(reports: &Reports) -> String {
    for theme in [Theme::Light, Theme::Dark] {
        parse(&fragment(reports, theme)).expect("a fragment of ours");
    }
    parse(&page(reports)).expect("a page of ours")
}

/// The first line of a page.
fn headline(reports: &Reports) -> String {
    let html = fragment(reports, Theme::Light);
    let (_, rest) = html
        .split_once("</svg><span class=\"")
        .expect("a first line");
    let (_, rest) = rest.split_once("\">").expect("its class");
    rest.split_once("</span>").expect("its end").0.to_owned()
}

#[test]
fn the_first_line_says_that_all_ports_are_proven_or_what_is_wrong() {
    let told: Vec<String> = samples::all()
        .iter()
        .filter(|(name, _)| !["hostile", "long"].contains(name))
        .map(|(name, reports)| format!("{name}: {}", headline(reports)))
        .collect();
    assert_eq!(
        told,
        [
            "resting: All 3 ports are proven.",
            "wrong: 2 of 5 ports are not proven: 9095, 9096. Of 1 more nobody knows.",
            "new-cluster: None of 3 ports is proven yet.",
            "rolling: All 3 ports are proven.",
            "stopped: All 3 ports are proven.",
            "ill: 2 of 3 ports are not proven: 9094, 9095.",
            "two-groups: All 5 ports are proven.",
            "many: 1 of 49 ports is not proven: 9110.",
            "old: Nobody knows what is proven now: the newest report of register-brokers was printed 7 hours ago. It said: All 3 ports are proven.",
            "broken: Nobody knows what is proven: register-brokers printed a report just now that is cut or broken.",
            "nothing: Nobody knows what is proven: register-brokers has no report of the last 3 hours.",
        ]
    );
}

#[test]
fn every_kind_of_state_is_told_in_words() {
    for (name, said) in [
        (
            "resting",
            "nothing to do|Every broker advertises what it should|No alarm is on|Nothing is held|bootstrap: brokers 1, 2, 3|24 seconds ago",
        ),
        (
            "wrong",
            "wrong broker: reached 2, expected 3|Asked directly: wrong broker|kept for a broker in a warm pool|kept for a broker that is gone|not asked in this run|broker 8 is not exposed|AWS ends the wait at 2026-11-22T13:05:00Z|register-brokers failed in 1 step|register-brokers could not see 1 thing|1 connection waits to be accepted|broker 2 answered, and does not list broker 3|failed: create listener 9096 for EXTERNAL broker 4: CreateListener: AccessDenied|1 done · 2 held · 1 failed · 1 not seen|waits to be accepted|which is not listed|11 minutes ago|and 2 more",
        ),
        (
            "new-cluster",
            "bootstrap: nobody yet|0 of 3 brokers advertise|what it advertises is not known|Nobody is connected",
        ),
        (
            "rolling",
            "1 step of the newest run:|1 of 3 brokers advertise what they should|Note: the names of EXTERNAL change|edit the file of broker 2",
        ),
        (
            "stopped",
            "The roll stopped at broker 2|register-brokers is paused: it writes nothing|Paused: /kafka-privatelink/orders/paused is true. Nothing is written.",
        ),
        (
            "ill",
            "Brokers 2, 3 are not up|being healed: its process hangs|restart at 2026-11-22T12:02:00Z|its instance fails its own status check|orders-broker-2-status",
        ),
        (
            "two-groups",
            "EXTERNAL2: which port leads to whom|its group stays as it is: line 1: left-over unique_name",
        ),
        (
            "old",
            "proven then · target healthy|Then: No alarm is on|! 7 hours ago, old|! 3 days ago, old|sync-principals printed its newest report 6 minutes ago",
        ),
        (
            "broken",
            "? no report|EOF while parsing a string at line 1 column 97|others is missing or cannot be read|1 of 2 in held|AccessDeniedException|printed a line just now that is JSON and no report",
        ),
        ("nothing", "heal-brokers has no report of the last 3 hours"),
    ] {
        let all = samples::all();
        let (_, reports) = all.iter().find(|(it, _)| *it == name).expect("the sample");
        let text = shown(reports);
        let flat = text.replace('\n', "");
        for part in said.split('|') {
            assert!(flat.contains(part), "{name}: {part}\n{text}");
        }
    }
}

#[test]
fn an_old_report_is_nowhere_drawn_as_good() {
    let all = samples::all();
    let (_, old) = all
        .iter()
        .find(|(name, _)| *name == "old")
        .expect("the sample");
    let html = fragment(old, Theme::Light);
    let (_, html) = html.split_once("</style>").expect("a style");
    let good = html.split("kpl-good\">").skip(1);
    let good: Vec<&str> = good.filter_map(|it| it.split('<').next()).collect();
    // This one was told half a minute ago.
    let roll = "✓ Every broker advertises what it should; no roll is due.";
    assert_eq!(good, [roll]);
}

#[test]
fn forty_nine_brokers_are_all_drawn() {
    let text = shown(&samples::many());
    for node in 1..=49 {
        assert!(text.contains(&format!("\nbroker {node}\n")), "{node}");
        assert!(text.contains(&format!("\n{}\n", 9092 + node)), "{node}");
    }
    // A widget's answer is an answer of Lambda, which ends at 6 MB.
    assert!(page(&samples::many()).len() < 200_000);
}

#[test]
fn attacks_are_texts_and_long_texts_are_cut() {
    let text = shown(&samples::hostile());
    for attack in samples::ATTACKS {
        let attack = attack.replace('\u{202E}', "\u{FFFD}");
        assert!(text.contains(&attack), "{attack}");
    }
    for (name, reports) in samples::all() {
        let html = page(&reports);
        assert!(html.len() < 1_000_000, "{name}: {}", html.len());
        assert!(!html.contains(&"W".repeat(1_001)), "{name}");
    }
}

/// Any text, and those that mean something to HTML.
fn text() -> impl Strategy<Value = String> {
    let any = "(?s).{0,40}";
    let pieces = prop::sample::select(vec![
        "<", ">", "\"", "'", "&", "</", "<!--", "]]>", "/>", "\0", " on", "=",
    ]);
    prop_oneof![
        any,
        prop::collection::vec(pieces, 0..12).prop_map(|all| all.concat())
    ]
}

/// Any JSON.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// Puts a value in the place of the `at`th one of a report.
fn put(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
        *at = usize::MAX;
        return;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| put(item, at, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| put(field, at, new)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_out(
        (_, sample) in prop::sample::select(samples::all()), texts in prop::collection::vec(text(), 1..6),
    ) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let read = parse(&page(&samples::attacked(&sample, &texts)));
        prop_assert!(read.is_ok(), "{read:?}");
    }

    #[test]
    fn whatever_stands_in_a_report_a_page_is_drawn(
        (_, sample) in prop::sample::select(samples::all()), at in 0_usize..150, new in json(), cut in 0_usize..4_000,
    ) {
        let mut reports = sample;
        for newest in reports.newest.values_mut() {
            let Newest::Report { line, .. } = newest else { continue };
            // A sample may be broken by itself.
            let Ok(mut report) = serde_json::from_str::<Value>(line) else { continue };
            put(&mut report, &mut { at }, &new);
            *line = report.to_string();
            let end = (0..=cut.min(line.len())).rev().find(|end| line.is_char_boundary(*end));
            if cut < 2_000 {
                line.truncate(end.unwrap_or_default());
            }
        }
        let read = parse(&page(&reports));
        prop_assert!(read.is_ok(), "{read:?}");
    }
}

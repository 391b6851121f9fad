//! What the functions really print: each world that tests/replay has saved is planned again, reported, and drawn.

mod parsed;

use activation::duty::{Duty, Picture};
use activation::saved::SavedOf;
use cloud::fake::Fake;
use fleet::report::Report;
use heal_brokers::HealBrokers;
use parsed::parse;
use push_listeners::PushListeners;
use register_brokers::RegisterBrokers;
use serde_json::Value;
use show_mapping::{Function, Newest, Reports, page};
use std::collections::BTreeMap;
use std::path::Path;
use sync_principals::SyncPrincipals;

/// The report of a run that saw this, and did nothing.
fn report<D: Duty>(saved: &str) -> Value {
    let saved: SavedOf<D> = serde_json::from_str(saved).expect("a saved world");
    let plan = D::plan(&saved.observed, &saved.agreed);
    serde_json::to_value(Report {
        function: D::NAME.to_owned(),
        cluster: "orders".to_owned(),
        wakes: BTreeMap::new(),
        paused: plan.paused.clone(),
        actions: Vec::new(),
        held: plan.held.clone(),
        gaps: plan.gaps.clone(),
        picture: plan.picture.told(),
        calls: BTreeMap::new(),
        milliseconds: 7,
    })
    .expect("a report")
}

fn reported(saved: &str) -> (Function, Value) {
    let function: Value = serde_json::from_str(saved).expect("JSON");
    match function["function"].as_str().expect("a function") {
        "register-brokers" => (
            Function::RegisterBrokers,
            report::<RegisterBrokers<'_, Fake>>(saved),
        ),
        "push-listeners" => (
            Function::PushListeners,
            report::<PushListeners<'_, Fake>>(saved),
        ),
        "sync-principals" => (
            Function::SyncPrincipals,
            report::<SyncPrincipals<'_, Fake>>(saved),
        ),
        "heal-brokers" => (
            Function::HealBrokers,
            report::<HealBrokers<'_, Fake>>(saved),
        ),
        other => panic!("{other} is not drawn"),
    }
}

/// The text of the page that a saved world leads to.
fn drawn(name: &str) -> (Value, String) {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/worlds");
    let saved = std::fs::read_to_string(worlds.join(name)).expect("a saved world");
    let (function, report) = reported(&saved);
    let at = "2026-11-22T12:05:00Z".parse().expect("a time");
    let line = report.to_string();
    let newest = BTreeMap::from([(function, Newest::Report { at, line })]);
    let cluster = "orders".to_owned();
    let html = page(&Reports {
        cluster,
        now: at,
        newest,
    });
    (report, parse(&html).expect("a page of ours"))
}

#[test]
fn every_saved_world_is_read_without_a_rest_and_all_that_is_held_is_told() {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/worlds");
    let files = std::fs::read_dir(worlds).expect("the saved worlds");
    let names = files.map(|file| file.expect("a file").file_name());
    let names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let names: Vec<&String> = names
        .iter()
        .filter(|name| name.ends_with(".json"))
        .collect();
    assert!(names.len() >= 27, "{names:?}");
    for name in names {
        let (report, text) = drawn(name);
        assert!(!text.contains("cannot be read"), "{name}: {text}");
        for held in report["held"].as_array().expect("a list") {
            let held: String = held
                .as_str()
                .expect("a sentence")
                .chars()
                .take(1_000)
                .collect();
            assert!(text.contains(&held), "{name}: {held}");
        }
        for port in report["mapping"].as_array().into_iter().flatten() {
            let port = port["port"].as_u64().expect("a port");
            assert!(text.contains(&format!("\n{port}\n")), "{name}: {port}");
        }
    }
}

#[test]
fn what_the_functions_print_leads_to_the_first_line_that_a_person_expects() {
    for (name, first) in [
        ("resting.json", "All 3 ports are proven."),
        (
            "wrong-broker-answers.json",
            "1 of 3 ports is not proven: 9095.",
        ),
        ("broker-gone.json", "All 2 ports are proven."),
        ("waits-for-a-hook.json", "1 of 4 ports is not proven: 9096."),
        (
            "permission-missing.json",
            "All 3 ports are proven, but broker 4 has no port of EXTERNAL.",
        ),
        (
            "twins.json",
            "All 3 ports are proven, but broker 5 has no port of EXTERNAL.",
        ),
        (
            "full-nlb.json",
            "All 2 ports are proven, but broker 4 has no port of EXTERNAL.",
        ),
    ] {
        let (_, text) = drawn(name);
        assert!(text.contains(&format!("\n{first}\n")), "{name}: {text}");
    }
}

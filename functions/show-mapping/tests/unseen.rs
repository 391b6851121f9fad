//! What nobody knows is not told as a fact: what a run could not see, and what of a report cannot be read.

mod parsed;

use parsed::parse;
use serde_json::{Value, json};
use show_mapping::{Function, Newest, Reports, page};

const CLUSTER: &str = "orders";

/// The text of the page that one report leads to, which lacks nothing that every report has.
fn drawn(function: Function, fields: Value) -> String {
    let mut report = json!({ "function": function.name(), "cluster": CLUSTER,
        "actions": [], "held": [], "gaps": [] });
    let (object, fields) = (report.as_object_mut(), fields.as_object());
    let fields = fields.expect("an object").clone();
    object.expect("an object").extend(fields);
    let now = "2026-11-22T12:05:00Z".parse().expect("a time");
    let line = report.to_string();
    let html = page(&Reports {
        cluster: CLUSTER.to_owned(),
        now,
        newest: [(function, Newest::Report { at: now, line })].into(),
    });
    parse(&html).expect("a page of ours")
}

fn port(port: u16, owner: &str) -> Value {
    json!({ "group": "EXTERNAL", "port": port, "owner": owner, "instances": [], "state": "serving" })
}

fn two_ports(proven: &[u16]) -> Value {
    json!({ "mapping": [port(9092, "bootstrap"), port(9093, "1"), port(9094, "2")],
        "proof": { "proven": 5, "ports_proven": proven.len(), "ports_wrong": 0, "proven_on": proven, "rows": [] } })
}

fn with(mut report: Value, field: &str, value: Value) -> Value {
    report[field] = value;
    report
}

#[test]
fn an_empty_picture_of_a_run_that_could_not_see_something_is_no_fact() {
    let nothing =
        json!({ "mapping": [], "proof": { "ports_proven": 0, "proven_on": [], "rows": [] } });
    let nobody = json!({ "brokers": 0, "right": 0, "others": [] });
    let well = json!({ "alarms": [], "brokers": [] });
    let no_access = json!({ "principals": [], "connections": [] });
    let service = with(no_access.clone(), "service", json!("vpce-svc-1"));
    for (function, report, fact, whether) in [
        (
            Function::RegisterBrokers,
            nothing.clone(),
            "No broker has a port yet.",
            "whether any broker has a port",
        ),
        (
            Function::RegisterBrokers,
            nothing,
            "No port is mapped yet.",
            "whether any port is mapped",
        ),
        (
            Function::RegisterBrokers,
            two_ports(&[]),
            "None of 2 ports is proven yet.",
            "whether any of 2 ports is proven",
        ),
        (
            Function::PushListeners,
            nobody,
            "push-listeners sees no broker.",
            "whether there are brokers",
        ),
        (
            Function::HealBrokers,
            well,
            "✓ No alarm is on.",
            "whether an alarm is on",
        ),
        (
            Function::SyncPrincipals,
            no_access,
            "No endpoint service is told.",
            "whether there is an endpoint service",
        ),
        (
            Function::SyncPrincipals,
            service.clone(),
            "Nobody is connected.",
            "whether anybody is connected",
        ),
        (
            Function::SyncPrincipals,
            service,
            "\nNobody.",
            "whether anybody may connect",
        ),
    ] {
        let text = drawn(function, report.clone());
        assert!(text.contains(fact), "{fact}: {text}");
        assert!(!text.contains(whether), "{whether}: {text}");
        let gaps = json!([{ "read": "DescribeSomething", "reason": "throttled" }]);
        let text = drawn(function, with(report.clone(), "gaps", gaps));
        assert!(!text.contains(fact), "{fact}: {text}");
        let why = format!("Nobody knows {whether}: {function} could not see DescribeSomething.");
        assert!(text.contains(&why), "{why}: {text}");
        let text = drawn(function, with(report, "held", json!("cut")));
        assert!(!text.contains(fact), "{fact}: {text}");
        let why = format!("a part of the report of {function} could not be read.");
        assert!(text.contains(&why), "{why}: {text}");
    }
}

#[test]
fn what_is_held_is_known_only_where_every_function_has_a_report() {
    let text = drawn(Function::RegisterBrokers, two_ports(&[9092, 9093, 9094]));
    assert!(!text.contains("Nothing is held."), "{text}");
    let why = "Nobody knows what is held: not every function has a report.";
    assert!(text.contains(why), "{text}");
}

const PROVEN: &str = "\nAll 2 ports are proven.\n";

#[test]
fn a_report_of_another_cluster_or_function_is_no_report_of_this_one() {
    let proven = || two_ports(&[9092, 9093, 9094]);
    let text = drawn(Function::RegisterBrokers, proven());
    assert!(text.contains(PROVEN), "{text}");
    for (field, of) in [("cluster", "payments"), ("function", "push-listeners")] {
        let text = drawn(Function::RegisterBrokers, with(proven(), field, json!(of)));
        assert!(!text.contains(PROVEN), "{text}");
        assert!(!text.contains("\n9093\n"), "{text}");
        let first = format!(
            "\nNobody knows what is proven: register-brokers printed a report just now that is of {field} {of}.\n"
        );
        assert!(text.contains(&first), "{text}");
    }
}

#[test]
fn half_a_report_proves_nothing() {
    let proven = || two_ports(&[9092, 9093, 9094]);
    let mut of_ports = proven();
    of_ports["mapping"]
        .as_array_mut()
        .expect("a list")
        .push(json!({ "group": "EXTERNAL", "port": "9095", "owner": "3" }));
    let mut of_proof = proven();
    of_proof["proof"]["rows"] = json!(["a sentence", 7]);
    for half in [of_ports, of_proof] {
        let text = drawn(Function::RegisterBrokers, half);
        assert!(!text.contains(PROVEN), "{text}");
        let first = "\nNobody knows whether all ports are proven: a part of the report of register-brokers could not be read.\n";
        assert!(text.contains(first), "{text}");
    }
    // What has nothing to do with ports takes nothing away from what is said of them.
    let text = drawn(
        Function::RegisterBrokers,
        with(proven(), "waiting", json!([7])),
    );
    assert!(text.contains(PROVEN), "{text}");
}

#[test]
fn a_list_of_proven_ports_that_cannot_be_read_proves_no_port() {
    let mut unreadable = two_ports(&[9092, 9093, 9094]);
    unreadable["proof"]["proven_on"] = json!("all");
    let mut missing = two_ports(&[9092, 9093, 9094]);
    let proof = missing["proof"].as_object_mut().expect("an object");
    proof.remove("proven_on");
    for mut report in [unreadable, missing] {
        report["proof"]["ports_proven"] = json!(2);
        let text = drawn(Function::RegisterBrokers, report);
        assert!(!text.contains("\nproven\n"), "{text}");
        let word = "\nwhether it is proven is not told\n";
        assert_eq!(text.matches(word).count(), 3, "{text}");
        let first = "\nNobody knows whether 2 of 2 ports lead where they should: 9093, 9094.\n";
        assert!(text.contains(first), "{text}");
        let amiss = "proof.proven_on is missing or cannot be read";
        assert!(text.contains(amiss), "{text}");
    }
}

#[test]
fn whom_only_an_old_report_names_is_not_said_to_have_no_port() {
    let now = "2026-11-22T12:05:00Z".parse().expect("a time");
    let line = |function: Function, fields: Value| {
        let report = with(fields, "function", json!(function.name()));
        let report = with(report, "cluster", json!(CLUSTER));
        report.to_string()
    };
    let rollout = json!({ "brokers": 3, "right": 2, "others": [[7, []]], "actions": [], "held": [], "gaps": [] });
    for (seconds, is_told) in [(30, true), (3_600, false)] {
        let at = now - jiff::SignedDuration::from_secs(seconds);
        let mapping = Newest::Report {
            at: now,
            line: line(Function::RegisterBrokers, two_ports(&[9092, 9093, 9094])),
        };
        let others = Newest::Report {
            at,
            line: line(Function::PushListeners, rollout.clone()),
        };
        let html = page(&Reports {
            cluster: CLUSTER.to_owned(),
            now,
            newest: [
                (Function::RegisterBrokers, mapping),
                (Function::PushListeners, others),
            ]
            .into(),
        });
        let text = parse(&html).expect("a page of ours");
        let told = "broker 7 behind no port of EXTERNAL";
        assert_eq!(text.contains(told), is_told, "{seconds}: {text}");
    }
}

#[test]
fn a_group_without_a_bootstrap_port_is_not_whole() {
    let mut report = two_ports(&[9093, 9094]);
    let rows = report["mapping"].as_array_mut().expect("a list");
    rows.remove(0);
    let text = drawn(Function::RegisterBrokers, report);
    let first = "\nAll 2 ports are proven, but the bootstrap of EXTERNAL has no port.\n";
    assert!(text.contains(first), "{text}");
}

//! Files that cannot be planned again, each with what it is told; and the program itself.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn world(name: &str) -> String {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds");
    worlds.join(name).display().to_string()
}

fn resting() -> Value {
    let text = std::fs::read_to_string(world("resting.json")).expect("a world");
    serde_json::from_str(&text).expect("JSON")
}

fn why(file: &str) -> String {
    replay::replay(file).expect_err("refused").to_string()
}

#[test]
fn what_is_no_saved_observation_is_refused_for_what_it_is() {
    for (file, told) in [
        ("", "it is no JSON: EOF"),
        ("{", "it is no JSON: EOF"),
        ("[]", "it has no field function"),
        (
            r#"{"plan": {}, "text": ""}"#,
            r#"save the whole answer to {"action":"observe"}"#,
        ),
        (
            r#"{"function": "a", "function": "register-brokers"}"#,
            r#""function" stands twice in one object"#,
        ),
        (
            r#"{"function": "\u001b[31mred"}"#,
            "function \u{FFFD}[31mred observed it",
        ),
        (
            r#"{"function": "heal-everything"}"#,
            "function heal-everything observed it, and observations of these are known here: heal-brokers, push-listeners, register-brokers",
        ),
        (
            r#"{"function": "register-brokers"}"#,
            "missing field `release`",
        ),
    ] {
        assert!(why(file).contains(told), "{file}: {}", why(file));
    }
}

#[test]
fn a_long_file_of_a_stranger_is_refused_in_a_short_sentence() {
    let long = "x".repeat(1 << 20);
    let mut spoilt = resting();
    spoilt["release"] = json!(long);
    spoilt["more"] = json!(1);
    for file in [format!(r#"{{"function": "{long}"}}"#), spoilt.to_string()] {
        assert!(why(&file).len() < 2000, "{} bytes", why(&file).len());
    }
}

#[test]
fn a_field_that_is_missing_unknown_or_wrong_is_named() {
    let edits: [(&str, Option<Value>, &str); 21] = [
        ("/observed", None, "field .: missing field `observed`"),
        ("/agreed", None, "missing field `agreed`"),
        ("/more", Some(json!(1)), "field more: unknown field `more`"),
        (
            "/observed/nodes",
            None,
            "field observed: missing field `nodes`",
        ),
        (
            "/observed/knots",
            Some(json!([])),
            "field observed.knots: unknown field `knots`",
        ),
        (
            "/observed/now",
            Some(json!("12:00")),
            "field observed.now: ",
        ),
        (
            "/observed/now/seen",
            Some(json!("noon")),
            "field observed.now.seen: ",
        ),
        (
            "/observed/listeners/seen",
            None,
            "field observed.listeners: ",
        ),
        (
            "/observed/listeners",
            Some(json!({"gap": {"read": "x"}})),
            "field observed.listeners.gap: missing field `reason`",
        ),
        (
            "/observed/listeners/seen/0/port",
            Some(json!(0)),
            "field observed.listeners.seen[0].port: port 0 cannot be used",
        ),
        (
            "/observed/listeners/seen/0/port",
            Some(json!(70_000)),
            "field observed.listeners.seen[0].port: invalid value",
        ),
        (
            "/observed/listeners/seen/0/arn",
            Some(json!(7)),
            "field observed.listeners.seen[0].arn: invalid type",
        ),
        (
            "/observed/listeners/seen/0/kind",
            Some(json!("x")),
            "field observed.listeners.seen[0].kind: unknown field `kind`",
        ),
        (
            "/observed/instances/seen/0/private_ip",
            Some(json!("10.0.0.256")),
            "field observed.instances.seen[0].private_ip: ",
        ),
        (
            "/observed/instances/seen/0/private_ip",
            None,
            "field observed.instances.seen.0.private_ip: missing field",
        ),
        (
            "/observed/endpoint_services/seen/0/private_dns_name",
            None,
            "field observed.endpoint_services.seen.0.private_dns_name: missing field",
        ),
        (
            "/observed/proof/seen/0/unlistd",
            Some(json!([2])),
            "field observed.proof.seen.0.unlistd: unknown field",
        ),
        (
            "/observed/proof/seen/0/broker",
            Some(json!(2_147_483_648_u32)),
            "a node.id is at most 2147483647",
        ),
        (
            "/observed/proof/seen/0/verdict",
            Some(json!("fine")),
            "unknown variant `fine`",
        ),
        (
            "/agreed",
            Some(json!([{"hunch": 2}])),
            "field agreed[0]: unknown variant `hunch`",
        ),
        ("/release", None, "missing field `release`"),
    ];
    for (path, value, told) in edits {
        let mut saved = resting();
        let (parent, field) = path.rsplit_once('/').expect("a path");
        let parent = saved.pointer_mut(parent).and_then(Value::as_object_mut);
        let parent = parent.expect(path);
        match value {
            Some(value) => drop(parent.insert(field.to_owned(), value)),
            None => drop(parent.shift_remove(field)),
        }
        let why = why(&saved.to_string());
        assert!(why.contains(told), "{path}: {why}");
    }
}

#[test]
fn a_file_of_another_release_says_so() {
    let mut saved = resting();
    saved["release"] = json!("0.0.9");
    assert!(
        replay::replay(&saved.to_string()).is_ok(),
        "its fields are the same"
    );
    saved["observed"]["more"] = json!(1);
    let why = why(&saved.to_string());
    let told = concat!(
        "the file is of release 0.0.9, and this is ",
        env!("CARGO_PKG_VERSION")
    );
    assert!(why.contains(told), "{why}");
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_replay"))
        .args(arguments)
        .output()
        .expect("it runs")
}

#[test]
fn the_program_prints_the_plan_or_says_what_is_wrong_with_which_file() {
    let (json, text) = (world("resting.json"), world("resting.txt"));
    let planned = run(&[&json]);
    assert!(planned.status.success());
    let expected = std::fs::read(&text).expect("a text");
    assert_eq!((planned.stdout, planned.stderr), (expected, Vec::new()));
    for (arguments, told, code) in [
        (&[][..], "replay FILE: ", 2),
        (&[&*json, &*json][..], "replay FILE: ", 2),
        (
            &["/no/such/file.json"][..],
            "/no/such/file.json: No such file",
            1,
        ),
        (&[&*text][..], "resting.txt: it is no JSON", 1),
    ] {
        let output = run(arguments);
        let error = String::from_utf8(output.stderr).expect("a text");
        assert!(error.contains(told), "{error}");
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(output.stdout.is_empty());
    }
}

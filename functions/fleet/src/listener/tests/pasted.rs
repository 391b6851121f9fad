//! What people paste, in one example for each kind.

use super::{PATTERN, external, host, refused, served};
use crate::listener::{ListenerGroup, Wish};

/// Each of these says what `clean` says.
fn are_the_same(clean: &str, pasted: &[&str]) {
    let wanted = served(clean);
    for text in pasted {
        match ListenerGroup::read(&external(), text) {
            Ok(Wish::Serve(group)) => assert_eq!(group, wanted, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

const TWO: &str =
    "usw2-az1 => <broker_id>.usw2-az1.a.com:<port>\nusw2-az2 => <broker_id>.usw2-az2.a.com:<port>";

#[test]
fn blanks_quotes_and_what_stands_behind_mean_nothing() {
    are_the_same(
        "usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>",
        &[
            "usw2-az1 => <broker_id> .usw2-az1.abc.aws.plc.tidbcloud.com:<port>",
            "usw2-az1 => <broker_id> . usw2-az1 . abc.aws.plc.tidbcloud.com : <port> ",
            "usw2-az1\t=>\t<broker_id>.\u{A0}usw2-az1.abc.aws.plc.tidbcloud.com:<port>\r\n",
            "\u{FEFF}usw2-az1 => <broker_id>.\u{200B}usw2-az1.abc.aws.plc.tidbcloud.com:<port>",
            "usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>;",
            "usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>.",
            "usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com.:<port>",
            "'usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>',",
            "`usw2-az1` => `<broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>`;",
            "“usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>”。",
            "「usw2-az1 → <ブローカーID>.usw2-az1.abc.aws.plc.tidbcloud.com:<ポート>」",
            "usw2-az1 ＝＞ ＜ブローカーID＞．usw2-az1．abc.aws.plc.tidbcloud.com：＜ポート＞",
            "**usw2-az1 => <broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>**",
            "| usw2-az1 | `<broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>` |",
            "us-west-2a (usw2-az1) --> <broker.id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>",
            "\"usw2-az1\": \"<broker_id>.usw2-az1.abc.aws.plc.tidbcloud.com:<port>\",",
            "usw2-az1 =&gt; &lt;broker_id&gt;.usw2-az1.abc.aws.plc.tidbcloud.com:&#60;port&#x3e;",
            "usw2-az1 =\\u003e \\u003cbroker_id\\u003e.usw2-az1.abc.aws.plc.tidbcloud.com:\\u003cport\\u003e",
            "USW2-AZ1 => <BROKER_ID>.USW2-AZ1.ABC.AWS.PLC.TiDBCloud.com:<PORT>",
        ],
    );
}

#[test]
fn several_mappings_may_stand_on_one_line() {
    let one = TWO.replace('\n', " ");
    are_the_same(
        TWO,
        &[
            &one,
            &TWO.replace('\n', ","),
            &TWO.replace('\n', "; "),
            &TWO.replace('\n', "\r"),
            &TWO.replace('\n', "\\n"),
            &TWO.replace('\n', " • "),
            &format!("• {}.", TWO.replace('\n', ". • ")),
            "*.usw2-az1.a.com *.usw2-az2.a.com",
            "*.usw2-az1.a.com:<port>,*.usw2-az2.a.com:<port>",
            "usw2-az1 => *.usw2-az1.a.com, usw2-az2 => *.usw2-az2.a.com",
        ],
    );
    assert!(
        refused(&one.replace("az2.a.com", "az2.a_b.com"))
            .contains("mapping 2 label \"a_b\" has '_', which DNS names cannot have")
    );
    assert!(refused("<b>.a.com:<p> <b>.b.com:<p>").contains("each must say its AZ ID"));
}

#[test]
fn a_consoles_wildcard_is_a_broker_of_any_number() {
    are_the_same(
        "<broker_id>.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com:<port>",
        &[
            "*.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com",
            "*.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com:<port>",
            "* *.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com",
            "• `*.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com`",
            "use1-az1 => *.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com.",
        ],
    );
    for line in ["*.*.a.com", "*.a.com:9093", "*.a.*.com"] {
        assert!(refused(line).starts_with("line 1 \"*"), "{line}");
    }
}

#[test]
fn r2_essentials_shape_gives_names_and_its_unique_string() {
    let line = |az| {
        format!("{az} => <broker_id>.{az}.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com:<port>")
    };
    let group = served(&["usw2-az1", "usw2-az2", "usw2-az3"].map(line).join("\n"));
    assert_eq!(
        host(&group, 2, "usw2-az3").as_deref(),
        Some("b2.usw2-az3.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com:9093")
    );
    assert_eq!(group.pattern.unique(), Some("dvs6nl5jgveztmla3pxkxgh76i"));
    assert!(
        refused("<broker_id>.<az_id>.unique_name.aws.plc.tidbcloud.com:<port>")
            .contains("was not filled in")
    );
}

#[test]
fn json_is_a_text_a_list_or_an_object_by_zone_however_often_it_was_encoded() {
    let [one, two] = [1, 2].map(|n| format!("<broker_id>.usw2-az{n}.a.com:<port>"));
    let by_zone = format!(r#"{{"pattern": {{"usw2-az1": "{one}", "usw2-az2": "{two}"}}}}"#);
    let list = format!(r#"{{"pattern": ["usw2-az1 => {one}", "usw2-az2 => {two}"]}}"#);
    let encoded = |text: &str| serde_json::to_string(text).expect("json");
    let lines = format!(r#"{{"pattern": {}}}"#, encoded(TWO));
    let inner = encoded(&lines);
    are_the_same(
        TWO,
        &[
            &encoded(TWO),
            &encoded(&encoded(TWO)),
            &by_zone,
            &list,
            &format!(r#"["{one}", "{two}"]"#),
            &format!(r#"{{"pattern": {}}}"#, encoded(&encoded(TWO))),
            &lines,
            &encoded(&lines),
            &encoded(&encoded(&lines)),
            &inner[1..inner.len() - 1],
            &format!("\u{FEFF}{lines}\r\n"),
            &format!("'{lines}';"),
            &list.replace(['<'], "\\u003c").replace('>', "&gt;"),
            &list.replace('"', "”"),
            &list.replace('"', "'"),
            &list.replace(' ', "\u{A0}"),
            &list.replace('"', "&quot;"),
        ],
    );
}

#[test]
fn json_is_refused_by_what_stands_in_it() {
    for (text, told) in [
        (
            r#"{"pattern": 7}"#,
            "line 1 \"7\": invalid type: \"pattern\" is a text",
        ),
        (
            r#"{"pattern": ["<b>.a.com:<p>", 7]}"#,
            "line 1 \"7\": invalid type",
        ),
        (
            r#"{"pattern": {"usw2-az1": ["x"]}}"#,
            "\"[\"x\"]\": invalid type",
        ),
        (
            "{\"pattern\":\n \"usw2-az1 => <b>.a.com:<p>\\nx\"}",
            "line 2 \"x\": must end with",
        ),
        (
            r#"{"pattern": {"us-west-2a": "<b>.a.com:<p>"}}"#,
            "line 1 \"<b>.a.com:<p>\": has \"us-west-2a\" before the name, which is not an AZ ID",
        ),
        (
            r#"{"pattern": {"usw2-az1": "<b>.a.com:<p>", "usw2-az1": "<b>.b.com:<p>"}}"#,
            "has \"usw2-az1\" twice in one object; take one of them out",
        ),
        (r#"{"pattern": ""}"#, "the pattern is empty"),
        (r#"{"pattern": []}"#, "the pattern is empty"),
        ("\"\"", "the pattern is empty"),
        ("{}", "has no \"pattern\""),
        (
            r#"{"pattern": "<b>.a.com:<p>", "bootstrap_port": "9092"}"#,
            "invalid type: string \"9092\", expected u16",
        ),
        (
            r#"{"pattern": "<b>.a.com:<p>", "bootstrap_ports": "9092"}"#,
            "unknown field `bootstrap_ports`, expected one of",
        ),
        (
            r#"{"pattern": "<b>.a.com:<p>", "bind_port": 1, "bind_port": 2}"#,
            "duplicate field `bind_port`",
        ),
        ("[7]", "line 1 \"7\": invalid type"),
    ] {
        let refusal = refused(text);
        assert!(refusal.contains(told), "{text}: {refusal}");
    }
}

#[test]
fn placeholders_of_other_templates_are_refused_with_the_line_to_write() {
    let told = "has placeholders of another kind; here they stand in angle brackets: write";
    let right = "<broker_id>.<az_id>.kafka.example.com:<port>";
    for text in [
        "{broker_id}.{az_id}.kafka.example.com:{port}",
        "{{broker_id}}.{{az_id}}.kafka.example.com:{{port}}",
        "${broker_id}.${az_id}.kafka.example.com:${port}",
        "$(broker_id).$(az_id).kafka.example.com:$(port)",
        "%broker_id%.%az_id%.kafka.example.com:%port%",
        "[broker_id].[az_id].kafka.example.com:[port]",
        "<broker_id>.{az_id}.kafka.example.com:<port>",
    ] {
        assert_eq!(refused(text), format!("line 1 \"{text}\": {told} {right}"));
    }
    for text in [
        "broker-$(nodeId).kafka.example.com:9094",
        "$broker_id.$az_id.kafka.example.com:$port",
        "{broker_id}-{az_id}.kafka.example.com:{port}",
        "b%d.%s.kafka.example.com:%d",
    ] {
        let told = format!("line 1 \"{text}\": {told} a line such as {right}");
        assert_eq!(refused(text), told);
    }
}

#[test]
fn two_placeholders_in_one_label_are_refused_and_never_rendered() {
    for (text, told) in [
        (
            "<broker_id>-<az_id>.kafka.example.com:<port>",
            "has more than one placeholder in the label \"<broker_id>-<az_id>\"; each is a label of its own, so write <broker_id>.<az_id>.kafka.example.com:<port>",
        ),
        (
            "usw2-az1 => <broker_id><az_id>.kafka.example.com:<port>",
            "has more than one placeholder in the label",
        ),
        (
            "<broker_id>.<az_id>-<region>.example.com:<port>",
            "has a placeholder beside other text",
        ),
        (
            "<broker_id>.kafka-<az_id>.example.com:<port>",
            "has a placeholder beside other text; write one line for each zone",
        ),
        (
            "<broker_id>.<cluster>.example.com:<port>",
            "is a placeholder that was not filled in",
        ),
        (
            "<broker_id>.kafka.<az_id>.example.com:<port>",
            "must stand right behind <broker_id>",
        ),
        ("<broker_id>.a.com:<port><port>", "must end with :<port>"),
        ("<broker_id>.a.com:<po rt>9", "has \"9\" behind :<port>"),
    ] {
        assert!(refused(text).contains(told), "{text}: {}", refused(text));
    }
}

#[test]
fn a_brokers_label_is_b_and_its_number() {
    let refusal = refused("kafka-<broker_id>.<az_id>.example.com:<port>");
    assert!(
        refusal.contains("a broker is named b and its node.id"),
        "{refusal}"
    );
    assert!(
        refusal.contains("write <broker_id>.<az_id>.example.com:<port>"),
        "{refusal}"
    );
    assert!(
        refusal.contains("give the consumer a listener of its own"),
        "{refusal}"
    );
    assert!(
        refused("b<broker_id>.<az_id>.example.com:<port>").contains("begins with \"b<broker_id>\"")
    );
    assert!(
        refused("EXTERNAL://<broker_id>.example.com:<port>")
            .contains("begins with \"EXTERNAL://<broker_id>\"")
    );
}

#[test]
fn a_refusal_shows_nothing_that_moves_a_cursor_and_not_too_much() {
    let refusal = refused("\u{202E}<b>.\u{1B}[8mabc\u{7}.example.com:<p>");
    assert!(
        refusal.contains("\"<b>.�[8mabc�.example.com:<p>\""),
        "{refusal}"
    );
    for text in [
        "x".repeat(4096),
        format!("<b>.{}.com:<p>", "a\u{7}".repeat(2000)),
        format!("{{\"{}\": 1}}", "k".repeat(4000)),
        format!("{{\"protocol\": \"{}\"}}", "k\\u001b".repeat(500)),
        format!("<b>.a.com:{}", "9".repeat(4000)),
        "x\n".repeat(2000),
        format!("${{{}}}.a.com:<p>", "y".repeat(4000)),
    ] {
        let refusal = refused(&text);
        assert!(refusal.chars().count() < 1500, "{refusal}");
        assert!(!refusal.contains(|c: char| c.is_control()), "{refusal}");
    }
    assert!(refused(&"x\n".repeat(2000)).ends_with("; and 1992 more"));
}

#[test]
fn a_text_that_mentions_a_password_is_not_shown() {
    for text in [
        r#"{"mechanism": "PLAIN", "username": "probe", "password": "hunter2"}"#,
        r#"{"username": "probe", "password": "hunter2""#,
        r#"{"pattern": "x password=hunter2"}"#,
        "org.apache.kafka.common.security.plain.PlainLoginModule required passwd=hunter2",
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
    ] {
        let refusal = refused(text);
        assert!(!refusal.contains("hunter2"), "{refusal}");
        assert!(
            refusal.contains("is not shown, because it mentions"),
            "{refusal}"
        );
    }
    for text in [
        format!(r#"{{"pattern": "{PATTERN}", "secret": "hunter2"}}"#),
        format!(r#"{{"pattern": "{PATTERN}", "secret": "hunter2", "bind_prot": 1}}"#),
        format!(r#"{{"pattern": "{PATTERN}", "secret": "hunter2",}}"#),
    ] {
        assert!(!refused(&text).contains("hunter2"), "{}", refused(&text));
    }
    // A domain may be named so.
    served("<broker_id>.<az_id>.passwords.example.com:<port>");
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_write() {
    for (text, told) in [
        (
            "<az_id>.abc.example.com:<port>",
            "the first label is the broker's: write <broker_id>.<az_id>.abc.example.com:<port>",
        ),
        (
            "<unique_name>.abc.example.com:<port>",
            "the first label is the broker's: write <broker_id>.abc.example.com:<port>",
        ),
        (
            "<AZ_ID>.<broker_id>.abc.example.com:<port>",
            "write <broker_id>.<az_id>.abc.example.com:<port>",
        ),
        (
            "<az_id>.usw2-az1.abc.com:<port>",
            "write <broker_id>.usw2-az1.abc.com:<port>",
        ),
        (
            "<UNIQUE_NAME>.abc.example.com:<port>",
            "write <broker_id>.abc.example.com:<port>",
        ),
        (
            "<broker_id>.abc.example.com:<BOOTSTRAP_PORT>",
            "each broker's own port: write :<port>",
        ),
        (
            "<broker_id>.<az_id>.abc.example.com:<bootstrap_port>",
            "each broker's own port: write :<port>",
        ),
        (
            "<broker_id>.10.0.0.1:<port>",
            "ends with a number where its domain belongs",
        ),
        (
            "usw2-az1, usw2-az2 => <broker_id>.abc.example.com:<port>",
            "has several zones before the name",
        ),
        (
            "<broker_id>-usw2-az1.abc.com:<port>",
            "write usw2-az1 => <broker_id>.abc.com:<port>",
        ),
        (
            r#"{"usw2-az1": "<b>.a.com:<p>"}"#,
            "lines by zone stand below \"pattern\"",
        ),
        ("null", "\"pattern\" is a text, a list of lines"),
        ("true", "\"pattern\" is a text, a list of lines"),
    ] {
        let refusal = refused(text);
        assert!(refusal.contains(told), "{text}: {refusal}");
    }
    for taken in [
        "<broker_id>",
        "<Nazwa_Brokera>",
        "<BROKER_AZ>",
        "<azure_vm>",
        "<ID>",
    ] {
        let group = served(&format!("{taken}.a.com:<ポート>"));
        assert!(host(&group, 1, "usw2-az1").is_some(), "{taken}");
    }
}

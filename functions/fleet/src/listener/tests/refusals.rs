//! Every refusal, with its line.

use super::{PATTERN, refused, refused_for, served};

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
    assert!(refused_for("external", PATTERN).contains("Kafka listener name"));
    assert!(refused_for("A/B", PATTERN).contains("Kafka listener name"));
    let hyphen = refused_for("EXTERNAL-9094", PATTERN);
    assert!(hyphen.contains("Kafka takes other names, too"), "{hyphen}");
    assert!(hyphen.contains("listener of its own"), "{hyphen}");
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

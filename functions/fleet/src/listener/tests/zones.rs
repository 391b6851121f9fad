//! Which zone a line is about, and what a refusal shows of it.

use super::{host, refused, served};

/// The zone that a single line serves; `None` for every zone.
fn zone(line: &str) -> Option<String> {
    let zones = served(line).pattern;
    zones.zones().first().map(ToString::to_string)
}

#[test]
fn r5_the_zone_is_the_name_label_or_the_id_before_the_arrow() {
    for (line, expected) in [
        ("<b>.<az>.a.com:<p>", None),
        ("<b>.a.com:<p>", None),
        ("<b>.usw2-az1.a.com:<p>", Some("usw2-az1")),
        ("<b>.a.usw2-az1.com:<p>", Some("usw2-az1")),
        ("usw2-az1 => <b>.a.com:<p>", Some("usw2-az1")),
        ("usw2-az1 => <b>.usw2-az1.a.com:<p>", Some("usw2-az1")),
        ("us-west-2a => <b>.usw2-az1.a.com:<p>", Some("usw2-az1")),
        ("USW2-AZ1 => <b>.USW2-AZ1.A.com:<p>", Some("usw2-az1")),
    ] {
        assert_eq!(zone(line).as_deref(), expected, "{line}");
    }
}

#[test]
fn a_placeholder_and_a_fixed_zone_do_not_go_together() {
    for line in [
        "<b>.<az>.usw2-az1.a.com:<p>",
        "usw2-az1 => <b>.<az>.a.com:<p>",
        "us-west-2a => <b>.<az>.a.com:<p>",
        "usw2-az1 => <b>.<az>.usw2-az1.a.com:<p>",
        "usw2-az2 => <b>.<az>.usw2-az1.a.com:<p>",
        "us-west-2a => <b>.<az>.usw2-az1.a.com:<p>",
    ] {
        assert!(
            refused(line).ends_with("has both <az_id> and a fixed zone; keep one of them"),
            "{line}"
        );
    }
    assert!(refused("usw2-az2 => <b>.usw2-az1.a.com:<p>").ends_with(
        "says usw2-az2 before the arrow and usw2-az1 in the name; they must be the same zone"
    ));
}

#[test]
fn what_looks_like_a_zone_id_and_is_none_is_part_of_the_name() {
    for id in ["usw2-az1", "apne1-az4", "usw2-lax1-az1", "usw2-az12"] {
        let line = format!("<b>.{id}.a.com:<p>");
        assert_eq!(zone(&line).as_deref(), Some(id));
    }
    for name in [
        "usw2az1",
        "usw2-azx",
        "usw2-az1x",
        "us-az1",
        "2usw2-az1",
        "az1",
        "usw2-bz1",
    ] {
        let line = format!("<b>.{name}.a.com:<p>");
        assert_eq!(zone(&line), None, "{name}");
    }
    // As a label it would begin or end with a hyphen, too.
    assert!(refused("usw2-az => <b>.a.com:<p>").contains("is not an AZ ID"));
}

#[test]
fn every_arrow_and_every_bullet_is_taken() {
    for arrow in ["=>", "->", "→", "⇒", "➜"] {
        let line = format!("usw2-az1 {arrow} <b>.a.com:<p>");
        assert_eq!(zone(&line).as_deref(), Some("usw2-az1"), "{arrow}");
    }
    for bullet in ["•", "・", "·", "*", "-", "‣", "◦", "–", "-*"] {
        let group = served(&format!(" {bullet} <b>.a.com:<p> "));
        assert_eq!(
            host(&group, 1, "usw2-az1").as_deref(),
            Some("b1.a.com:9093"),
            "{bullet}"
        );
    }
}

#[test]
fn a_placeholder_is_a_word_in_angle_brackets() {
    served("<b>.<az>.a.com:<p>");
    served("<broker id>.<az id>.a.com:<port>");
    for line in ["<>.a.com:<p>", "<b.a.com:<p>", "b>.a.com:<p>"] {
        assert!(
            refused(line).contains("must begin with <broker_id>"),
            "{line}"
        );
    }
    for line in ["<b>.a.com:<>", "<b>.a.com:<p", "<b>.a.com:p>", "<b>.a.com:"] {
        assert!(refused(line).contains("ends with port"), "{line}");
    }
}

#[test]
fn a_zone_that_is_no_dns_label_or_too_long_has_no_name() {
    let any = served("<b>.<az>.a.com:<p>");
    let longest = format!("{}-az1", "a".repeat(20));
    assert!(host(&any, 1, &longest).is_some());
    for az in ["usw2_az1", "", "USW2-AZ1", &format!("a{longest}")] {
        assert_eq!(host(&any, 1, az), None, "{az:?}");
    }
}

#[test]
fn the_same_line_twice_is_the_same_line() {
    let line = "usw2-az1 => <b>.usw2-az1.a.com:<p>\n";
    assert_eq!(zone(&line.repeat(2)).as_deref(), Some("usw2-az1"));
}

#[test]
fn labels_have_letters_digits_and_hyphens_inside() {
    served("<b>.a-1.x9.com:<p>");
    for label in ["abc-", "-abc", "-"] {
        let told = refused(&format!("<b>.{label}.com:<p>"));
        assert!(told.contains("begins or ends with '-'"), "{label}: {told}");
    }
    for (label, c) in [("a_b", '_'), ("a b", ' '), ("aß", 'ß'), ("a/", '/')] {
        let told = refused(&format!("<b>.{label}.com:<p>"));
        assert!(
            told.contains(&format!("has '{c}', which DNS names cannot have")),
            "{told}"
        );
    }
    for label in ["<x>", "aunique_name"] {
        let told = refused(&format!("<b>.a.{label}.com:<p>"));
        assert!(
            told.contains("is a placeholder that was not filled in"),
            "{told}"
        );
    }
}

#[test]
fn without_a_zone_label_a_name_may_be_that_much_longer() {
    let name = |rest: usize| {
        let mut labels = vec!["a".repeat(63); 3].join(".");
        labels.push('.');
        labels.push_str(&"a".repeat(rest - labels.len()));
        format!("<b>.{labels}:<p>")
    };
    served(&name(253 - 12));
    assert!(refused(&name(253 - 12 + 1)).contains("over 253 characters"));
}

#[test]
fn a_refusal_shows_its_line_and_not_too_much_of_it() {
    assert_eq!(
        refused("usw2-az1 => x\nusw2-az2 => y:<p>"),
        "line 1 \"usw2-az1 => x\": must end with :<port>, as the console shows it; line 2 \"usw2-az2 => y:<p>\": must begin with <broker_id>, the label that becomes b1, b2, …"
    );
    assert!(
        refused("{\n  \"patern\": \"x\"\n}")
            .starts_with("line 2 \"\"patern\": \"x\"\": unknown field")
    );
    assert!(refused(&"x".repeat(120)).starts_with(&format!("line 1 \"{}\":", "x".repeat(120))));
    assert!(refused(&"x".repeat(121)).starts_with(&format!("line 1 \"{}…\":", "x".repeat(120))));
    assert!(refused(&"ー".repeat(120)).starts_with(&format!("line 1 \"{}\":", "ー".repeat(120))));
}

#[test]
fn only_external_has_defaults() {
    let told = super::refused_for(
        "EXTERNAL2",
        r#"{"pattern": "<b>.a.com:<p>", "broker_ports": "9193-9240", "bind_port": 39093}"#,
    );
    assert!(
        told.starts_with("group EXTERNAL2 must say its own \"bootstrap_port\""),
        "{told}"
    );
}

#[test]
fn a_label_of_ones_own_may_have_a_zone_in_it_when_the_arrow_names_the_zone() {
    for (line, expected) in [
        (
            "use1-az1 => <b>.kafka-use1-az1.example.com:<p>",
            Some("use1-az1"),
        ),
        (
            "use1-az2 => <b>.kafka-use1-az1.example.com:<p>",
            Some("use1-az2"),
        ),
        (
            "use1-az1 => <b>.kafka1-az1.example.com:<p>",
            Some("use1-az1"),
        ),
        // Nobody else names the zone: such a name serves no other one.
        ("<b>.kafka-use1-az1.example.com:<p>", Some("use1-az1")),
        ("<b>.use1-az1-kafka.example.com:<p>", Some("use1-az1")),
        (
            "<b>.kafka-usw2-lax1-az1.example.com:<p>",
            Some("usw2-lax1-az1"),
        ),
        ("<b>.<az>.kafka-use1-az1.example.com:<p>", None),
        ("<b>.<az>.kafka-us-west-2a.example.com:<p>", None),
        ("<b>.kafka1-use1-az1.example.com:<p>", Some("use1-az1")),
        ("<b>.kafka-node1-az1.example.com:<p>", None),
        (
            "use1-az1 => <b>.kafka-us-east-1a.example.com:<p>",
            Some("use1-az1"),
        ),
        (
            "use1-az1 => <b>.user1-az1.example.com:<p>",
            Some("use1-az1"),
        ),
    ] {
        assert_eq!(zone(line).as_deref(), expected, "{line}");
    }
    for two in [
        "use1-az1.use1-az2",
        "use1-az1-use1-az2",
        "kafka-use1-az1.x-use1-az2",
    ] {
        let told = refused(&format!("<b>.{two}.example.com:<p>"));
        assert!(
            told.contains("has two zones in the name, use1-az1 and use1-az2"),
            "{told}"
        );
    }
    let told = refused("<b>.kafka-us-west-2a.example.com:<p>");
    assert!(
        told.contains("has the zone us-west-2a in the name, which means another place"),
        "{told}"
    );
    assert!(refused("use1-az1 => <b>.usw2-az1.a.com:<p>").contains("must be the same zone"));
}

#[test]
fn r5_the_name_of_a_zone_is_never_rendered() {
    for name in [
        "us-west-2a",
        "US-WEST-2A",
        "us-gov-east-1b",
        "cn-north-1a",
        "ap-southeast-2c",
        "us-isob-east-1a",
        "eusc-de-east-1a",
        "us-west-2-lax-1a",
        "us-east-1-wl1-bos-wlz-1",
    ] {
        for line in [
            format!("<b>.{name}.kafka.example.com:<p>"),
            format!("usw2-az1 => <b>.{name}.kafka.example.com:<p>"),
            format!("{name} => <b>.{name}.kafka.example.com:<p>"),
            format!("<b>.<az>.kafka.{name}.com:<p>"),
            format!("*.{name}.kafka.example.com"),
            format!(r#"{{"pattern": {{"{name}": "<b>.{name}.a.com:<p>"}}}}"#),
        ] {
            let told = refused(&line);
            assert!(told.contains("is the name of a zone"), "{line}: {told}");
        }
        assert!(refused(&format!("{name} => <b>.a.com:<p>")).contains("is not an AZ ID"));
        assert_eq!(host(&served("<b>.<az>.a.com:<p>"), 1, name), None);
    }
    for label in [
        "us-west-2",
        "kafka-east-2a",
        "us-west",
        "my-kafka-2a",
        "aws",
        "2a",
        "us-west-2-a1",
    ] {
        served(&format!("<b>.{label}.example.com:<p>"));
    }
}

//! What people write, and what is refused of it.

use super::*;
use crate::look::parameter;
use crate::observed::ParameterKind;

fn read(text: &str) -> Result<Principals, String> {
    let read = Principals::read(&parameter("principals", text, 0), "aws");
    read.map_err(|refusals| refusals.to_string())
}

fn listed(text: &str) -> Vec<String> {
    let read = read(text).expect("who may connect");
    read.listed.iter().map(ToString::to_string).collect()
}

const ONE: &str = "arn:aws:iam::111111111111:root";
const TWO: &str = "arn:aws:iam::222222222222:root";

#[test]
fn a_line_a_comma_or_a_json_list_each_and_the_same_one_once() {
    for text in [
        "111111111111\n222222222222",
        "111111111111, 222222222222,",
        " \"111111111111\"\r\n• arn:aws:iam::222222222222:root\n\n",
        "111111111111,arn:aws:iam::111111111111:root\n222222222222,222222222222",
        r#"{"principals": ["111111111111", "222222222222"]}"#,
        r#"{"principals": [111111111111, "arn:aws:iam::222222222222:root", 222222222222]}"#,
    ] {
        assert_eq!(listed(text), [ONE, TWO], "{text}");
    }
}

#[test]
fn the_same_with_connections_at_once_is_read_as_it_was_meant() {
    for text in [
        "111111111111\narn:aws:iam::222222222222:role/kafka",
        r#"{"principals": []}"#,
        r#"{"principals": ["111111111111"], "adopt": true, "accept": "when-proven", "remove": ["222222222222"], "ranges": {"111111111111": ["10.250.0.0/16", "10.1.0.0/24"]}}"#,
    ] {
        let meant = read(text).expect("who may connect");
        let at_once = read(&meant.accepting_at_once().to_string()).expect("who may connect");
        assert!(at_once.at_once && !meant.at_once, "{text}");
        let same = Principals {
            at_once: false,
            ..at_once
        };
        assert_eq!(same, meant, "{text}");
    }
}

#[test]
fn nobody_is_said_and_an_empty_text_is_refused() {
    assert_eq!(listed(r#"{"principals": []}"#), [""; 0]);
    for text in ["", " \n", "\"\"", "\u{FEFF}"] {
        let refused = read(text).expect_err("refused");
        assert!(refused.contains(r#"write {"principals": []}"#), "{refused}");
    }
    // Separators without anybody between them say nobody, too.
    assert!(read(",\n,").is_err());
}

#[test]
fn every_field_is_read() {
    let read = read(
        r#"{"principals": ["111111111111"], "adopt": true, "accept": "at-once",
            "remove": ["222222222222"], "ranges": {"111111111111": ["10.250.0.0/16", "fd00::/8"]}}"#,
    )
    .expect("who may connect");
    assert!(read.adopt && read.at_once);
    assert_eq!(read.remove.len(), 1);
    let account = AccountId::from("111111111111");
    assert_eq!(read.ranges[&account].len(), 2);
    assert!(read.lists(&account));
    assert!(!read.lists(&"222222222222".into()));
}

#[test]
fn what_is_wrong_is_named_and_nothing_of_it_is_used() {
    for (text, why) in [
        (
            "\n111111111111, 222222222222\n222222222222, *",
            "line 3: \"*\" would let every AWS account connect",
        ),
        ("11111111111", "a leading zero is missing?"),
        (
            r#"{"principals": [11111111111]}"#,
            "\"principals\": \"11111111111\" has 11 digits",
        ),
        (r#"{"principals": "111111111111"}"#, "it is a list such as"),
        (r#"{"principals": [null]}"#, "each one is a text"),
        (r#"["111111111111"]"#, "it is JSON and no object"),
        (r#"{"principals": ["#, "it is no JSON (EOF while parsing"),
        ("{}", "it has no field \"principals\""),
        (
            r#"{"principals": [], "adopt": true, "principals": ["111111111111"]}"#,
            "\"principals\" stands twice in one object; take one of them out",
        ),
        (
            r#"{"principals": [], "adpot": true}"#,
            "\"adpot\": nobody reads it; the fields are",
        ),
        (
            r#"{"principals": [], "adopt": "yes"}"#,
            "\"adopt\": it is true or false",
        ),
        (
            r#"{"principals": [], "accept": true}"#,
            "\"accept\": it is \"at-once\"",
        ),
        (
            r#"{"principals": [], "ranges": {"111111111111": ["10.0.0.0/8"]}}"#,
            "which is not in \"principals\"",
        ),
        (
            r#"{"principals": ["111111111111"], "ranges": {"111111111111": ["10.0.0.1/8"]}}"#,
            "10.0.0.0/8 is meant?",
        ),
        (
            r#"{"principals": ["111111111111"], "ranges": {"111111111111": "10.0.0.0/8"}}"#,
            "it is a list such as",
        ),
        (
            r#"{"principals": ["111111111111"], "ranges": {"1": []}}"#,
            "is no account id of 12 digits",
        ),
        (
            r#"{"principals": ["111111111111"], "ranges": {"111111111111": ["ten"]}}"#,
            "is no range such as",
        ),
        (
            r#"{"principals": ["111111111111"], "remove": ["111111111111"]}"#,
            "take it out of one",
        ),
    ] {
        let refused = read(text).expect_err(text);
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

#[test]
fn many_refusals_are_told_in_part_and_a_whole_parameter_of_eight_kilobytes_is_read() {
    let many = vec!["*"; 40].join("\n");
    let refused = read(&many).expect_err("refused");
    assert!(refused.ends_with("; and 32 more"), "{refused}");
    let all: Vec<String> = (0..630)
        .map(|n| format!("{:012}", 100_000_000_000_u64 + n))
        .collect();
    let text = all.join(",");
    assert!(text.len() <= 8192);
    assert_eq!(listed(&text).len(), 630);
}

#[test]
fn a_secret_is_not_read_and_the_way_out_is_told() {
    let mut secret = parameter("principals", "111111111111", 0);
    secret.kind = ParameterKind::SecureString;
    let refused = Principals::read(&secret, "aws")
        .expect_err("refused")
        .to_string();
    assert!(refused.contains("it is a SecureString"), "{refused}");
    assert!(
        refused.contains("aws ssm delete-parameter --name"),
        "{refused}"
    );
    assert!(!refused.contains("111111111111"), "{refused}");
}

#[test]
fn when_a_connection_is_accepted_is_said_by_one_of_two_words() {
    let at_once = |text| read(text).expect("who may connect").at_once;
    assert!(!at_once(r#"{"principals": []}"#));
    assert!(!at_once(r#"{"principals": [], "accept": "when-proven"}"#));
    assert!(at_once(r#"{"principals": [], "accept": "at-once"}"#));
}

#[test]
fn accounts_with_blanks_between_them_are_refused_with_what_works() {
    // The console's single-line field makes a blank of each line end.
    let refused = read("111111111111 222222222222").expect_err("refused");
    assert!(refused.contains("comma"), "{refused}");
}

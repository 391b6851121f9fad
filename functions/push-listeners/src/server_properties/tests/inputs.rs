//! Files that are odd, broken or large.

use super::*;
use crate::server_properties::{Key, Rule, mask};

fn rule(file: &[u8]) -> Rule {
    edit(file, &[external()], OLD).expect_err("refused").rule
}

#[test]
fn an_empty_file_is_refused_as_what_kafka_takes_it_for() {
    assert_eq!(rule(b""), Rule::ZooKeeper);
    assert_eq!(rule(b"\n\n# nothing\n"), Rule::ZooKeeper);
}

#[test]
fn ten_thousand_lines_are_edited() {
    let noise: String = (0..10_000)
        .map(|i| format!("some.key.{i}=value \\\n  # {i}\n"))
        .collect();
    let (after, edit) = edited(&format!("{noise}{FILE}{noise}"), &[external()]).expect("an edit");
    assert_eq!(edit.spans.len(), 3);
    assert!(after.starts_with(&noise) && after.ends_with(&noise));
}

#[test]
fn a_byte_order_mark_before_a_key_is_refused_and_before_a_comment_it_is_not() {
    let marked = format!("\u{FEFF}{FILE}");
    for file in [marked.clone().into_bytes(), mask(marked.as_bytes())] {
        assert!(edit(&file, &[external()], OLD).is_ok());
    }
    for first in ["listeners=A://b:1\n", "node.id=1\n", " x\n", "# a \\\n"] {
        let marked = format!("\u{FEFF}{first}{FILE}");
        for file in [marked.clone().into_bytes(), mask(marked.as_bytes())] {
            assert_eq!(rule(&file), Rule::ByteOrderMark, "{first}");
        }
    }
}

#[test]
fn every_line_end_is_kept_and_used() {
    for end in ["\n", "\r\n", "\r"] {
        let file = with(&[
            ("advertised.listeners", ""),
            (
                "listeners",
                "listeners=INTERNAL://:9092,CONTROLLER://:29092",
            ),
        ]);
        let file = file.replace('\n', end);
        let (after, edit) = edited(&file, &[external()]).expect("an edit");
        let line = format!(
            "advertised.listeners=INTERNAL://:9092,EXTERNAL://b1.usw2-az1.kafka.example.com:9093{end}"
        );
        assert!(after.ends_with(&format!("./data{end}{line}")), "{after:?}");
        assert_eq!(
            removed(&after, "EXTERNAL", Some(&edit))
                .expect("a removal")
                .0,
            file
        );
    }
}

#[test]
fn bytes_outside_ascii_stay_where_they_do_not_matter() {
    let mut file = b"# gr\xFC\xDFe \xFF\nname=\x00\xE4\n".to_vec();
    file.extend_from_slice(FILE.as_bytes());
    let edit = edit(&file, &[external()], OLD).expect("an edit");
    let after = apply(&file, &edit.spans).expect("spans");
    assert!(after.starts_with(b"# gr\xFC\xDFe \xFF\nname=\x00\xE4\n"));
    file.extend_from_slice(b"listeners=INTERNAL://b\xE4r:9092\n");
    assert_eq!(rule(&file), Rule::NotAscii);
}

#[test]
fn a_syntax_error_is_told_with_its_line() {
    let refusal = edited(&format!("{FILE}a=b\nc=\\u12\n"), &[external()]).expect_err("refused");
    assert_eq!(
        (refusal.rule, refusal.told.line),
        (Rule::MalformedEscape, Some(12))
    );
}

#[test]
fn what_the_mask_hides_is_no_key_and_what_it_cannot_tell_is_refused() {
    let file = format!("{FILE}p=listeners=A\n");
    let masked = mask(file.as_bytes());
    let whole = edit(file.as_bytes(), &[external()], OLD).expect("an edit");
    assert_eq!(edit(&masked, &[external()], OLD).expect("an edit"), whole);
    for hidden in [
        "list\\u0065ners=A \\\n b\n",
        "list\\u0065ners=A\\",
        "\\\nlisteners=A\n",
        "\\\n \\\nx",
    ] {
        let file = format!("{FILE}{hidden}");
        let refusal = edit(&mask(file.as_bytes()), &[external()], OLD).expect_err("refused");
        let told = (refusal.rule, refusal.told.line);
        assert_eq!(told, (Rule::CannotTell, Some(11)), "{hidden}");
    }
}

#[test]
fn what_ends_in_a_backslash_does_not_swallow_what_is_added() {
    let file = "process.roles=broker\nnode.id=4\ncontroller.quorum.voters=1@c:1\ncontroller.listener.names=CONTROLLER\n";
    for last in ["last=1\\", "last=1\\\n", "last=\\\n  "] {
        let file = format!("{file}{last}");
        let (after, edit) = edited(&file, &[external()]).expect("an edit");
        assert!(
            edit.kept
                .contains(&crate::server_properties::Kept::Absent(Key::Protocols))
        );
        assert!(after.starts_with(&file));
        assert_eq!(
            removed(&after, "EXTERNAL", Some(&edit))
                .expect("a removal")
                .0,
            file
        );
    }
    // A lone backslash there is an entry, which would be gone.
    let refusal = edited(&format!("{file}\\"), &[external()]).expect_err("refused");
    assert_eq!(refusal.rule, Rule::Unsound);
}

#[test]
fn elements_are_put_behind_the_last_one_whatever_follows_it() {
    for (value, expected) in [
        (
            "INTERNAL://:9092,CONTROLLER://:29092  ",
            "INTERNAL://:9092,CONTROLLER://:29092,E  ",
        ),
        (
            "INTERNAL://:9092,CONTROLLER://:29092,",
            "INTERNAL://:9092,CONTROLLER://:29092,E,",
        ),
        (
            "INTERNAL://:9092 ,\\\n  CONTROLLER://:29092 \\\n",
            "INTERNAL://:9092 ,\\\n  CONTROLLER://:29092,E \\\n",
        ),
        (
            "INTERNAL\\://\\:9092,CONTROLLER\\://\\:29092",
            "INTERNAL\\://\\:9092,CONTROLLER\\://\\:29092,E",
        ),
    ] {
        let file = with(&[("listeners", &format!("listeners : {value}"))]);
        let (after, edit) = edited(&file, &[external()]).expect("an edit");
        let expected = expected
            .replace('E', "EXTERNAL://0.0.0.0:39092")
            .replace("INTEXTERNAL://0.0.0.0:39092RNAL", "INTERNAL")
            .replace("CONTROLLEXTERNAL://0.0.0.0:39092R", "CONTROLLER");
        assert!(
            after.contains(&format!("listeners : {expected}\n")),
            "{after}"
        );
        assert_eq!(
            removed(&after, "EXTERNAL", Some(&edit))
                .expect("a removal")
                .0,
            file
        );
    }
    // From 4.2 on Kafka refuses the comma at the end, so the file is refused as it is.
    let file = with(&[(
        "listeners",
        "listeners=INTERNAL://:9092,CONTROLLER://:29092,",
    )]);
    let refusal = edit(file.as_bytes(), &[external()], NEW).expect_err("refused");
    assert_eq!(refusal.rule, Rule::EmptyElement);
}

#[test]
fn addresses_of_ipv6_are_made_explicit_without_brackets() {
    let file = with(&[
        (
            "listeners",
            "listeners=INTERNAL://[fe80::1]:9092,CONTROLLER://:29092",
        ),
        ("advertised.listeners", ""),
    ]);
    let (after, _) = edited(&file, &[external()]).expect("an edit");
    assert!(
        after.contains("\nadvertised.listeners=INTERNAL://fe80::1:9092,EXTERNAL://"),
        "{after}"
    );
    // What cannot be written plainly is not written.
    let file = file.replace("fe80::1", "fe80::1%eth0");
    assert_eq!(
        edited(&file, &[external()]).expect_err("refused").rule,
        Rule::Wish
    );
}

//! A listener of the group's name that a person gave another port or protocol.

use super::*;
use crate::server_properties::Rule;

/// EXTERNAL as the operator has it: in all three keys, with this listener and this protocol.
fn by_hand(listener: &str, protocol: &str) -> String {
    with(&[
        (
            "listeners",
            &format!("listeners=INTERNAL://0.0.0.0:9092,{listener}, CONTROLLER://0.0.0.0:29092"),
        ),
        (
            "advertised.listeners",
            "advertised.listeners=EXTERNAL://b1.usw2-az1.kafka.example.com:9093,INTERNAL://10.0.0.11:9092",
        ),
        (
            "listener.security.protocol.map",
            &format!(
                "listener.security.protocol.map={protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"
            ),
        ),
    ])
}

fn adopting() -> Wanted {
    let mut wish = external();
    wish.adopts = true;
    wish
}

#[test]
fn it_is_written_over_only_with_the_operators_word() {
    let right = by_hand("EXTERNAL://0.0.0.0:39092", "EXTERNAL:PLAINTEXT");
    for (listener, protocol, rule) in [
        (
            "EXTERNAL://0.0.0.0:39093",
            "EXTERNAL:PLAINTEXT",
            Rule::OtherBind,
        ),
        (
            "EXTERNAL://127.0.0.1:39092",
            "EXTERNAL:PLAINTEXT",
            Rule::OtherBind,
        ),
        (
            "EXTERNAL://[::1]:39092",
            "EXTERNAL:PLAINTEXT",
            Rule::OtherBind,
        ),
        (
            "EXTERNAL://0.0.0.0:39092",
            "EXTERNAL:SASL_SSL",
            Rule::OtherProtocol,
        ),
        (
            "EXTERNAL://0.0.0.0:39092",
            "EXTERNAL:SSL",
            Rule::OtherProtocol,
        ),
        ("EXTERNAL://:39093", "EXTERNAL:SSL", Rule::OtherBind),
    ] {
        let file = by_hand(listener, protocol);
        let refused = edited(&file, &[external()]).expect_err("refused");
        assert_eq!(refused.rule, rule, "{listener} {protocol}");
        assert!(refused.to_string().contains("\"adopt\": true"), "{refused}");
        let (after, edit) = edited(&file, &[adopting()]).expect("an edit");
        assert_eq!(after, right, "{listener} {protocol}");
        assert!(edit.kept.is_empty(), "{:?}", edit.kept);
    }
}

#[test]
fn what_is_right_but_written_otherwise_stays_as_it_is() {
    let file = by_hand("external://10.0.0.11:39092", "external : plaintext");
    let (after, edit) = edited(&file, &[adopting()]).expect("an edit");
    assert!(edit.spans.is_empty());
    assert_eq!(after, file);
}

#[test]
fn no_word_takes_a_port_from_another_listener_or_the_name_from_the_cluster() {
    let file = by_hand("EXTERNAL://0.0.0.0:39093", "EXTERNAL:PLAINTEXT")
        .replace(
            "CONTROLLER://0.0.0.0:29092",
            "CONTROLLER://0.0.0.0:29092,OTHER://:39092",
        )
        .replace(
            "CONTROLLER:PLAINTEXT\n",
            "CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT\n",
        );
    let refused = edited(&file, &[adopting()]).expect_err("refused");
    assert_eq!(refused.rule, Rule::PortTaken, "{refused}");
    let mut internal = adopting();
    internal.name = "INTERNAL".into();
    let refused = edited(FILE, &[internal]).expect_err("refused");
    assert_eq!(refused.rule, Rule::Reserved, "{refused}");
}

//! Whom the NLB's security groups let in.

use crate::look::{Look, account, root};
use fleet::observed::IngressSource;

fn from(range: &str) -> IngressSource {
    match range.contains(':') {
        true => IngressSource::Ipv6(range.to_owned()),
        false => IngressSource::Ipv4(range.to_owned()),
    }
}

fn look(ranges: &str) -> Look {
    let ranges = match ranges {
        "" => String::new(),
        ranges => format!(r#", "ranges": {{"{}": [{ranges}]}}"#, account(1)),
    };
    let text = format!(r#"{{"principals": ["{}"]{ranges}}}"#, account(1));
    Look::saying(&text).ours(&root(1), 3600)
}

#[test]
fn without_ranges_only_ports_on_which_nobody_is_let_in_are_named() {
    let shut = look("").with_security_group();
    let named = |look: &Look| look.held().join("\n");
    assert!(
        named(&shut).contains("let nobody in on ports 9092-9093 of EXTERNAL"),
        "{}",
        named(&shut)
    );
    let half = look("").lets_in("tcp", (9092, 9092), from("10.0.0.0/8"));
    assert!(
        named(&half).contains("let nobody in on port 9093 of EXTERNAL"),
        "{}",
        named(&half)
    );
    for rule in ["tcp", "6", "-1"] {
        let open = look("").lets_in(rule, (9000, 9999), from("10.0.0.0/8"));
        assert_eq!(open.held(), [""; 0], "{rule}");
    }
    let udp = look("").lets_in("udp", (0, 65535), from("0.0.0.0/0"));
    assert!(named(&udp).contains("let nobody in on ports 9092-9093"));
}

#[test]
fn f13_nothing_is_said_of_an_nlb_without_security_groups_or_enforcement() {
    assert_eq!(look("\"10.250.0.0/16\"").held(), [""; 0]);
    let mut off = look("\"10.250.0.0/16\"").with_security_group();
    assert_ne!(off.held(), [""; 0]);
    let nlb = off.0.load_balancer.as_mut().expect("seen");
    nlb.as_mut()
        .expect("an NLB")
        .enforces_inbound_on_private_link = Some(false);
    assert_eq!(off.held(), [""; 0]);
}

#[test]
fn a_range_that_no_rule_lets_in_is_named_with_what_it_does_not_reach() {
    let range = "\"10.250.0.0/16\"";
    for (rules, missing) in [
        (vec!["10.250.0.0/16"], false),
        (vec!["10.0.0.0/8"], false),
        (vec!["10.250.0.0/17", "10.250.128.0/17"], false),
        (vec!["10.250.0.0/17"], true),
        (vec!["10.251.0.0/16"], true),
        (vec!["fd00::/8"], true),
    ] {
        let all = rules.iter().fold(look(range), |look, rule| {
            look.lets_in("tcp", (9092, 9140), from(rule))
        });
        let held = all.held();
        assert_eq!(held.len(), usize::from(missing), "{rules:?}: {held:?}");
        if missing {
            assert_eq!(
                held[0],
                "connections of account 111111111111 from 10.250.0.0/16 are accepted and reach nothing of EXTERNAL on ports 9092-9093: no inbound rule of the NLB's security groups lets that range in; add TCP from 10.250.0.0/16 to those ports"
            );
        }
    }
    let ports = look(range)
        .lets_in("tcp", (9092, 9092), from("10.250.0.0/16"))
        .lets_in("tcp", (9093, 9093), from("10.1.0.0/16"));
    assert!(
        ports.held()[0].contains("of EXTERNAL on port 9093:"),
        "{:?}",
        ports.held()
    );
    let six = look("\"fd00:1::/32\"").lets_in("-1", (-1, -1), from("fd00::/8"));
    assert_eq!(six.held(), [""; 0]);
}

#[test]
fn where_nobody_can_tell_who_is_let_in_nothing_is_said() {
    for source in [
        IngressSource::PrefixList("pl-1".to_owned()),
        IngressSource::Unknown,
        from("not a range"),
    ] {
        let look = look("\"10.250.0.0/16\"").lets_in("tcp", (9000, 9999), source);
        assert_eq!(look.held(), [""; 0]);
    }
}

#[test]
fn f13_members_of_a_security_group_are_nobody_who_comes_by_private_link() {
    let group = || IngressSource::Group("sg-2".into());
    let alone = look("\"10.250.0.0/16\"").lets_in("tcp", (9000, 9999), group());
    assert!(
        alone.held()[0].contains("let nobody in on ports"),
        "{:?}",
        alone.held()
    );
    let beside = alone.lets_in("tcp", (9000, 9999), from("10.250.0.0/16"));
    assert_eq!(beside.held(), [""; 0]);
}

#[test]
fn a_rule_is_about_its_ports_alone_and_without_ports_about_all() {
    for (ports, is_open) in [
        ((9092, 9093), true),
        ((-1, -1), true),
        ((-1, 9093), true),
        ((9092, -1), true),
        ((9093, 9093), false),
        ((9094, 9999), false),
        ((9000, 9092), false),
        ((0, 9091), false),
    ] {
        let look = look("").lets_in("tcp", ports, from("10.0.0.0/8"));
        assert_eq!(look.held().is_empty(), is_open, "{ports:?}");
    }
}

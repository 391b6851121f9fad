//! Every form that a person pastes.

mod laws;
mod pasted;
mod ranges;
mod refusals;
mod without;
mod zones;

use super::*;

const PATTERN: &str = "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>";

fn external() -> GroupName {
    GroupName::from("EXTERNAL")
}

fn served(text: &str) -> ListenerGroup {
    match ListenerGroup::read(&external(), text) {
        Ok(Wish::Serve(group)) => group,
        other => panic!("{text:?} gave {other:?}"),
    }
}

fn refused(text: &str) -> String {
    refused_for("EXTERNAL", text)
}

fn refused_for(group: &str, text: &str) -> String {
    match ListenerGroup::read(&GroupName::from(group), text) {
        Err(refusals) => refusals.to_string(),
        Ok(wish) => panic!("{text:?} was accepted as {wish:?}"),
    }
}

fn host(group: &ListenerGroup, node: u32, az: &str) -> Option<String> {
    let node = NodeId::new(node).expect("a node id");
    group
        .endpoint(
            node,
            Some(&AzId::from(az)),
            Port::new(9093).expect("a port"),
        )
        .map(|endpoint| endpoint.to_string())
}

#[test]
fn the_documents_pattern_gives_the_documents_names_and_defaults() {
    let group = served(PATTERN);
    assert_eq!(
        host(&group, 1, "usw2-az1").as_deref(),
        Some("b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093")
    );
    assert_eq!(group.bootstrap_port.get(), 9092);
    assert_eq!(group.bind_port.get(), 39092);
    assert_eq!(group.broker_ports.to_string(), "9093-9140");
    assert_eq!(group.protocol, Protocol::Plaintext);
}

#[test]
fn one_line_per_zone_is_taken_as_the_console_shows_it() {
    let by_id = "
        • usw2-az1 => <ブローカーID>.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:<ポート>
        • usw2-az2 → <ブローカーID>.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:<ポート>

        * us-west-2b => <broker_id>.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:<port>
    ";
    let group = served(by_id);
    for az in ["usw2-az1", "usw2-az2", "usw2-az3"] {
        let wanted = format!("b2.{az}.abc.us-west-2.aws.3199015.tidbcloud.com:9093");
        assert_eq!(host(&group, 2, az), Some(wanted));
    }
    assert_eq!(host(&group, 2, "usw2-az4"), None);
}

#[test]
fn a_custom_domain_per_zone_takes_its_zone_from_before_the_arrow() {
    let group =
        served("usw2-az1 -> <b>.a.kafka.example.com:<p>\nusw2-az2 -> <b>.b.kafka.example.com:<p>");
    assert_eq!(
        host(&group, 7, "usw2-az2").as_deref(),
        Some("b7.b.kafka.example.com:9093")
    );
}

#[test]
fn a_pattern_without_a_zone_serves_every_zone() {
    let group = served("<broker_id>.abc.us-west-2.gcp.3199015.tidbcloud.com:<port>");
    assert_eq!(
        host(&group, 3, "usw2-az9").as_deref(),
        Some("b3.abc.us-west-2.gcp.3199015.tidbcloud.com:9093")
    );
}

#[test]
fn a_single_line_with_a_fixed_zone_serves_that_zone_only() {
    let group = served("<broker_id>.usw2-az1.abc.example.com:<port>");
    assert!(host(&group, 1, "usw2-az1").is_some());
    assert_eq!(host(&group, 1, "usw2-az2"), None);
    assert_eq!(group.pattern.zones(), [&AzId::from("usw2-az1")]);
}

#[test]
fn json_sets_everything_and_a_second_group_needs_its_own_ports() {
    let text = format!(
        r#"{{"pattern": "{PATTERN}", "bootstrap_port": 9192, "broker_ports": "9193-9200",
            "bind_port": 39093, "protocol": "SASL_SSL", "adopt": true}}"#
    );
    let Ok(Wish::Serve(group)) = ListenerGroup::read(&GroupName::from("EXTERNAL2"), &text) else {
        panic!("refused");
    };
    assert_eq!(group.broker_ports.ports().count(), 8);
    assert_eq!(group.protocol, Protocol::SaslSsl);
    assert!(group.adopts && !served(PATTERN).adopts);
    assert!(refused_for("EXTERNAL2", PATTERN).contains("must say its own \"broker_ports\""));
    let without = text.replace(r#""bind_port": 39093,"#, "");
    assert!(refused_for("EXTERNAL2", &without).contains("must say its own \"bind_port\""));
}

#[test]
fn retirement_is_said() {
    let read = ListenerGroup::read(&external(), r#"{"retired": true}"#);
    assert_eq!(read, Ok(Wish::Retire));
    assert!(refused("{}").contains("has no \"pattern\""));
}

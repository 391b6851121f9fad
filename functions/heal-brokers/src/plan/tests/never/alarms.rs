//! Alarms, and the parameter: what is no reason to heal.

use super::{held, two};
use fleet::healing::Rung;
use fleet::look::parameter;
use fleet::tags;

#[test]
fn without_an_alarm_of_the_cluster_nobody_is_healed() {
    let other = two()
        .gone()
        .alarm(|it| it.name = "kafka-privatelink-orders2-ill".to_owned());
    assert!(other.steps().is_empty());
    let mut tagged = other.clone();
    let resource = fleet::observed::TaggedResource {
        arn: "arn:alarm:1".to_owned(),
        tags: tags::Tags::new(),
    };
    tagged.observed.tagged = Ok(vec![resource]);
    assert_eq!(tagged.steps().len(), 1);
}

#[test]
fn a_suppressed_alarm_is_maintenance_and_a_disabled_one_is_no_reason() {
    let suppressed = two()
        .gone()
        .alarm(|it| it.suppressed_by = Some("Alarm".to_owned()));
    held(&suppressed, "Suppressed", "taken as maintenance");
    let mut beside = suppressed.clone();
    let alarms = beside.observed.alarms.as_mut().expect("seen");
    let mut other = alarms[0].clone();
    other.suppressed_by = None;
    alarms.push(other);
    held(&beside, "Suppressed", "end the suppression when it is over");
    let disabled = two().gone().alarm(|it| it.actions_enabled = false);
    held(&disabled, "Disabled", "enable them when it may");
}

#[test]
fn only_what_the_parameter_allows_is_done_and_what_it_does_not_is_said() {
    let ill = [
        (Rung::Start, two().gone()),
        (Rung::Restart, two().hangs_since(600)),
        (Rung::Reboot, two().silent(false).checked(None, Some(600))),
        (
            Rung::Replace,
            two().silent(false).checked(Some(3600), None).replaceable(),
        ),
    ];
    for (rung, look) in ill {
        for word in [
            None,
            Some("off"),
            Some("start"),
            Some("restart"),
            Some("replace"),
        ] {
            let look = look.clone().healing(word);
            let allowed =
                fleet::wishes::Healing::read(&parameter("healing", word.unwrap_or("off"), 0));
            if allowed.expect("a word") >= rung.needs() {
                assert!(!look.steps().is_empty(), "{rung} with {word:?}");
            } else {
                let way = format!("write {} into it", rung.needs());
                held(&look, "NoConsent", &way);
            }
        }
        held(
            &look.clone().healing(Some("yes")),
            "ParameterRefused",
            "write off, start, restart or replace",
        );
        let paused = look.with("paused", "true").plan();
        assert!(paused.paused.is_some());
    }
    held(
        &two().hangs().healing(Some("start")),
        "NoConsent",
        "write restart into it",
    );
}

/// CloudFormation may give an alarm without a name one that begins like those of the cluster, and another cluster's name
/// may begin like this one's.
#[test]
fn alarms_that_only_begin_alike_are_none_of_the_cluster() {
    for name in [
        "kafka-privatelink-orders-HealBrokersHeldAlarm-1A2B3C4D5E6F",
        "kafka-privatelink-orders-eu-unhealthy-targets",
        "kafka-privatelink-orders-second-not-serving",
    ] {
        let mut look = two().gone();
        for alarm in look.observed.alarms.as_mut().expect("seen") {
            name.clone_into(&mut alarm.name);
        }
        assert!(look.steps().is_empty(), "{name}");
    }
}

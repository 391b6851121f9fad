//! What a plan shows beside its steps: the mapping, what is frozen, what could not be read.

use crate::look::Look;
use crate::mapping::RowState;
use TargetState::Healthy;
use fleet::look::{arn, owner, stranger, target};
use fleet::observed::{InstanceState, TargetState};

#[test]
fn the_mapping_is_shown_by_port_with_endpoint_zone_and_instances() {
    let plan = Look::of(&[2, 1]).plan();
    let rows: Vec<String> = plan
        .picture
        .mapping
        .iter()
        .map(|row| {
            let endpoint = row.endpoint.as_ref().map(ToString::to_string);
            let az = row.az_id.as_ref().map(ToString::to_string);
            format!(
                "{} {} {endpoint:?} {az:?} {:?}",
                row.port,
                row.owner,
                row.instances.len()
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "9092 bootstrap None None 2",
            "9093 1 Some(\"b1.usw2-az1.abc.example.com:9093\") Some(\"usw2-az1\") 1",
            "9094 2 Some(\"b2.usw2-az1.abc.example.com:9094\") Some(\"usw2-az1\") 1",
        ]
    );
}

#[test]
fn a_row_serves_only_by_its_own_listener_and_the_right_instance() {
    let row = |look: Look| {
        let mapping = look.plan().picture.mapping;
        let row = mapping.into_iter().find(|row| row.owner == owner(1));
        row.expect("a row")
    };
    for (case, look, state) in [
        ("at rest", Look::of(&[1]), RowState::Serving),
        (
            "no listener",
            Look::of(&[1]).without_listener(9093),
            RowState::Waiting,
        ),
        (
            "unhealthy",
            Look::of(&[1]).health(owner(1), vec![target(1, TargetState::Unhealthy)]),
            RowState::Waiting,
        ),
        (
            "another instance",
            Look::of(&[1]).health(owner(1), vec![target(2, Healthy)]),
            RowState::Waiting,
        ),
        (
            "another port",
            Look::of(&[1]).health(owner(1), vec![stranger("i-1", 9999, Healthy)]),
            RowState::Waiting,
        ),
        (
            "not our listener",
            Look::of(&[1]).with_listener(9093, |l| l.tags.clear()),
            RowState::Waiting,
        ),
        (
            "twins",
            Look::of(&[1]).and("i-9", 1, InstanceState::Running),
            RowState::Serving,
        ),
    ] {
        assert_eq!(row(look).state, state, "{case}");
    }
    let draining = Look::of(&[1]).health(owner(1), vec![target(1, TargetState::Draining)]);
    assert!(row(draining).instances.is_empty(), "p31");
}

#[test]
fn p45_a_group_without_a_usable_parameter_is_frozen_and_shown() {
    let mut deleted = Look::of(&[1]).health(owner(1), Vec::new());
    deleted.0.parameters = Ok(Vec::new());
    let refused = deleted.clone().parameter("listeners/EXTERNAL", "nonsense");
    for (look, held) in [
        (
            deleted,
            "parameter /kafka-privatelink/orders/listeners/EXTERNAL is gone, and group EXTERNAL stays as it is; write it again, or write {\"retired\": true} to take the group out of service",
        ),
        (
            refused,
            "parameter /kafka-privatelink/orders/listeners/EXTERNAL is refused, and its group stays as it is: line 1 \"nonsense\": must end with :<port>, as the console shows it",
        ),
    ] {
        assert_eq!(look.steps(), [""; 0]);
        assert_eq!(look.held(), [held]);
        let plan = look.plan();
        let states: Vec<RowState> = plan.picture.mapping.iter().map(|row| row.state).collect();
        assert_eq!(states, [RowState::Serving, RowState::Waiting]);
        assert_eq!(plan.picture.mapping[0].instances.len(), 1);
    }
}

#[test]
fn every_kind_of_gap_is_told_once() {
    let gap = |read: &str| fleet::observed::Gap {
        read: read.to_owned(),
        reason: "it failed".to_owned(),
    };
    let mut look = Look::of(&[1, 2]);
    look.0.auto_scaling_groups = Err(gap("scaling"));
    look.0.health.insert(arn(owner(1)), Err(gap("health")));
    look.0.health.insert(arn(owner(2)), Err(gap("health")));
    look.0
        .group_attributes
        .insert(arn(owner(1)), Err(gap("attributes")));
    let listener = "arn:listener:9093".into();
    look.0
        .listener_attributes
        .insert(listener, Err(gap("listener")));
    let told: Vec<String> = look.plan().gaps.into_iter().map(|gap| gap.read).collect();
    assert_eq!(told, ["attributes", "health", "listener", "scaling"]);
}

#[test]
fn steps_and_what_is_held_are_sentences_in_the_report_as_well() {
    let look = Look::of(&[1])
        .with_instance(1, |i| i.vpc = Some("vpc-2".into()))
        .health(owner(1), Vec::new());
    let plan = serde_json::to_value(look.without_listener(9092).plan()).expect("json");
    assert_eq!(
        plan["held"][0],
        "broker 1 (i-1) stands in vpc-2 and the NLB in vpc-1; launch it in the NLB's VPC"
    );
    assert_eq!(plan["steps"][0]["action"], "CreateListener");
    assert_eq!(plan["steps"][0]["owner"], "bootstrap");
    assert_eq!(
        plan["steps"][0]["reason"],
        "there is a target and no listener"
    );
}

#[test]
fn a_parameter_that_nobody_reads_is_named_with_the_one_that_was_meant() {
    let look = Look::of(&[1])
        .parameter("PAUSED", "true")
        .parameter("listener/EXTERNAL2", "<b>.a.com:<p>")
        .parameter("notes", "ours");
    let held = look.held();
    assert_eq!(
        held,
        [
            "parameter /kafka-privatelink/orders/PAUSED is read by nobody: if /kafka-privatelink/orders/paused is meant, write that one and delete this; if it is your own, keep it elsewhere",
            "parameter /kafka-privatelink/orders/listener/EXTERNAL2 is read by nobody: if /kafka-privatelink/orders/listeners/EXTERNAL2 is meant, write that one and delete this; if it is your own, keep it elsewhere",
            "parameter /kafka-privatelink/orders/notes is read by nobody; if it is your own, keep it outside /kafka-privatelink/orders/, where names with a slip are looked for",
        ]
    );
    assert_eq!(look.steps(), [""; 0]);
    let many = (0..30).fold(look, |look, n| look.parameter(&format!("mine/{n}"), ""));
    assert_eq!(many.held().len(), 5);
    assert!(many.held()[0].ends_with(" (28 more such parameters are not named)"));
}

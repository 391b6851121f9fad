//! Set-ups that are broken before the NLB: the parameter, tags, instances.

use super::{Patient, Station};
use fleet::look::{PATTERN, node};
use fleet::observed::{InstanceState, ParameterKind};
use fleet::proof::{Path, Verdict};
use fleet::tags;

#[test]
fn without_a_parameter_the_pattern_is_to_be_written_and_what_is_there_is_well() {
    let patient = Patient::new();
    patient.is_wrong(
        Station::Parameter,
        "no parameter names a consumer",
        "aws ssm put-parameter --type String --name /kafka-privatelink/orders/listeners/EXTERNAL --value '<broker_id>",
    );
    for station in [
        Station::Tags,
        Station::Instances,
        Station::LoadBalancer,
        Station::Service,
        Station::Principals,
        Station::Connection,
    ] {
        patient.is_well(station);
    }
    patient.waits(Station::SecurityGroups, Station::Parameter);
    patient.waits(Station::Listeners, Station::Parameter);
    patient.waits(Station::Targets, Station::Listeners);
    patient.waits(Station::Names, Station::Proof);
    let walk = &patient.examined().walks[0];
    assert_eq!(walk.group, None);
}

#[test]
fn a_parameter_whose_name_has_a_slip_is_told_with_the_name_that_was_meant() {
    let patient = Patient::new().but(|look| look.parameter("listener/EXTERNAL", PATTERN));
    patient.is_wrong(
        Station::Parameter,
        "no parameter",
        "/kafka-privatelink/orders/listener/EXTERNAL is read by nobody: if /kafka-privatelink/orders/listeners/EXTERNAL is meant",
    );
}

#[test]
fn a_parameter_that_cannot_be_read_is_told_with_its_line_and_what_to_write() {
    let line = |az, name| format!("{az} => <broker_id>.{name}.abc.example.com:<port>");
    let text = [line("usw2-az1", "usw2-az1"), line("usw2-az2", "usw2-az3")].join("\n    ");
    let patient = Patient::of(&[1, 2]).but(|look| look.parameter("listeners/EXTERNAL", &text));
    patient.is_wrong(
        Station::Parameter,
        "/kafka-privatelink/orders/listeners/EXTERNAL is refused",
        "line 2 \"usw2-az2 => ",
    );
    let found = patient.at(Station::Parameter);
    assert!(
        found.next().is_some_and(|next| next.starts_with("line 2")),
        "{found:?}"
    );
    patient.waits(Station::Listeners, Station::Parameter);
    patient.is_well(Station::Connection);
}

#[test]
fn a_parameter_of_another_type_is_deleted_before_it_is_written() {
    let paused = Patient::of(&[1, 2]).but(|look| {
        let mut look = look.without_listener(9094).parameter("paused", "true");
        let parameters = look.0.parameters.as_mut().expect("parameters");
        let paused = parameters.iter_mut().find(|it| it.name.ends_with("paused"));
        paused.expect("the parameter").kind = ParameterKind::SecureString;
        look
    });
    paused.is_wrong(
        Station::Listeners,
        "9094",
        "aws ssm delete-parameter --name /kafka-privatelink/orders/paused && aws ssm put-parameter --type String --name /kafka-privatelink/orders/paused --value false",
    );
}

#[test]
fn a_parameter_that_is_gone_is_to_be_written_again() {
    let patient = Patient::of(&[1]).but(|look| look.without_parameter("listeners/EXTERNAL"));
    patient.is_wrong(Station::Parameter, "is gone", "again");
}

#[test]
fn a_pattern_without_a_line_for_a_brokers_zone_is_told() {
    let text = "usw2-az2 => <b>.usw2-az2.abc.example.com:<p>";
    let patient = Patient::new().but(|look| look.parameter("listeners/EXTERNAL", text));
    patient.is_wrong(Station::Parameter, "does not fit", "no line for usw2-az1");
}

#[test]
fn without_tags_the_command_is_told_that_writes_them() {
    let patient = Patient::new().but(|mut look| {
        look.0.instances = Ok(Vec::new());
        look.parameter("listeners/EXTERNAL", PATTERN)
    });
    patient.is_wrong(
        Station::Tags,
        "no instance is tagged as a broker of cluster orders",
        "Key=kafka-privatelink:cluster,Value=orders Key=kafka-privatelink:node-id,Value=<node.id>",
    );
    patient.is_well(Station::Parameter);
    patient.waits(Station::Instances, Station::Tags);
    patient.waits(Station::Listeners, Station::Tags);
}

#[test]
fn a_tag_with_a_slip_two_brokers_of_one_number_and_a_stranger_under_a_tag_are_told() {
    let retagged = |value: &'static str| {
        Patient::of(&[1, 2]).but(move |look| {
            look.and("i-9", 9, InstanceState::Running)
                .with_instance(9, |it| {
                    it.tags.insert(tags::NODE_ID.to_owned(), value.to_owned());
                })
        })
    };
    retagged("b9").is_wrong(
        Station::Tags,
        "instance i-9 is no broker by its tags",
        "\"b9\" is not a whole number; set it to the broker's node.id",
    );
    let twins = Patient::of(&[1, 2]).but(|look| look.and("i-9", 2, InstanceState::Running));
    twins.is_wrong(Station::Tags, "by its tags", "i-2 and i-9");
    let reached = node(7);
    let another = Patient::of(&[1, 2])
        .but(|look| look.verdict(Path::Direct(node(2)), Verdict::WrongBroker { reached }));
    another.is_wrong(
        Station::Tags,
        "by who answers on it",
        "reached 7, expected 2",
    );
}

#[test]
fn an_instance_that_stands_still_is_to_be_started() {
    let is =
        |state| Patient::of(&[1, 2]).but(move |look| look.with_instance(2, |it| it.state = state));
    is(InstanceState::Stopped).is_wrong(
        Station::Instances,
        "broker 2 (i-2) is stopped",
        "aws ec2 start-instances --instance-ids i-2",
    );
    is(InstanceState::Stopping).is_wrong(Station::Instances, "stopping", "once it is stopped");
    is(InstanceState::Pending).is_wrong(Station::Instances, "pending", "wait until it runs");
    is(InstanceState::Stopped).waits(Station::Targets, Station::Instances);
}

#[test]
fn who_is_left_out_or_taken_out_is_not_waited_for() {
    let without = format!(r#"{{"pattern": "{PATTERN}", "without": [2]}}"#);
    let stopped = Patient::of(&[1, 2])
        .but(|look| look.with_instance(2, |it| it.state = InstanceState::Stopped));
    let left_out = stopped.but(|look| look.parameter("listeners/EXTERNAL", &without));
    left_out.is_well(Station::Instances);
    let all = format!(r#"{{"pattern": "{PATTERN}", "without": [1, 2, 3]}}"#);
    let nobody = Patient::new().but(|look| look.parameter("listeners/EXTERNAL", &all));
    nobody.is_wrong(Station::Listeners, "no broker is left", "\"without\"");
}

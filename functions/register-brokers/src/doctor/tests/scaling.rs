//! Auto Scaling groups: who never came, and who comes by itself.

use super::{Patient, Station};
use fleet::look::{PATTERN, scaling_group};
use fleet::observed::{AutoScalingGroup, InstanceState};
use fleet::tags;

/// Two brokers that run, and these groups.
fn with(groups: Vec<AutoScalingGroup>) -> Patient {
    Patient::of(&[1, 2]).but(|mut look| {
        look.0.auto_scaling_groups = Ok(groups);
        look
    })
}

/// A group for broker 3, which it desires.
fn third(name: &str, instances: &[(&str, &str)]) -> AutoScalingGroup {
    let mut group = scaling_group(name, instances);
    group.desired = Some(1);
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let tags = [tag(tags::CLUSTER, "orders"), tag(tags::NODE_ID, "3")];
    group.tags.extend(tags);
    group
}

#[test]
fn a_broker_that_was_never_launched_is_missed() {
    with(vec![third("brokers-3", &[])]).is_wrong(
        Station::Instances,
        "Auto Scaling group brokers-3 desires 1, and has 0 in service or on the way",
        "aws autoscaling describe-scaling-activities --auto-scaling-group-name 'brokers-3' --max-items 5",
    );
    for state in ["Pending", "Pending:Wait", "InService", "Terminating:Wait"] {
        with(vec![third("brokers-3", &[("i-3", state)])]).is_well(Station::Instances);
    }
    for state in ["Standby", "Warmed:Stopped", "Terminating:Retained"] {
        let missed = with(vec![third("brokers-3", &[("i-3", state)])]);
        missed.is_wrong(Station::Instances, "desires 1, and has 0", "activities");
    }
    let unknown = AutoScalingGroup {
        desired: None,
        ..third("brokers-3", &[])
    };
    with(vec![unknown]).is_well(Station::Instances);
}

#[test]
fn the_name_of_a_group_is_one_word_of_the_command() {
    for (name, word) in [
        (
            "a;reboot",
            "--auto-scaling-group-name 'a;reboot' --max-items",
        ),
        ("$(id)", "--auto-scaling-group-name '$(id)' --max-items"),
        ("it's", r"--auto-scaling-group-name 'it'\''s' --max-items"),
    ] {
        with(vec![third(name, &[])]).is_wrong(Station::Instances, name, word);
    }
}

#[test]
fn only_groups_of_the_clusters_brokers_are_missed_and_of_those_the_consumer_is_to_reach() {
    let mut sales = third("sales", &[]);
    sales
        .tags
        .insert(tags::CLUSTER.to_owned(), "sales".to_owned());
    let mut controllers = third("controllers", &[]);
    controllers
        .tags
        .insert(tags::ROLE.to_owned(), "controller".to_owned());
    let untagged = |instances: &[(&str, &str)]| AutoScalingGroup {
        tags: tags::Tags::new(),
        ..third("web", instances)
    };
    with(vec![sales, controllers, untagged(&[])]).is_well(Station::Instances);
    let mut shared = untagged(&[("i-1", "InService"), ("i-2", "InService")]);
    shared.desired = Some(3);
    with(vec![shared]).is_wrong(Station::Instances, "web desires 3, and has 2", "'web'");
    let without = format!(r#"{{"pattern": "{PATTERN}", "without": [3]}}"#);
    let left_out = with(vec![third("brokers-3", &[])])
        .but(|look| look.parameter("listeners/EXTERNAL", &without));
    left_out.is_well(Station::Instances);
}

#[test]
fn who_is_replaced_or_stays_stopped_on_purpose_is_not_started() {
    let stopped = |groups, state: InstanceState| {
        with(groups).but(|look| look.with_instance(2, |it| it.state = state))
    };
    let in_state = |state| vec![scaling_group("it's", &[("i-2", state)])];
    let not_started = |patient: &Patient| {
        let next = patient.at(Station::Instances);
        let next = next.next().expect("something to do").to_owned();
        assert!(!next.contains("start-instances"), "{next}");
    };
    for state in [InstanceState::Stopped, InstanceState::Stopping] {
        let member = stopped(in_state("InService"), state);
        member.is_wrong(
            Station::Instances,
            "broker 2 (i-2) is stop",
            r"its Auto Scaling group it's replaces it; see its activities: aws autoscaling describe-scaling-activities --auto-scaling-group-name 'it'\''s'",
        );
        not_started(&member);
    }
    let mut suspended = in_state("InService");
    suspended[0].suspended.insert("HealthCheck".to_owned());
    for groups in [Vec::new(), suspended] {
        let alone = stopped(groups, InstanceState::Stopped);
        alone.is_wrong(Station::Instances, "is stopped", "start it: aws ec2 start");
    }
    let kept = stopped(Vec::new(), InstanceState::Stopped).but(|look| {
        look.with_instance(2, |it| {
            it.tags.insert(tags::KEEP_STOPPED.to_owned(), String::new());
        })
    });
    kept.is_wrong(
        Station::Instances,
        "is stopped",
        "name broker 2 in \"without\" of the listener parameter, since its tag kafka-privatelink:keep-stopped says that it stays stopped; or take that tag off, and start it: aws ec2 delete-tags --resources i-2 --tags Key=kafka-privatelink:keep-stopped && aws ec2 start-instances --instance-ids i-2",
    );
}

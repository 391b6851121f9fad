//! Auto Scaling groups at work.

use super::world::{at, world};
use super::{Model, NewAutoScalingGroup};
use fleet::observed::InstanceState;
use fleet::tags::Tags;
use fleet::words::{AutoScalingGroupName, InstanceId};

fn name() -> AutoScalingGroupName {
    AutoScalingGroupName::from("brokers")
}

fn scaled(desired_capacity: usize) -> Model {
    let mut model = world();
    let new = NewAutoScalingGroup {
        name: name(),
        zones: vec!["usw2-az1".into(), "usw2-az2".into(), "usw2-az3".into()],
        desired_capacity,
        tags: Tags::from([("k".to_owned(), "v".to_owned())]),
    };
    assert_eq!(model.create_auto_scaling_group(at(0), new), Ok(()));
    model
}

fn members(model: &mut Model, now: i64) -> Vec<(InstanceId, String)> {
    match model.describe_auto_scaling_groups(at(now), None) {
        Ok(page) => page.items[0].instances.clone().into_iter().collect(),
        Err(error) => panic!("{error}"),
    }
}

fn activities(model: &mut Model) -> Vec<String> {
    let events = model.take_events();
    let ours = events.iter().filter(|e| e["source"] == "aws.autoscaling");
    ours.map(|event| event["detail-type"].as_str().unwrap_or("?").to_owned())
        .collect()
}

#[test]
fn a_group_spreads_its_instances_and_they_get_its_tags() {
    let mut model = scaled(4);
    let zones: Vec<String> = model.instances().map(|i| i.az_id.to_string()).collect();
    assert_eq!(zones, ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az1"]);
    assert!(model.instances().all(|instance| instance.tags.len() == 1));
    assert!(
        members(&mut model, 19)
            .iter()
            .all(|(_, state)| state == "Pending")
    );
    assert!(
        members(&mut model, 20)
            .iter()
            .all(|(_, state)| state == "InService")
    );
    assert_eq!(
        activities(&mut model),
        ["EC2 Instance Launch Successful"; 4]
    );
}

#[test]
fn a_terminated_instance_is_replaced_in_its_zone() {
    let mut model = scaled(3);
    let lost = members(&mut model, 30)[1].0.clone();
    assert_eq!(model.terminate_instance(at(30), &lost), Ok(()));
    assert_eq!(members(&mut model, 80).len(), 3);
    let now = members(&mut model, 120);
    assert_eq!(now.len(), 3);
    assert!(
        now.iter()
            .all(|(id, state)| *id != lost && state == "InService")
    );
    let newest = model.instance(&now[2].0).map(|i| i.az_id.to_string());
    assert_eq!(newest.as_deref(), Some("usw2-az2"));
    assert!(activities(&mut model).contains(&"EC2 Instance Terminate Successful".to_owned()));
}

#[test]
fn a_stopped_instance_is_replaced_too() {
    let mut model = scaled(1);
    let stopped = members(&mut model, 30)[0].0.clone();
    assert_eq!(model.stop_instance(at(30), &stopped), Ok(()));
    let now = members(&mut model, 200);
    assert_eq!(now.len(), 1);
    assert_ne!(now[0].0, stopped);
}

#[test]
fn scaling_in_terminates_the_oldest_of_the_fullest_zone() {
    let mut model = scaled(4);
    let before = members(&mut model, 30);
    assert_eq!(model.set_desired_capacity(at(30), &name(), 3), Ok(()));
    let state = members(&mut model, 30)[0].1.clone();
    assert_eq!(state, "Terminating");
    assert_eq!(members(&mut model, 40), before[1..]);
    assert_eq!(model.set_desired_capacity(at(50), &name(), 0), Ok(()));
    assert_eq!(members(&mut model, 60), []);
}

#[test]
fn an_instance_in_terminating_wait_runs_on_and_is_replaced_meanwhile() {
    let mut model = scaled(1);
    let id = members(&mut model, 30)[0].0.clone();
    let put = |model: &mut Model, state: &str| model.set_lifecycle_state(at(30), &id, state);
    assert_eq!(put(&mut model, "Terminating:Wait"), Ok(()));
    let now = members(&mut model, 500);
    assert_eq!(now.len(), 2);
    assert_eq!(now[0], (id.clone(), "Terminating:Wait".to_owned()));
    let running = model
        .instance(&id)
        .map(|i| i.state == InstanceState::Running);
    assert_eq!(running, Some(true));
    assert_eq!(
        model.set_lifecycle_state(at(500), &id, "Terminating:Proceed"),
        Ok(())
    );
    assert_eq!(members(&mut model, 520).len(), 1);
}

/// What a group says of its activities, the newest first.
fn causes(model: &mut Model, now: i64) -> Vec<String> {
    let page = model.describe_scaling_activities(at(now), &name(), None);
    let activities = page.expect("a page").items.into_iter();
    activities.filter_map(|it| it.cause).collect()
}

#[test]
fn f66_an_activity_says_why_in_the_words_of_aws() {
    let mut model = scaled(2);
    let ids = members(&mut model, 30);
    assert!(causes(&mut model, 30)[0].contains("increasing the capacity from"));
    assert_eq!(model.set_unhealthy(at(30), &ids[0].0), Ok(()));
    let ill = "was taken out of service in response to a user health-check.";
    let told = causes(&mut model, 200);
    assert!(told.iter().any(|it| it.ends_with(ill)), "{told:?}");
    assert_eq!(model.set_desired_capacity(at(300), &name(), 1), Ok(()));
    let shrinks = "shrinking the capacity from 2 to 1.";
    let told = causes(&mut model, 400);
    assert!(told.iter().any(|it| it.contains(shrinks)), "{told:?}");
}

#[test]
fn f67_a_group_whose_processes_are_suspended_replaces_nobody() {
    for (process, left) in [
        ("ReplaceUnhealthy", Some("InService")),
        ("Terminate", Some("InService")),
        ("Launch", None),
    ] {
        let mut model = scaled(1);
        let id = members(&mut model, 30)[0].0.clone();
        assert_eq!(model.suspend_processes(at(30), &name(), &[process]), Ok(()));
        assert_eq!(model.set_unhealthy(at(31), &id), Ok(()));
        let now = members(&mut model, 500);
        let state = now.first().map(|(_, state)| state.as_str());
        assert_eq!(state, left, "{process}");
        // As soon as it is resumed, what was marked meanwhile is replaced.
        assert_eq!(model.suspend_processes(at(500), &name(), &[]), Ok(()));
        let now = members(&mut model, 900);
        assert!(now.len() == 1 && now[0].0 != id, "{process}: {now:?}");
    }
    // The checks of others go on.
    let mut model = scaled(1);
    let id = members(&mut model, 30)[0].0.clone();
    let checks = model.suspend_processes(at(30), &name(), &["HealthCheck"]);
    assert_eq!(checks, Ok(()));
    assert_eq!(model.set_unhealthy(at(31), &id), Ok(()));
    assert_ne!(members(&mut model, 500)[0].0, id);
    // Only who is in service is replaced.
    let mut model = scaled(1);
    let id = members(&mut model, 30)[0].0.clone();
    assert_eq!(model.set_lifecycle_state(at(30), &id, "Standby"), Ok(()));
    assert_eq!(model.set_unhealthy(at(31), &id), Ok(()));
    assert!(members(&mut model, 500).iter().any(|it| it.0 == id));
}

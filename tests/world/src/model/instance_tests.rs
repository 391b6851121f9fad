//! Instances from launch to their end.

use super::world::{at, world};
use super::{ApiError, Launch, Model, Settings};
use cloud::calls::InstanceFilter;
use fleet::observed::{Instance, InstanceState};
use fleet::tags;
use fleet::words::{ClusterName, InstanceId, VpcId};
use std::net::Ipv4Addr;

fn all(model: &mut Model, now: i64) -> Vec<Instance> {
    let filter = InstanceFilter::Cluster(ClusterName::from("c"));
    match model.describe_instances(at(now), &filter, None) {
        Ok(page) => page.items,
        Err(error) => panic!("{error}"),
    }
}

fn launch(model: &mut Model) -> InstanceId {
    let launch = Launch::in_zone("usw2-az2").tag(tags::CLUSTER, "c");
    match model.run_instance(at(0), launch) {
        Ok(id) => id,
        Err(error) => panic!("{error}"),
    }
}

fn states(model: &mut Model) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("?").to_owned();
    let events = model.take_events();
    let each = events.iter();
    each.map(|event| (text(&event["time"]), text(&event["detail"]["state"])))
        .collect()
}

#[test]
fn an_instance_boots_stops_and_starts_again_under_its_id_and_address_p27() {
    let mut model = world();
    let id = launch(&mut model);
    let address = model.instance(&id).map(|record| record.private_ip);
    assert_eq!(address, Some(Ipv4Addr::new(10, 0, 64, 11)));
    assert_eq!(model.stop_instance(at(30), &id), Ok(()));
    assert_eq!(model.start_instance(at(60), &id), Ok(()));
    model.advance(at(100));
    let told = states(&mut model);
    let state_at = |seconds: i64, state: &str| (at(seconds).to_string(), state.to_owned());
    assert_eq!(
        told,
        [
            state_at(0, "pending"),
            state_at(20, "running"),
            state_at(30, "stopping"),
            state_at(40, "stopped"),
            state_at(60, "pending"),
            state_at(80, "running"),
        ]
    );
    assert_eq!(model.instance(&id).map(|r| r.private_ip), address);
    assert_eq!(model.instance(&id).map(|r| r.boots), Some(2));
}

#[test]
fn a_terminated_instance_loses_its_vpc_keeps_its_tags_and_leaves_after_an_hour_f42() {
    let mut model = world();
    let id = launch(&mut model);
    assert_eq!(model.terminate_instance(at(30), &id), Ok(()));
    let before = all(&mut model, 39);
    assert_eq!(before[0].state, InstanceState::ShuttingDown);
    assert_eq!(before[0].vpc, Some(VpcId::from("vpc-00000000000000001")));
    let after = all(&mut model, 40);
    assert_eq!(after[0].state, InstanceState::Terminated);
    assert_eq!((&after[0].vpc, after[0].tags.len()), (&None, 1));
    assert_eq!(
        after[0].az_name.as_ref().map(|az| az.as_str()),
        Some("us-west-2c")
    );
    assert_eq!(all(&mut model, 3639).len(), 1);
    assert_eq!(all(&mut model, 3640), []);
}

#[test]
fn instances_are_found_by_tag_and_by_id_and_unknown_ids_are_no_error() {
    let mut model = world();
    let ours = launch(&mut model);
    let foreign = model.with_instance("usw2-az1");
    assert_eq!(all(&mut model, 1).len(), 1);
    let ids = vec![foreign.clone(), InstanceId::from("i-0123"), ours.clone()];
    let found = model.describe_instances(at(1), &InstanceFilter::Ids(ids), None);
    let found = found.map(|page| page.items.into_iter().map(|i| i.id).collect::<Vec<_>>());
    assert_eq!(found, Ok(vec![ours.clone(), foreign]));
    let many = InstanceFilter::Ids(vec![ours; 201]);
    assert_eq!(
        model
            .describe_instances(at(1), &many, None)
            .map_err(|e| e.code),
        Err("FilterLimitExceeded")
    );
}

#[test]
fn a_small_page_size_forces_many_pages() {
    let mut model = Model::new(Settings {
        page_size: Some(1),
        ..Settings::default()
    });
    let ids = vec![launch(&mut model), launch(&mut model)];
    let filter = InstanceFilter::Ids(ids.clone());
    let mut seen = Vec::new();
    let mut token = None;
    while let Ok(page) = model.describe_instances(at(1), &filter, token.as_ref()) {
        seen.extend(page.items.into_iter().map(|instance| instance.id));
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

#[test]
fn hands_are_refused_in_the_wrong_state() {
    let mut model = world();
    let id = launch(&mut model);
    let code = |answer: Result<(), ApiError>| answer.err().map(|error| error.code);
    assert_eq!(
        code(model.stop_instance(at(0), &id)),
        Some("IncorrectInstanceState")
    );
    assert_eq!(
        code(model.reboot_instance(at(0), &id)),
        Some("IncorrectInstanceState")
    );
    let unknown = InstanceId::from("i-0");
    assert_eq!(
        code(model.terminate_instance(at(0), &unknown)),
        Some("InvalidInstanceID.NotFound")
    );
    let taken = Launch::in_zone("usw2-az1").private_ip(Ipv4Addr::new(10, 0, 64, 11));
    assert_eq!(
        model.run_instance(at(0), taken).map_err(|e| e.code),
        Err("InvalidIPAddress.InUse")
    );
    let nowhere = Launch::in_zone("usw2-az9");
    assert!(model.run_instance(at(0), nowhere).is_err());
}

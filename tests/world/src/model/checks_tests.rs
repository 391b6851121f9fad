//! Health by checks that the data path makes, and what it is told to forward.

use super::world::{at, world};
use super::{HealthCheckDue, Model, Settings};
use fleet::observed::{Attributes, TargetState};
use fleet::words::{InstanceId, TargetGroupArn};
use std::net::Ipv4Addr;

fn real() -> (Model, TargetGroupArn, InstanceId) {
    let mut model = Model::new(Settings {
        simulated_health: false,
        ..Settings::default()
    });
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9092, &group);
    let id = model.with_instance("usw2-az3");
    let answer = model.register_targets(at(30), &group, &[(id.clone(), None)]);
    assert_eq!(answer, Ok(()));
    (model, group, id)
}

fn check(model: &mut Model, now: i64, ok: bool) -> HealthCheckDue {
    let due = model.due_health_checks(at(now));
    assert_eq!(due.len(), 1, "second {now}: {due:?}");
    model.health_checked(at(now), &due[0], ok);
    due[0].clone()
}

#[test]
fn checks_begin_after_registration_from_the_node_of_the_targets_zone() {
    let (mut model, group, id) = real();
    assert_eq!(model.due_health_checks(at(119)), []);
    let due = model.due_health_checks(at(120));
    assert_eq!(
        due,
        [HealthCheckDue {
            group,
            instance: id,
            from: Ipv4Addr::new(10, 0, 128, 5),
            address: Ipv4Addr::new(10, 0, 128, 11),
            port: super::world::port(39092),
        }]
    );
}

#[test]
fn at_most_one_check_of_a_target_is_under_way() {
    let (mut model, _, _) = real();
    let due = model.due_health_checks(at(120));
    assert_eq!(model.due_health_checks(at(200)), []);
    model.health_checked(at(200), &due[0], true);
    assert_eq!(model.due_health_checks(at(200)).len(), 1);
}

#[test]
fn results_in_a_row_turn_the_health() {
    let (mut model, group, _) = real();
    let mut state_after = |now: i64, ok: bool| {
        check(&mut model, now, ok);
        model.only_target(now, &group).0
    };
    assert_eq!(state_after(120, true), "initial");
    assert_eq!(state_after(130, true), "initial");
    assert_eq!(state_after(140, true), "healthy");
    assert_eq!(state_after(150, false), "healthy");
    assert_eq!(state_after(160, true), "healthy");
    assert_eq!(state_after(170, false), "healthy");
    assert_eq!(state_after(180, false), "unhealthy");
}

#[test]
fn a_result_from_before_a_new_registration_says_nothing() {
    let (mut model, group, id) = real();
    let due = model.due_health_checks(at(120));
    let target = [(id, None)];
    assert_eq!(model.deregister_targets(at(121), &group, &target), Ok(()));
    assert_eq!(model.register_targets(at(122), &group, &target), Ok(()));
    model.health_checked(at(123), &due[0], false);
    model.advance(at(212));
    for now in [212, 222] {
        model.health_checked(at(now), &due[0], false);
    }
    assert_eq!(model.only_target(222, &group).0, "initial");
}

#[test]
fn the_data_path_is_told_the_listener_its_nodes_and_targets_in_every_state() {
    let mut model = world();
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9093, &group);
    let (one, two) = (
        model.with_instance("usw2-az1"),
        model.with_instance("usw2-az2"),
    );
    let targets = [(one.clone(), None), (two, None)];
    assert_eq!(model.register_targets(at(30), &group, &targets), Ok(()));
    assert_eq!(
        model.deregister_targets(at(200), &group, &targets[..1]),
        Ok(())
    );
    let forwards = model.forwarding(at(200));
    let [forward] = &forwards[..] else {
        panic!("{forwards:?}");
    };
    assert_eq!((forward.port.get(), &forward.group), (9093, &group));
    assert_eq!(forward.nodes.len(), 3);
    assert_eq!(
        (
            forward.cross_zone,
            forward.preserve_client_ip,
            forward.terminate_deregistered,
            forward.terminate_unhealthy
        ),
        (false, true, false, true)
    );
    let states: Vec<_> = forward
        .targets
        .iter()
        .map(|t| (t.address.octets()[2], t.state.clone()))
        .collect();
    assert_eq!(
        states,
        [(0, TargetState::Draining), (64, TargetState::Healthy)]
    );
    assert_eq!(model.forwarding(at(500))[0].targets.len(), 1);
}

#[test]
fn a_group_follows_the_load_balancers_cross_zone_unless_it_says_its_own_f4() {
    let mut model = world();
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9093, &group);
    assert_eq!(model.set_cross_zone(at(0), &nlb, true), Ok(()));
    assert!(model.forwarding(at(0))[0].cross_zone);
    let off = Attributes::from([(
        "load_balancing.cross_zone.enabled".to_owned(),
        "false".to_owned(),
    )]);
    assert_eq!(
        model.modify_target_group_attributes(at(0), &group, &off),
        Ok(())
    );
    assert!(!model.forwarding(at(0))[0].cross_zone);
}

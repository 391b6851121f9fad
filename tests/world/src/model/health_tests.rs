//! Health of targets, simulated.

use super::world::{at, world};
use super::{Model, Settings};
use fleet::words::{InstanceId, LoadBalancerArn, TargetGroupArn};
use std::time::Duration;

struct Mapped {
    model: Model,
    nlb: LoadBalancerArn,
    group: TargetGroupArn,
    id: InstanceId,
}

/// One target in usw2-az1, registered at second 30 in a group with a listener.
fn mapped() -> Mapped {
    mapped_in(world())
}

fn mapped_in(mut model: Model) -> Mapped {
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9092, &group);
    let id = model.with_instance("usw2-az1");
    let answer = model.register_targets(at(30), &group, &[(id.clone(), None)]);
    assert_eq!(answer, Ok(()));
    Mapped {
        model,
        nlb,
        group,
        id,
    }
}

impl Mapped {
    fn expect(&mut self, now: i64, state: &str, reason: &str) {
        let seen = self.model.only_target(now, &self.group);
        assert_eq!((&*seen.0, &*seen.1), (state, reason), "second {now}");
    }
}

#[test]
fn a_target_is_registered_then_checked_then_healthy_f14_p29() {
    let mut world = mapped();
    world.expect(119, "initial", "Elb.RegistrationInProgress");
    world.expect(120, "initial", "Elb.InitialHealthChecking");
    world.expect(149, "initial", "Elb.InitialHealthChecking");
    world.expect(150, "healthy", "");
}

#[test]
fn the_registration_time_is_a_setting() {
    let settings = Settings {
        registration_time: Duration::from_secs(300),
        ..Settings::default()
    };
    let mut world = mapped_in(Model::new(settings));
    world.expect(359, "initial", "Elb.InitialHealthChecking");
    world.expect(360, "healthy", "");
}

#[test]
fn health_turns_after_the_thresholds_in_one_long_step_too() {
    let mut world = mapped();
    world.model.advance(at(200));
    assert_eq!(world.model.set_accepting(&world.id, false), Ok(()));
    world.expect(219, "healthy", "");
    world.expect(220, "unhealthy", "Target.FailedHealthChecks");
    assert_eq!(world.model.set_accepting(&world.id, true), Ok(()));
    world.expect(249, "unhealthy", "Target.FailedHealthChecks");
    world.expect(250, "healthy", "");
}

#[test]
fn a_blink_shorter_than_the_threshold_changes_nothing() {
    let mut world = mapped();
    world.model.advance(at(200));
    assert_eq!(world.model.set_accepting(&world.id, false), Ok(()));
    world.model.advance(at(215));
    assert_eq!(world.model.set_accepting(&world.id, true), Ok(()));
    for now in [219, 220, 221, 300] {
        world.expect(now, "healthy", "");
    }
}

#[test]
fn a_stopped_and_restarted_instance_goes_through_initial_to_healthy_p27() {
    let mut world = mapped();
    assert_eq!(world.model.stop_instance(at(200), &world.id), Ok(()));
    world.expect(205, "healthy", "");
    world.expect(210, "unused", "Target.InvalidState");
    assert_eq!(world.model.start_instance(at(300), &world.id), Ok(()));
    world.expect(319, "unused", "Target.InvalidState");
    world.expect(320, "initial", "Elb.InitialHealthChecking");
    world.expect(350, "healthy", "");
}

#[test]
fn a_reboot_is_seen_by_health_checks_only_p26() {
    let mut world = mapped_in(Model::new(Settings {
        boot_time: Duration::from_secs(25),
        ..Settings::default()
    }));
    world.model.advance(at(200));
    world.model.take_events();
    assert_eq!(world.model.reboot_instance(at(200), &world.id), Ok(()));
    world.expect(220, "unhealthy", "Target.FailedHealthChecks");
    world.expect(255, "healthy", "");
    assert!(world.model.take_events().is_empty());
}

#[test]
fn a_terminated_instances_target_is_unused_and_goes_after_a_while() {
    let mut world = mapped();
    assert_eq!(world.model.terminate_instance(at(200), &world.id), Ok(()));
    world.expect(210, "unused", "Target.InvalidState");
    world.expect(509, "unused", "Target.InvalidState");
    assert_eq!(world.model.targets_at(510, &world.group), []);
}

#[test]
fn targets_of_a_group_without_listener_are_unused() {
    let mut world = mapped();
    let listener = world.model.listeners().next().map(|l| l.arn.clone());
    let Some(listener) = listener else {
        panic!("no listener")
    };
    assert_eq!(world.model.delete_listener(at(200), &listener), Ok(()));
    world.expect(200, "unused", "Target.NotInUse");
    let (nlb, group) = (world.nlb.clone(), world.group.clone());
    world.model.with_listener(&nlb, 9093, &group);
    world.expect(200, "initial", "Elb.InitialHealthChecking");
    world.expect(230, "healthy", "");
}

#[test]
fn targets_in_a_disabled_zone_are_unused_p34() {
    let mut world = mapped();
    let az = "usw2-az1".into();
    assert_eq!(world.model.disable_zone(at(200), &world.nlb, &az), Ok(()));
    world.expect(200, "unused", "Target.NotInUse");
    assert_eq!(world.model.enable_zone(at(300), &world.nlb, &az), Ok(()));
    world.expect(330, "healthy", "");
}

#[test]
fn an_hour_in_one_step_is_the_same_as_second_by_second() {
    let edits = |world: &mut Mapped| {
        assert_eq!(world.model.stop_instance(at(160), &world.id), Ok(()));
        assert_eq!(world.model.start_instance(at(500), &world.id), Ok(()));
    };
    let mut fast = mapped();
    edits(&mut fast);
    let mut slow = mapped();
    for now in 30..160 {
        slow.model.advance(at(now));
    }
    edits(&mut slow);
    for now in 500..4000 {
        slow.model.advance(at(now));
    }
    fast.model.advance(at(3999));
    assert_eq!(fast.model.take_events(), slow.model.take_events());
    assert_eq!(
        fast.model.only_target(3999, &fast.group),
        slow.model.only_target(3999, &slow.group)
    );
    assert_eq!(fast.model.next_due(), None);
}

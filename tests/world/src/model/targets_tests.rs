//! Targets into and out of groups.

use super::world::{at, port, world};
use super::{ApiError, Launch, Model};
use fleet::observed::Attributes;
use fleet::words::{InstanceId, Port, TargetGroupArn, VpcId};

fn code(answer: Result<(), ApiError>) -> Option<&'static str> {
    answer.err().map(|error| error.code)
}

fn register(
    model: &mut Model,
    now: i64,
    group: &TargetGroupArn,
    ids: &[&InstanceId],
) -> Option<String> {
    let targets: Vec<_> = ids.iter().map(|id| ((*id).clone(), None)).collect();
    let answer = model.register_targets(at(now), group, &targets);
    answer.err().map(|error| error.to_string())
}

fn named(model: &mut Model, now: i64, group: &TargetGroupArn) -> Vec<(InstanceId, u16)> {
    let all = model.targets_at(now, group);
    all.into_iter()
        .map(|t| (t.instance, t.port.get()))
        .collect()
}

#[test]
fn one_bad_target_rejects_the_whole_call_p30() {
    let mut model = world();
    let group = model.with_group("a");
    let good = model.with_instance("usw2-az1");
    model.advance(at(30));
    let pending = model.run_instance(at(30), Launch::in_zone("usw2-az1"));
    let foreign = Launch::in_zone("usw2-az1").vpc(VpcId::from("vpc-other"));
    let foreign = model.run_instance(at(30), foreign);
    let (Ok(pending), Ok(foreign)) = (pending, foreign) else {
        panic!("launch refused");
    };
    let unknown = InstanceId::from("i-0");
    assert_eq!(
        register(&mut model, 40, &group, &[&good, &pending]).as_deref(),
        Some(&*format!(
            "InvalidTarget (400): The following targets are not in a running state and cannot be registered: '{pending}'"
        ))
    );
    for bad in [&unknown, &foreign] {
        let answer = register(&mut model, 60, &group, &[&good, bad]);
        assert!(
            answer
                .is_some_and(|text| text.contains("InvalidTarget") && text.contains(bad.as_str()))
        );
    }
    assert_eq!(named(&mut model, 60, &group), []);
    assert_eq!(register(&mut model, 60, &group, &[&good, &pending]), None);
    assert_eq!(named(&mut model, 60, &group).len(), 2);
}

#[test]
fn registering_again_changes_nothing() {
    let mut model = world();
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9092, &group);
    let id = model.with_instance("usw2-az1");
    assert_eq!(register(&mut model, 30, &group, &[&id]), None);
    assert_eq!(register(&mut model, 140, &group, &[&id]), None);
    assert_eq!(model.only_target(150, &group).0, "healthy");
}

#[test]
fn a_draining_target_begins_again_when_it_is_registered_again_p31() {
    let mut model = world();
    let (nlb, group) = (model.with_nlb(), model.with_group("a"));
    model.with_listener(&nlb, 9092, &group);
    let id = model.with_instance("usw2-az1");
    assert_eq!(register(&mut model, 30, &group, &[&id]), None);
    let target = [(id.clone(), None)];
    assert_eq!(model.deregister_targets(at(200), &group, &target), Ok(()));
    let (state, reason) = model.only_target(300, &group);
    assert_eq!(
        (&*state, &*reason),
        ("draining", "Target.DeregistrationInProgress")
    );
    assert_eq!(register(&mut model, 300, &group, &[&id]), None);
    let (state, reason) = model.only_target(300, &group);
    assert_eq!(
        (&*state, &*reason),
        ("initial", "Elb.RegistrationInProgress")
    );
    assert_eq!(model.only_target(900, &group).0, "healthy");
}

#[test]
fn draining_lasts_for_the_groups_delay_and_is_not_prolonged_f14() {
    let mut model = world();
    let group = model.with_group("a");
    let delay = Attributes::from([(
        "deregistration_delay.timeout_seconds".to_owned(),
        "60".to_owned(),
    )]);
    assert_eq!(
        model.modify_target_group_attributes(at(0), &group, &delay),
        Ok(())
    );
    let id = model.with_instance("usw2-az1");
    assert_eq!(register(&mut model, 30, &group, &[&id]), None);
    let target = [(id, None)];
    assert_eq!(model.deregister_targets(at(100), &group, &target), Ok(()));
    assert_eq!(model.deregister_targets(at(150), &group, &target), Ok(()));
    assert_eq!(named(&mut model, 159, &group).len(), 1);
    assert_eq!(named(&mut model, 160, &group), []);
}

#[test]
fn a_port_override_must_be_named_to_deregister_and_anything_else_succeeds_silently_f15() {
    let mut model = world();
    let group = model.with_group("a");
    let id = model.with_instance("usw2-az1");
    let at_port = |number: Option<Port>| [(id.clone(), number)];
    let other = Some(port(39999));
    assert_eq!(
        model.register_targets(at(30), &group, &at_port(other)),
        Ok(())
    );
    for wrong in [None, Some(port(1))] {
        assert_eq!(
            model.deregister_targets(at(30), &group, &at_port(wrong)),
            Ok(())
        );
        assert_eq!(named(&mut model, 999, &group), [(id.clone(), 39999)]);
    }
    let unknown = [(InstanceId::from("i-0"), None)];
    assert_eq!(model.deregister_targets(at(999), &group, &unknown), Ok(()));
    assert_eq!(
        model.deregister_targets(at(999), &group, &at_port(other)),
        Ok(())
    );
    assert_eq!(named(&mut model, 2000, &group), []);
}

#[test]
fn with_cross_zone_a_load_balancer_holds_500_targets_f1() {
    let mut model = world();
    let nlb = model.with_nlb();
    let groups = [model.with_group("a"), model.with_group("b")];
    for (group, number) in groups.iter().zip([9092, 9093]) {
        model.with_listener(&nlb, number, group);
    }
    let on = Attributes::from([(
        "load_balancing.cross_zone.enabled".to_owned(),
        "true".to_owned(),
    )]);
    assert_eq!(
        model.modify_target_group_attributes(at(0), &groups[0], &on),
        Ok(())
    );
    let zones = ["usw2-az1", "usw2-az2"];
    let ids: Vec<InstanceId> = (0..251)
        .map(|n| model.with_instance(zones[n % 2]))
        .collect();
    let targets: Vec<_> = ids.iter().map(|id| (id.clone(), None)).collect();
    assert_eq!(model.register_targets(at(30), &groups[0], &targets), Ok(()));
    let too_many = model.register_targets(at(30), &groups[1], &targets);
    assert_eq!(code(too_many), Some("TooManyTargets"));
    assert_eq!(named(&mut model, 30, &groups[1]), []);
    assert_eq!(
        model.register_targets(at(30), &groups[1], &targets[..249]),
        Ok(())
    );
    assert_eq!(model.writes().len(), 2 + 2 + 1 + 2);
}

#[test]
fn an_unknown_group_is_told_so() {
    let mut model = world();
    let group = TargetGroupArn::from("arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/x/1");
    let id = model.with_instance("usw2-az1");
    assert!(
        register(&mut model, 30, &group, &[&id])
            .is_some_and(|e| e.starts_with("TargetGroupNotFound"))
    );
    let answer = model.deregister_targets(at(30), &group, &[(id, None)]);
    assert_eq!(code(answer), Some("TargetGroupNotFound"));
}

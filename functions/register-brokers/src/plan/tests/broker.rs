//! One port per broker: registered, settled, and held where it cannot be reached.

use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::Doubt;
use TargetState::{Draining, Healthy, Initial, Unhealthy};
use fleet::look::{arn, node, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::proof::{Path, Verdict};
use fleet::tags;

/// The state of broker 1's row.
fn row(look: &Look) -> RowState {
    let mapping = look.plan().picture.mapping;
    let row = mapping.iter().find(|row| row.owner == owner(1));
    row.expect("a row").state
}

const REGISTER: &str = "register i-1 with EXTERNAL broker 1: broker 1 runs and is not registered";

#[test]
fn a_running_broker_is_registered_behind_its_own_port() {
    let look = Look::of(&[1]).health(owner(1), Vec::new());
    assert_eq!(look.steps(), [REGISTER]);
    assert_eq!(look.held(), [""; 0]);
}

#[test]
fn p31_a_draining_target_that_is_wanted_again_is_registered_again() {
    let look = Look::of(&[1]).health(owner(1), vec![target(1, Draining)]);
    assert_eq!(look.steps(), [REGISTER]);
}

#[test]
fn p29_ill_health_and_a_stop_never_deregister() {
    for state in [Unhealthy, Initial, TargetState::Unused] {
        let look = Look::of(&[1]).health(owner(1), vec![target(1, state)]);
        assert_eq!(look.steps(), [""; 0]);
    }
    let stopped = Look::of(&[1]).with_instance(1, |i| i.state = InstanceState::Stopped);
    assert_eq!(stopped.steps(), [""; 0]);
    assert_eq!(stopped.held(), [""; 0], "it stands where it should");
}

#[test]
fn p29_a_broker_that_restarts_keeps_its_target_and_its_place_in_bootstrap() {
    // From the stop of its process to the end of log recovery: refused, silent, and fenced.
    let (unhealthy, initial) = (target(2, Unhealthy), target(2, Initial));
    let why = || "connection refused".to_owned();
    for verdict in [
        Verdict::Unreachable { why: why() },
        Verdict::NotProvable { why: why() },
    ] {
        for behind in [&unhealthy, &initial] {
            let look = Look::of(&[1, 2, 3])
                .health(owner(2), vec![behind.clone()])
                .health(
                    Owner::Bootstrap,
                    vec![target(1, Healthy), behind.clone(), target(3, Healthy)],
                )
                .verdict(Path::Direct(node(2)), verdict.clone())
                .verdict(Path::Port(node(2)), verdict.clone());
            assert_eq!(look.steps(), [""; 0], "{verdict:?}");
            // However often the run looks.
            let doubts = Vec::from_iter(look.plan().doubts);
            assert_eq!(look.doubted_before(&doubts).steps(), [""; 0], "{verdict:?}");
        }
    }
}

#[test]
fn p30_a_broker_that_does_not_run_waits_to_be_registered() {
    let look = Look::of(&[1])
        .with_instance(1, |i| i.state = InstanceState::Pending)
        .health(owner(1), Vec::new());
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "broker 1 (i-1) is pending; it is registered with EXTERNAL when it runs",
            "nobody seems to stand behind the port of EXTERNAL broker 1; a second read must agree",
        ]
    );
    // Until then its listener would only fail open (F6).
    let sure = look.doubted_before(&[Doubt::Empty("EXTERNAL".into(), fleet::look::node(1))]);
    assert_eq!(
        sure.steps(),
        [
            "delete listener 9093 of EXTERNAL broker 1: nobody stands behind the port of broker 1, and a listener with an empty target group fails open"
        ]
    );
    assert_eq!(sure.without_listener(9093).steps(), [""; 0]);
}

#[test]
fn f15_a_target_on_another_port_is_replaced_by_one_on_the_bind_port() {
    let look = Look::of(&[1]).health(owner(1), vec![stranger("i-1", 9999, Healthy)]);
    assert_eq!(
        look.steps(),
        [
            REGISTER,
            "deregister i-1 from EXTERNAL broker 1: it was registered with another port than the bind port",
        ]
    );
    // Not before the right one can be there.
    let stopped = look.with_instance(1, |i| i.state = InstanceState::Stopped);
    assert_eq!(stopped.steps(), [""; 0]);
}

#[test]
fn a_broker_that_is_only_leaving_keeps_its_own_port() {
    let look = Look::of(&[1, 2]).scaled(&[("i-1", "Terminating:Wait")], &[]);
    assert_eq!(
        look.steps(),
        ["deregister i-1 from EXTERNAL bootstrap: its Auto Scaling group is terminating it"]
    );
    assert_eq!(row(&look), RowState::Serving);
}

#[test]
fn p27_of_twins_nothing_changes_for_either() {
    let look = Look::of(&[1, 2])
        .and("i-9", 1, InstanceState::Running)
        .health(owner(1), vec![target(1, Healthy)]);
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "instances i-1 and i-9 all say that they are broker 1; nothing changes for any of them until all but one are terminated or tagged otherwise"
        ]
    );
    // Whoever is surely another one leaves all the same, and a listener that leads elsewhere is put right.
    let crossed = look
        .health(owner(1), vec![target(1, Healthy), target(2, Healthy)])
        .with_listener(9093, |listener| listener.forwards_to = vec![arn(owner(2))]);
    let doubt = Doubt::Another("i-2".into(), fleet::look::node(2));
    assert!(crossed.plan().doubts.contains(&doubt));
    let steps = crossed.doubted_before(&[doubt]).steps();
    assert!(
        steps[0].starts_with("tag EXTERNAL broker 1 with kafka-privatelink:another=i-2:1"),
        "{steps:?}"
    );
    assert!(
        steps[1].starts_with("point listener 9093 at EXTERNAL broker 1"),
        "{steps:?}"
    );
    assert_eq!(
        steps[2],
        "deregister i-2 from EXTERNAL broker 1: another than broker 1 answers on the instance"
    );
    assert_eq!(steps.len(), 3);
}

#[test]
fn p41_a_group_that_auto_scaling_fills_by_itself_is_left_alone() {
    let look = Look::of(&[1])
        .scaled(&[], &[owner(1)])
        .health(owner(1), Vec::new());
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "the target group of EXTERNAL broker 1 is attached to Auto Scaling group brokers, which registers targets by itself; detach it there"
        ]
    );
}

#[test]
fn on_a_gap_in_its_targets_a_broker_is_left_alone() {
    let gap = fleet::observed::Gap {
        read: "DescribeTargetHealth".to_owned(),
        reason: "no answer".to_owned(),
    };
    let mut look = Look::of(&[1]).with_group(owner(1), |g| g.health_check.interval_seconds = 30);
    look.0.health.insert(arn(owner(1)), Err(gap.clone()));
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.plan().gaps, [gap]);
    assert_eq!(row(&look), RowState::Waiting);
}

#[test]
fn settings_that_were_edited_are_put_right() {
    let mut look = Look::of(&[1]).with_group(owner(1), |group| {
        group.health_check.interval_seconds = 30;
    });
    let mut seen = crate::settings::target_group_attributes(owner(1));
    look.0
        .group_attributes
        .insert(arn(owner(1)), Ok(seen.clone()));
    const CHECK: &str =
        "set the health check of EXTERNAL broker 1: settings are not as they should be";
    assert_eq!(look.steps(), [CHECK]);
    seen.insert("preserve_client_ip.enabled".to_owned(), "true".to_owned());
    seen.insert("of.no.interest".to_owned(), "true".to_owned());
    look.0.group_attributes.insert(arn(owner(1)), Ok(seen));
    assert_eq!(
        look.steps(),
        [
            CHECK,
            "set 1 attributes of EXTERNAL broker 1: settings are not as they should be"
        ]
    );
}

#[test]
fn who_is_back_is_not_vacant_and_who_is_served_is_not_retired() {
    let since = "2026-11-22T11:00:00Z";
    let vacant = Look::of(&[1]).tagged(owner(1), tags::VACANT_SINCE, since);
    let back = "remove tag kafka-privatelink:vacant-since of EXTERNAL broker 1: broker 1 is back";
    assert_eq!(vacant.steps(), [back]);
    let twins = vacant.clone().and("i-9", 1, InstanceState::Running);
    assert_eq!(twins.steps(), [back], "twins are not vacant either");
    let leaving = vacant.scaled(&[("i-1", "Terminating")], &[]);
    assert!(
        !leaving.steps().iter().any(|step| step == back),
        "leaving is not back"
    );
    let retired = Look::of(&[1]).tagged(owner(1), tags::RETIRED_SINCE, since);
    assert_eq!(
        retired.steps(),
        [
            "remove tag kafka-privatelink:retired-since of EXTERNAL broker 1: the group is no longer retired"
        ]
    );
}

#[test]
fn a_broker_that_cannot_be_reached_where_it_stands_is_held() {
    let look = |change: fn(&mut fleet::observed::Instance)| {
        let look = Look::of(&[1]).with_instance(1, change);
        look.health(owner(1), Vec::new())
    };
    for (look, held) in [
        (
            look(|i| i.vpc = Some("vpc-2".into())),
            "broker 1 (i-1) stands in vpc-2 and the NLB in vpc-1; launch it in the NLB's VPC",
        ),
        (
            look(|i| i.az_id = None),
            "EC2 does not say in which Availability Zone broker 1 (i-1) is; it is mapped once it does",
        ),
        (
            look(|i| i.az_name = None),
            "EC2 does not say in which Availability Zone broker 1 (i-1) is; it is mapped once it does",
        ),
        (
            look(|i| i.az_name = Some("us-west-2b".into())),
            "broker 1 is in us-west-2b, which is not enabled on the NLB; add a subnet of that zone to the NLB",
        ),
        (
            look(|_| ()).parameter("listeners/EXTERNAL", "<b>.usw2-az9.example.com:<p>"),
            "the pattern of EXTERNAL has no line for usw2-az1, where broker 1 is; add the line, or move the broker",
        ),
    ] {
        assert_eq!(look.steps(), [""; 0], "{held}");
        assert_eq!(look.held()[0], held);
    }
    // A VPC that EC2 does not say is not another one.
    assert_eq!(look(|i| i.vpc = None).steps(), [REGISTER]);
}

/// As in a partition or an emulator whose EC2 knows no zone IDs.
#[test]
fn a_pattern_without_a_zone_needs_no_zones_id() {
    let look = Look::of(&[1])
        .with_instance(1, |i| i.az_id = None)
        .health(owner(1), Vec::new())
        .parameter("listeners/EXTERNAL", "<b>.example.com:<p>");
    assert_eq!(look.steps()[0], REGISTER);
    assert_eq!(look.held(), [""; 0]);
    let mapping = look.plan().picture.mapping;
    let endpoint = mapping.iter().find_map(|row| row.endpoint.as_ref());
    let endpoint = endpoint.map(ToString::to_string);
    assert_eq!(endpoint.as_deref(), Some("b1.example.com:9093"));
}

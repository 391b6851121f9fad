//! What is handed over: AWS's own answer, complete, or held with what is missing.

use crate::look::Look;
use crate::observed::Doubt;
use fleet::handover::incomplete;
use fleet::look::{arn, node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{
    EndpointService, InstanceState, Parameter, ParameterKind, ServiceState, TargetState,
};
use fleet::proof::Path;
use fleet::tags;
use serde_json::Value;

const PARAMETER: &str = "/kafka-privatelink/orders/handover/EXTERNAL";

fn services(look: Look, change: impl FnOnce(&mut Vec<EndpointService>)) -> Look {
    let mut look = look;
    change(look.0.endpoint_services.as_mut().expect("services"));
    look
}

fn service(change: impl FnOnce(&mut EndpointService)) -> Look {
    services(Look::of(&[1, 2]), |all| change(&mut all[0]))
}

fn written(look: &mut Look) -> &mut Parameter {
    let parameters = look.0.parameters.as_mut().expect("parameters");
    let mut found = parameters.iter_mut();
    found
        .find(|parameter| parameter.name == PARAMETER)
        .expect("a hand-over")
}

/// What is written, and why.
fn writes(look: &Look) -> Vec<(Value, String)> {
    let steps = look.plan().steps.into_iter();
    let writes = steps.filter_map(|step| match step.change.action {
        crate::action::Action::PutParameter { value, .. } => {
            let read = serde_json::from_str(&value).expect("JSON");
            Some((read, step.reason.to_string()))
        }
        _ => None,
    });
    writes.collect()
}

fn stays(look: &Look, why: &str) {
    assert_eq!(look.steps(), [""; 0], "{why}");
    let told = format!("EXTERNAL is whole, and its hand-over stays as it is: {why}");
    assert_eq!(look.held(), [told]);
}

#[test]
fn a_service_that_is_not_available_is_not_handed_over() {
    let name = "endpoint service com.amazonaws.vpce.us-west-2.vpce-svc-1";
    for (state, way_out) in [
        ("Pending", "it is handed over when it is Available"),
        ("Paused", "it is handed over when it is Available"),
        ("Deleting", "make another one for the NLB"),
        ("Deleted", "make another one for the NLB"),
        ("Failed", "make another one for the NLB"),
    ] {
        let look = service(|service| service.state = ServiceState::parse(state));
        stays(&look, &format!("{name} is {state}; {way_out}"));
    }
    let forged = service(|service| service.state = ServiceState::parse("A\u{1b}[2J\nB"));
    assert!(
        forged.held()[0].contains("is A�[2J B; it is"),
        "{:?}",
        forged.held()
    );
}

#[test]
fn one_that_is_over_does_not_stand_in_the_way_of_its_successor() {
    let successor = || EndpointService {
        id: "vpce-svc-2".into(),
        name: "com.amazonaws.vpce.us-west-2.vpce-svc-2".to_owned(),
        ..fleet::look::service()
    };
    let with = |state: ServiceState| {
        services(Look::of(&[1]), |all| {
            all[0].state = state;
            all.push(successor());
        })
    };
    let writes = writes(&with(ServiceState::Deleting));
    assert_eq!(writes[0].0["endpoint_service_name"], successor().name);
    for state in [ServiceState::Available, ServiceState::Pending] {
        stays(
            &with(state),
            "endpoint services com.amazonaws.vpce.us-west-2.vpce-svc-1, com.amazonaws.vpce.us-west-2.vpce-svc-2 all have arn:nlb, and nobody can tell which is right; take it off all but one",
        );
    }
    let other = services(Look::of(&[1]), |all| {
        let mut other = successor();
        other.load_balancers = ["arn:other".into()].into();
        all.push(other);
    });
    assert_eq!(other.steps(), [""; 0]);
    assert_eq!(other.held(), [""; 0], "another NLB's");
}

#[test]
fn f18_a_service_with_a_further_load_balancer_is_not_handed_over() {
    let look = service(|service| {
        service.load_balancers.insert("arn:second".into());
    });
    stays(
        &look,
        "endpoint service com.amazonaws.vpce.us-west-2.vpce-svc-1 has further load balancers, arn:second, and AWS connects each endpoint to any one of them, so that ports would lead elsewhere; take them off it, and give them a service of their own",
    );
}

#[test]
fn zones_without_ids_are_told_by_the_brokers_or_missing() {
    let look = service(|service| service.az_ids.clear());
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [""; 0],
        "the brokers tell that us-west-2a is usw2-az1"
    );
    let look = service(|service| {
        service.az_ids.clear();
        service.az_names.insert("us-west-2c".into());
    });
    stays(
        &look,
        "AWS does not say the AZ ID of us-west-2c, where endpoint service com.amazonaws.vpce.us-west-2.vpce-svc-1 is available, and no instance of this cluster stands there to tell it; wait until either is so, or take the zone off the NLB",
    );
    let look = service(|service| {
        service.az_ids.clear();
        service.az_names.clear();
    });
    stays(
        &look,
        "AWS names no Availability Zone of endpoint service com.amazonaws.vpce.us-west-2.vpce-svc-1; it is handed over when it does: look at the zones of its load balancer",
    );
    let ids_only = service(|service| service.az_names.clear());
    assert_eq!(ids_only.steps(), [""; 0]);
}

#[test]
fn r6_a_service_covers_the_zones_of_all_brokers() {
    let look = service(|service| service.az_ids = ["usw2-az2".into()].into());
    stays(
        &look,
        "endpoint service com.amazonaws.vpce.us-west-2.vpce-svc-1 is not available in usw2-az1 (brokers 1, 2); add a subnet of the zone to the NLB, or move them",
    );
}

#[test]
fn brokers_are_listed_in_the_order_of_ports_and_one_that_is_gone_for_now_changes_nothing() {
    let new = Look::of(&[12, 3]).never_complete();
    let brokers = &writes(&new)[0].0["brokers"];
    assert_eq!(brokers[0]["host"], "b3.usw2-az1.abc.example.com");
    assert_eq!(brokers[1]["port"], 9104);
    let gone = || Look::of(&[1, 2]).without_instance(2);
    assert_eq!(writes(&gone()), []);
    let stopped = || {
        Look::of(&[1, 2])
            .with_instance(2, |it| it.state = InstanceState::Stopped)
            .health(owner(2), vec![target(2, TargetState::Unused)])
    };
    assert_eq!(writes(&stopped()), []);
    // Another change is not kept back by it. One that is stopped is still named.
    for (look, brokers) in [(gone(), 1), (stopped(), 2)] {
        let look = services(look, |all| all[0].acceptance_required = Some(false));
        let writes = writes(&look);
        assert_eq!(writes[0].0["acceptance_required"], false);
        assert_eq!(
            writes[0].0["brokers"].as_array().map(Vec::len),
            Some(brokers)
        );
    }
    // A new broker is named when it serves.
    let pending = Look::of(&[1, 2])
        .and("i-3", 3, InstanceState::Pending)
        .ports_agreed();
    assert!(!pending.steps().is_empty());
    assert_eq!(writes(&pending), []);
}

#[test]
fn a_changed_pattern_is_handed_over_when_every_broker_is_proven_with_it() {
    let changed =
        || Look::of(&[1, 2]).parameter("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    for unproven in [Path::Port(node(1)), Path::Port(node(2)), Path::Bootstrap] {
        let look = changed().verdict(unproven, super::proof::unreachable());
        assert_eq!(writes(&look), []);
    }
    let writes = writes(&changed());
    assert_eq!(
        writes[0].0["brokers"][0]["host"],
        "b1.usw2-az1.new.example.com"
    );
}

#[test]
fn a_new_text_that_waits_is_said_and_one_that_is_not_due_is_not() {
    let waits = "the hand-over of EXTERNAL stays as it is until every broker is proven on its port and lists all of them; it waits for broker 2";
    let silent = |look: Look| look.verdict(Path::Port(node(2)), super::proof::unreachable());
    let said = |look: &Look| look.held().contains(&waits.to_owned());
    let changed =
        || Look::of(&[1, 2]).parameter("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    let never = || Look::of(&[1, 2]).never_handed_over();
    for due in [silent(changed()), silent(never())] {
        assert_eq!(writes(&due), []);
        assert!(said(&due), "{:?}", due.held());
    }
    let not_due = silent(Look::of(&[1, 2]));
    assert_eq!(writes(&not_due), []);
    assert!(!said(&not_due), "{:?}", not_due.held());
}

#[test]
fn what_reads_back_otherwise_is_put_right_or_named() {
    let mut cut = Look::of(&[1, 2]);
    written(&mut cut).value.truncate(100);
    assert_eq!(
        writes(&cut)[0].1,
        "what was written reads back cut, 100 bytes of it"
    );
    let mut secret = Look::of(&[1, 2]);
    for kind in ["SecureString", "StringList"] {
        written(&mut secret).kind = ParameterKind::parse(kind);
        written(&mut secret).value = "hunter2".to_owned();
        assert_eq!(secret.steps(), [""; 0]);
        assert_eq!(
            secret.held(),
            [format!(
                "the hand-over of EXTERNAL cannot be written: parameter {PARAMETER} is a {kind}, whose type AWS does not change; delete it, and it is written again: aws ssm delete-parameter --name {PARAMETER}"
            )]
        );
    }
}

#[test]
fn an_old_hand_over_of_a_group_that_was_never_whole_is_taken_back_once() {
    let old = crate::look::handed_over(&[1, 2]);
    let shut = || {
        Look::of(&[1, 2])
            .health(Owner::Bootstrap, Vec::new())
            .never_complete()
            .and("i-3", 3, InstanceState::Running)
    };
    let made = || Look::of(&[1, 2]).unmapped(Owner::Bootstrap);
    let nobody = || Look::of(&[]).unmapped(Owner::Bootstrap);
    let retired = || nobody().parameter("listeners/EXTERNAL", r#"{"retired":true}"#);
    for (place, look) in [shut(), made(), nobody(), retired()]
        .into_iter()
        .enumerate()
    {
        let look = look.ports_agreed();
        let before = look.clone().parameter("handover/EXTERNAL", &old);
        let doubt = Doubt::OldHandover("EXTERNAL".into());
        assert!(
            before.plan().doubts.contains(&doubt),
            "{place}: one read is no evidence"
        );
        assert_eq!(writes(&before), []);
        let mut doubts = before.plan().doubts;
        doubts.extend(before.1.clone());
        let before = before.doubted_before(&Vec::from_iter(doubts));
        let writes_ = writes(&before);
        assert_eq!(writes_.len(), 1, "{place}");
        assert_eq!(writes_[0].0["complete"], false);
        assert_eq!(
            writes_[0].1,
            "what stands there is not of this group, which was never whole"
        );
        let after = look.parameter("handover/EXTERNAL", &incomplete(&"EXTERNAL".into()));
        assert_eq!(writes(&after), [], "{place}");
    }
    assert_eq!(
        writes(&shut().ports_agreed()),
        [],
        "there is nothing to take back"
    );
}

#[test]
fn a_group_that_is_open_or_was_whole_or_cannot_be_judged_keeps_its_hand_over() {
    let waits = |look: Look| {
        let look = look.and("i-3", 3, InstanceState::Running).ports_agreed();
        assert_eq!(writes(&look), []);
    };
    let mut note_lost = Look::of(&[1, 2]);
    note_lost
        .group_tags(Owner::Bootstrap)
        .remove(tags::COMPLETE_SINCE);
    waits(note_lost);
    waits(Look::of(&[1, 2]).health(Owner::Bootstrap, Vec::new()));
    let mut unseen = Look::of(&[1, 2]);
    unseen
        .groups()
        .retain(|group| group.arn != arn(Owner::Bootstrap));
    waits(unseen);
    let mut faulty = Look::of(&[1, 2]);
    faulty.group_tags(Owner::Bootstrap).remove(tags::PORT);
    waits(faulty);
    let mut retiring = Look::of(&[1]).parameter("listeners/EXTERNAL", r#"{"retired":true}"#);
    assert_eq!(writes(&retiring), [], "it can be taken back");
    retiring.0.parameters = Err(fleet::observed::Gap {
        read: "GetParametersByPath".to_owned(),
        reason: "denied".to_owned(),
    });
    assert_eq!(writes(&retiring), []);
}

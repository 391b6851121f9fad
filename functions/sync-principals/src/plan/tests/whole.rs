//! What everything depends on: the service, the parameter, and that all of it was seen.

use crate::access::PrincipalState;
use crate::look::{Look, NLB, account, root};
use crate::observed::Observed;
use fleet::look::{parameter, service};
use fleet::observed::ConnectionState::{
    Available, Deleted, Deleting, Expired, Failed, PendingAcceptance, Rejected,
};
use fleet::observed::{EndpointService, Gap, ServiceState};
use std::collections::BTreeSet;

/// A read fails.
type Blind = fn(&mut Observed, Gap);

/// Somebody to allow, somebody to record, somebody to take away, somebody to accept.
fn busy() -> Look {
    Look::saying(&format!("{},{}", account(1), account(2)))
        .foreign(&root(2))
        .ours(&root(3), 7200)
        .connected("vpce-a", 2, PendingAcceptance)
        .connected("vpce-b", 3, Available)
        .agreed()
}

#[test]
fn what_is_added_comes_before_what_is_taken_away() {
    let steps = busy().steps();
    let begins = ["allow ", "tag ", "accept ", "reject "];
    assert_eq!(steps.len(), begins.len(), "{steps:?}");
    for (step, begin) in steps.iter().zip(begins) {
        assert!(step.starts_with(begin), "{steps:?}");
    }
}

#[test]
fn a_gap_in_what_everything_depends_on_changes_nothing_and_every_gap_is_told() {
    let gap = || Gap {
        read: "a read".to_owned(),
        reason: "it failed".to_owned(),
    };
    let blind: [(Blind, &str); 4] = [
        (|observed, gap| observed.parameters = Err(gap), "Blind"),
        (
            |observed, gap| observed.endpoint_services = Err(gap),
            "Blind",
        ),
        (
            |observed, gap| observed.permissions = Err(gap),
            "PermissionsUnread",
        ),
        (|observed, gap| observed.connections = Err(gap), "Blind"),
    ];
    for (blind, kind) in blind {
        let mut look = busy();
        blind(&mut look.0, gap());
        let plan = look.plan();
        assert_eq!(plan.steps, []);
        assert_eq!(plan.gaps, [gap()]);
        assert_eq!(plan.held[0].kind, kind);
    }
    let dim: [Blind; 4] = [
        |observed, gap| observed.now = Err(gap),
        |observed, gap| observed.load_balancer = Err(gap),
        |observed, gap| observed.rules = Err(gap),
        |observed, gap| observed.target_groups = Err(gap),
    ];
    for dim in dim {
        let mut look = busy();
        dim(&mut look.0, gap());
        let plan = look.plan();
        assert_eq!(plan.gaps, [gap()]);
        assert!(plan.steps.len() >= 3, "{:?}", plan.steps);
    }
}

#[test]
fn p45_a_parameter_that_is_gone_or_refused_freezes_everything() {
    let without = |mut look: Look| {
        let parameters = look.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| !it.name.ends_with("/principals"));
        look
    };
    let gone = without(busy());
    assert_eq!(gone.steps(), [""; 0]);
    assert!(
        gone.held()[0]
            .contains("is gone, and what it kept stays as it is: 1 permission; write it again"),
        "{:?}",
        gone.held()
    );
    let plan = gone.plan();
    let states: Vec<_> = plan
        .picture
        .principals
        .iter()
        .map(|row| row.state)
        .collect();
    assert_eq!(states, [PrincipalState::OtherHands, PrincipalState::Frozen]);
    // Where nobody ever said anything, nothing is missing.
    let never = without(Look::saying("x").foreign(&root(2)));
    assert_eq!((never.steps(), never.held()), (Vec::new(), Vec::new()));
    for text in ["", "*", "1", r#"{"principals": "#] {
        let mut refused = busy();
        let parameters = refused.0.parameters.as_mut().expect("parameters");
        parameters[0] = parameter("principals", text, 3600);
        assert_eq!(refused.steps(), [""; 0], "{text}");
        assert_eq!(refused.plan().held[0].kind, "ParameterRefused");
    }
}

#[test]
fn a_pause_shows_the_steps_and_says_why() {
    let mut look = busy();
    let parameters = look.0.parameters.as_mut().expect("parameters");
    parameters.push(parameter("paused", "true", 60));
    let plan = look.plan();
    assert_eq!(
        plan.paused.as_deref(),
        Some("/kafka-privatelink/orders/paused is true")
    );
    assert_eq!(plan.steps.len(), 4);
}

#[test]
fn one_service_that_is_there_is_the_right_one() {
    let of = |services: &[(&str, ServiceState)]| {
        let mut look = busy();
        let named = services.iter().map(|(name, state)| EndpointService {
            name: (*name).to_owned(),
            state: state.clone(),
            load_balancers: BTreeSet::from([NLB.into()]),
            ..service()
        });
        look.0.endpoint_services = Ok(named.collect());
        (look.plan().steps.len(), look.held())
    };
    assert_eq!(of(&[("a", ServiceState::Available)]).0, 4);
    assert_eq!(of(&[("a", ServiceState::Unknown("Odd".to_owned()))]).0, 4);
    let successor = [
        ("a", ServiceState::Deleting),
        ("b", ServiceState::Available),
    ];
    assert_eq!(of(&successor).0, 4);
    for (services, why) in [
        (
            vec![],
            "no endpoint service stands on arn:aws:elasticloadbalancing",
        ),
        (
            vec![("a", ServiceState::Failed)],
            "the endpoint service a is Failed",
        ),
        (
            vec![("a", ServiceState::Deleting)],
            "the endpoint service a is Deleting",
        ),
        (
            vec![("a", ServiceState::Pending)],
            "the endpoint service a is Pending",
        ),
        (
            vec![
                ("a", ServiceState::Available),
                ("b", ServiceState::Available),
            ],
            "endpoint services a, b all stand on this NLB",
        ),
    ] {
        let (steps, held) = of(&services);
        assert_eq!((steps, held.len()), (0, 1), "{why}");
        assert!(held[0].contains(why), "{held:?}");
    }
    let mut other = busy();
    let services = other.0.endpoint_services.as_mut().expect("services");
    services[0].load_balancers = BTreeSet::from(["arn:other".into()]);
    assert!(other.held()[0].starts_with("no endpoint service stands on"));
}

#[test]
fn a_service_that_asks_nobody_is_named_and_kept_right_all_the_same() {
    let mut look = busy();
    for (required, named) in [(Some(false), true), (Some(true), false), (None, false)] {
        let services = look.0.endpoint_services.as_mut().expect("services");
        services[0].acceptance_required = required;
        assert_eq!(look.plan().steps.len(), 4);
        let held = look.held().join("\n");
        assert_eq!(
            held.contains("does not require acceptance"),
            named,
            "{held}"
        );
    }
}

#[test]
fn the_plan_is_drawn_as_a_person_reads_it() {
    let text = activation::text::plan_text(&busy().plan());
    assert_eq!(
        text,
        "\
Who may connect to com.amazonaws.vpce.us-west-2.vpce-svc-1, once done:
  arn:aws:iam::111111111111:root  to be allowed
  arn:aws:iam::222222222222:root  allowed
  arn:aws:iam::333333333333:root  leaving

Connections:
  vpce-a of account 222222222222, listed: pendingAcceptance, made at 2026-11-22T10:30:00Z
  vpce-b of account 333333333333, not listed: available, made at 2026-11-22T10:30:00Z

To do: 4
  1. allow arn:aws:iam::111111111111:root: listed, and not allowed yet
     expects: the principals exist
  2. tag the permission of arn:aws:iam::222222222222:root: listed, and the permission does not say that this list keeps it
     expects: the permissions are there, and no other cluster's
  3. accept vpce-a of account 222222222222: the account is listed, and what it connects to is there
     expects: the connections wait to be accepted
  4. reject vpce-b of account 333333333333: off the list
     expects: the connections are there

Held: 1
  - the permission of account 333333333333 goes when its connections are gone: vpce-b
"
    );
}

#[test]
fn a_connection_that_is_over_is_in_no_picture_and_one_that_is_lost_is() {
    let states = [Deleted, Deleting, Rejected, Failed, Expired, Available];
    let look = Look::saying(&account(1)).ours(&root(1), 3600);
    let look = states
        .into_iter()
        .fold(look, |look, state| look.connected("vpce-a", 1, state));
    let shown = look.plan().picture.connections;
    let shown: Vec<_> = shown.into_iter().map(|row| row.state).collect();
    assert_eq!(shown, [Rejected, Failed, Expired, Available]);
}

#[test]
fn whoever_is_kept_for_now_is_shown_so() {
    let text = format!(r#"{{"principals": ["{}"], "adopt": true}}"#, account(1));
    let look = Look::saying(&text)
        .ours(&root(1), 7200)
        .ours(&root(2), 7200);
    let states = |look: &Look| {
        let rows = look.plan().picture.principals;
        rows.into_iter().map(|row| row.state).collect::<Vec<_>>()
    };
    // A second look has not agreed yet.
    assert_eq!(
        states(&look),
        [PrincipalState::Allowed, PrincipalState::Kept]
    );
    // Neither of one that other hands allowed and the list adopts.
    let adopted = look.clone().foreign(&root(3));
    assert_eq!(states(&adopted)[2], PrincipalState::Kept);
    // Many at once, of which two are other hands'.
    let many = look.foreign(&root(3)).foreign(&root(4)).agreed();
    assert_eq!(
        states(&many),
        [
            PrincipalState::Allowed,
            PrincipalState::Kept,
            PrincipalState::Kept,
            PrincipalState::Kept
        ]
    );
}

#[test]
fn while_it_is_not_known_who_is_listed_no_connection_is_said_to_be_or_not_to_be() {
    let look = Look::saying("no account")
        .ours(&root(1), 3600)
        .connected("vpce-a", 1, Available);
    let picture = look.plan().picture;
    let told = picture.to_string();
    let account = account(1);
    let row = format!("  vpce-a of account {account}: available");
    assert!(told.contains(&row), "{told}");
    let json = serde_json::to_value(picture).expect("JSON");
    assert_eq!(json["connections"][0].get("listed"), None);
}

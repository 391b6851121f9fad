//! Connections: who asks, who is accepted, who is cut.

use super::super::world::{at, world};
use super::*;
use crate::faults::{Fault, Faults, Level};
use crate::model::{Consumer, service_id};
use fleet::observed::ServiceState;
use fleet::tags::Tags;

const ANN: &str = "111122223333";

fn with_service() -> (Model, String) {
    let mut model = world();
    let nlb = model.with_nlb();
    let name = model.create_endpoint_service(at(0), &nlb).unwrap();
    (model, name)
}

fn allow(model: &mut Model, service: &str, principal: &str) {
    let id = service_id(service);
    let allowed = model.allow_by_hand(at(0), &id, principal, Tags::new());
    assert_eq!(allowed, Ok(()));
}

fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn states(model: &mut Model, service: &str, second: i64) -> Vec<String> {
    let id = service_id(service);
    let page = model.describe_endpoint_connections(at(second), &id, None);
    let items = page.unwrap().items.into_iter();
    items.map(|found| found.state.to_string()).collect()
}

fn code(not: &[Unsuccessful]) -> Vec<&str> {
    not.iter().map(|not| not.code.as_str()).collect()
}

#[test]
fn f21_who_is_not_allowed_finds_no_service_and_who_is_waits_to_be_accepted() {
    let (mut model, service) = with_service();
    let ann = Consumer::of(ANN);
    let refused = model.consumer_connects(at(0), &ann, &service);
    assert_eq!(refused.map_err(|e| e.code), Err("InvalidServiceName"));
    allow(&mut model, &service, &root(ANN));
    let end = model.consumer_connects(at(0), &ann, &service).unwrap();
    assert_eq!(states(&mut model, &service, 1_000), ["pendingAcceptance"]);
    let id = service_id(&service);
    let ends = [end];
    assert_eq!(model.accept_connections(at(1_000), &id, &ends), Ok(vec![]));
    assert_eq!(states(&mut model, &service, 1_019), ["pending"]);
    assert_eq!(model.next_due(), Some(at(1_020)));
    assert_eq!(states(&mut model, &service, 1_020), ["available"]);
    let again = model.accept_connections(at(1_020), &id, &ends).unwrap();
    assert_eq!(code(&again), ["InvalidState"]);
    let shown = model.describe_endpoint_connections(at(1_020), &id, None);
    let shown = shown.unwrap().items.remove(0);
    assert_eq!((shown.owner, shown.created), (ANN.into(), Some(at(0))));
    assert_eq!(shown.region.as_deref(), Some("us-west-2"));
}

#[test]
fn where_nobody_must_accept_whoever_is_allowed_connects() {
    let (mut model, service) = with_service();
    let edited = model.edit_endpoint_service(at(0), &service, |record| {
        record.acceptance_required = false;
    });
    assert_eq!(edited, Ok(()));
    allow(&mut model, &service, "*");
    let connected = model.consumer_connects(at(0), &Consumer::of(ANN), &service);
    assert!(connected.is_ok());
    assert_eq!(states(&mut model, &service, 0), ["pending"]);
    assert_eq!(states(&mut model, &service, 20), ["available"]);
}

#[test]
fn a_service_is_reached_from_its_regions_and_only_while_it_is_available() {
    let (mut model, service) = with_service();
    allow(&mut model, &service, "*");
    let abroad = Consumer::of(ANN).in_region("eu-west-1");
    assert!(model.consumer_connects(at(0), &abroad, &service).is_err());
    let edit = |model: &mut Model, state: ServiceState| {
        let edited = model.edit_endpoint_service(at(0), &service, |record| {
            let region = ("eu-west-1".to_owned(), ServiceState::Available);
            record.further_regions = [region].into();
            record.state = state;
        });
        assert_eq!(edited, Ok(()));
    };
    edit(&mut model, ServiceState::Deleting);
    assert!(model.consumer_connects(at(0), &abroad, &service).is_err());
    edit(&mut model, ServiceState::Available);
    let end = model.consumer_connects(at(0), &abroad, &service).unwrap();
    assert_eq!(model.connection(&end).unwrap().region, "eu-west-1");
}

#[test]
fn f43_a_permission_that_is_taken_away_changes_no_connection_and_a_rejection_does() {
    let (mut model, service) = with_service();
    let id = service_id(&service);
    allow(&mut model, &service, &root(ANN));
    let end = model.consumer_is_connected(at(0), &Consumer::of(ANN), &service);
    let who = [root(ANN)];
    let removed = model.modify_service_permissions(at(0), &id, &[], &who);
    assert_eq!(removed, Ok(Vec::new()));
    assert_eq!(states(&mut model, &service, 10_000), ["available"]);
    assert_eq!(model.connection(&end).unwrap().cuts, 0);
    let ends = [end.clone()];
    let rejected = model.reject_connections(at(10_000), &id, &ends);
    assert_eq!(rejected, Ok(Vec::new()));
    assert_eq!(states(&mut model, &service, 10_000), ["rejected"]);
    assert_eq!(model.connection(&end).unwrap().cuts, 1);
    for accepts in [false, true] {
        model.settings.accepts_rejected = accepts;
        let rejected = model.reject_connections(at(10_000), &id, &ends).unwrap();
        assert_eq!(code(&rejected), ["InvalidState"]);
        let accepted = model.accept_connections(at(10_000), &id, &ends).unwrap();
        let expected = if accepts { &[][..] } else { &["InvalidState"] };
        assert_eq!(code(&accepted), expected);
    }
    assert_eq!(states(&mut model, &service, 10_020), ["available"]);
}

#[test]
fn who_leaves_is_deleting_then_deleted_and_then_no_longer_shown() {
    let (mut model, service) = with_service();
    let end = model.consumer_is_connected(at(0), &Consumer::of(ANN), &service);
    assert_eq!(model.consumer_leaves(at(0), &end), Ok(()));
    assert_eq!(model.connection(&end).unwrap().cuts, 1);
    for (second, expected) in [(19, "deleting"), (20, "deleted"), (319, "deleted")] {
        assert_eq!(states(&mut model, &service, second), [expected]);
    }
    assert_eq!(states(&mut model, &service, 320), Vec::<String>::new());
    assert!(model.consumer_leaves(at(320), &end).is_err());
}

#[test]
fn one_endpoint_that_is_none_of_the_service_keeps_no_other_one_from_being_accepted() {
    let (mut model, service) = with_service();
    allow(&mut model, &service, "*");
    let end = model.consumer_connects(at(0), &Consumer::of(ANN), &service);
    let new = super::super::NewLoadBalancer::named("other");
    let nlb = model.create_load_balancer(at(0), new).unwrap();
    let other = model.create_endpoint_service(at(0), &nlb).unwrap();
    let theirs = model.consumer_is_connected(at(0), &Consumer::of(ANN), &other);
    let ends = [theirs, "vpce-unknown".into(), end.unwrap()];
    let id = service_id(&service);
    let not = model.accept_connections(at(0), &id, &ends).unwrap();
    assert_eq!(code(&not), ["InvalidVpcEndpointId.NotFound"; 2]);
    assert_eq!(states(&mut model, &service, 0), ["pending"]);
    assert_eq!(states(&mut model, &other, 0), ["available"]);
    let nobody = model.accept_connections(at(0), &id, &[]);
    assert_eq!(nobody.map_err(|e| e.code), Err("MissingParameter"));
}

#[test]
fn a_state_that_aws_may_add_stays_and_can_be_neither_accepted_nor_rejected() {
    let (mut model, service) = with_service();
    let end = model.consumer_is_connected(at(0), &Consumer::of(ANN), &service);
    let state = ConnectionState::Unknown("hovering".to_owned());
    assert_eq!(model.set_connection_state(at(0), &end, state), Ok(()));
    assert_eq!(states(&mut model, &service, 1_000), ["hovering"]);
    let (id, ends) = (service_id(&service), [end]);
    for not in [
        model.accept_connections(at(1_000), &id, &ends),
        model.reject_connections(at(1_000), &id, &ends),
    ] {
        assert_eq!(code(&not.unwrap()), ["InvalidState"]);
    }
}

#[test]
fn p44_a_late_read_shows_a_connection_as_it_was() {
    let (mut model, service) = with_service();
    model.set_faults(Faults::new(1).with(Fault::StaleReads, Level::Storm));
    let end = model.consumer_is_connected(at(10), &Consumer::of(ANN), &service);
    let rejected = model.reject_connections(at(20), &service_id(&service), &[end]);
    assert_eq!(rejected, Ok(Vec::new()));
    let soon: Vec<_> = (0..50).map(|_| states(&mut model, &service, 21)).collect();
    assert!(soon.contains(&vec!["available".to_owned()]), "{soon:?}");
    assert!(soon.contains(&vec!["rejected".to_owned()]), "{soon:?}");
    let later = (0..50).all(|_| states(&mut model, &service, 25) == ["rejected"]);
    assert!(later);
}

#[test]
fn a_connection_that_is_left_out_is_named_and_waits_as_before() {
    let (mut model, service) = with_service();
    allow(&mut model, &service, "*");
    let ends: Vec<_> = (0..20)
        .map(|_| model.consumer_connects(at(0), &Consumer::of(ANN), &service))
        .collect::<Result<_, _>>()
        .unwrap();
    model.set_faults(Faults::new(1).with(Fault::PartialRejections, Level::Storm));
    let not = model.accept_connections(at(0), &service_id(&service), &ends);
    let not = not.unwrap();
    assert!((1..20).contains(&not.len()), "{not:?}");
    assert!(code(&not).iter().all(|code| *code == "InternalError"));
    model.end_faults();
    let states = states(&mut model, &service, 0);
    let waiting = states.iter().filter(|state| *state == "pendingAcceptance");
    assert_eq!(waiting.count(), not.len());
}

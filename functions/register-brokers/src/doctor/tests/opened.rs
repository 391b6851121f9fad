//! Set-ups whose brokers serve, and that are not opened to the consumer: bootstrap, the endpoint service, names.

use super::{Patient, Station};
use crate::look::Look;
use fleet::look::{node, target};
use fleet::naming::Owner;
use fleet::observed::{EndpointService, ParameterKind, ServiceState, TargetState};
use fleet::proof::{Path, Verdict};

#[test]
fn a_bootstrap_that_is_shut_or_has_nobody_who_is_healthy_is_told() {
    let sick = Patient::of(&[1])
        .but(|look| look.health(Owner::Bootstrap, vec![target(1, TargetState::Initial)]));
    sick.is_wrong(
        Station::Bootstrap,
        "its only target is not healthy",
        "wait some minutes",
    );
    let empty = Patient::of(&[1, 2]).but(|look| look.health(Owner::Bootstrap, Vec::new()));
    empty.is_wrong(
        Station::Bootstrap,
        "does not lead to each broker yet",
        "with EXTERNAL bootstrap",
    );
    let why = || "no answer".to_owned();
    let unproven = Patient::of(&[1])
        .but(|look| look.verdict(Path::Bootstrap, Verdict::NotKafka { why: why() }));
    unproven.is_wrong(
        Station::Bootstrap,
        "9092 is not proven",
        "target of bootstrap",
    );
    let gone = Patient::of(&[1]).but(|look| look.without_listener(9092));
    gone.is_wrong(Station::Bootstrap, "does not lead", "create listener 9092");
    gone.waits(Station::Names, Station::Bootstrap);
    let nothing = Patient::of(&[1]).but(|look| look.unmapped(Owner::Bootstrap));
    nothing.is_wrong(
        Station::Bootstrap,
        "it has no target group",
        "create target group",
    );
    nothing.is_well(Station::Listeners);
}

#[test]
fn an_endpoint_service_that_is_missing_or_not_available_is_told_as_the_hand_over_tells_it() {
    let service = |change: fn(&mut Vec<EndpointService>)| {
        Patient::of(&[1]).but(move |mut look| {
            change(look.0.endpoint_services.as_mut().expect("services"));
            look
        })
    };
    let none = service(|all| all.clear());
    none.is_wrong(
        Station::Service,
        "none can be connected to",
        "deploy infra/privatelink.yaml",
    );
    none.waits(Station::Principals, Station::Service);
    none.waits(Station::Connection, Station::Service);
    let pending = service(|all| all[0].state = ServiceState::Pending);
    pending.is_wrong(Station::Service, "none", "is Pending");
    let elsewhere = service(|all| {
        all[0].az_ids = ["usw2-az3".into()].into();
        all[0].az_names.clear();
    });
    elsewhere.is_wrong(
        Station::Service,
        "does not reach each broker",
        "is not available in usw2-az1",
    );
}

#[test]
fn names_that_are_not_the_wanted_ones_are_told_where_brokers_say_them() {
    let advertises = Patient::of(&[1, 2]).but(|look| {
        let [found, wanted] = [
            "b2.old.example.com:9094",
            "b2.usw2-az1.abc.example.com:9094",
        ]
        .map(str::to_owned);
        look.verdict(Path::Port(node(2)), Verdict::Advertises { found, wanted })
    });
    advertises.is_wrong(
        Station::Names,
        "behind port 9094 b2.old.example.com:9094 is advertised, and b2.usw2-az1",
        "say when brokers may restart",
    );
    advertises.is_well(Station::Proof);
    advertises.waits(Station::Bootstrap, Station::Names);
    let unlisted = Patient::of(&[1, 2])
        .but(|look| look.row(Path::Port(node(1)), |row| _ = row.unlisted.insert(node(2))));
    unlisted.is_wrong(
        Station::Names,
        "port 9093 does not list broker 2",
        "restart",
    );
    let strangers = Patient::of(&[1, 2])
        .but(|look| look.row(Path::Bootstrap, |row| _ = row.strangers.insert(node(8))));
    strangers.is_wrong(
        Station::Names,
        "lists broker 8 to the consumer",
        "tag the instance",
    );
    let unwritten = Patient::of(&[1]).but(Look::never_handed_over);
    unwritten.is_wrong(
        Station::Names,
        "handover/EXTERNAL is not written yet",
        "it is to write",
    );
    let secret = Patient::of(&[1]).but(|mut look| {
        let parameters = look.0.parameters.as_mut().expect("parameters");
        let handover = parameters
            .iter_mut()
            .find(|it| it.name.contains("handover"));
        handover.expect("a hand-over").kind = ParameterKind::StringList;
        look
    });
    secret.is_wrong(Station::Names, "not told how it is now", "delete-parameter");
}

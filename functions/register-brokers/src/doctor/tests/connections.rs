//! The consumer's own part: who may connect, and how its endpoint stands.

use super::{Finding, Patient, Station, allowed, connection};
use crate::look::Look;
use fleet::observed::ConnectionState;

const ANN: &str = "111111111111";
const BOB: &str = "222222222222";

/// Each of these accounts has an endpoint in this state.
fn connected(states: &[(&str, ConnectionState)]) -> Patient {
    Patient::of(&[1]).access(|access| {
        let all = states.iter().cloned();
        access.connections = Ok(all
            .map(|(account, state)| connection(account, state))
            .collect());
    })
}

#[test]
fn as_long_as_nobody_may_connect_the_account_is_to_be_listed() {
    let nobody = || Patient::of(&[1]).access(|access| access.permissions = Ok(Vec::new()));
    nobody().is_wrong(
        Station::Principals,
        "nobody may connect",
        "aws ssm put-parameter --type String --name /kafka-privatelink/orders/principals --value <account>",
    );
    let listed = nobody().but(|look| look.parameter("principals", ANN));
    listed.is_wrong(
        Station::Principals,
        "nobody may connect",
        "aws logs tail /kafka-privatelink/orders/sync-principals --since 5m",
    );
    let paused = listed.but(|look| look.parameter("paused", "true"));
    paused.is_wrong(Station::Principals, "nobody", "--value false");
    let unconnected = nobody().access(|access| access.connections = Ok(Vec::new()));
    unconnected.waits(Station::Connection, Station::Principals);
    let many = Patient::of(&[1]).access(|access| {
        access.permissions = Ok((0..5).map(|it| allowed(&format!("{it:012}"))).collect());
    });
    let told = format!("{:?}", many.at(Station::Principals));
    assert!(
        told.contains("account 000000000002 and 2 more may connect"),
        "{told}"
    );
}

#[test]
fn a_connection_that_waits_is_accepted_once_everything_is_handed_over_and_its_account_listed() {
    let waiting = |account| connected(&[(account, ConnectionState::PendingAcceptance)]);
    let unlisted = waiting(BOB);
    unlisted.is_wrong(
        Station::Connection,
        "vpce-1 of account 222222222222 is pendingAcceptance",
        "list account 222222222222 in /kafka-privatelink/orders/principals",
    );
    let listed = waiting(ANN).but(|look| look.parameter("principals", ANN));
    listed.is_wrong(
        Station::Connection,
        "pendingAcceptance",
        "wait a minute, until sync-principals accepts it, or see what it says: aws logs tail",
    );
    let paused = listed.clone().but(|look| look.parameter("paused", "true"));
    paused.is_wrong(Station::Connection, "pendingAcceptance", "--value false");
    // Not before there is something to connect to.
    let early = listed.but(Look::never_handed_over);
    early.waits(Station::Connection, Station::Names);
}

/// Who is listed, and that connections are accepted at once.
const AT_ONCE: &str = r#"{"principals": ["111111111111"], "accept": "at-once"}"#;

#[test]
fn a_connection_that_is_accepted_at_once_waits_for_no_name() {
    let early =
        connected(&[(ANN, ConnectionState::PendingAcceptance)]).but(Look::never_handed_over);
    let says = |text: &'static str| early.clone().but(|look| look.parameter("principals", text));
    says(ANN).waits(Station::Connection, Station::Names);
    let accepts = "until sync-principals accepts it";
    says(AT_ONCE).is_wrong(Station::Connection, "pendingAcceptance", accepts);
    let none = says(AT_ONCE).access(|access| access.connections = Ok(Vec::new()));
    none.is_wrong(
        Station::Connection,
        "no consumer has an endpoint",
        "let the consumer make one, with the endpoint service's name",
    );
}

#[test]
fn who_is_listed_is_read_as_sync_principals_reads_it() {
    let waiting = connected(&[(ANN, ConnectionState::PendingAcceptance)]);
    let says = |text: &'static str| {
        waiting
            .clone()
            .but(|look| look.parameter("principals", text))
    };
    for (text, next) in [
        (
            "arn:nlb:iam::111111111111:role/tidb",
            "until sync-principals accepts it",
        ),
        (
            r#"{"principals": ["222222222222"], "remove": ["111111111111"]}"#,
            "list account 111111111111 in /kafka-privatelink/orders/principals",
        ),
        (
            r#"{"principals": [111111111111]}"#,
            "until sync-principals accepts it",
        ),
        (
            "everybody",
            "put /kafka-privatelink/orders/principals right, which is refused, so that sync-principals accepts nobody: line 1",
        ),
    ] {
        says(text).is_wrong(Station::Connection, "pendingAcceptance", next);
    }
    // Its permission comes in the same run.
    let listed = says(ANN).access(|access| access.permissions = Ok(vec![allowed(BOB)]));
    listed.is_wrong(Station::Connection, "111111111111", "until sync-principals");
}

#[test]
fn where_no_pattern_is_known_an_endpoint_that_waits_may_be_accepted_at_once() {
    let new = |state| {
        Patient::new().access(|access| access.connections = Ok(vec![connection(ANN, state)]))
    };
    let waits = || new(ConnectionState::PendingAcceptance);
    waits().is_wrong(
        Station::Parameter,
        "no parameter names a consumer",
        r#"--value '<broker_id>.<az_id>.…:<port>'; or, if the console shows the pattern only once its endpoint is connected, let it be accepted at once: aws ssm put-parameter --type String --name /kafka-privatelink/orders/principals --value '{"principals": ["<account>"], "accept": "at-once"}'"#,
    );
    let listed = waits().but(|look| look.parameter("principals", ANN));
    listed.is_wrong(
        Station::Parameter,
        "no parameter names a consumer",
        r#"let it be accepted at once: aws ssm put-parameter --overwrite --type String --name /kafka-privatelink/orders/principals --value '{"principals":["111111111111"],"accept":"at-once"}'"#,
    );
    let refused = waits().but(|look| look.parameter("principals", "11"));
    refused.is_wrong(
        Station::Parameter,
        "no parameter names a consumer",
        "is connected, put /kafka-privatelink/orders/principals right, which is refused, so that sync-principals accepts nobody: ",
    );
    for said in [
        new(ConnectionState::Available),
        waits().but(|look| look.parameter("principals", AT_ONCE)),
    ] {
        let told = said.at(Station::Parameter);
        let next = told.next().expect("something to do");
        assert!(!next.contains("at-once"), "{next}");
    }
}

/// Each of these accounts may connect.
fn allowing(patient: Patient, accounts: &[&str]) -> Patient {
    patient.access(|access| {
        access.permissions = Ok(accounts.iter().map(|account| allowed(account)).collect());
    })
}

#[test]
fn each_account_that_may_connect_is_judged_by_its_own_connections_and_nobody_elses() {
    let beside = |state| connected(&[(ANN, ConnectionState::Available), (BOB, state)]);
    // A stranger's endpoint keeps nobody away.
    beside(ConnectionState::PendingAcceptance).is_well(Station::Connection);
    let both = |state| {
        let both = allowing(beside(state), &[ANN, BOB]);
        both.but(|look| look.parameter("principals", "111111111111, 222222222222"))
    };
    both(ConnectionState::Available).is_well(Station::Connection);
    both(ConnectionState::PendingAcceptance).is_wrong(
        Station::Connection,
        "account 222222222222 is pendingAcceptance",
        "until sync-principals accepts it",
    );
    both(ConnectionState::Expired).is_wrong(
        Station::Connection,
        "account 222222222222 is expired",
        "make a new one",
    );
    let none = both(ConnectionState::Deleted);
    let Finding::Unknown { says, .. } = none.at(Station::Connection) else {
        panic!("{}", none.examined());
    };
    assert!(
        says.contains("account 222222222222 is to have an endpoint"),
        "{says}"
    );
}

#[test]
fn a_connection_that_is_over_comes_or_is_not_there_is_told() {
    let one = |state| connected(&[(ANN, state)]);
    for state in [
        ConnectionState::Rejected,
        ConnectionState::Expired,
        ConnectionState::Failed,
    ] {
        let says = format!("vpce-1 of account 111111111111 is {state}");
        one(state).is_wrong(Station::Connection, &says, "make a new one");
    }
    one(ConnectionState::Pending).is_wrong(Station::Connection, "is pending", "wait a moment");
    for nobody in [
        connected(&[]),
        one(ConnectionState::Deleted),
        one(ConnectionState::Deleting),
        one(ConnectionState::Unknown("paused".to_owned())),
    ] {
        nobody.is_wrong(
            Station::Connection,
            "no consumer has an endpoint",
            "let the consumer make one",
        );
    }
    for carries in [ConnectionState::Available, ConnectionState::Partial] {
        one(carries).is_well(Station::Connection);
    }
    // Who was cut off beside one that stands is somebody else's wish.
    connected(&[
        (BOB, ConnectionState::Rejected),
        (ANN, ConnectionState::Available),
    ])
    .is_well(Station::Connection);
}

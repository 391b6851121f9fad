//! The connection of a consumer's endpoint: whether there is one, and how it stands.

use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use fleet::observed::{ConnectionState, EndpointConnection};
use fleet::service::account_of;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let connections = match &walker.sight.access.connections {
        Ok(connections) => connections,
        Err(gap) => return unread(gap),
    };
    let first =
        |is_it: fn(&ConnectionState) -> bool| connections.iter().find(|it| is_it(&it.state));
    if let Some(waiting) = first(|state| *state == ConnectionState::PendingAcceptance) {
        return walker
            .waits(&[Station::Names])
            .unwrap_or_else(|| unaccepted(walker, waiting));
    }
    if let Some(stands) = first(carries) {
        return Finding::well(told(stands));
    }
    if let Some(comes) = first(|state| *state == ConnectionState::Pending) {
        return Finding::wrong(told(comes), "wait a moment, until AWS has connected it");
    }
    if let Some(lost) = first(is_lost) {
        return Finding::wrong(
            told(lost),
            "let the consumer delete that endpoint and make a new one: nobody can accept it any more",
        );
    }
    let needs = [Station::Principals, Station::Names];
    walker.waits(&needs).unwrap_or_else(|| {
        Finding::wrong(
            "no consumer has an endpoint to the service",
            "let the consumer make one, with what the hand-over says",
        )
    })
}

fn told(connection: &EndpointConnection) -> String {
    let EndpointConnection {
        endpoint,
        owner,
        state,
        ..
    } = connection;
    format!("{endpoint} of account {owner} is {state}")
}

/// It waits though everything is handed over.
fn unaccepted(walker: &Walker<'_>, connection: &EndpointConnection) -> Finding {
    let sight = walker.sight;
    let (endpoint, owner) = (&connection.endpoint, &connection.owner);
    let parameter = sight.name_of("principals");
    let listed = sight.parameter("principals");
    let listed = listed.and_then(|it| it.text());
    let is_named = listed.is_some_and(|text| text.contains(owner.as_str()));
    let permissions = sight.access.permissions.iter().flatten();
    let mut accounts = permissions.filter_map(|it| account_of(&it.principal));
    let is_allowed = accounts.any(|account| account == *owner);
    let next = match sight.paused() {
        Some(paused) => paused,
        None if is_named && is_allowed => format!(
            "wait a minute, until sync-principals accepts it, or see what it says: {}",
            sight.report_of("sync-principals")
        ),
        None => format!(
            "list account {owner} in {parameter}, beside who stands there, so that sync-principals accepts {endpoint}; or reject it, if it is a stranger's"
        ),
    };
    Finding::wrong(told(connection), next)
}

/// Whether traffic goes through.
fn carries(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::Available | ConnectionState::Partial => true,
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Deleting
        | ConnectionState::Deleted
        | ConnectionState::Rejected
        | ConnectionState::Failed
        | ConnectionState::Expired
        | ConnectionState::Unknown(_) => false,
    }
}

/// Whether nobody can accept it any more, and its endpoint is still there.
fn is_lost(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::Rejected | ConnectionState::Failed | ConnectionState::Expired => true,
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Deleting
        | ConnectionState::Deleted
        | ConnectionState::Partial
        | ConnectionState::Unknown(_) => false,
    }
}

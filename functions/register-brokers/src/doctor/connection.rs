//! The connection of a consumer's endpoint: whether there is one, and how it stands.

use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use fleet::observed::{ConnectionState, EndpointConnection, ServicePermission};
use fleet::service::account_of;
use fleet::words::AccountId;
use std::collections::BTreeSet;

/// Each account that may connect is judged by its own connections.
pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let connections = match &walker.sight.access.connections {
        Ok(connections) => connections,
        Err(gap) => return unread(gap),
    };
    let waits = |state: &ConnectionState| *state == ConnectionState::PendingAcceptance;
    let mut stand = Vec::new();
    let mut without = Vec::new();
    for account in accounts(walker, connections) {
        let first = |is_it: fn(&ConnectionState) -> bool| {
            let mut all = connections.iter();
            all.find(|it| it.owner == account && is_it(&it.state))
        };
        if let Some(waiting) = first(waits) {
            return waits_for_acceptance(walker, waiting);
        }
        if let Some(stands) = first(is_connected) {
            stand.push(stands);
        } else if let Some(comes) = first(|state| *state == ConnectionState::Pending) {
            return Finding::wrong(told(comes), "wait a moment, until AWS has connected it");
        } else if let Some(lost) = first(ConnectionState::is_lost) {
            return Finding::wrong(
                told(lost),
                "let the consumer delete that endpoint and make a new one: nobody can accept it any more",
            );
        } else {
            without.push(account);
        }
    }
    let Some(first) = stand.first() else {
        // Whoever waits may be the consumer, whom nobody has listed yet.
        let mut strangers = connections.iter().filter(|it| waits(&it.state));
        return match strangers.next() {
            Some(stranger) => waits_for_acceptance(walker, stranger),
            None => nobody(walker),
        };
    };
    if let Some(account) = without.first() {
        return Finding::unknown(
            format!(
                "whether account {account} is to have an endpoint: it may connect, and none is seen"
            ),
            format!(
                "let account {account} make its endpoint, or take it off {}",
                walker.sight.name_of("principals")
            ),
        );
    }
    let groups = walker.sight.groups();
    if let Some(group) = walker.name.filter(|_| groups > stand.len()) {
        return Finding::unknown(
            format!(
                "{}; of {groups} listener groups, whose group that is, AWS does not tell",
                told(first)
            ),
            format!("ask the consumer of {group} whether it is connected"),
        );
    }
    let more = match stand.len() {
        0 | 1 => String::new(),
        2 => ", and so is that of 1 more account".to_owned(),
        all => format!(", and so are those of {} more accounts", all - 1),
    };
    Finding::well(format!("{}{more}", told(first)))
}

/// The accounts that may connect. Where that is not known of each, those that have an endpoint, too.
fn accounts(walker: &Walker<'_>, connections: &[EndpointConnection]) -> BTreeSet<AccountId> {
    let permissions = walker.sight.access.permissions.as_deref();
    let of = |permissions: &[ServicePermission]| {
        let all = permissions.iter().map(|it| account_of(&it.principal));
        all.collect::<Vec<_>>()
    };
    let allowed = permissions.map_or_else(|_| vec![None], of);
    let is_known = allowed.iter().all(Option::is_some);
    let owners = connections.iter().map(|it| it.owner.clone());
    let owners = owners.filter(|_| !is_known);
    allowed.into_iter().flatten().chain(owners).collect()
}

/// No consumer has an endpoint.
fn nobody(walker: &Walker<'_>) -> Finding {
    let needs = [Station::Principals, Station::Names];
    walker.waits(&needs).unwrap_or_else(|| {
        Finding::wrong(
            "no consumer has an endpoint to the service",
            "let the consumer make one, with what the hand-over says",
        )
    })
}

/// An endpoint waits to be accepted, which it is not before everything is handed over.
fn waits_for_acceptance(walker: &Walker<'_>, connection: &EndpointConnection) -> Finding {
    let waits = walker.waits(&[Station::Names]);
    waits.unwrap_or_else(|| unaccepted(walker, connection))
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
    // Whoever is listed and may not be allowed waits for sync-principals all the same.
    let is_allowed = sight.access.permissions.as_ref().map_or(true, |all| {
        let mut accounts = all.iter().filter_map(|it| account_of(&it.principal));
        accounts.any(|account| account == *owner)
    });
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

/// Whether the consumer is connected; what is pending is not yet.
fn is_connected(state: &ConnectionState) -> bool {
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

//! The connection of a consumer's endpoint: whether there is one, and how it stands.

use super::station::{Finding, Station};
use super::walker::Walker;
use fleet::observed::{ConnectionState, EndpointConnection, ServicePermission};
use fleet::service::account_of;
use fleet::words::AccountId;
use std::collections::BTreeSet;

/// Each account that may connect is judged by its own connections.
pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let connections = walker.sight.access.connections.as_ref()?;
    let waits = |state: &ConnectionState| *state == ConnectionState::PendingAcceptance;
    let mut stand = Vec::new();
    let mut without = Vec::new();
    for account in accounts(walker, connections) {
        let first = |is_it: fn(&ConnectionState) -> bool| {
            let mut all = connections.iter();
            all.find(|it| it.owner == account && is_it(&it.state))
        };
        if let Some(waiting) = first(waits) {
            return Err(unaccepted(walker, waiting));
        }
        if let Some(stands) = first(ConnectionState::carries_traffic) {
            stand.push(stands);
        } else if let Some(comes) = first(|state| *state == ConnectionState::Pending) {
            let next = "wait a moment, until AWS has connected it";
            return Err(Finding::wrong(told(comes), next));
        } else if let Some(lost) = first(ConnectionState::is_lost) {
            return Err(Finding::wrong(
                told(lost),
                "let the consumer delete that endpoint and make a new one: nobody can accept it any more",
            ));
        } else {
            without.push(account);
        }
    }
    let Some(first) = stand.first() else {
        // Whoever waits may be the consumer, whom nobody has listed yet.
        let mut strangers = connections.iter().filter(|it| waits(&it.state));
        return Err(match strangers.next() {
            Some(stranger) => unaccepted(walker, stranger),
            None => nobody(walker),
        });
    };
    if let Some(account) = without.first() {
        return Err(Finding::unknown(
            format!(
                "whether account {account} is to have an endpoint: it may connect, and none is seen"
            ),
            format!(
                "let account {account} make its endpoint, or take it off {}",
                walker.sight.name_of("principals")
            ),
        ));
    }
    let more = match stand.len() {
        0 | 1 => String::new(),
        2 => ", and so is that of 1 more account".to_owned(),
        all => format!(", and so are those of {} more accounts", all - 1),
    };
    let says = format!("{}{more}", told(first));
    match walker.name.filter(|_| walker.sight.groups() > 1) {
        Some(group) => Err(Finding::unknown(
            format!("{says}; which group an account's connection is for, AWS does not tell"),
            format!("ask the consumer of {group} whether it is connected"),
        )),
        None => Ok(says),
    }
}

/// The accounts that may connect. Where that is not known of each, those whose endpoint stands or comes, too; if none
/// does, those who have lost theirs.
fn accounts(walker: &Walker<'_>, connections: &[EndpointConnection]) -> BTreeSet<AccountId> {
    let permissions = walker.sight.access.permissions.as_deref();
    let of = |permissions: &[ServicePermission]| {
        let all = permissions.iter().map(|it| account_of(&it.principal));
        all.collect::<Vec<_>>()
    };
    let allowed = permissions.map_or_else(|_| vec![None], of);
    let is_known = allowed.iter().all(Option::is_some);
    let stands_or_comes = |it: &EndpointConnection| it.state.carries_traffic() || it.state.comes();
    let is_anybody = connections.iter().any(stands_or_comes);
    let is_one = |it: &&EndpointConnection| match is_anybody {
        true => stands_or_comes(it),
        false => it.state.is_lost(),
    };
    let owners = connections.iter().filter(|it| !is_known && is_one(it));
    let owners = owners.map(|it| it.owner.clone());
    allowed.into_iter().flatten().chain(owners).collect()
}

/// No consumer has an endpoint.
fn nobody(walker: &Walker<'_>) -> Finding {
    let (needs, with): (&[Station], _) = match walker.sight.accepts_at_once() {
        true => (&[Station::Principals], "the endpoint service's name"),
        false => (
            &[Station::Principals, Station::Names],
            "what the hand-over says",
        ),
    };
    let wrong = || {
        Finding::wrong(
            "no consumer has an endpoint to the service",
            format!("let the consumer make one, with {with}"),
        )
    };
    walker.waits(needs).err().unwrap_or_else(wrong)
}

/// An endpoint waits to be accepted. sync-principals does that as the parameter principals says: once everything is
/// handed over, or at once.
fn unaccepted(walker: &Walker<'_>, connection: &EndpointConnection) -> Finding {
    let sight = walker.sight;
    let (endpoint, owner) = (&connection.endpoint, &connection.owner);
    let parameter = sight.name_of("principals");
    let principals = match sight.principals().transpose() {
        Ok(principals) => principals,
        Err(refusals) => {
            return Finding::wrong(told(connection), sight.principals_refused(&refusals));
        }
    };
    let needs: &[Station] = match sight.accepts_at_once() {
        true => &[],
        false => &[Station::Names],
    };
    if let Err(waits) = walker.waits(needs) {
        return waits;
    }
    let is_listed = principals.is_some_and(|it| it.lists(owner));
    let next = match sight.paused() {
        Some(paused) => paused,
        None if is_listed => format!(
            "wait a minute, until sync-principals accepts it, or see what it says: {}",
            sight.report_of("sync-principals")
        ),
        None => format!(
            "list account {owner} in {parameter}, beside who stands there, so that sync-principals accepts {endpoint}; or reject it, if it is a stranger's"
        ),
    };
    Finding::wrong(told(connection), next)
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

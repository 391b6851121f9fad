//! Connections that wait: of a listed account accepted once there is something to connect to, of others
//! left to a person.

use super::draft::{CHUNK, Draft};
use super::leaving::Leaving;
use super::ready::ready;
use super::states::{carries_or_will, is_live};
use super::view::{View, allowing, is_many};
use crate::change::Action;
use crate::held::Held;
use crate::reason::Reason;
use fleet::observed::{ConnectionState, EndpointConnection, ServicePermission};
use fleet::principals::Principals;
use fleet::service::account_of;
use fleet::words::AccountId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// So many connections are told, each in a sentence.
const TOLD: usize = 20;

/// Accepts who may connect, and names everybody else who waits, who cannot be helped, and who is connected
/// without being allowed.
pub(super) fn plan(view: &View<'_>, principals: &Principals, leaving: &Leaving, draft: &mut Draft) {
    let ready = match principals.at_once {
        true => Ok(()),
        false => ready(view),
    };
    let go: BTreeSet<AccountId> = leaving.go.iter().filter_map(|it| account_of(it)).collect();
    let (mut accepted, mut told) = (Vec::new(), Vec::new());
    for connection in in_order(view) {
        let (endpoint, account) = (connection.endpoint.clone(), connection.owner.clone());
        let parameter = view.parameter_name();
        let is_listed = principals.lists(&account);
        match &connection.state {
            ConnectionState::PendingAcceptance if is_listed => match &ready {
                Ok(()) => accepted.push((endpoint, account)),
                Err(waits) => told.push(Held::NotProven {
                    endpoint,
                    account,
                    waits: waits.clone(),
                    parameter,
                }),
            },
            // Whose account leaves is dealt with there.
            ConnectionState::PendingAcceptance if go.contains(&account) => {}
            ConnectionState::PendingAcceptance => told.push(not_listed(view, connection)),
            state if state.is_lost() && is_listed && !has_another(view, connection) => {
                told.push(Held::NeedsNewEndpoint {
                    endpoint,
                    account,
                    state: state.clone(),
                });
            }
            state if carries_or_will(state) && !is_listed => {
                let stays = |it: &&ServicePermission| !leaving.go.contains(&it.principal);
                let stays = view.permissions.iter().filter(stays);
                let of_it = allowing(stays.filter(|it| !is_many(it)), &account);
                if of_it.is_none() && !go.contains(&account) {
                    told.push(Held::ConnectedUnlisted {
                        endpoint,
                        account,
                        parameter,
                    });
                }
            }
            _ => {}
        }
    }
    // What carries traffic, and what a person waits for, comes before strangers who wait.
    told.sort_by_key(|held| match held {
        Held::ConnectedUnlisted { .. } => 0,
        Held::NotListed { .. } => 2,
        _ => 1,
    });
    tell(told, draft);
    for some in accepted.chunks(CHUNK) {
        let endpoints = some.iter().cloned().collect();
        let reason = match principals.at_once {
            true => Reason::AtOnce,
            false => Reason::MayConnect,
        };
        draft.act(view, Action::Accept { endpoints }, reason);
    }
}

/// Where nobody has ever said who may connect, whoever waits is named all the same.
pub(super) fn nobody_is_listed(view: &View<'_>, draft: &mut Draft) {
    let waits = |it: &&EndpointConnection| it.state == ConnectionState::PendingAcceptance;
    let waiting = in_order(view).into_iter().filter(waits);
    tell(waiting.map(|it| not_listed(view, it)).collect(), draft);
}

fn not_listed(view: &View<'_>, connection: &EndpointConnection) -> Held {
    Held::NotListed {
        endpoint: connection.endpoint.clone(),
        account: connection.owner.clone(),
        age: age(view, connection.created),
        parameter: view.parameter_name(),
    }
}

/// Tells some, and counts the rest.
fn tell(mut told: Vec<Held>, draft: &mut Draft) {
    let more = told.len().saturating_sub(TOLD);
    told.truncate(TOLD);
    told.into_iter().for_each(|held| draft.hold(held));
    if more > 0 {
        draft.hold(Held::MoreConnections { more });
    }
}

fn in_order<'a>(view: &View<'a>) -> Vec<&'a EndpointConnection> {
    let mut all: Vec<&EndpointConnection> = view.connections.iter().collect();
    all.sort_by(|one, two| one.endpoint.cmp(&two.endpoint));
    all
}

/// Whether the account of a connection has another one that serves, or will.
fn has_another(view: &View<'_>, connection: &EndpointConnection) -> bool {
    let mut all = view.connections.iter();
    all.any(|other| other.owner == connection.owner && is_live(&other.state))
}

/// How long something has waited, to the minute.
fn age(view: &View<'_>, since: Option<Timestamp>) -> String {
    let (Ok(now), Some(since)) = (&view.observed.now, since) else {
        return "a time that AWS does not say".to_owned();
    };
    let minutes = now
        .duration_since(since)
        .max(SignedDuration::ZERO)
        .as_mins();
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format!("{minutes} min"),
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

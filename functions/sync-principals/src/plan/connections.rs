//! Connections that wait: of a listed account accepted once there is something to connect to, of others
//! left to a person.

use super::ready::ready;
use super::states::is_live;
use super::view::View;
use super::{CHUNK, Draft, Reason};
use crate::change::Action;
use crate::held::Held;
use crate::principal::account_of;
use crate::principals::Principals;
use fleet::observed::{ConnectionState, EndpointConnection};
use fleet::words::AccountId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Accepts who may connect, and names everybody else who waits.
pub(super) fn plan(
    view: &View<'_>,
    principals: &Principals,
    leaving: &BTreeSet<String>,
    draft: &mut Draft,
) {
    let ready = match principals.at_once {
        true => Ok(()),
        false => ready(view),
    };
    let leaving: BTreeSet<AccountId> = leaving.iter().filter_map(|it| account_of(it)).collect();
    let mut accepted = Vec::new();
    for connection in in_order(view) {
        let (endpoint, account) = (connection.endpoint.clone(), connection.owner.clone());
        let parameter = view.parameter_name();
        match (&connection.state, principals.lists(&account), &ready) {
            (ConnectionState::PendingAcceptance, true, Ok(())) => {
                accepted.push((endpoint, account));
            }
            (ConnectionState::PendingAcceptance, true, Err(waits)) => {
                draft.hold(Held::NotProven {
                    endpoint,
                    account,
                    waits: waits.clone(),
                    parameter,
                });
            }
            // Whose account leaves is dealt with there.
            (ConnectionState::PendingAcceptance, false, _) if leaving.contains(&account) => {}
            (ConnectionState::PendingAcceptance, false, _) => draft.hold(Held::NotListed {
                endpoint,
                account,
                age: age(view, connection.created),
                parameter,
            }),
            (ConnectionState::Rejected, true, _) if !has_another(view, connection) => {
                draft.hold(Held::RejectedBefore { endpoint, account });
            }
            _ => {}
        }
    }
    for some in accepted.chunks(CHUNK) {
        let endpoints = some.iter().cloned().collect();
        draft.act(view, Action::Accept { endpoints }, Reason::MayConnect);
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
        0..60 => format!("{minutes} min"),
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

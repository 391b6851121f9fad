//! What an account that leaves has: its principals, its connections, and by whom else it may connect.

use super::states::{carries_or_will, is_live};
use super::view::{View, allowing};
use fleet::foreign::clean;
use fleet::observed::{ConnectionState, EndpointConnection};
use fleet::principals::Principals;
use fleet::service::account_of;
use fleet::words::{AccountId, VpcEndpointId};
use std::collections::{BTreeMap, BTreeSet};

/// Principals by their account; under none are those of accounts that nobody can tell.
pub(super) fn by_account(
    principals: &BTreeSet<String>,
) -> BTreeMap<Option<AccountId>, BTreeSet<String>> {
    let mut by_account: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for principal in principals {
        let of_it = by_account.entry(account_of(principal)).or_default();
        of_it.insert(principal.clone());
    }
    by_account
}

/// The connections of an account that carry traffic, or can be made to.
pub(super) fn live<'a>(
    view: &'a View<'_>,
    account: &AccountId,
) -> impl Iterator<Item = &'a EndpointConnection> {
    let connections = view.connections.iter();
    connections.filter(move |it| it.owner == *account && is_live(&it.state))
}

/// Connections of an account in a state that AWS did not say or added later, each with that state.
pub(super) fn odd(view: &View<'_>, account: &AccountId) -> BTreeMap<VpcEndpointId, String> {
    let of_it = view.connections.iter().filter(|it| it.owner == *account);
    let odd = of_it.filter_map(|it| match &it.state {
        ConnectionState::Unknown(state) => Some((it.endpoint.clone(), clean(state, 40))),
        _ => None,
    });
    odd.collect()
}

/// Whether traffic of an account goes through, or is about to.
pub(super) fn is_connected(view: &View<'_>, account: &AccountId) -> bool {
    live(view, account).any(|it| carries_or_will(&it.state))
}

/// Whether traffic of an account goes through, or nobody can tell.
pub(super) fn may_be_connected(view: &View<'_>, account: &AccountId) -> bool {
    is_connected(view, account) || !odd(view, account).is_empty()
}

/// By whom an account may connect although some of its principals leave.
pub(super) fn still_allowed(
    view: &View<'_>,
    principals: &Principals,
    leave: &BTreeSet<String>,
    account: &AccountId,
) -> Option<String> {
    if let Some(listed) = principals.listed.iter().find(|it| it.account() == account) {
        return Some(listed.to_string());
    }
    let others = view.permissions.iter();
    let others = others.filter(|it| !leave.contains(&it.principal));
    let stays = allowing(others, account);
    stays.map(|permission| clean(&permission.principal, 200))
}

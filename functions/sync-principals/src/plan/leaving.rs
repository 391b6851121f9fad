//! Who leaves the list: recorded as ours, in two looks, and not many at once by a slip (P-78). Their
//! connections are rejected, and their permission goes last, so that whatever ends on the way is seen again.

use super::states::{carries, is_live};
use super::view::View;
use super::{CHUNK, Draft, Reason};
use crate::change::Action;
use crate::held::Held;
use crate::observed::Doubt;
use crate::principal::account_of;
use crate::principals::Principals;
use fleet::foreign::clean;
use fleet::observed::{EndpointConnection, ServicePermission};
use fleet::tags;
use fleet::words::{AccountId, VpcEndpointId};
use std::collections::{BTreeMap, BTreeSet};

/// So few may always go at once.
const FEW: usize = 2;

/// Who is off the list and may lose its permission: recorded before this version of the parameter, in two
/// looks, and, if it is many at once, named.
pub(super) fn leaving(
    view: &View<'_>,
    principals: &Principals,
    agreed: &BTreeSet<Doubt>,
    draft: &mut Draft,
) -> BTreeSet<String> {
    let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
    let ours = view.permissions.iter();
    let ours = ours.filter(|it| view.is_ours(it) || (principals.adopt && is_nobodys(it)));
    // What this very version has added does not make what it takes away look small.
    let is_before = |it: &&ServicePermission| {
        let at = view.listed_at(it);
        at.is_none_or(|at| at < principals.written)
    };
    let before = ours.filter(is_before);
    let before: BTreeSet<&str> = before.map(|it| it.principal.as_str()).collect();
    let leave: BTreeSet<String> = before
        .difference(&listed)
        .map(|it| (*it).to_owned())
        .collect();
    if leave.is_empty() {
        return leave;
    }
    let is_many = leave.len() > FEW && leave.len() * 2 > before.len();
    if is_many && !principals.removes_all(&leave) {
        draft.hold(Held::ManyLeave {
            leave,
            of: before.len(),
            parameter: view.parameter_name(),
        });
        return BTreeSet::new();
    }
    // An old read that lacks a connection would leave it behind for ever: nothing of it is ours then.
    let accounts: BTreeSet<AccountId> = leave.iter().filter_map(|it| account_of(it)).collect();
    let rejected = accounts.into_iter().filter(|account| {
        live(view, account).next().is_some()
            && still_allowed(view, principals, &leave, account).is_none()
    });
    let (cut, turned_away) = rejected.partition(|account| is_connected(view, account));
    let doubt = Doubt::Removal {
        who: leave.clone(),
        of: before.len(),
        cut,
        turned_away,
    };
    if !agreed.contains(&doubt) {
        let held = doubt.clone();
        draft.hold(Held::Doubted { doubt: held });
        draft.plan.doubts.insert(doubt);
        return BTreeSet::new();
    }
    leave
}

/// Whether no cluster has recorded a permission.
fn is_nobodys(permission: &ServicePermission) -> bool {
    !permission.tags.contains_key(tags::CLUSTER)
}

/// Rejects the connections of whoever leaves, and takes permissions away by which nobody is connected any
/// more. One that only waits carries nothing: it is rejected, and the permission goes in the same run. Or
/// else a consumer that connects again and again would keep it.
pub(super) fn remove(
    view: &View<'_>,
    principals: &Principals,
    leave: &BTreeSet<String>,
    draft: &mut Draft,
) {
    let mut by_account: BTreeMap<Option<AccountId>, BTreeSet<String>> = BTreeMap::new();
    for principal in leave {
        let account = account_of(principal);
        let leaving = by_account.entry(account).or_default();
        leaving.insert(principal.clone());
    }
    let mut gone = BTreeSet::new();
    for (account, leaving) in by_account {
        let Some(account) = account else {
            gone.extend(leaving);
            continue;
        };
        let endpoints = live(view, &account).map(|it| it.endpoint.clone());
        let endpoints: BTreeSet<VpcEndpointId> = endpoints.collect();
        match still_allowed(view, principals, leave, &account) {
            _ if endpoints.is_empty() => gone.extend(leaving),
            Some(by) => {
                draft.hold(Held::StillAllowed {
                    account,
                    by,
                    endpoints,
                });
                gone.extend(leaving);
            }
            None => {
                reject(view, &account, &endpoints, draft);
                if is_connected(view, &account) {
                    draft.hold(Held::Leaving { account, endpoints });
                } else {
                    disallow(view, leaving, draft);
                }
            }
        }
    }
    disallow(view, gone, draft);
}

fn reject(
    view: &View<'_>,
    account: &AccountId,
    endpoints: &BTreeSet<VpcEndpointId>,
    draft: &mut Draft,
) {
    let all: Vec<&VpcEndpointId> = endpoints.iter().collect();
    for some in all.chunks(CHUNK) {
        let account = account.clone();
        let endpoints = some.iter().map(|it| (*it).clone()).collect();
        let action = Action::Reject { account, endpoints };
        draft.act(view, action, Reason::OffTheList);
    }
}

fn disallow(view: &View<'_>, gone: BTreeSet<String>, draft: &mut Draft) {
    let gone: Vec<String> = gone.into_iter().collect();
    for some in gone.chunks(CHUNK) {
        let principals = some.iter().cloned().collect();
        draft.act(view, Action::Disallow { principals }, Reason::OffTheList);
    }
}

/// The connections of an account that carry traffic, or can be made to.
fn live<'a>(
    view: &'a View<'_>,
    account: &AccountId,
) -> impl Iterator<Item = &'a EndpointConnection> {
    let connections = view.connections.iter();
    connections.filter(move |it| it.owner == *account && is_live(&it.state))
}

/// Whether traffic of an account goes through, or is about to.
fn is_connected(view: &View<'_>, account: &AccountId) -> bool {
    live(view, account).any(|it| carries(&it.state))
}

/// By whom an account may connect although some of its principals leave.
fn still_allowed(
    view: &View<'_>,
    principals: &Principals,
    leave: &BTreeSet<String>,
    account: &AccountId,
) -> Option<String> {
    if let Some(listed) = principals.listed.iter().find(|it| it.account() == account) {
        return Some(listed.to_string());
    }
    let mut others = view
        .permissions
        .iter()
        .filter(|it| !leave.contains(&it.principal));
    let stays = others.find(|it| {
        it.principal == "*" || account_of(&it.principal).is_some_and(|of| of == *account)
    });
    stays.map(|permission| clean(&permission.principal, 200))
}

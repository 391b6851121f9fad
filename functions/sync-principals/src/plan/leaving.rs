//! Who leaves the list: recorded as ours, in two looks, and not many at once by a slip (P-78). Their
//! connections are rejected, and their permission goes last, so that whatever ends on the way is seen again.

use super::draft::{CHUNK, Draft};
use super::states::{carries, is_live};
use super::view::{View, allowing};
use crate::change::Action;
use crate::held::Held;
use crate::observed::Doubt;
use crate::principal::{account_of, briefly};
use crate::principals::Principals;
use crate::reason::Reason;
use fleet::foreign::clean;
use fleet::observed::{ConnectionState, EndpointConnection, ServicePermission};
use fleet::tags;
use fleet::words::{AccountId, VpcEndpointId};
use std::collections::{BTreeMap, BTreeSet};

/// So few may always go at once.
const FEW: usize = 2;

/// Who is off the list.
#[derive(Default)]
pub(super) struct Leaving {
    /// They lose their permission.
    pub(super) go: BTreeSet<String>,
    /// They are many at once and keep it.
    pub(super) held: BTreeSet<String>,
}

/// Who is off the list and may lose its permission: recorded before this version of the parameter, in two
/// looks, and, if it is many at once, named.
pub(super) fn leaving(
    view: &View<'_>,
    principals: &Principals,
    agreed: &BTreeSet<Doubt>,
    draft: &mut Draft,
) -> Leaving {
    let mut leaving = Leaving::default();
    let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
    let (mut leave, mut stay) = (BTreeSet::new(), BTreeSet::new());
    for permission in view.permissions {
        let (principal, is_ours) = (&permission.principal, view.is_ours(permission));
        let since = view.time_of(permission, tags::LISTED_AT);
        let is_before = |at| at < principals.written;
        if !listed.contains(principal.as_str()) {
            let is_in = is_ours || (principals.adopt && is_nobodys(permission));
            if is_in && since.is_none_or(is_before) {
                leave.insert(principal.clone());
            }
        } else if is_ours && since.is_some_and(is_before) {
            // Whom this very version adds or takes over does not make what it takes away look small.
            stay.insert(principal);
        }
    }
    let of = leave.len() + stay.len();
    if leave.is_empty() {
        return leaving;
    }
    let is_many = leave.len() > FEW && leave.len() * 2 > of;
    if is_many && !leave.is_subset(&principals.remove) {
        draft.hold(Held::ManyLeave {
            needs: needed(principals, &leave),
            leave: leave.clone(),
            of,
            parameter: view.parameter_name(),
        });
        leaving.held = leave;
        return leaving;
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
        of,
        cut,
        turned_away,
    };
    if agreed.contains(&doubt) {
        leaving.go = leave;
    } else {
        let held = doubt.clone();
        draft.hold(Held::Doubted { doubt: held });
        draft.plan.doubts.insert(doubt);
    }
    leaving
}

/// The bytes of a parameter that names these beside those that it lists.
fn needed(principals: &Principals, leave: &BTreeSet<String>) -> usize {
    let listed = principals.listed.iter().map(|it| it.arn());
    let all = listed.chain(leave.iter().map(String::as_str));
    let names: usize = all.map(|it| briefly(it).len() + "\"\", ".len()).sum();
    names + r#"{"principals": [], "adopt": true, "remove": []}"#.len()
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
        let odd = odd(view, &account);
        match still_allowed(view, principals, leave, &account) {
            _ if endpoints.is_empty() && odd.is_empty() => gone.extend(leaving),
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
                if !odd.is_empty() {
                    draft.hold(Held::OddState { account, odd });
                } else if is_connected(view, &account) {
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

/// Takes permissions away. An account that is being allowed by another principal is a step by itself: what
/// becomes of it keeps nobody else's.
fn disallow(view: &View<'_>, gone: BTreeSet<String>, draft: &mut Draft) {
    let steps = draft.plan.steps.iter();
    let allowed = steps.filter_map(|step| match &step.change.action {
        Action::Allow { principals, .. } => Some(principals),
        _ => None,
    });
    let allowed: BTreeSet<AccountId> = allowed.flatten().filter_map(|it| account_of(it)).collect();
    let is_apart = |it: &String| account_of(it).is_some_and(|account| allowed.contains(&account));
    let (apart, together): (Vec<String>, Vec<String>) = gone.into_iter().partition(is_apart);
    for some in together.chunks(CHUNK).chain(apart.chunks(1)) {
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

/// Connections of an account in a state that AWS did not say or added later, each with that state.
fn odd(view: &View<'_>, account: &AccountId) -> BTreeMap<VpcEndpointId, String> {
    let of_it = view.connections.iter().filter(|it| it.owner == *account);
    let odd = of_it.filter_map(|it| match &it.state {
        ConnectionState::Unknown(state) => Some((it.endpoint.clone(), clean(state, 40))),
        _ => None,
    });
    odd.collect()
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
    let others = view.permissions.iter();
    let others = others.filter(|it| !leave.contains(&it.principal));
    let stays = allowing(others, account);
    stays.map(|permission| clean(&permission.principal, 200))
}

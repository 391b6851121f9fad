//! Permissions: exactly those of the list. What is added comes first; what is taken away only if it is
//! recorded as ours, in two looks, and not if it is many at once by a slip (P-78).

use super::view::{View, is_live, listed_at};
use super::{Draft, Reason};
use crate::change::Action;
use crate::held::Held;
use crate::observed::Doubt;
use crate::principal::account_of;
use crate::principals::Principals;
use fleet::foreign::clean;
use fleet::observed::ServicePermission;
use fleet::tags::{self, Tags};
use fleet::words::{AccountId, VpcEndpointId};
use std::collections::{BTreeMap, BTreeSet};

/// So many principals, permissions and endpoints go into one call.
pub(super) const CHUNK: usize = 50;
/// So few may always go at once.
const FEW: usize = 2;

/// Allows and records who is listed; answers who may lose its permission.
pub(super) fn plan(
    view: &View<'_>,
    principals: &Principals,
    agreed: &BTreeSet<Doubt>,
    draft: &mut Draft,
) -> BTreeSet<String> {
    let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
    let by_principal: BTreeMap<&str, &ServicePermission> = view
        .permissions
        .iter()
        .map(|permission| (permission.principal.as_str(), permission))
        .collect();
    let missing = listed.iter().filter(|it| !by_principal.contains_key(**it));
    let missing: Vec<String> = missing.map(|it| (*it).to_owned()).collect();
    let given = given(view, principals);
    for some in missing.chunks(CHUNK) {
        let principals = some.iter().cloned().collect();
        let tags = given.clone();
        draft.act(view, Action::Allow { principals, tags }, Reason::Listed);
    }
    record(view, &listed, &given, draft);
    leaving(view, principals, &listed, agreed, draft)
}

/// Tags of a permission that this list keeps.
fn given(view: &View<'_>, principals: &Principals) -> Tags {
    Tags::from([
        (tags::CLUSTER.to_owned(), view.observed.cluster.to_string()),
        (tags::LISTED_AT.to_owned(), principals.written.to_string()),
    ])
}

/// Permissions of listed principals become ours, whoever made them: listing is taking over, and a run that
/// ended between the two calls is repaired.
fn record(view: &View<'_>, listed: &BTreeSet<&str>, given: &Tags, draft: &mut Draft) {
    let mut unrecorded = Vec::new();
    for permission in view.permissions {
        let principal = permission.principal.as_str();
        if !listed.contains(principal) {
            continue;
        }
        match permission.tags.get(tags::CLUSTER) {
            None => unrecorded.push((permission.id.clone(), principal.to_owned())),
            Some(cluster) if *cluster == view.observed.cluster.as_str() => {
                if listed_at(permission).is_none() {
                    unrecorded.push((permission.id.clone(), principal.to_owned()));
                }
            }
            Some(cluster) => draft.hold(Held::OtherCluster {
                principal: principal.to_owned(),
                cluster: clean(cluster, 64),
            }),
        }
    }
    unrecorded.sort();
    for some in unrecorded.chunks(CHUNK) {
        let permissions = some.iter().cloned().collect();
        let tags = given.clone();
        draft.act(view, Action::Tag { permissions, tags }, Reason::Unrecorded);
    }
}

/// Who is off the list and may lose its permission: recorded before this version of the parameter, in two
/// looks, and, if it is many at once, named.
fn leaving(
    view: &View<'_>,
    principals: &Principals,
    listed: &BTreeSet<&str>,
    agreed: &BTreeSet<Doubt>,
    draft: &mut Draft,
) -> BTreeSet<String> {
    let ours = view.permissions.iter();
    let ours = ours.filter(|it| view.is_ours(it) || (principals.adopt && is_nobodys(it)));
    // What this very version has added does not make what it takes away look small.
    let before = ours.filter(|it| listed_at(it).is_none_or(|at| at < principals.written));
    let before: BTreeSet<&str> = before.map(|it| it.principal.as_str()).collect();
    let leave: BTreeSet<String> = before
        .difference(listed)
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
    let doubt = Doubt::Removal(leave.clone(), before.len());
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

/// Rejects the connections of whoever leaves, and takes permissions away of which no connection is left:
/// the permission goes last, so that whatever ends on the way is seen again.
pub(super) fn remove(
    view: &View<'_>,
    principals: &Principals,
    leave: &BTreeSet<String>,
    draft: &mut Draft,
) {
    let mut by_account: BTreeMap<Option<AccountId>, BTreeSet<String>> = BTreeMap::new();
    for principal in leave {
        let account = account_of(principal);
        by_account
            .entry(account)
            .or_default()
            .insert(principal.clone());
    }
    let mut gone = BTreeSet::new();
    for (account, leaving) in by_account {
        let Some(account) = account else {
            gone.extend(leaving);
            continue;
        };
        let endpoints = live_endpoints(view, &account);
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
                draft.hold(Held::Leaving {
                    account: account.clone(),
                    endpoints: endpoints.clone(),
                });
                let all: Vec<VpcEndpointId> = endpoints.into_iter().collect();
                for some in all.chunks(CHUNK) {
                    let (account, endpoints) = (account.clone(), some.iter().cloned().collect());
                    let action = Action::Reject { account, endpoints };
                    draft.act(view, action, Reason::OffTheList);
                }
            }
        }
    }
    let gone: Vec<String> = gone.into_iter().collect();
    for some in gone.chunks(CHUNK) {
        let principals = some.iter().cloned().collect();
        draft.act(view, Action::Disallow { principals }, Reason::OffTheList);
    }
}

fn live_endpoints(view: &View<'_>, account: &AccountId) -> BTreeSet<VpcEndpointId> {
    let connections = view.connections.iter();
    let live = connections.filter(|it| it.owner == *account && is_live(&it.state));
    live.map(|it| it.endpoint.clone()).collect()
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

//! The steps of a removal: connections are rejected first, and the permission goes last, so that whatever
//! ends on the way is seen again.

use super::accounts::{by_account, is_connected, live, odd, still_allowed};
use super::draft::{CHUNK, Draft};
use super::leaving::Leaving;
use super::view::View;
use crate::change::Action;
use crate::held::Held;
use crate::reason::Reason;
use fleet::principals::Principals;
use fleet::service::account_of;
use fleet::words::{AccountId, VpcEndpointId};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Rejects the connections of whoever leaves, and takes permissions away by which nobody is connected any
/// more. One that only waits carries nothing: it is rejected, and the permission goes in the same run. Or
/// else a consumer that connects again and again would keep it. One that only an earlier look showed is
/// rejected, too: this look may be the older one.
pub(super) fn plan(view: &View<'_>, principals: &Principals, leaving: &Leaving, draft: &mut Draft) {
    let leave = &leaving.go;
    let shown: BTreeSet<&VpcEndpointId> = view.connections.iter().map(|it| &it.endpoint).collect();
    let mut gone = BTreeSet::new();
    for (account, who) in by_account(leave) {
        let Some(account) = account else {
            gone.extend(who);
            continue;
        };
        let endpoints = live(view, &account).map(|it| it.endpoint.clone());
        let seen = leaving.seen.get(&account).into_iter().flatten();
        let seen = seen.filter(|it| !shown.contains(it)).cloned();
        let endpoints: BTreeSet<VpcEndpointId> = endpoints.chain(seen).collect();
        let odd = odd(view, &account);
        match still_allowed(view, principals, leave, &account) {
            _ if endpoints.is_empty() && odd.is_empty() => gone.extend(who),
            Some(by) => {
                let endpoints = endpoints.into_iter().chain(odd.into_keys()).collect();
                draft.hold(Held::StillAllowed {
                    account,
                    by,
                    endpoints,
                });
                gone.extend(who);
            }
            None => {
                reject(view, &account, &endpoints, draft);
                if !odd.is_empty() {
                    draft.hold(Held::OddState { account, odd });
                } else if is_connected(view, &account) && !came_later(view, principals, &account) {
                    draft.hold(Held::Leaving { account, endpoints });
                } else {
                    disallow(view, who, draft);
                }
            }
        }
    }
    disallow(view, gone, draft);
}

/// Whether all that an account has connected was made after the list that it is off: those before were
/// rejected. If it connects anew whenever it is cut off, as it can where nobody has to accept, its
/// permission would stay for ever; so it goes behind the rejection.
fn came_later(view: &View<'_>, principals: &Principals, account: &AccountId) -> bool {
    let is_later = |created: Timestamp| created > principals.written;
    live(view, account).all(|it| it.created.is_some_and(is_later))
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

//! Who leaves the list: recorded as ours, in two looks, and not many at once by a slip (P-45).

use super::accounts::{by_account, is_connected, odd, still_allowed};
use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::observed::Doubt;
use crate::principal::briefly;
use crate::principals::Principals;
use fleet::observed::ServicePermission;
use fleet::tags;
use fleet::words::AccountId;
use std::collections::BTreeSet;

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
    let (leave, of) = off_the_list(view, principals);
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
    let mut unsure = BTreeSet::new();
    for (account, who) in by_account(&leave) {
        let doubt = doubt(view, principals, &leave, account.as_ref(), who.clone());
        if is_agreed(&doubt, agreed) {
            leaving.go.extend(who);
            continue;
        }
        unsure.extend(who);
        draft.plan.doubts.insert(doubt);
        // Nobody knows whom these carry: the others would seem to be cut off, or not.
        if account.is_none() {
            unsure = leave.clone();
        }
    }
    leaving.go.retain(|who| !unsure.contains(who));
    if !unsure.is_empty() {
        let who = unsure;
        draft.hold(Held::Doubted { who, of });
    }
    leaving
}

/// Who is off the list, and of how many that were recorded before.
fn off_the_list(view: &View<'_>, principals: &Principals) -> (BTreeSet<String>, usize) {
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
    (leave, of)
}

/// What a second look must agree upon. An old read that lacks a connection would leave it behind for ever:
/// nothing of it is ours then.
fn doubt(
    view: &View<'_>,
    principals: &Principals,
    leave: &BTreeSet<String>,
    account: Option<&AccountId>,
    who: BTreeSet<String>,
) -> Doubt {
    let last = account.filter(|account| still_allowed(view, principals, leave, account).is_none());
    let connected =
        last.is_some_and(|account| is_connected(view, account) || !odd(view, account).is_empty());
    Doubt::Removal {
        who,
        is_last: last.is_some(),
        is_connected: connected,
    }
}

/// Whether an earlier look left the same in doubt. A connection may have come since then: it is rejected,
/// and the permission stays until it is gone.
fn is_agreed(doubt: &Doubt, agreed: &BTreeSet<Doubt>) -> bool {
    let mut before = doubt.clone();
    let Doubt::Removal { is_connected, .. } = &mut before;
    *is_connected = false;
    agreed.contains(doubt) || agreed.contains(&before)
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

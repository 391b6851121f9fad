//! Who leaves the list: recorded as ours, in two looks, and not many at once by a slip.

use super::accounts::{by_account, live, may_be_connected, still_allowed};
use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::observed::ServicePermission;
use fleet::principals::Principals;
use fleet::principals::briefly;
use fleet::service::account_of;
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
    /// Their connections, as an earlier look showed them.
    pub(super) seen: BTreeMap<AccountId, BTreeSet<VpcEndpointId>>,
    /// They seem to be off the list, and a second look must agree.
    pub(super) unsure: BTreeSet<String>,
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
    for (account, who) in by_account(&leave) {
        let doubt = doubt(view, principals, &leave, account.as_ref(), who.clone());
        if let Some(seen) = agreed.iter().find_map(|before| agrees(before, &doubt)) {
            leaving.go.extend(who);
            leaving.seen.extend(account.map(|of| (of, seen.clone())));
            continue;
        }
        leaving.unsure.extend(who);
        draft.plan.doubts.insert(doubt);
        // Nobody knows whom these carry: the others would seem to be cut off, or not.
        if account.is_none() {
            leaving.unsure.clone_from(&leave);
        }
    }
    leaving.go.retain(|who| !leaving.unsure.contains(who));
    if !leaving.unsure.is_empty() {
        let who = leaving.unsure.clone();
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
    let is_last = |of: &&AccountId| still_allowed(view, principals, leave, of).is_none();
    let last = account.filter(is_last);
    let mut others = view
        .permissions
        .iter()
        .filter(|it| !leave.contains(&it.principal));
    let is_allowed =
        account.is_some_and(|of| others.any(|it| account_of(&it.principal).as_ref() == Some(of)));
    let endpoints = last.into_iter().flat_map(|of| live(view, of));
    let endpoints = endpoints.map(|it| it.endpoint.clone()).collect();
    Doubt::Removal {
        list: principals.written,
        who,
        is_allowed,
        is_last: last.is_some(),
        is_connected: last.is_some_and(|of| may_be_connected(view, of)),
        endpoints,
    }
}

/// The connections that an earlier look showed, if it left the same in doubt. What has come since then is
/// rejected, too: who comes and goes keeps nothing by that. But a connection that carried traffic and is
/// not shown any more may stand, so the permission by which it would be found stays.
fn agrees<'d>(before: &'d Doubt, now: &Doubt) -> Option<&'d BTreeSet<VpcEndpointId>> {
    let Doubt::Removal {
        who,
        is_allowed,
        is_last,
        is_connected,
        endpoints,
        ..
    } = before;
    let Doubt::Removal {
        who: who_now,
        is_allowed: is_allowed_now,
        is_last: is_last_now,
        is_connected: is_connected_now,
        ..
    } = now;
    let is_same = (who, is_allowed, is_last) == (who_now, is_allowed_now, is_last_now);
    (is_same && is_connected <= is_connected_now).then_some(endpoints)
}

/// The bytes of a parameter that names these beside those that it lists.
fn needed(principals: &Principals, leave: &BTreeSet<String>) -> usize {
    let listed = principals.listed.iter().map(|it| it.arn());
    let all = listed.chain(leave.iter().map(String::as_str));
    let names: usize = all.map(|it| briefly(it).len() + "\"\", ".len()).sum();
    let ranges = principals.ranges.iter().map(|(account, ranges)| {
        let ranges = ranges
            .iter()
            .map(|it| it.to_string().len() + "\"\", ".len());
        account.as_str().len() + "\"\": [], ".len() + ranges.sum::<usize>()
    });
    let (ranges, accept) = (ranges.sum::<usize>(), usize::from(principals.at_once));
    names
        + ranges
        + accept * r#", "accept": "at-once""#.len()
        + usize::from(ranges > 0) * r#", "ranges": {}"#.len()
        + r#"{"principals": [], "adopt": true, "remove": []}"#.len()
}

/// Whether no cluster has recorded a permission.
fn is_nobodys(permission: &ServicePermission) -> bool {
    !permission.tags.contains_key(tags::CLUSTER)
}

//! Permissions of those on the list: each is allowed, and recorded as ours.

use super::accounts::may_be_connected;
use super::draft::{CHUNK, Draft};
use super::leaving::Leaving;
use super::view::View;
use crate::change::Action;
use crate::held::Held;
use crate::reason::Reason;
use fleet::foreign::clean;
use fleet::observed::ServicePermission;
use fleet::principals::Principals;
use fleet::service::account_of;
use fleet::tags::{self, Tags};
use fleet::words::ServicePermissionId;
use std::collections::{BTreeMap, BTreeSet};

/// Allows and records who is listed.
pub(super) fn plan(view: &View<'_>, principals: &Principals, leaving: &Leaving, draft: &mut Draft) {
    let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
    let by_principal: BTreeMap<&str, &ServicePermission> = view
        .permissions
        .iter()
        .map(|permission| (permission.principal.as_str(), permission))
        .collect();
    let missing = listed.iter().filter(|it| !by_principal.contains_key(**it));
    let missing: Vec<String> = missing.map(|it| (*it).to_owned()).collect();
    let given = given(view, principals, leaving);
    for some in missing.chunks(CHUNK) {
        let principals = some.iter().cloned().collect();
        let tags = given.clone();
        draft.act(view, Action::Allow { principals, tags }, Reason::Listed);
    }
    record(view, &listed, &given, draft);
    put_in_force(view, principals, leaving, draft);
}

/// Tags of a permission that this list keeps. While a removal is held, whoever comes is not yet counted
/// among the recorded ones: or else many would look few as soon as the parameter is written once more.
fn given(view: &View<'_>, principals: &Principals, leaving: &Leaving) -> Tags {
    let since = match leaving.held.is_empty() {
        true => tags::LISTED_AT,
        false => tags::IN_FORCE,
    };
    tagged(view, since, principals)
}

/// Ours, and since when.
fn tagged(view: &View<'_>, since: &str, principals: &Principals) -> Tags {
    Tags::from([
        (tags::CLUSTER.to_owned(), view.observed.cluster.to_string()),
        (since.to_owned(), principals.written.to_string()),
    ])
}

/// Permissions of listed principals become ours, whoever made them: listing is taking over, and a run that
/// ended between the two calls is repaired.
fn record(view: &View<'_>, listed: &BTreeSet<&str>, given: &Tags, draft: &mut Draft) {
    let mut unrecorded = BTreeMap::new();
    for permission in view.permissions {
        let principal = permission.principal.as_str();
        if !listed.contains(principal) {
            continue;
        }
        match permission.tags.get(tags::CLUSTER) {
            None => _ = unrecorded.insert(permission.id.clone(), principal.to_owned()),
            Some(cluster) if *cluster == view.observed.cluster.as_str() => {
                let mut times = given.keys().map(String::as_str).chain([tags::LISTED_AT]);
                if times.all(|tag| view.time_of(permission, tag).is_none()) {
                    unrecorded.insert(permission.id.clone(), principal.to_owned());
                }
            }
            Some(cluster) => draft.hold(Held::OtherCluster {
                principal: principal.to_owned(),
                cluster: clean(cluster, 64),
            }),
        }
    }
    tag(view, unrecorded, given, Reason::Unrecorded, draft);
}

/// What takes away leaves nothing behind that tells which version of the parameter it is from, so one of
/// those who stay does: an older read would allow again whoever has just gone (P-44). A time that has not
/// come yet would freeze everything when it comes.
fn put_in_force(view: &View<'_>, principals: &Principals, leaving: &Leaving, draft: &mut Draft) {
    let ours = |it: &&ServicePermission| view.is_ours(it) && !goes_now(view, leaving, it);
    let ours = view.permissions.iter().filter(ours);
    let is_listed =
        |it: &&ServicePermission| principals.listed.iter().any(|of| of.arn() == it.principal);
    let staying = ours.clone().filter(is_listed);
    let one = match view.newest() {
        Some(newest) if newest >= principals.written => None,
        // Those that are recorded now say it, too. Whoever is only now allowed may be refused.
        _ if leaving.go.is_empty() && draft.records() => None,
        _ => staying.clone().min_by_key(|it| &it.id).or_else(|| {
            // Nobody of the list is there; those whose connections come first are, for a while.
            let kept = ours.filter(|_| draft.plan.steps.is_empty());
            kept.min_by_key(|it| &it.id)
        }),
    };
    let is_slip = |it: &&ServicePermission| {
        it.tags.contains_key(tags::IN_FORCE) && view.time_of(it, tags::IN_FORCE).is_none()
    };
    let all = one.into_iter().chain(staying.filter(is_slip));
    let all = all.map(|it| (it.id.clone(), it.principal.clone()));
    let tags = tagged(view, tags::IN_FORCE, principals);
    tag(view, all.collect(), &tags, Reason::InForce, draft);
}

fn tag(
    view: &View<'_>,
    permissions: BTreeMap<ServicePermissionId, String>,
    tags: &Tags,
    reason: Reason,
    draft: &mut Draft,
) {
    let all: Vec<_> = permissions.into_iter().collect();
    for some in all.chunks(CHUNK) {
        let permissions = some.iter().cloned().collect();
        let tags = tags.clone();
        draft.act(view, Action::Tag { permissions, tags }, reason);
    }
}

/// Whether a permission goes in this run; one whose connections may stand goes later.
fn goes_now(view: &View<'_>, leaving: &Leaving, permission: &ServicePermission) -> bool {
    leaving.go.contains(&permission.principal)
        && !account_of(&permission.principal).is_some_and(|of| may_be_connected(view, &of))
}

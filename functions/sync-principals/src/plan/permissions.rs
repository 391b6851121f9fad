//! Permissions of those on the list: each is allowed, and recorded as ours.

use super::draft::{CHUNK, Draft};
use super::leaving::Leaving;
use super::view::View;
use crate::change::Action;
use crate::held::Held;
use crate::principals::Principals;
use crate::reason::Reason;
use fleet::foreign::clean;
use fleet::observed::ServicePermission;
use fleet::tags::{self, Tags};
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
    if !leaving.go.is_empty() {
        put_in_force(view, principals, &listed, draft);
    }
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
    let mut unrecorded = Vec::new();
    for permission in view.permissions {
        let principal = permission.principal.as_str();
        if !listed.contains(principal) {
            continue;
        }
        match permission.tags.get(tags::CLUSTER) {
            None => unrecorded.push((permission.id.clone(), principal.to_owned())),
            Some(cluster) if *cluster == view.observed.cluster.as_str() => {
                let is_recorded = given
                    .keys()
                    .any(|tag| view.time_of(permission, tag).is_some());
                if !is_recorded && view.time_of(permission, tags::LISTED_AT).is_none() {
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

/// A removal leaves nothing behind that tells which version of the parameter it is from, so one of those who
/// stay does: an older read would allow again whoever has just gone (P-44).
fn put_in_force(
    view: &View<'_>,
    principals: &Principals,
    listed: &BTreeSet<&str>,
    draft: &mut Draft,
) {
    let stays =
        |it: &&ServicePermission| view.is_ours(it) && listed.contains(it.principal.as_str());
    let staying = view.permissions.iter().filter(stays);
    if view
        .newest()
        .is_some_and(|newest| newest >= principals.written)
    {
        return;
    }
    if let Some(one) = staying.min_by_key(|it| &it.id) {
        let permissions = [(one.id.clone(), one.principal.clone())].into();
        let tags = tagged(view, tags::IN_FORCE, principals);
        draft.act(view, Action::Tag { permissions, tags }, Reason::InForce);
    }
}

//! Permissions of those on the list: each is allowed, and recorded as ours.

use super::view::View;
use super::{CHUNK, Draft, Reason};
use crate::change::Action;
use crate::held::Held;
use crate::principals::Principals;
use fleet::foreign::clean;
use fleet::observed::ServicePermission;
use fleet::tags::{self, Tags};
use std::collections::{BTreeMap, BTreeSet};

/// Allows and records who is listed.
pub(super) fn plan(view: &View<'_>, principals: &Principals, draft: &mut Draft) {
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
                if view.listed_at(permission).is_none() {
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

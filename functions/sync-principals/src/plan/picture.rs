//! The picture that a plan is drawn with: who may connect, and who does.

use super::leaving::Leaving;
use super::states::is_over;
use super::view::View;
use crate::access::{Access, ConnectionRow, PrincipalRow, PrincipalState};
use fleet::observed::ServicePermission;
use fleet::principals::Principals;
use std::collections::BTreeSet;

/// The picture when nothing may be done.
pub(super) fn frozen(view: &View<'_>) -> Access {
    draw(view, |permission| match view.is_ours(permission) {
        true => PrincipalState::Frozen,
        false => PrincipalState::OtherHands,
    })
}

/// The picture once the steps are done.
pub(super) fn once_done(view: &View<'_>, principals: &Principals, leaving: &Leaving) -> Access {
    let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
    let mut access = draw(view, |permission| {
        let principal = &permission.principal;
        if listed.contains(principal.as_str()) {
            PrincipalState::Allowed
        } else if leaving.go.contains(principal) {
            PrincipalState::Leaving
        } else if view.is_ours(permission)
            || leaving.held.contains(principal)
            || leaving.unsure.contains(principal)
        {
            PrincipalState::Kept
        } else {
            PrincipalState::OtherHands
        }
    });
    let allowed: BTreeSet<&str> = view
        .permissions
        .iter()
        .map(|it| it.principal.as_str())
        .collect();
    let missing = listed.difference(&allowed).map(|principal| PrincipalRow {
        principal: (*principal).to_owned(),
        state: PrincipalState::Missing,
    });
    access.principals.extend(missing);
    access
        .principals
        .sort_by(|one, two| one.principal.cmp(&two.principal));
    for row in &mut access.connections {
        row.listed = Some(principals.lists(&row.account));
    }
    access
}

fn draw(view: &View<'_>, state: impl Fn(&ServicePermission) -> PrincipalState) -> Access {
    let mut principals: Vec<PrincipalRow> = view
        .permissions
        .iter()
        .map(|permission| PrincipalRow {
            principal: permission.principal.clone(),
            state: state(permission),
        })
        .collect();
    principals.sort_by(|one, two| one.principal.cmp(&two.principal));
    let open = view.connections.iter().filter(|it| !is_over(&it.state));
    let mut connections: Vec<ConnectionRow> = open
        .map(|connection| ConnectionRow {
            endpoint: connection.endpoint.clone(),
            account: connection.owner.clone(),
            state: connection.state.clone(),
            created: connection.created,
            listed: None,
        })
        .collect();
    connections.sort_by(|one, two| one.endpoint.cmp(&two.endpoint));
    Access {
        service: Some(view.service.name.clone()),
        principals,
        connections,
        more_principals: 0,
        more_connections: 0,
    }
}

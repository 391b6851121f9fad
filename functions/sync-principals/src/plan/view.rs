//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::leaving::Leaving;
use super::service::{Found, service_of};
use crate::access::{Access, ConnectionRow, PrincipalRow, PrincipalState};
use crate::held::Held;
use crate::observed::Observed;
use crate::principal::account_of;
use crate::principals::Principals;
use fleet::observed::{
    ConnectionState, EndpointConnection, EndpointService, Parameter, PrincipalType,
    ServicePermission,
};
use fleet::tags;
use fleet::wishes::parameter_path;
use fleet::words::AccountId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The clocks of two of AWS's services may be so far apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// An observation without gaps in what everything depends on.
pub(super) struct View<'a> {
    pub(super) observed: &'a Observed,
    pub(super) parameters: &'a [Parameter],
    pub(super) service: &'a EndpointService,
    pub(super) permissions: &'a [ServicePermission],
    pub(super) connections: &'a [EndpointConnection],
}

impl<'a> View<'a> {
    /// Opens an observation; the error says what everything is held for.
    pub(super) fn of(observed: &'a Observed) -> Result<Self, Held> {
        let blind = |what| move |_: &_| Held::Blind { what };
        let parameters = observed.parameters.as_ref();
        let parameters = parameters.map_err(blind("the cluster's parameters"))?;
        let services = observed.endpoint_services.as_ref();
        let services = services.map_err(blind("the endpoint services"))?;
        let service = match service_of(services, &observed.load_balancer_arn) {
            Found::One(service) => service,
            Found::None => {
                let load_balancer = observed.load_balancer_arn.clone();
                return Err(Held::NoService { load_balancer });
            }
            Found::Over(service) => {
                let (name, state) = (service.name.clone(), service.state.clone());
                return Err(Held::ServiceOver { name, state });
            }
            Found::Several(services) => {
                let names = services.iter().map(|service| service.name.clone());
                let names = names.collect();
                return Err(Held::SeveralServices { names });
            }
        };
        let permissions = observed.permissions.as_ref();
        let permissions = permissions.map_err(|_| Held::PermissionsUnread {
            service: service.name.clone(),
            cluster: observed.cluster.clone(),
        })?;
        let connections = observed.connections.as_ref();
        let connections = connections.map_err(blind("the endpoint service's connections"))?;
        Ok(Self {
            observed,
            parameters,
            service,
            permissions,
            connections,
        })
    }

    /// `/kafka-privatelink/<cluster>/principals`.
    pub(super) fn parameter_name(&self) -> String {
        format!("{}/principals", parameter_path(&self.observed.cluster))
    }

    /// Who may connect, or why nothing may be done. None if nobody has ever said it.
    pub(super) fn principals(&self) -> Option<Result<Principals, Held>> {
        let parameter = self.parameter_name();
        let found = self.parameters.iter().find(|it| it.name == parameter);
        let Some(found) = found else {
            let recorded = self.permissions.iter().filter(|it| self.is_ours(it));
            let recorded = recorded.count();
            let deleted = Held::ParameterDeleted {
                parameter,
                recorded,
            };
            return (recorded > 0).then_some(Err(deleted));
        };
        let partition = self.observed.load_balancer_arn.partition();
        let principals = match Principals::read(found, partition) {
            Ok(principals) => principals,
            Err(refusals) => {
                return Some(Err(Held::ParameterRefused {
                    parameter,
                    refusals,
                }));
            }
        };
        match self
            .newest()
            .filter(|applied| *applied > principals.written)
        {
            Some(applied) => Some(Err(Held::ParameterOld {
                parameter,
                read: principals.written,
                applied,
            })),
            None => Some(Ok(principals)),
        }
    }

    /// Whether a permission is recorded as ours: nothing else is removed (F43).
    pub(super) fn is_ours(&self, permission: &ServicePermission) -> bool {
        let cluster = permission.tags.get(tags::CLUSTER);
        cluster.is_some_and(|cluster| cluster == self.observed.cluster.as_str())
    }

    /// When the newest version of the parameter was written that is in force, as far as it left a trace.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        let ours = self.permissions.iter().filter(|it| self.is_ours(it));
        let times = ours.flat_map(|it| {
            let tags = [tags::LISTED_AT, tags::IN_FORCE];
            tags.map(|tag| self.time_of(it, tag))
        });
        times.flatten().max()
    }

    /// The time in a tag of a permission. One that has not come yet was written by hand.
    pub(super) fn time_of(&self, permission: &ServicePermission, tag: &str) -> Option<Timestamp> {
        let at: Timestamp = permission.tags.get(tag)?.parse().ok()?;
        let now = self.observed.now.as_ref().ok();
        now.is_none_or(|now| at <= *now + CLOCKS).then_some(at)
    }

    /// The picture when nothing may be done.
    pub(super) fn frozen(&self) -> Access {
        self.draw(|permission| match self.is_ours(permission) {
            true => PrincipalState::Frozen,
            false => PrincipalState::Foreign,
        })
    }

    /// The picture once the steps are done.
    pub(super) fn access(&self, principals: &Principals, leaving: &Leaving) -> Access {
        let listed: BTreeSet<&str> = principals.listed.iter().map(|it| it.arn()).collect();
        let mut access = self.draw(|permission| {
            let principal = &permission.principal;
            if listed.contains(principal.as_str()) {
                PrincipalState::Allowed
            } else if leaving.go.contains(principal) {
                PrincipalState::Leaving
            } else if self.is_ours(permission) || leaving.held.contains(principal) {
                PrincipalState::Kept
            } else {
                PrincipalState::Foreign
            }
        });
        let allowed: BTreeSet<&str> = self
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
            row.listed = principals.lists(&row.account);
        }
        access
    }

    fn draw(&self, state: impl Fn(&ServicePermission) -> PrincipalState) -> Access {
        let mut principals: Vec<PrincipalRow> = self
            .permissions
            .iter()
            .map(|permission| PrincipalRow {
                principal: permission.principal.clone(),
                state: state(permission),
            })
            .collect();
        principals.sort_by(|one, two| one.principal.cmp(&two.principal));
        let open = self.connections.iter().filter(|it| !is_over(&it.state));
        let mut connections: Vec<ConnectionRow> = open
            .map(|connection| ConnectionRow {
                endpoint: connection.endpoint.clone(),
                account: connection.owner.clone(),
                state: connection.state.clone(),
                created: connection.created,
                listed: false,
            })
            .collect();
        connections.sort_by(|one, two| one.endpoint.cmp(&two.endpoint));
        Access {
            service: Some(self.service.name.clone()),
            principals,
            connections,
            more_principals: 0,
            more_connections: 0,
        }
    }
}

/// Whether a connection in this state is over for good, or was never made.
fn is_over(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::Deleted | ConnectionState::Deleting => true,
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Rejected
        | ConnectionState::Failed
        | ConnectionState::Expired
        | ConnectionState::Partial
        | ConnectionState::Unknown(_) => false,
    }
}

/// Whether a connection in this state carries traffic, or can be made to.
pub(super) fn is_live(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Partial => true,
        ConnectionState::Deleting
        | ConnectionState::Deleted
        | ConnectionState::Rejected
        | ConnectionState::Failed
        | ConnectionState::Expired
        // One that AWS added later is shown and left alone.
        | ConnectionState::Unknown(_) => false,
    }
}

/// Whether a connection in this state carries traffic, or is about to.
pub(super) fn carries(state: &ConnectionState) -> bool {
    is_live(state) && *state != ConnectionState::PendingAcceptance
}

/// Whether nobody can accept a connection in this state, and its endpoint is still there.
pub(super) fn is_lost(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::Rejected | ConnectionState::Expired | ConnectionState::Failed => true,
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Partial
        | ConnectionState::Deleting
        | ConnectionState::Deleted
        | ConnectionState::Unknown(_) => false,
    }
}

/// By which of these permissions an account may connect: one of its own, or one that may be everybody's.
pub(super) fn allowing<'p>(
    mut permissions: impl Iterator<Item = &'p ServicePermission>,
    account: &AccountId,
) -> Option<&'p ServicePermission> {
    permissions.find(|it| is_many(it) || account_of(&it.principal).is_some_and(|of| of == *account))
}

/// Whether a permission is of accounts that nobody can tell.
pub(super) fn is_many(permission: &ServicePermission) -> bool {
    permission.principal == "*"
        || matches!(
            permission.kind,
            PrincipalType::All | PrincipalType::OrganizationUnit
        )
}

//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use crate::held::Held;
use crate::observed::{Doubt, Observed};
use fleet::observed::{
    EndpointConnection, EndpointService, Parameter, PrincipalType, ServicePermission, ServiceState,
};
use fleet::principals::Principals;
use fleet::service::{Found, account_of, service_of};
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
            Found::One(service) if is_there(&service.state) => service,
            Found::None => {
                let load_balancer = observed.load_balancer_arn.clone();
                return Err(Held::NoService { load_balancer });
            }
            Found::One(service) | Found::Over(service) => {
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

    /// Who may connect, or why nothing may be done: also if an earlier look of this run saw a newer list.
    /// None if nobody has ever said it.
    pub(super) fn principals(&self, agreed: &BTreeSet<Doubt>) -> Option<Result<Principals, Held>> {
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
        let newest = self.newest().max(Doubt::newest_list(agreed));
        match newest.filter(|applied| *applied > principals.written) {
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

/// Whether anybody can connect to a service in this state; of one that AWS added later nobody knows.
fn is_there(state: &ServiceState) -> bool {
    match state {
        ServiceState::Available | ServiceState::Unknown(_) => true,
        ServiceState::Pending
        | ServiceState::Deleting
        | ServiceState::Deleted
        | ServiceState::Failed => false,
    }
}

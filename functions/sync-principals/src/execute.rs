//! Execute: the hands of sync-principals, which make the changes of a plan.

mod parts;

use crate::change::{Action, Change};
use cloud::call::Call;
use cloud::calls::{Answer, PrincipalWrites, Reads, Unsuccessful};
use cloud::pacing::Paced;
use cloud::steps::{self, LAST_CALL};
use fleet::report::Outcome;
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId};
use parts::{Asked, in_parts};
use std::collections::BTreeSet;
use std::future::Future;
use tokio::time::Instant;

/// What makes the changes.
pub struct Hands<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// No change begins after this.
    pub until: Instant,
}

impl<A: Reads + PrincipalWrites> steps::Hands<Change> for Hands<'_, A> {
    async fn take(&mut self, change: &Change) -> Outcome {
        let (aws, service) = (self.aws.aws, &change.service);
        match &change.action {
            Action::Allow { principals, tags } => self.allow(service, principals, tags).await,
            Action::Tag { permissions, tags } => {
                let permissions = permissions.keys().cloned().collect();
                self.tag(permissions, tags).await.outcome()
            }
            Action::Accept { endpoints } => {
                let call = Call::AcceptVpcEndpointConnections;
                let endpoints = endpoints.keys().cloned().collect();
                let ask = async |some: &[_]| {
                    let ask = || aws.accept_connections(service, some);
                    self.call(call, ask).await
                };
                in_parts(endpoints, ask).await.but(told).outcome()
            }
            Action::Reject { endpoints, .. } => {
                let call = Call::RejectVpcEndpointConnections;
                let endpoints = endpoints.iter().cloned().collect();
                let ask = async |some: &[_]| {
                    let ask = || aws.reject_connections(service, some);
                    match self.call(call, ask).await {
                        Err(error) if some.len() == 1 && is_gone(&error.code) => Ok(Vec::new()),
                        answer => answer,
                    }
                };
                in_parts(endpoints, ask).await.but(left).whole()
            }
            Action::Disallow { principals } => {
                let call = Call::ModifyVpcEndpointServicePermissions;
                let principals = principals.iter().cloned().collect();
                let ask = async |some: &[_]| {
                    let ask = || aws.disallow_principals(service, some);
                    self.call(call, ask).await.map(|()| Vec::<()>::new())
                };
                in_parts(principals, ask).await.outcome()
            }
        }
    }
}

impl<A: Reads + PrincipalWrites> Hands<'_, A> {
    /// AWS tags a permission only in a second call (F43); one that stays without is tagged by the next run.
    async fn allow(
        &self,
        service: &EndpointServiceId,
        principals: &BTreeSet<String>,
        tags: &Tags,
    ) -> Outcome {
        let call = Call::ModifyVpcEndpointServicePermissions;
        let principals = principals.iter().cloned().collect();
        let ask = async |some: &[_]| {
            let ask = || self.aws.aws.allow_principals(service, some);
            self.call(call, ask).await
        };
        let allowed = in_parts(principals, ask).await;
        let made: Vec<_> = allowed.answers.iter().map(|(_, id)| id.clone()).collect();
        let tagged = match made.is_empty() {
            true => Asked::default(),
            false => self.tag(made, tags).await,
        };
        match allowed.failed.is_empty() {
            true if tagged.failed.is_empty() => Outcome::Done,
            true => Outcome::Partly(tagged.why()),
            // Nothing may go that one of those who are still out was to take the place of.
            false => allowed.and(tagged).whole(),
        }
    }

    async fn tag(&self, permissions: Vec<ServicePermissionId>, tags: &Tags) -> Asked<()> {
        let ask = async |some: &[_]| {
            let ask = || self.aws.aws.tag_permissions(some, tags);
            self.call(Call::CreateTags, ask).await.map(|()| Vec::new())
        };
        in_parts(permissions, ask).await
    }

    async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        self.aws.call(call, self.until + LAST_CALL, ask).await
    }
}

/// Of an endpoint that was not accepted, why.
fn told(not: &Unsuccessful) -> Option<String> {
    Some(not.to_string())
}

/// Of an endpoint that was not rejected, why; one that is gone is as good as rejected.
fn left(not: &Unsuccessful) -> Option<String> {
    (!is_gone(&not.code)).then(|| not.to_string())
}

/// Whether AWS knows no such endpoint, or no connection of it.
fn is_gone(code: &str) -> bool {
    code.starts_with("InvalidVpcEndpointId") && code.ends_with(".NotFound")
}

#[cfg(test)]
mod tests;

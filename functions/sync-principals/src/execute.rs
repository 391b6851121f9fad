//! Execute: the hands of sync-principals, which make the changes of a plan.

use crate::change::{Action, Change};
use cloud::call::Call;
use cloud::calls::{Answer, PrincipalWrites, Reads, Unsuccessful};
use cloud::error::{CallError, ErrorKind};
use cloud::pacing::Paced;
use cloud::steps::{self, LAST_CALL, outcome};
use fleet::report::Outcome;
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId};
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
                let permissions: Vec<_> = permissions.keys().cloned().collect();
                outcome(self.tag(&permissions, tags).await)
            }
            Action::Accept { endpoints } => {
                let endpoints: Vec<_> = endpoints.keys().cloned().collect();
                let call = Call::AcceptVpcEndpointConnections;
                let ask = || aws.accept_connections(service, &endpoints);
                each(endpoints.len(), self.call(call, ask).await)
            }
            Action::Reject { endpoints, .. } => {
                let endpoints: Vec<_> = endpoints.iter().cloned().collect();
                let call = Call::RejectVpcEndpointConnections;
                let ask = || aws.reject_connections(service, &endpoints);
                each(endpoints.len(), self.call(call, ask).await)
            }
            Action::Disallow { principals } => {
                let principals: Vec<_> = principals.iter().cloned().collect();
                let call = Call::ModifyVpcEndpointServicePermissions;
                let ask = || aws.disallow_principals(service, &principals);
                outcome(self.call(call, ask).await)
            }
        }
    }
}

impl<A: Reads + PrincipalWrites> Hands<'_, A> {
    /// One bad principal rejects the whole call: then each is allowed by itself. AWS tags a permission
    /// only in a second call (F43); one that stays without is tagged by the next run.
    async fn allow(
        &self,
        service: &EndpointServiceId,
        principals: &BTreeSet<String>,
        tags: &Tags,
    ) -> Outcome {
        let all: Vec<String> = principals.iter().cloned().collect();
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        match self.allow_all(service, &all).await {
            Ok(added) => made.extend(added),
            Err(error) if error.kind == ErrorKind::Refused && all.len() > 1 => {
                for one in all.chunks(1) {
                    match self.allow_all(service, one).await {
                        Ok(added) => made.extend(added),
                        Err(error) => refused.push(error),
                    }
                }
            }
            Err(error) => return outcome(Err(error)),
        }
        let ids: Vec<ServicePermissionId> = made.into_iter().map(|(_, id)| id).collect();
        let untagged = match ids.is_empty() {
            true => None,
            false => self.tag(&ids, tags).await.err(),
        };
        let why = refused.iter().chain(&untagged);
        let why: Vec<String> = why.map(CallError::to_string).collect();
        match (refused.is_empty(), untagged) {
            (true, None) => Outcome::Done,
            (true, Some(_)) => Outcome::Partly(why.join("; ")),
            // Not partly: nothing may go that one of those who are still out was to take the place of.
            (false, _) => Outcome::Failed(why.join("; ")),
        }
    }

    async fn allow_all(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<Vec<(String, ServicePermissionId)>> {
        let call = Call::ModifyVpcEndpointServicePermissions;
        self.call(call, || self.aws.aws.allow_principals(service, principals))
            .await
    }

    async fn tag(&self, permissions: &[ServicePermissionId], tags: &Tags) -> Answer<()> {
        self.call(Call::CreateTags, || {
            self.aws.aws.tag_permissions(permissions, tags)
        })
        .await
    }

    async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        self.aws.call(call, self.until + LAST_CALL, ask).await
    }
}

/// Of so many endpoints, those that AWS left out of what it did are told.
fn each(count: usize, answer: Answer<Vec<Unsuccessful>>) -> Outcome {
    let unsuccessful = match answer {
        Ok(unsuccessful) => unsuccessful,
        Err(error) => return outcome(Err(error)),
    };
    let why: Vec<String> = unsuccessful.iter().map(ToString::to_string).collect();
    match why.len() {
        0 => Outcome::Done,
        left if left >= count => Outcome::Failed(why.join("; ")),
        _ => Outcome::Partly(why.join("; ")),
    }
}

#[cfg(test)]
mod tests;

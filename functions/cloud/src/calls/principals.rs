//! What sync-principals writes: who may connect to an endpoint service, and which connections stand.

use super::Answer;
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId, VpcEndpointId};
use std::fmt;
use std::future::Future;

/// One endpoint of a call that AWS did not accept or reject, while the call itself succeeded (EC2 API
/// reference, `UnsuccessfulItem`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsuccessful {
    /// The endpoint.
    pub endpoint: VpcEndpointId,
    /// AWS's error code.
    pub code: String,
    /// AWS's message; empty if there is none.
    pub message: String,
}

impl fmt::Display for Unsuccessful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            endpoint,
            code,
            message,
        } = self;
        write!(f, "{endpoint}: {code}: {message}")
    }
}

/// What sync-principals writes, and nothing else does.
pub trait PrincipalWrites: Sync {
    /// EC2 `ModifyVpcEndpointServicePermissions`, adding; ARNs with a path are refused (P-78). Answers
    /// which permission each principal was given, as far as AWS says it: tags go onto those, by a
    /// second call (F43).
    fn allow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> impl Future<Output = Answer<Vec<(String, ServicePermissionId)>>> + Send;

    /// EC2 `ModifyVpcEndpointServicePermissions`, removing. Connections stay (F21).
    fn disallow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// EC2 `CreateTags` on permissions, 1,000 at most.
    fn tag_permissions(
        &self,
        permissions: &[ServicePermissionId],
        tags: &Tags,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// EC2 `AcceptVpcEndpointConnections`. Answers the endpoints that were not accepted, and why.
    fn accept_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> impl Future<Output = Answer<Vec<Unsuccessful>>> + Send;

    /// EC2 `RejectVpcEndpointConnections`: also those that are available, whose traffic ends (F21).
    /// Answers the endpoints that were not rejected, and why.
    fn reject_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> impl Future<Output = Answer<Vec<Unsuccessful>>> + Send;
}

//! What sync-principals writes, into the model.

use super::MemoryDoor;
use cloud::call::Call;
use cloud::calls::{Answer, PrincipalWrites, Unsuccessful};
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId, VpcEndpointId};

impl PrincipalWrites for MemoryDoor {
    async fn allow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<Vec<(String, ServicePermissionId)>> {
        let call = Call::ModifyVpcEndpointServicePermissions;
        let added = self.call(call, |model, now| {
            model.modify_service_permissions(now, service, principals, &[])
        });
        let added = added.await?.into_iter();
        Ok(added.map(|added| (added.principal, added.id)).collect())
    }

    async fn disallow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<()> {
        let call = Call::ModifyVpcEndpointServicePermissions;
        let removed = self.call(call, |model, now| {
            model.modify_service_permissions(now, service, &[], principals)
        });
        removed.await.map(|_| ())
    }

    async fn tag_permissions(
        &self,
        permissions: &[ServicePermissionId],
        tags: &Tags,
    ) -> Answer<()> {
        self.call(Call::CreateTags, |model, now| {
            model.tag_permissions(now, permissions, tags)
        })
        .await
    }

    async fn accept_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        self.call(Call::AcceptVpcEndpointConnections, |model, now| {
            model.accept_connections(now, service, endpoints)
        })
        .await
    }

    async fn reject_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        self.call(Call::RejectVpcEndpointConnections, |model, now| {
            model.reject_connections(now, service, endpoints)
        })
        .await
    }
}

//! What sync-principals writes: permissions of an endpoint service and their tags, and whether
//! connections to it stand.

use crate::Aws;
use crate::error::{self, nonsense};
use crate::fields::Fields;
use aws_sdk_ec2::types::{Tag, UnsuccessfulItem};
use cloud::call::Call;
use cloud::calls::{Answer, PrincipalWrites, Unsuccessful};
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId, VpcEndpointId};

impl PrincipalWrites for Aws {
    async fn allow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<Vec<(String, ServicePermissionId)>> {
        let call = Call::ModifyVpcEndpointServicePermissions;
        let answer = self
            .ec2
            .modify_vpc_endpoint_service_permissions()
            .service_id(service.as_str())
            .set_add_allowed_principals(Some(principals.to_vec()))
            .send()
            .await
            .map_err(error::of(call))?;
        succeeded(answer.return_value)?;
        let fields = Fields(call);
        let added = answer.added_principals.unwrap_or_default().into_iter();
        added
            .map(|added| {
                let id = fields.text(
                    "AddedPrincipals.ServicePermissionId",
                    added.service_permission_id,
                )?;
                let principal = fields.text("AddedPrincipals.Principal", added.principal)?;
                Ok((principal, ServicePermissionId::new(id)))
            })
            .collect()
    }

    async fn disallow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<()> {
        let answer = self
            .ec2
            .modify_vpc_endpoint_service_permissions()
            .service_id(service.as_str())
            .set_remove_allowed_principals(Some(principals.to_vec()))
            .send()
            .await
            .map_err(error::of(Call::ModifyVpcEndpointServicePermissions))?;
        succeeded(answer.return_value)
    }

    async fn tag_permissions(
        &self,
        permissions: &[ServicePermissionId],
        tags: &Tags,
    ) -> Answer<()> {
        let tag = |(key, value)| Tag::builder().key(key).value(value).build();
        self.ec2
            .create_tags()
            .set_resources(Some(texts(permissions, ServicePermissionId::as_str)))
            .set_tags(Some(tags.iter().map(tag).collect()))
            .send()
            .await
            .map_err(error::of(Call::CreateTags))?;
        Ok(())
    }

    async fn accept_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        let call = Call::AcceptVpcEndpointConnections;
        let answer = self
            .ec2
            .accept_vpc_endpoint_connections()
            .service_id(service.as_str())
            .set_vpc_endpoint_ids(Some(texts(endpoints, VpcEndpointId::as_str)))
            .send()
            .await
            .map_err(error::of(call))?;
        unsuccessful(call, answer.unsuccessful)
    }

    async fn reject_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        let call = Call::RejectVpcEndpointConnections;
        let answer = self
            .ec2
            .reject_vpc_endpoint_connections()
            .service_id(service.as_str())
            .set_vpc_endpoint_ids(Some(texts(endpoints, VpcEndpointId::as_str)))
            .send()
            .await
            .map_err(error::of(call))?;
        unsuccessful(call, answer.unsuccessful)
    }
}

fn texts<T>(of: &[T], text: fn(&T) -> &str) -> Vec<String> {
    of.iter().map(|one| text(one).to_owned()).collect()
}

/// "Returns `true` if the request succeeds; otherwise, it returns an error" (API reference,
/// ModifyVpcEndpointServicePermissions): a `false` without an error says nothing.
fn succeeded(returned: Option<bool>) -> Answer<()> {
    match returned {
        Some(false) => Err(nonsense(
            Call::ModifyVpcEndpointServicePermissions,
            "Return",
            false,
        )),
        Some(true) | None => Ok(()),
    }
}

/// An item without a code is not taken for a success.
fn unsuccessful(call: Call, items: Option<Vec<UnsuccessfulItem>>) -> Answer<Vec<Unsuccessful>> {
    let fields = Fields(call);
    let items = items.unwrap_or_default().into_iter();
    items
        .map(|item| {
            let endpoint = fields.text("Unsuccessful.ResourceId", item.resource_id)?;
            let error = fields.need("Unsuccessful.Error", item.error)?;
            Ok(Unsuccessful {
                endpoint: VpcEndpointId::new(endpoint),
                code: fields.text("Unsuccessful.Error.Code", error.code)?,
                message: error.message.unwrap_or_default(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::UnsuccessfulItemError;

    #[test]
    fn what_was_not_accepted_is_never_lost() {
        let call = Call::AcceptVpcEndpointConnections;
        let error = |code: Option<&str>| {
            UnsuccessfulItemError::builder()
                .set_code(code.map(str::to_owned))
                .message("no")
                .build()
        };
        let item = || {
            UnsuccessfulItem::builder()
                .resource_id("vpce-1")
                .error(error(Some("InvalidState")))
        };
        assert_eq!(unsuccessful(call, None), Ok(Vec::new()));
        assert_eq!(
            unsuccessful(call, Some(vec![item().build()])),
            Ok(vec![Unsuccessful {
                endpoint: "vpce-1".into(),
                code: "InvalidState".to_owned(),
                message: "no".to_owned(),
            }])
        );
        for (item, what) in [
            (item().set_resource_id(None), "ResourceId"),
            (item().set_error(None), "Error"),
            (item().error(error(None)), "Error.Code"),
        ] {
            assert_eq!(
                unsuccessful(call, Some(vec![item.build()]))
                    .unwrap_err()
                    .message,
                format!("answer without Unsuccessful.{what}")
            );
        }
    }

    #[test]
    fn a_false_without_an_error_is_no_answer() {
        for yes in [None, Some(true)] {
            assert_eq!(succeeded(yes), Ok(()));
        }
        let error = succeeded(Some(false)).unwrap_err();
        assert_eq!(error.message, "answer with Return false");
    }
}

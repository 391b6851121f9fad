//! EC2: who may connect to an endpoint service (F21, F43).
//!
//! `ModifyVpcEndpointServicePermissions` adds and removes, and takes no tags: they come by `CreateTags`.
//! No page of AWS says how many principals a service may have; 68 were seen (terraform-provider-aws
//! #30873).
//!
//! Resting on inference, since the API reference says nothing of it:
//! - adding one that is there changes nothing, and `addedPrincipalSet` has only what was added, so
//!   who wants the id of a permission reads it; one that is named twice is added once;
//! - removing one that is not there is no error (terraform-provider-aws removes without asking);
//! - a call names something to add or to remove, and one principal is not in both lists;
//! - one bad principal refuses the whole call.

use super::asked::Asked;
use super::paging::page;
use super::{ApiError, Model, principal, tags};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{PrincipalType, ServicePermission};
use fleet::tags::Tags;
use fleet::words::{AccountId, EndpointServiceId, ServicePermissionId};
use jiff::Timestamp;

/// `DescribeVpcEndpointServicePermissions` gives at most 1000 on a page.
const PAGE: usize = 1000;
/// "Up to 1000 resource IDs" (EC2 API reference, CreateTags).
const RESOURCES: usize = 1000;

impl Model {
    /// EC2 `DescribeVpcEndpointServicePermissions`.
    pub fn describe_service_permissions(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        token: Option<&PageToken>,
    ) -> Result<Page<ServicePermission>, ApiError> {
        let call = Call::DescribeVpcEndpointServicePermissions;
        self.read(now, Asked::service(call, service), |model| {
            let permissions = &model.endpoint_service(service)?.permissions;
            let shown = permissions.iter();
            let shown = shown.map(|(id, permission)| (id.to_string(), permission.clone()));
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// EC2 `ModifyVpcEndpointServicePermissions`; answers what was added.
    pub fn modify_service_permissions(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        add: &[String],
        remove: &[String],
    ) -> Result<Vec<ServicePermission>, ApiError> {
        let call = Call::ModifyVpcEndpointServicePermissions;
        let what = format!("{service} add {add:?} remove {remove:?}");
        self.write(now, Asked::service(call, service), what, |model| {
            let partition = model.settings.partition.clone();
            model.endpoint_service(service)?;
            if add.is_empty() && remove.is_empty() {
                return Err(ApiError::refused(
                    "MissingParameter",
                    "The request must contain AddAllowedPrincipals or RemoveAllowedPrincipals",
                ));
            }
            if let Some(both) = add.iter().find(|principal| remove.contains(principal)) {
                return Err(ApiError::refused(
                    "InvalidParameter",
                    format!("{both} is to be added and to be removed"),
                ));
            }
            for principal in add.iter().chain(remove) {
                principal::kind(principal, &partition)?;
            }
            let record = model.endpoint_service_mut(service)?;
            record
                .permissions
                .retain(|_, permission| !remove.contains(&permission.principal));
            let mut added = Vec::new();
            for principal in add {
                let kind = principal::kind(principal, &partition)?;
                added.extend(model.insert_permission(service, principal, kind, Tags::new())?);
            }
            Ok(added)
        })
    }

    /// EC2 `CreateTags` on permissions of endpoint services: new tags are added, old ones overwritten.
    /// One id that is none refuses the whole call ("InvalidID: The specified ID for the resource you are
    /// trying to tag is not valid", Error codes for the Amazon EC2 API).
    pub fn tag_permissions(
        &mut self,
        now: Timestamp,
        permissions: &[ServicePermissionId],
        tags: &Tags,
    ) -> Result<(), ApiError> {
        let what = format!("{permissions:?} {tags:?}");
        let asked = Asked::tag_permissions(permissions, tags);
        self.write(now, asked, what, |model| {
            if permissions.is_empty() || permissions.len() > RESOURCES || tags.is_empty() {
                return Err(ApiError::refused(
                    "InvalidParameterValue",
                    format!("1 to {RESOURCES} resources and at least one tag are asked for"),
                ));
            }
            let mut new = Vec::new();
            for id in permissions {
                let found = model.service_permission(id);
                let mut all = found.ok_or_else(|| unknown(id))?.tags.clone();
                all.extend(tags.clone());
                tags::check(&all).map_err(in_words_of_ec2)?;
                new.push((id, all));
            }
            for (id, all) in new {
                for record in model.endpoint_services.values_mut() {
                    if let Some(permission) = record.permissions.get_mut(id) {
                        permission.tags = all.clone();
                    }
                }
                model.made_with_tags(&model.permission_arn(id));
            }
            Ok(())
        })
    }

    /// The permissions of a service, as they are now.
    pub fn service_permissions(
        &self,
        service: &EndpointServiceId,
    ) -> impl Iterator<Item = &ServicePermission> {
        let record = self.endpoint_service(service).ok();
        record
            .into_iter()
            .flat_map(|record| record.permissions.values())
    }

    pub(super) fn service_permission(
        &self,
        id: &ServicePermissionId,
    ) -> Option<&ServicePermission> {
        let mut all = self.endpoint_services.values();
        all.find_map(|record| record.permissions.get(id))
    }

    /// Whether somebody of this account may make an endpoint to a service.
    pub(super) fn is_allowed(&self, service: &EndpointServiceId, account: &AccountId) -> bool {
        self.service_permissions(service).any(|permission| {
            permission.principal == "*"
                || principal::account(&permission.principal).as_ref() == Some(account)
        })
    }

    /// The new permission; none if its principal has one.
    pub(super) fn insert_permission(
        &mut self,
        service: &EndpointServiceId,
        principal: &str,
        kind: PrincipalType,
        tags: Tags,
    ) -> Result<Option<ServicePermission>, ApiError> {
        let is_one = |permission: &ServicePermission| permission.principal == principal;
        if self.service_permissions(service).any(is_one) {
            return Ok(None);
        }
        let permission = ServicePermission {
            id: ServicePermissionId::new(self.ids.ec2("vpce-svc-perm")),
            principal: principal.to_owned(),
            kind,
            tags,
        };
        let record = self.endpoint_service_mut(service)?;
        let id = permission.id.clone();
        record.permissions.insert(id, permission.clone());
        Ok(Some(permission))
    }
}

fn unknown(id: &ServicePermissionId) -> ApiError {
    ApiError::refused("InvalidID", format!("The ID '{id}' is not valid"))
}

/// EC2 names what is wrong with tags otherwise than ELB does (Error codes for the Amazon EC2 API).
fn in_words_of_ec2(error: ApiError) -> ApiError {
    let code = match error.code {
        "TooManyTags" => "TagLimitExceeded",
        _ => "InvalidParameterValue",
    };
    ApiError::refused(code, error.message)
}

#[cfg(test)]
mod tests;

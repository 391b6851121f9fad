//! Who may connect to an endpoint service.

use super::tags;
use crate::fields::Fields;
use aws_sdk_ec2::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{PrincipalType, ServicePermission};
use fleet::words::ServicePermissionId;

pub(super) fn permission(found: types::AllowedPrincipal) -> Answer<ServicePermission> {
    let fields = Fields(Call::DescribeVpcEndpointServicePermissions);
    let id = fields.text(
        "AllowedPrincipals.ServicePermissionId",
        found.service_permission_id,
    )?;
    let kind = found.principal_type.as_ref();
    Ok(ServicePermission {
        id: ServicePermissionId::new(id),
        principal: fields.text("AllowedPrincipals.Principal", found.principal)?,
        kind: PrincipalType::parse(kind.map_or("", types::PrincipalType::as_str)),
        tags: tags(fields, "AllowedPrincipals", found.tags)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::tags::Tags;

    #[test]
    fn f43_a_permission_is_read_with_its_id_and_its_tags() {
        let found = || {
            types::AllowedPrincipal::builder()
                .service_permission_id("vpce-svc-perm-1")
                .principal("arn:aws:iam::123456789012:root")
                .principal_type(types::PrincipalType::Account)
        };
        let tag = types::Tag::builder().key("a").value("b").build();
        let expected = |kind, tags| ServicePermission {
            id: "vpce-svc-perm-1".into(),
            principal: "arn:aws:iam::123456789012:root".to_owned(),
            kind,
            tags,
        };
        assert_eq!(
            permission(found().tags(tag).build()),
            Ok(expected(
                PrincipalType::Account,
                [("a".to_owned(), "b".to_owned())].into()
            ))
        );
        let later = found().principal_type(types::PrincipalType::from("Federation"));
        assert_eq!(
            permission(later.build()),
            Ok(expected(
                PrincipalType::Unknown("Federation".to_owned()),
                Tags::new()
            ))
        );
        for (found, what) in [
            (found().set_principal(None), "Principal"),
            (
                found().set_service_permission_id(None),
                "ServicePermissionId",
            ),
        ] {
            assert_eq!(
                permission(found.build()).unwrap_err().message,
                format!("answer without AllowedPrincipals.{what}")
            );
        }
    }
}

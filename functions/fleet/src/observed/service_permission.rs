//! Who may connect to an endpoint service.

use super::spelled::spelled;
use crate::foreign::clean;
use crate::tags::Tags;
use crate::words::ServicePermissionId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A permission of an endpoint service (EC2 API reference, `AllowedPrincipal`). It says who may make
/// an endpoint; taking it away ends no connection (F21, F43).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePermission {
    /// Its id: what its tags hang on.
    pub id: ServicePermissionId,
    /// Whom it allows, as AWS tells it: an ARN, or `*` for everybody.
    pub principal: String,
    /// What kind of principal AWS takes it for.
    pub kind: PrincipalType,
    /// Its tags. They come by a second call, so a young permission has none (F43).
    pub tags: Tags,
}

/// The kind of a principal (EC2 API reference, `AllowedPrincipal`, field `principalType`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalType {
    /// Everybody: `*`.
    All,
    /// A service of AWS.
    Service,
    /// An organizational unit.
    OrganizationUnit,
    /// A whole account: its root.
    Account,
    /// A user.
    User,
    /// A role.
    Role,
    /// A kind that AWS added later, or none.
    Unknown(String),
}

impl PrincipalType {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "All" => Self::All,
            "Service" => Self::Service,
            "OrganizationUnit" => Self::OrganizationUnit,
            "Account" => Self::Account,
            "User" => Self::User,
            "Role" => Self::Role,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => "All",
            Self::Service => "Service",
            Self::OrganizationUnit => "OrganizationUnit",
            Self::Account => "Account",
            Self::User => "User",
            Self::Role => "Role",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(PrincipalType);

impl fmt::Display for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clean(self.as_str(), 40))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_spelled_as_aws_does_also_one_that_is_added_later() {
        for text in [
            "All",
            "Service",
            "OrganizationUnit",
            "Account",
            "User",
            "Role",
            "Federation",
        ] {
            let kind = PrincipalType::parse(text);
            assert_eq!(kind.to_string(), text);
            let is_known = !matches!(kind, PrincipalType::Unknown(_));
            assert_eq!(is_known, text != "Federation");
        }
    }

    #[test]
    fn a_permission_is_the_same_after_it_was_saved() {
        let permission = ServicePermission {
            id: "vpce-svc-perm-1".into(),
            principal: "arn:aws:iam::123456789012:root".to_owned(),
            kind: PrincipalType::Account,
            tags: [("a".to_owned(), "b".to_owned())].into(),
        };
        let json = serde_json::to_string(&permission).expect("json");
        assert!(json.contains("\"kind\":\"Account\""), "{json}");
        assert_eq!(
            serde_json::from_str::<ServicePermission>(&json).expect("a permission"),
            permission
        );
    }
}

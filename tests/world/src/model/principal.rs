//! Whom an endpoint service can allow, as `ModifyVpcEndpointServicePermissions` takes it.
//!
//! "Principal ARNs with path components aren't supported"; "to grant permissions to all principals,
//! specify an asterisk (*)" (EC2 API reference). The forms are those of the AWS PrivateLink guide,
//! "ARNs for AWS principals": `arn:aws:iam::account_id:root`, `…:role/role_name`, `…:user/user_name`. What
//! is none of them is `InvalidPrincipal: Invalid Principal: '…'` (terraform-provider-aws #16657, of
//! `arn:aws:sts::…:assumed-role/…`). Stricter than AWS: services and organizational units, which it
//! also takes (aws-cdk #29512), are refused here; whether a role or user exists is not asked.

use super::ApiError;
use fleet::observed::PrincipalType;
use fleet::words::AccountId;

/// What kind of principal this is in a partition, or AWS's refusal.
pub(super) fn kind(principal: &str, partition: &str) -> Result<PrincipalType, ApiError> {
    if principal == "*" {
        return Ok(PrincipalType::All);
    }
    let found = match principal.split(':').collect::<Vec<_>>()[..] {
        ["arn", of, "iam", "", account, resource] if of == partition => {
            AccountId::parse(account).and_then(|_| kind_of(resource))
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let message = format!("Invalid Principal: '{principal}'");
        ApiError::refused("InvalidPrincipal", message)
    })
}

/// The account that a principal is of; none if it is everybody, or nobody knows.
pub(super) fn account(principal: &str) -> Option<AccountId> {
    // AWS shows an account that was written so as twelve digits (prowler #2991).
    let account = principal.split(':').nth(4).unwrap_or(principal);
    AccountId::parse(account)
}

fn kind_of(resource: &str) -> Option<PrincipalType> {
    let name = |text: &str| !text.is_empty() && !text.contains(['/', '*']);
    match resource.split_once('/') {
        None if resource == "root" => Some(PrincipalType::Account),
        Some(("role", role)) if name(role) => Some(PrincipalType::Role),
        Some(("user", user)) if name(user) => Some(PrincipalType::User),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p78_accounts_roles_users_and_everybody_are_principals_and_nothing_else_is() {
        for (principal, expected) in [
            ("*", Some(PrincipalType::All)),
            (
                "arn:aws:iam::123456789012:root",
                Some(PrincipalType::Account),
            ),
            (
                "arn:aws:iam::123456789012:role/reader",
                Some(PrincipalType::Role),
            ),
            (
                "arn:aws:iam::123456789012:user/ann",
                Some(PrincipalType::User),
            ),
            ("arn:aws:iam::123456789012:role/team/reader", None),
            ("arn:aws:iam::123456789012:user/team/ann", None),
            ("arn:aws:iam::123456789012:role/", None),
            ("arn:aws:iam::123456789012:role/*", None),
            ("arn:aws:iam::12345678901:root", None),
            ("arn:aws-cn:iam::123456789012:root", None),
            ("arn:aws:sts::123456789012:assumed-role/reader/me", None),
            ("123456789012", None),
            ("", None),
        ] {
            let found = kind(principal, "aws");
            let refused = found.as_ref().err().map(|error| error.code);
            assert_eq!(found.clone().ok(), expected, "{principal}");
            let refusal = expected.is_none().then_some("InvalidPrincipal");
            assert_eq!(refused, refusal, "{principal}");
        }
    }

    #[test]
    fn the_account_of_a_principal_stands_in_it() {
        for (principal, expected) in [
            (
                "arn:aws:iam::123456789012:role/reader",
                Some("123456789012"),
            ),
            ("123456789012", Some("123456789012")),
            ("*", None),
            ("lambda.amazonaws.com", None),
        ] {
            assert_eq!(account(principal), expected.map(AccountId::from));
        }
    }
}

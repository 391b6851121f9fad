//! One principal: an account, a role or a user, as AWS writes it.

use crate::foreign::clean;
use crate::words::AccountId;
use std::fmt;

/// How much of what somebody wrote is shown.
const SHOWN: usize = 120;

/// A principal that an endpoint service can allow: `arn:<partition>:iam::<account>:root`, `…:role/<name>`
/// or `…:user/<name>`, without a path (P-78).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    arn: String,
    account: AccountId,
}

impl Principal {
    /// Reads what a person writes: an account id of 12 digits, which stands for all of that account, or
    /// an ARN of this partition. The error says what is wrong with it and what works.
    pub fn read(text: &str, partition: &str) -> Result<Self, String> {
        let shown = clean(text, SHOWN);
        if text == "*" {
            return Err("\"*\" would let every AWS account connect; write the accounts".to_owned());
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return AccountId::parse(text)
                .map(|account| Self::root(account, partition))
                .ok_or_else(|| wrong_digits(text));
        }
        if text.contains(char::is_whitespace) {
            return Err(format!(
                "\"{shown}\" has blanks in it; write one principal a line, or a comma between two"
            ));
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", of, "iam", "", account, resource] = fields[..] else {
            return Err(format!(
                "\"{shown}\" is neither an account id of 12 digits nor an ARN of IAM, arn:{partition}:iam::<account>:root"
            ));
        };
        if of != partition {
            return Err(format!(
                "\"{shown}\" is of partition {}, and this endpoint service of {partition}; an endpoint cannot reach over",
                clean(of, SHOWN)
            ));
        }
        let account = AccountId::parse(account).ok_or_else(|| {
            format!(
                "\"{shown}\" has no account id of 12 digits; {}",
                wrong_digits(account)
            )
        })?;
        match resource.split('/').collect::<Vec<_>>()[..] {
            ["root"] => Ok(Self::root(account, partition)),
            ["role" | "user", name] if is_name(name) => Ok(Self {
                arn: text.to_owned(),
                account,
            }),
            [kind @ ("role" | "user"), .., name] if is_name(name) => Err(format!(
                "\"{shown}\" has a path, which AWS does not take here; write arn:{partition}:iam::{account}:{kind}/<name> of one without a path, or the account, {account}"
            )),
            _ => Err(format!(
                "\"{shown}\" names neither an account, a role nor a user; write arn:{partition}:iam::{account}:root, …:role/<name> or …:user/<name>"
            )),
        }
    }

    /// All of an account.
    pub fn root(account: AccountId, partition: &str) -> Self {
        Self {
            arn: format!("arn:{partition}:iam::{account}:root"),
            account,
        }
    }

    /// As AWS writes it.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// Reads whose permission is to be removed: an account id, or whatever AWS shows as a principal, also one
/// that nobody could list. The error says what works.
pub fn read_shown(text: &str, partition: &str) -> Result<String, String> {
    let is_unique_id = |text: &str| {
        let is_one = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        text.starts_with('A') && (16..=128).contains(&text.len()) && text.bytes().all(is_one)
    };
    if text == "*" || (text.starts_with("arn:") && text.len() <= 2048) || is_unique_id(text) {
        return Ok(text.to_owned());
    }
    Principal::read(text, partition).map(|principal| principal.arn)
}

/// As briefly as the parameter takes it: the account id for all of an account.
pub fn briefly(principal: &str) -> &str {
    let account = principal.strip_suffix(":root");
    let account = account.and_then(|account| account.rsplit(':').next());
    account.unwrap_or(principal)
}

/// Names of IAM: letters, digits and `+=,.@_-`, 64 at most (IAM user guide, "IAM and AWS STS quotas").
fn is_name(text: &str) -> bool {
    let is_one = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    (1..=64).contains(&text.len()) && text.bytes().all(is_one)
}

fn wrong_digits(text: &str) -> String {
    let shown = clean(text, SHOWN);
    match text.len() {
        length @ 1..12 => format!(
            "\"{shown}\" has {length} digits and an account id 12: a leading zero is missing?"
        ),
        length => format!("\"{shown}\" has {length} digits, and an account id has 12"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        Principal::read(text, "aws-cn").map(|principal| principal.to_string())
    }

    #[test]
    fn an_account_is_written_by_its_digits_or_by_its_root() {
        let root = || Ok("arn:aws-cn:iam::012345678901:root".to_owned());
        assert_eq!(read("012345678901"), root());
        assert_eq!(read("arn:aws-cn:iam::012345678901:root"), root());
        for arn in [
            "arn:aws-cn:iam::012345678901:role/tidb",
            "arn:aws-cn:iam::012345678901:user/a+b=c,d.e@f_g-h",
        ] {
            assert_eq!(read(arn), Ok(arn.to_owned()));
            let principal = Principal::read(arn, "aws-cn").expect("a principal");
            assert_eq!(principal.account().as_str(), "012345678901");
        }
    }

    #[test]
    fn whatever_else_is_refused_with_what_works() {
        for (text, why) in [
            ("*", "would let every AWS account connect"),
            (
                "12345678901",
                "has 11 digits and an account id 12: a leading zero is missing?",
            ),
            ("1234567890123", "has 13 digits, and an account id has 12"),
            (
                "1234-5678-9012",
                "is neither an account id of 12 digits nor an ARN",
            ),
            ("", "is neither an account id"),
            (
                "012345678901 123456789012",
                "has blanks in it; write one principal a line, or a comma between two",
            ),
            ("vpce.amazonaws.com", "is neither an account id"),
            (
                "arn:aws:iam::012345678901:root",
                "is of partition aws, and this endpoint service of aws-cn",
            ),
            (
                "arn:aws-cn:iam::12345678901:root",
                "a leading zero is missing?",
            ),
            ("arn:aws-cn:iam:::root", "has no account id of 12 digits"),
            (
                "arn:aws-cn:sts::012345678901:assumed-role/a/b",
                "is neither an account id",
            ),
            ("arn:aws-cn:iam::012345678901:role/team/tidb", "has a path"),
            (
                "arn:aws-cn:iam::012345678901:role/",
                "names neither an account, a role nor a user",
            ),
            ("arn:aws-cn:iam::012345678901:role//tidb", "has a path"),
            ("arn:aws-cn:iam::012345678901:group/x", "names neither"),
            ("arn:aws-cn:iam::012345678901:*", "names neither"),
            ("arn:aws-cn:iam::012345678901:role/*", "names neither"),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
        let long = format!("arn:aws-cn:iam::012345678901:role/{}", "x".repeat(65));
        assert!(read(&long).is_err_and(|why| why.len() < 400));
    }

    #[test]
    fn whoever_aws_shows_can_be_named_to_be_removed() {
        let read = |text| read_shown(text, "aws-cn");
        for shown in [
            "*",
            "AROAEXAMPLEEXAMPLE123",
            "arn:aws-cn:iam::012345678901:role/team/tidb",
            "arn:aws:organizations::012345678901:ou/o-a/ou-a-1",
        ] {
            assert_eq!(read(shown), Ok(shown.to_owned()));
            assert_eq!(briefly(shown), shown);
        }
        let root = "arn:aws-cn:iam::012345678901:root";
        assert_eq!(read("012345678901"), Ok(root.to_owned()));
        assert_eq!(briefly(root), "012345678901");
        for slip in ["12345678901", "everybody", "AROASHORT", ""] {
            assert!(read(slip).is_err(), "{slip}");
        }
    }
}

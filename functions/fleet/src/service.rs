//! Which endpoint service stands on an NLB, and whose account it allows.

use crate::observed::EndpointService;
use crate::words::{AccountId, LoadBalancerArn};

/// The endpoint services of one NLB.
pub enum Found<'a> {
    /// None.
    None,
    /// The one that is right, or will be.
    One(&'a EndpointService),
    /// One that is over, and nothing else.
    Over(&'a EndpointService),
    /// Several that could be right.
    Several(Vec<&'a EndpointService>),
}

/// Finds the service of an NLB: AWS lets an NLB serve one at most (F18), and shows one that is over for a
/// while beside its successor.
pub fn service_of<'a>(
    services: &'a [EndpointService],
    load_balancer: &LoadBalancerArn,
) -> Found<'a> {
    let ours = services.iter();
    let ours = ours.filter(|service| service.load_balancers.contains(load_balancer));
    let (over, there): (Vec<_>, Vec<_>) = ours.partition(|service| service.state.is_end());
    match (&there[..], &over[..]) {
        ([one], _) => Found::One(one),
        ([], [over, ..]) => Found::Over(over),
        ([], []) => Found::None,
        (several, _) => Found::Several(several.to_vec()),
    }
}

/// The account of a principal as AWS tells it; none of `*`, of an organizational unit, and of what is no
/// ARN of IAM or STS.
pub fn account_of(principal: &str) -> Option<AccountId> {
    let mut fields = principal.split(':');
    let service = fields.nth(2)?;
    let account = fields.nth(1)?;
    matches!(service, "iam" | "sts").then(|| AccountId::parse(account))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_what_aws_tells_is_found_where_there_is_one() {
        let of = |text| account_of(text).map(|account| account.to_string());
        assert_eq!(
            of("arn:aws:iam::012345678901:role/a/b").as_deref(),
            Some("012345678901")
        );
        let unit = "arn:aws:organizations::012345678901:ou/o-a/ou-a-1";
        for none in [
            "*",
            "AIDAEXAMPLE",
            "arn:aws:iam::1:root",
            "arn:aws:iam",
            unit,
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

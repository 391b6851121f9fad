//! What security groups let in.

use crate::fields::Fields;
use aws_sdk_ec2::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{IngressRule, IngressSource};
use fleet::words::SecurityGroupId;

/// Whether a rule lets in; one of which AWS does not say it does not.
pub(super) fn lets_in(found: &types::SecurityGroupRule) -> bool {
    found.is_egress == Some(false)
}

pub(super) fn rule(found: types::SecurityGroupRule) -> Answer<IngressRule> {
    let fields = Fields(Call::DescribeSecurityGroupRules);
    let group = fields.text("SecurityGroupRules.GroupId", found.group_id)?;
    let referenced = found.referenced_group_info.and_then(|info| info.group_id);
    let source = [
        found.cidr_ipv4.map(IngressSource::Ipv4),
        found.cidr_ipv6.map(IngressSource::Ipv6),
        found.prefix_list_id.map(IngressSource::PrefixList),
        referenced.map(|id| IngressSource::Group(SecurityGroupId::new(id))),
    ];
    let source = source.into_iter().flatten().next();
    Ok(IngressRule {
        group: SecurityGroupId::new(group),
        protocol: fields.text("SecurityGroupRules.IpProtocol", found.ip_protocol)?,
        from_port: found.from_port,
        to_port: found.to_port,
        source: source.unwrap_or(IngressSource::Unknown),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> types::builders::SecurityGroupRuleBuilder {
        types::SecurityGroupRule::builder()
            .group_id("sg-1")
            .is_egress(false)
            .ip_protocol("tcp")
            .from_port(9092)
            .to_port(9140)
    }

    #[test]
    fn a_rule_names_whom_it_lets_in_in_one_of_four_ways_or_in_one_that_nobody_knows_yet() {
        let group = types::ReferencedSecurityGroup::builder()
            .group_id("sg-2")
            .build();
        for (found, source) in [
            (
                found().cidr_ipv4("10.0.0.0/8"),
                IngressSource::Ipv4("10.0.0.0/8".to_owned()),
            ),
            (
                found().cidr_ipv6("::/0"),
                IngressSource::Ipv6("::/0".to_owned()),
            ),
            (
                found().prefix_list_id("pl-1"),
                IngressSource::PrefixList("pl-1".to_owned()),
            ),
            (
                found().referenced_group_info(group),
                IngressSource::Group("sg-2".into()),
            ),
            (found(), IngressSource::Unknown),
        ] {
            assert_eq!(
                rule(found.build()),
                Ok(IngressRule {
                    group: "sg-1".into(),
                    protocol: "tcp".to_owned(),
                    from_port: Some(9092),
                    to_port: Some(9140),
                    source,
                })
            );
        }
        assert_eq!(
            rule(found().set_ip_protocol(None).build())
                .unwrap_err()
                .message,
            "answer without SecurityGroupRules.IpProtocol"
        );
    }

    #[test]
    fn what_lets_out_is_no_rule_for_us() {
        assert!(lets_in(&found().build()));
        assert!(!lets_in(&found().is_egress(true).build()));
        assert!(!lets_in(&found().set_is_egress(None).build()));
    }
}

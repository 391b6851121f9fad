//! What a security group lets in.

use crate::words::SecurityGroupId;
use serde::{Deserialize, Serialize};

/// An inbound rule of a security group (EC2 API reference, `SecurityGroupRule`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngressRule {
    /// The group that it is a rule of.
    pub group: SecurityGroupId,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.
    pub protocol: String,
    /// The first port; of ICMP the type. `-1` or `None`: all.
    pub from_port: Option<i32>,
    /// The last port; of ICMP the code. `-1` or `None`: all.
    pub to_port: Option<i32>,
    /// Whom it lets in.
    pub source: IngressSource,
}

/// Whom a rule lets in, as AWS tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IngressSource {
    /// A range of IPv4 addresses, `10.250.0.0/16`.
    Ipv4(String),
    /// A range of IPv6 addresses, `fd00::/8`.
    Ipv6(String),
    /// The ranges of a prefix list, `pl-…`.
    PrefixList(String),
    /// Whoever is a member of this security group.
    Group(SecurityGroupId),
    /// Somebody whom AWS names in a way that was added later.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_the_same_after_it_was_saved() {
        for source in [
            IngressSource::Ipv4("10.0.0.0/8".to_owned()),
            IngressSource::Ipv6("::/0".to_owned()),
            IngressSource::PrefixList("pl-1".to_owned()),
            IngressSource::Group("sg-2".into()),
            IngressSource::Unknown,
        ] {
            let rule = IngressRule {
                group: "sg-1".into(),
                protocol: "tcp".to_owned(),
                from_port: Some(9092),
                to_port: None,
                source,
            };
            let json = serde_json::to_string(&rule).expect("json");
            assert_eq!(
                serde_json::from_str::<IngressRule>(&json).expect("a rule"),
                rule
            );
        }
    }
}

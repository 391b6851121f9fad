//! Whom the inbound rules of security groups let in. Those of an NLB with an endpoint service see the
//! consumers' own addresses, unless that is turned off (F13).

use crate::observed::{IngressRule, IngressSource};
use crate::words::Port;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Whom rules let in on a port, by TCP.
#[derive(Default)]
pub struct LetIn {
    v4: Vec<Ipv4Net>,
    v6: Vec<Ipv6Net>,
    /// Members of a prefix list, or what AWS added later: nobody here can tell who they are.
    others: bool,
}

impl LetIn {
    /// Whom these rules let in on this port.
    pub fn on(rules: &[IngressRule], port: Port) -> Self {
        let mut let_in = Self::default();
        for rule in rules.iter().filter(|rule| opens(rule, port)) {
            match &rule.source {
                IngressSource::Ipv4(range) => match range.parse() {
                    Ok(range) => let_in.v4.push(range),
                    Err(_) => let_in.others = true,
                },
                IngressSource::Ipv6(range) => match range.parse() {
                    Ok(range) => let_in.v6.push(range),
                    Err(_) => let_in.others = true,
                },
                IngressSource::PrefixList(_) | IngressSource::Unknown => let_in.others = true,
                // Members of a security group of ours; traffic of PrivateLink has its client's address (F13).
                IngressSource::Group(_) => {}
            }
        }
        let_in
    }

    /// Whether nobody is let in.
    pub fn is_nobody(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && !self.others
    }

    /// Whether all of a range is let in, perhaps by several rules together; also where nobody can tell.
    pub fn covers(&self, range: &IpNet) -> bool {
        let is_covered = match range {
            IpNet::V4(range) => Ipv4Net::aggregate(&self.v4)
                .iter()
                .any(|it| it.contains(range)),
            IpNet::V6(range) => Ipv6Net::aggregate(&self.v6)
                .iter()
                .any(|it| it.contains(range)),
        };
        is_covered || self.others
    }
}

/// Whether a rule is about a port of TCP.
fn opens(rule: &IngressRule, port: Port) -> bool {
    let port = i32::from(port.get());
    match rule.protocol.as_str() {
        "-1" => true,
        "tcp" | "6" => {
            let from = rule.from_port.filter(|from| *from >= 0);
            let to = rule.to_port.filter(|to| *to >= 0);
            from.is_none_or(|from| from <= port) && to.is_none_or(|to| port <= to)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::port;

    fn rule(protocol: &str, ports: Option<(i32, i32)>, source: IngressSource) -> IngressRule {
        IngressRule {
            group: "sg-1".into(),
            protocol: protocol.to_owned(),
            from_port: ports.map(|(from, _)| from),
            to_port: ports.map(|(_, to)| to),
            source,
        }
    }

    #[test]
    fn a_rule_lets_somebody_in_on_its_ports_by_tcp_only() {
        let v4 = || IngressSource::Ipv4("10.250.0.0/16".to_owned());
        let range = "10.250.7.0/24".parse().expect("a range");
        for (protocol, ports, lets_in) in [
            ("tcp", Some((9092, 9140)), true),
            ("6", Some((9093, 9093)), true),
            ("-1", None, true),
            ("tcp", Some((-1, -1)), true),
            ("udp", Some((9092, 9140)), false),
            ("tcp", Some((9094, 9140)), false),
        ] {
            let let_in = LetIn::on(&[rule(protocol, ports, v4())], port(9093));
            assert_eq!(!let_in.is_nobody(), lets_in, "{protocol} {ports:?}");
            assert_eq!(let_in.covers(&range), lets_in, "{protocol} {ports:?}");
        }
    }

    #[test]
    fn a_security_group_of_ours_lets_no_consumer_in_and_a_prefix_list_may_let_anybody_in() {
        let everything = |source| LetIn::on(&[rule("-1", None, source)], port(9093));
        assert!(everything(IngressSource::Group("sg-2".into())).is_nobody());
        let list = everything(IngressSource::PrefixList("pl-1".to_owned()));
        assert!(!list.is_nobody());
        assert!(list.covers(&"::/0".parse().expect("a range")));
    }
}

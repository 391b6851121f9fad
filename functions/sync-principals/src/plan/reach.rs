//! Whether the NLB's security groups let consumers in. With an endpoint service their inbound rules see the
//! consumers' addresses, unless the enforcement is off (F13). AWS tells nobody which those are.

use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::principals::Principals;
use fleet::ledger::Ledger;
use fleet::observed::{IngressRule, IngressSource};
use fleet::words::{GroupName, Port};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::{BTreeMap, BTreeSet};

/// Names ranges and ports that no rule lets in.
pub(super) fn plan(view: &View<'_>, principals: &Principals, draft: &mut Draft) {
    let observed = view.observed;
    let (Ok(Some(load_balancer)), Ok(rules)) = (&observed.load_balancer, &observed.rules) else {
        return;
    };
    // Without a security group everybody is let in.
    let is_enforced = load_balancer.enforces_inbound_on_private_link != Some(false);
    if load_balancer.security_groups.is_empty() || !is_enforced {
        return;
    }
    for (group, ports) in ports(view) {
        let shut: BTreeSet<Port> = ports
            .iter()
            .copied()
            .filter(|port| LetIn::on(rules, *port).is_nobody())
            .collect();
        if !shut.is_empty() {
            draft.hold(Held::NobodyLetIn {
                group: group.clone(),
                ports: shut.clone(),
            });
        }
        for (account, ranges) in &principals.ranges {
            for range in ranges {
                let open = ports.difference(&shut).copied();
                let ports: BTreeSet<Port> = open
                    .filter(|port| !LetIn::on(rules, *port).covers(range))
                    .collect();
                if !ports.is_empty() {
                    draft.hold(Held::NotLetIn {
                        account: account.clone(),
                        range: *range,
                        group: group.clone(),
                        ports,
                    });
                }
            }
        }
    }
}

/// The ports of each listener group that consumers dial.
fn ports(view: &View<'_>) -> BTreeMap<GroupName, BTreeSet<Port>> {
    let groups = view.observed.target_groups.as_deref().unwrap_or_default();
    let ledger = Ledger::read(&view.observed.cluster, groups);
    let mut ports: BTreeMap<GroupName, BTreeSet<Port>> = BTreeMap::new();
    for ((group, _), entry) in &ledger.entries {
        ports.entry(group.clone()).or_default().insert(entry.port);
    }
    ports
}

/// Whom rules let in on a port, by TCP.
#[derive(Default)]
struct LetIn {
    v4: Vec<Ipv4Net>,
    v6: Vec<Ipv6Net>,
    /// Members of a prefix list, or what AWS added later: nobody here can tell who they are.
    others: bool,
}

impl LetIn {
    fn on(rules: &[IngressRule], port: Port) -> Self {
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

    fn is_nobody(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && !self.others
    }

    /// Whether all of a range is let in, perhaps by several rules together; also where nobody can tell.
    fn covers(&self, range: &IpNet) -> bool {
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

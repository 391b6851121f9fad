//! Whether the NLB's security groups let consumers in. With an endpoint service their inbound rules see the
//! consumers' addresses, unless the enforcement is off (F13). AWS tells nobody which those are.

use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use fleet::ingress::LetIn;
use fleet::ledger::Ledger;
use fleet::principals::Principals;
use fleet::words::{GroupName, Port};
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

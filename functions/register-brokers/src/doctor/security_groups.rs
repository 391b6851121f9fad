//! Whether the NLB's security groups let consumers in. Those of the brokers are not read: how the targets are shows
//! them.

use super::station::{Finding, Station};
use super::walker::{Mapped, Walker, unread};
use fleet::ingress::LetIn;
use fleet::words::{Port, SecurityGroupId};
use std::collections::BTreeSet;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let sight = walker.sight;
    let Ok(Some(load_balancer)) = &sight.observed.load_balancer else {
        return Finding::Waits {
            on: Station::LoadBalancer,
        };
    };
    let mut groups = load_balancer.security_groups.iter();
    let Some(first) = groups.next() else {
        return Finding::well("the NLB has none, and lets everybody in");
    };
    if load_balancer.enforces_inbound_on_private_link == Some(false) {
        return Finding::well("the NLB's rules do not hold for what comes through PrivateLink");
    }
    let rules = match &sight.access.rules {
        Ok(rules) => rules,
        Err(gap) => return unread(gap),
    };
    let Some(ports) = ports(walker) else {
        return Finding::Waits {
            on: Station::Listeners,
        };
    };
    let mut shut = ports
        .iter()
        .filter(|port| LetIn::on(rules, **port).is_nobody());
    match shut.next() {
        Some(port) => Finding::wrong(
            format!("those of the NLB let nobody in on port {port}"),
            let_in(first, &ports),
        ),
        None => Finding::well(
            "those of the NLB let somebody in on each port; whether the consumer is among them, it alone can tell",
        ),
    }
}

/// The ports of the group that consumers dial, if they could be read.
fn ports(walker: &Walker<'_>) -> Option<BTreeSet<Port>> {
    let Mapped { view, group } = walker.mapped().ok()?;
    let ports = view.ledger.of_group(&group.name).map(|entry| entry.port);
    Some(ports.chain([group.bootstrap_port]).collect())
}

fn let_in(group: &SecurityGroupId, ports: &BTreeSet<Port>) -> String {
    let first_and_last = (ports.first(), ports.last());
    let span = match first_and_last {
        (Some(first), Some(last)) if first != last => format!("{first}-{last}"),
        (Some(only), _) => only.to_string(),
        (None, _) => String::new(),
    };
    format!(
        "let in the range that the consumer's clients have: aws ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port {span} --cidr <range>"
    )
}

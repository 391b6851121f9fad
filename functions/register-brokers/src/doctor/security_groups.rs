//! Whether the NLB's security groups let consumers in. Those of the brokers are not read: how the targets are shows
//! them.

use super::station::Finding;
use super::walker::{Mapped, Walker};
use fleet::ingress::LetIn;
use fleet::words::{Port, SecurityGroupId};
use std::collections::BTreeSet;

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let Mapped { view, group } = walker.mapped()?;
    let load_balancer = view.load_balancer;
    let Some(first) = load_balancer.security_groups.first() else {
        return Ok("the NLB has none, and lets everybody in".to_owned());
    };
    if load_balancer.enforces_inbound_on_private_link == Some(false) {
        let says = "the NLB's rules do not hold for what comes through PrivateLink";
        return Ok(says.to_owned());
    }
    let rules = walker.sight.access.rules.as_ref()?;
    let ports = view.ledger.of_group(&group.name).map(|entry| entry.port);
    let ports: BTreeSet<Port> = ports.chain([group.bootstrap_port]).collect();
    let is_shut = |port: &&Port| LetIn::on(rules, **port).is_nobody();
    match ports.iter().find(is_shut) {
        Some(port) => Err(Finding::wrong(
            format!("those of the NLB let nobody in on port {port}"),
            let_in(first, &ports),
        )),
        None => Ok(
            "those of the NLB let somebody in on each port; whether the consumer is among them, it alone can tell"
                .to_owned(),
        ),
    }
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

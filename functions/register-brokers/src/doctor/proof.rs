//! The proof: whether each broker's port reaches that broker, and what is to be done if it does not. Whether the broker
//! advertises the right name is looked at with the names.

use super::station::Finding;
use super::walker::{Mapped, Walker};
use fleet::brokers::Broker;
use fleet::naming::Owner;
use fleet::proof::{Path, Row, Verdict};
use fleet::tags;
use fleet::words::Port;

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    walker.sight.observed.proof.as_ref()?;
    let mapped = walker.mapped()?;
    let mut proven = 0;
    for (broker, _) in mapped.exposed() {
        let node = broker.node;
        let row = mapped.view.row(&mapped.group.name, Path::Port(node));
        let row = row.ok_or_else(|| unasked(&format!("the port of broker {node}")))?;
        match amiss(walker, mapped, broker, row) {
            Some(finding) => return Err(finding),
            None => proven += 1,
        }
    }
    Ok(match proven {
        1 => "1 port reaches its broker, inside the VPC".to_owned(),
        proven => format!("{proven} ports reach their brokers, inside the VPC"),
    })
}

/// Nobody asked: the run had no question about it.
pub(super) fn unasked(what: &str) -> Finding {
    Finding::unknown(
        format!("nobody was asked on {what}"),
        "ask again in a minute: a port is asked about once its listener stands",
    )
}

/// What keeps a broker from being asked is to be put right.
pub(super) fn put_right(why: &str) -> String {
    format!("put this right, and ask again: {why}")
}

/// What is wrong with a broker's port, and the next thing to do about it; nothing if the right broker answers at the
/// right listener, whatever name it advertises.
fn amiss(walker: &Walker<'_>, mapped: Mapped<'_>, broker: &Broker, row: &Row) -> Option<Finding> {
    let (instance, node, port) = (&broker.instance, broker.node, row.question.port);
    let (group, bind) = (&mapped.group.name, mapped.group.bind_port);
    let direct = mapped.view.direct(group, instance);
    let is_itself = direct.is_some_and(|row| row.who() == Some(node));
    let says = format!("port {port} of broker {node} is not proven: {}", row.says());
    let next = match &row.verdict {
        Verdict::Proven { .. } | Verdict::Advertises { .. } => return None,
        Verdict::NotProvable { why } => return Some(Finding::unknown(says, put_right(why))),
        Verdict::WrongBroker { .. } if is_itself => walker.next_run(Owner::Broker(node)),
        Verdict::WrongBroker { .. } => format!(
            "see which broker runs on {instance}: put its tag {} right, or the node.id in its Kafka configuration",
            tags::NODE_ID
        ),
        Verdict::WrongListener { .. } => walker.sight.rollout(&format!(
            "let {group}, and no other listener, have port {bind} of broker {node}"
        )),
        Verdict::WrongCluster { .. } => format!(
            "put the tags {} of the instances right, or take {instance} out by its tag {}={instance}",
            tags::CLUSTER_ID,
            tags::RELEASE
        ),
        Verdict::NotKafka { .. } => format!(
            "see what listens on port {bind} of {instance}: it is not Kafka, or does not speak the {} that the parameter says",
            mapped.group.protocol.as_str()
        ),
        Verdict::Unreachable { .. } if is_itself => between(port, bind),
        Verdict::Unreachable { .. } if direct.unwrap_or(row).is_lost() => format!(
            "let probe-brokers in, whose connections are lost on the way, and refused by nobody, or see to the process of broker {node} on {instance}, if it hangs: the brokers' security group needs TCP {bind} from probe-brokers' security group, and the NLB's TCP {port}; template.yaml makes these rules if it is given BrokerSecurityGroupId and LoadBalancerSecurityGroupId"
        ),
        Verdict::Unreachable { .. } => format!(
            "see to the process of broker {node} on {instance}: its target is healthy and it does not answer, so it hangs, starts, or recovers its log"
        ),
    };
    Some(Finding::wrong(says, next))
}

/// The broker answers on its own address, and not through the NLB.
fn between(port: Port, bind: Port) -> String {
    format!(
        "let the NLB's security group take TCP {port} in from probe-brokers, and TCP {bind} out to the brokers: the broker answers on its own address"
    )
}

//! The proof: whether each broker's port reaches that broker, and what is to be done if it does not. Whether the broker
//! advertises the right name is looked at with the names.

use super::names;
use super::station::Finding;
use super::walker::{Mapped, Walker, unread};
use fleet::brokers::Broker;
use fleet::naming::Owner;
use fleet::proof::{Path, Row, Verdict};
use fleet::tags;
use fleet::words::Port;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    if let Err(gap) = &walker.sight.observed.proof {
        return unread(gap);
    }
    let mapped = match walker.mapped() {
        Ok(mapped) => mapped,
        Err(finding) => return finding,
    };
    let mut proven = 0;
    for (broker, entry) in mapped.exposed() {
        let (node, port) = (broker.node, entry.map(|entry| entry.port));
        let Some(row) = mapped.view.row(&mapped.group.name, Path::Port(node)) else {
            return unasked(&format!("the port of broker {node}"));
        };
        if answers(row) {
            proven += 1;
            continue;
        }
        let port = port.unwrap_or(row.question.port);
        let says = format!("port {port} of broker {node} is not proven: {}", row.says());
        return unproven(row, says, || next(walker, mapped, broker, row));
    }
    Finding::well(match proven {
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

/// Of a port that is not proven: who cannot be asked may be the right one all the same; anybody else is wrong, and
/// `next` is to be done about it.
pub(super) fn unproven(row: &Row, says: String, next: impl FnOnce() -> String) -> Finding {
    match &row.verdict {
        Verdict::NotProvable { why } => Finding::unknown(says, put_right(why)),
        Verdict::Proven { .. }
        | Verdict::WrongBroker { .. }
        | Verdict::WrongListener { .. }
        | Verdict::Advertises { .. }
        | Verdict::WrongCluster { .. }
        | Verdict::NotKafka { .. }
        | Verdict::Unreachable { .. } => Finding::wrong(says, next()),
    }
}

/// What keeps a broker from being asked is to be put right.
pub(super) fn put_right(why: &str) -> String {
    format!("put this right, and ask again: {why}")
}

/// Whether the right broker answers at the right listener, whatever name it advertises.
pub(super) fn answers(row: &Row) -> bool {
    match row.verdict {
        Verdict::Proven { .. } | Verdict::Advertises { .. } => true,
        Verdict::WrongBroker { .. }
        | Verdict::WrongListener { .. }
        | Verdict::WrongCluster { .. }
        | Verdict::NotKafka { .. }
        | Verdict::Unreachable { .. }
        | Verdict::NotProvable { .. } => false,
    }
}

/// The next thing to do about a broker's port that reaches nobody, or somebody else.
fn next(walker: &Walker<'_>, mapped: Mapped<'_>, broker: &Broker, row: &Row) -> String {
    let (instance, node) = (&broker.instance, broker.node);
    let (group, bind) = (&mapped.group.name, mapped.group.bind_port);
    let direct = mapped.view.direct(group, instance);
    let is_itself = direct.is_some_and(|row| row.who() == Some(node));
    match &row.verdict {
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
        Verdict::Unreachable { .. } if is_itself => between(row.question.port, bind),
        Verdict::Unreachable { .. } => format!(
            "see to the process of broker {node} on {instance}: its target is healthy and it does not answer, so it hangs, starts, or recovers its log"
        ),
        Verdict::NotProvable { why } => put_right(why),
        // They are looked at with the names.
        Verdict::Proven { .. } | Verdict::Advertises { .. } => walker.sight.rollout(names::GOAL),
    }
}

/// The broker answers on its own address, and not through the NLB.
fn between(port: Port, bind: Port) -> String {
    format!(
        "let the NLB's security group take TCP {port} in from probe-brokers, and TCP {bind} out to the brokers: the broker answers on its own address"
    )
}

//! Whether the brokers that were restarted before are back.

use super::findings::Findings;
use super::hearing::Hearing;
use super::inquiry::{GateQuestion, Restarted};
use crate::words::NodeId;
use std::collections::BTreeSet;

/// Each port of the last one accepts, and each of them is in the ISR of every partition of which it has a replica,
/// but for those that are being moved to it or away from it. That it answers as itself is asked of every broker.
/// However long that takes (P-62).
pub fn judge(question: &GateQuestion, hearing: &Hearing, findings: &mut Findings) {
    if let Some(restarted) = &question.restarted {
        accepts(restarted, hearing, findings);
    }
    let last = question.restarted.iter().map(|it| it.node);
    let all: BTreeSet<NodeId> = question.touched.iter().copied().chain(last).collect();
    for node in all {
        is_in_sync(node, hearing, findings);
    }
}

fn accepts(restarted: &Restarted, hearing: &Hearing, findings: &mut Findings) {
    let node = restarted.node;
    for &port in &restarted.ports {
        let why = match hearing.ports.get(&port) {
            Some(Ok(())) => continue,
            Some(Err(why)) => why,
            None => "it was not tried",
        };
        findings
            .shut
            .entry((node, port))
            .or_insert_with(|| why.to_owned());
    }
}

fn is_in_sync(node: NodeId, hearing: &Hearing, findings: &mut Findings) {
    let moving = hearing.reassignments.answer.iter().flatten();
    let moving = moving.filter(|it| it.adding.contains(&node) || it.removing.contains(&node));
    let apart: BTreeSet<(&str, i32)> = moving.map(|it| (&*it.topic, it.partition)).collect();
    for topic in hearing.pictures().into_iter().flatten() {
        for it in &topic.partitions {
            let is_out = it.replicas.contains(&node) && !it.isr.contains(&node);
            if is_out && !apart.contains(&(&*topic.name, it.index)) {
                let out = findings.not_in_sync.entry(node).or_default();
                out.insert(topic.partition(it.index));
            }
        }
    }
}

//! Whether every broker is up: live by its tags, in anybody's Metadata, or with a replica of any partition.

use super::findings::Findings;
use super::hearing::{Heard, Hearing};
use super::inquiry::GateQuestion;
use crate::words::NodeId;
use std::collections::BTreeMap;

/// Every broker that has to be up, `next` included: one that is not is never stopped by a roll, and may be
/// recovering (P-60).
pub fn judge(
    question: &GateQuestion,
    hearing: &Hearing,
    findings: &mut Findings,
) -> BTreeMap<NodeId, String> {
    let brokers = brokers(question, hearing);
    for (&node, named) in &brokers {
        if question.hangs && node == question.next {
            continue;
        }
        match hearing.brokers.get(&node) {
            Some(Heard::Told(told)) => {
                let whys = [
                    ("its topics", told.topics.as_ref().err()),
                    ("min.insync.replicas", told.min_insync.as_ref().err()),
                    ("its log directories", told.held.as_ref().err()),
                    (
                        "how long its session takes to end",
                        told.session.as_ref().err(),
                    ),
                ];
                for (what, why) in whys {
                    if let Some(why) = why {
                        findings.untold(node, what, None, why);
                    }
                }
                unlisted(node, hearing, findings);
            }
            Some(Heard::Another(other)) => not_up(
                findings,
                node,
                format!(
                    "broker {other} answers at its address; see the tag kafka-privatelink:node-id of the instance"
                ),
            ),
            Some(Heard::Silent(why)) => not_up(findings, node, why.clone()),
            Some(Heard::Untold(why)) => findings.untold(node, "anything", None, why),
            None => not_up(findings, node, named.clone()),
        }
    }
    brokers
}

/// Each of them, with a sentence about it for the case that nobody knows how to ask it.
fn brokers(question: &GateQuestion, hearing: &Hearing) -> BTreeMap<NodeId, String> {
    let mut brokers = BTreeMap::new();
    let restarted = question.restarted.iter().map(|it| it.node);
    let known = question.expected.iter().copied();
    let known = known.chain([question.next]).chain(restarted);
    for node in known.chain(hearing.brokers.keys().copied()) {
        let why = "it is live by its tags, and nothing is known by which it can be asked";
        brokers.insert(node, why.to_owned());
    }
    for (by, told) in hearing.told() {
        for &node in &told.listed {
            brokers.entry(node).or_insert_with(|| format!(
                "broker {by} lists it, and no instance can be asked for it; set the tag kafka-privatelink:node-id={node} on its instance"
            ));
        }
    }
    for topic in hearing.pictures().into_iter().flatten() {
        for partition in &topic.partitions {
            for &node in &partition.replicas {
                brokers.entry(node).or_insert_with(|| format!(
                    "it should have a replica of {}, and no instance can be asked for it; start it, or move its replicas with kafka-reassign-partitions.sh",
                    topic.partition(partition.index)
                ));
            }
        }
    }
    brokers
}

fn unlisted(node: NodeId, hearing: &Hearing, findings: &mut Findings) {
    let mut told = hearing.told();
    if let Some((by, _)) = told.find(|(_, told)| !told.listed.contains(&node)) {
        not_up(
            findings,
            node,
            format!(
                "it answers, and broker {by} does not list it: it has just started, or the controller keeps it out"
            ),
        );
    }
}

fn not_up(findings: &mut Findings, node: NodeId, why: String) {
    findings.not_up.entry(node).or_insert(why);
}

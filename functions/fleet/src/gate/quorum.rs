//! Whether the cluster's controllers can do without a node.

use super::findings::Findings;
use super::hearing::{Hearing, Mode, Quorum, Voter};
use super::inquiry::GateQuestion;
use crate::words::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// A voter has caught up that had everything so many milliseconds before the leader's own time:
/// `controller.quorum.fetch.timeout.ms` as it is by default (K-22), and as Strimzi has it (P-63).
const FETCH_TIMEOUT: i64 = 2000;

/// The quorum's rule for a voter, and the active controller's for all. `brokers` are those that have to be
/// up and are heard themselves.
pub fn judge(
    question: &GateQuestion,
    hearing: &Hearing,
    brokers: &BTreeMap<NodeId, String>,
    findings: &mut Findings,
) {
    let asked = &hearing.quorum;
    let what = "the metadata quorum";
    match &asked.answer {
        Err(why) => findings.untold(asked.node, what, None, why),
        Ok(Some(quorum)) => voters(question, quorum, brokers, findings),
        Ok(None) if is_kraft(hearing) => {
            let why = "it has process.roles, and does not offer DescribeQuorum";
            findings.untold(asked.node, what, None, why);
        }
        Ok(None) => {
            let controllers: BTreeSet<_> =
                hearing.told().map(|(_, told)| told.controller).collect();
            findings.no_controller |= controllers.contains(&None);
            active(
                question,
                controllers.contains(&Some(question.next)),
                findings,
            );
        }
    }
}

fn is_kraft(hearing: &Hearing) -> bool {
    let mut sessions = hearing.told().flat_map(|(_, told)| &told.session);
    sessions.any(|session| session.mode == Mode::KRaft)
}

fn active(question: &GateQuestion, is_next: bool, findings: &mut Findings) {
    if is_next && question.others_wait {
        findings.controller = Some(question.next);
    }
}

fn voters(
    question: &GateQuestion,
    quorum: &Quorum,
    brokers: &BTreeMap<NodeId, String>,
    findings: &mut Findings,
) {
    let leads = |id: &NodeId| quorum.voters.get(id).map(|voter| (*id, *voter));
    let Some(leader) = quorum.leader.as_ref().and_then(leads) else {
        findings.no_controller = true;
        return;
    };
    active(question, leader.0 == question.next, findings);
    let voters = quorum.voters.iter().map(|(node, voter)| (*node, *voter));
    let (caught_up, behind): (BTreeMap<NodeId, Voter>, BTreeMap<NodeId, Voter>) =
        voters.partition(|voter| has_caught_up(quorum, leader, *voter));
    for node in behind.keys().filter(|node| !brokers.contains_key(node)) {
        let why = "it votes in the metadata quorum, and is behind its leader; see whether this controller runs";
        findings
            .not_up
            .entry(*node)
            .or_insert_with(|| why.to_owned());
    }
    if !quorum.voters.contains_key(&question.next) {
        return;
    }
    let count = quorum.voters.len();
    if count <= 2 {
        findings.without_quorum = Some(count);
    }
    let besides: BTreeSet<NodeId> = caught_up
        .into_keys()
        .filter(|node| *node != question.next)
        .collect();
    let needed = needed(count);
    if besides.len() < needed {
        findings.quorum(quorum.voters.keys().copied().collect(), besides, needed);
    }
}

/// How many voters have to have caught up besides the one that stops (P-63). One or two are no quorum without
/// it, however they are: then the other one has to be there for its return.
fn needed(voters: usize) -> usize {
    match voters {
        0..=2 => voters.saturating_sub(1),
        _ => (voters + 2) / 2,
    }
}

/// Kafka before 3.3 tells no times (K-22): there a voter has caught up that has all that a majority has.
fn has_caught_up(quorum: &Quorum, leader: (NodeId, Voter), voter: (NodeId, Voter)) -> bool {
    let ((leads, leader), (node, voter)) = (leader, voter);
    if leads == node {
        return true;
    }
    match (leader.last_caught_up, voter.last_caught_up) {
        (Some(now), Some(then)) => now.saturating_sub(then) < FETCH_TIMEOUT,
        (Some(_), None) => false,
        (None, _) => {
            let mark = quorum.high_watermark;
            mark >= 0 && voter.log_end_offset >= mark
        }
    }
}

//! Since when each port has not been proven. A warm process remembers it for the metric; nothing is
//! decided by it, and a new process begins to count at its first run.

use crate::mapping::RowState;
use crate::plan::Plan;
use fleet::naming::Owner;
use fleet::proof::{self, Path};
use fleet::words::{GroupName, NodeId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// When each broker's port was last proven, or first seen.
#[derive(Debug, Default)]
pub struct LastProof(Mutex<BTreeMap<(GroupName, NodeId), Timestamp>>);

impl LastProof {
    /// Notes a run at `now`; the seconds since the proof that is longest ago, 0 without ports. Ports
    /// that nobody asks about do not count: those of stopped brokers, and of groups that are retired
    /// or refused. A run that saw nothing leaves everything as it was, and older.
    pub fn note(&self, now: Timestamp, plan: &Plan) -> u64 {
        // It is whole at any moment.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_blind = plan.picture.mapping.is_empty() && !plan.gaps.is_empty();
        if !is_blind {
            *last = asked(plan)
                .map(|port| {
                    let before = last.get(&port).filter(|_| !is_proven(plan, &port));
                    let at = before.copied().unwrap_or(now);
                    (port, at)
                })
                .collect();
        }
        let ages = last.values().map(|at| now.duration_since(*at).as_secs());
        ages.max().map_or(0, |age| u64::try_from(age).unwrap_or(0))
    }
}

/// The ports that a proof is asked of. If there is none at all, it could be of every port in service.
fn asked(plan: &Plan) -> impl Iterator<Item = (GroupName, NodeId)> {
    let in_service = plan.picture.mapping.iter().filter(|row| match row.state {
        RowState::Serving | RowState::Waiting => row.endpoint.is_some(),
        RowState::Reserved | RowState::Warm => false,
    });
    let ports = in_service.filter_map(|row| match row.owner {
        Owner::Broker(node) => Some((row.group.clone(), node)),
        Owner::Bootstrap => None,
    });
    ports.filter(|(group, node)| {
        plan.picture.proof.is_empty()
            || proof::row(&plan.picture.proof, group, Path::Port(*node)).is_some()
    })
}

fn is_proven(plan: &Plan, (group, node): &(GroupName, NodeId)) -> bool {
    let row = proof::row(&plan.picture.proof, group, Path::Port(*node));
    row.is_some_and(|row| row.verdict.is_proven())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Mapping, Row};
    use fleet::listener::Endpoint;
    use fleet::observed::Gap;
    use fleet::proof::{Question, Verdict};
    use fleet::words::Port;
    use std::collections::BTreeSet;

    /// All of these are mapped and asked about, and some are proven.
    fn plan(proven: &[u32], mapped: &[u32]) -> Plan {
        let node = |node: &u32| NodeId::new(*node).expect("a node");
        let port = Port::new(9093).expect("a port");
        let host = "b.example.com".to_owned();
        let verdict = |id: &u32| match proven.contains(id) {
            true => Verdict::Proven { reached: node(id) },
            false => Verdict::Unreachable {
                why: "no answer".to_owned(),
            },
        };
        let picture = Mapping {
            mapping: mapped
                .iter()
                .map(|id| Row {
                    group: "EXTERNAL".into(),
                    port,
                    owner: Owner::Broker(node(id)),
                    endpoint: Some(Endpoint {
                        host: host.clone(),
                        port,
                    }),
                    instances: BTreeSet::new(),
                    az_id: None,
                    state: RowState::Serving,
                })
                .collect(),
            proof: mapped
                .iter()
                .map(|id| {
                    let question = Question {
                        group: "EXTERNAL".into(),
                        path: Path::Port(node(id)),
                        address: None,
                        port,
                        instance: None,
                    };
                    proof::Row::of(question, verdict(id))
                })
                .collect(),
            without: Vec::new(),
            unmapped: Vec::new(),
            waiting: Vec::new(),
        };
        Plan {
            picture,
            ..Plan::default()
        }
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minutes)
    }

    #[test]
    fn the_port_that_was_proven_longest_ago_counts() {
        let last = LastProof::default();
        assert_eq!(last.note(at(0), &plan(&[1, 2], &[1, 2])), 0);
        assert_eq!(last.note(at(1), &plan(&[1], &[1, 2])), 60);
        assert_eq!(last.note(at(2), &plan(&[], &[1, 2])), 120);
        assert_eq!(last.note(at(3), &plan(&[2], &[1, 2])), 120);
        assert_eq!(last.note(at(4), &plan(&[1, 2], &[1, 2])), 0);
    }

    #[test]
    fn a_new_port_counts_from_its_first_run_and_one_that_is_gone_no_longer() {
        let last = LastProof::default();
        assert_eq!(last.note(at(0), &plan(&[], &[1])), 0);
        assert_eq!(last.note(at(9), &plan(&[], &[1, 2])), 540);
        assert_eq!(last.note(at(10), &plan(&[], &[2])), 60);
        assert_eq!(last.note(at(11), &plan(&[], &[])), 0);
    }

    #[test]
    fn a_run_that_saw_nothing_proves_nothing() {
        let last = LastProof::default();
        let blind = Plan {
            gaps: vec![Gap {
                read: "DescribeListeners".to_owned(),
                reason: "throttled".to_owned(),
            }],
            ..Plan::default()
        };
        assert_eq!(last.note(at(0), &plan(&[1], &[1])), 0);
        assert_eq!(last.note(at(5), &blind), 300);
        assert_eq!(last.note(at(9), &plan(&[], &[1])), 540);
        // Without a probe there are no rows.
        let mut unasked = plan(&[], &[1]);
        unasked.picture.proof.clear();
        assert_eq!(last.note(at(10), &unasked), 600);
    }

    #[test]
    fn a_port_that_nobody_asks_about_does_not_count() {
        let last = LastProof::default();
        assert_eq!(last.note(at(0), &plan(&[], &[1, 2])), 0);
        let mut stopped = plan(&[1], &[1, 2]);
        stopped.picture.proof.truncate(1);
        assert_eq!(last.note(at(20), &stopped), 0);
        let mut retired = plan(&[], &[1]);
        retired.picture.proof.clear();
        retired.picture.mapping[0].endpoint = None;
        assert_eq!(last.note(at(40), &retired), 0);
    }
}

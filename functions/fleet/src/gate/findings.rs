//! What was found so far: of two hearings each thing stands once.

use super::few::Few;
use super::obstacle::Obstacle;
use super::verdict::{Counts, Verdict};
use crate::words::{NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is in the way, whole: names are left out at the end only.
#[derive(Default)]
pub struct Findings {
    pub not_up: BTreeMap<NodeId, String>,
    untold: BTreeMap<(NodeId, &'static str), Untold>,
    pub hidden: BTreeMap<NodeId, BTreeSet<String>>,
    pub leaderless: BTreeSet<String>,
    pub leaders_differ: BTreeSet<String>,
    pub min_isr: BTreeSet<String>,
    pub reassigned: BTreeSet<String>,
    /// The voters, who has caught up, and how many are needed.
    quorum: Option<(BTreeSet<NodeId>, BTreeSet<NodeId>, usize)>,
    pub no_controller: bool,
    pub controller: Option<NodeId>,
    pub not_in_sync: BTreeMap<NodeId, BTreeSet<String>>,
    pub shut: BTreeMap<(NodeId, Port), String>,
    pub long_session: BTreeSet<Obstacle>,
    pub no_time: Option<String>,
    pub unavailable: BTreeSet<String>,
    pub without_quorum: Option<usize>,
    pub counts: Counts,
}

/// Of which things it is not told, and why.
struct Untold {
    of: BTreeSet<String>,
    why: String,
}

impl Findings {
    /// A broker does not tell something; the first reason is kept.
    pub fn untold(&mut self, node: NodeId, what: &'static str, of: Option<&str>, why: &str) {
        let untold = self.untold.entry((node, what)).or_insert_with(|| Untold {
            of: BTreeSet::new(),
            why: why.to_owned(),
        });
        untold.of.extend(of.map(str::to_owned));
    }

    /// Fewer than `needed` voters have caught up; the fewest are kept.
    pub fn quorum(&mut self, voters: BTreeSet<NodeId>, caught_up: BTreeSet<NodeId>, needed: usize) {
        let kept = self.quorum.as_ref();
        if kept.is_none_or(|(_, kept, _)| caught_up.len() < kept.len()) {
            self.quorum = Some((voters, caught_up, needed));
        }
    }

    /// Whether nothing is in the way.
    pub fn is_empty(&self) -> bool {
        self.obstacles().is_empty()
    }

    /// The answer.
    pub fn verdict(self) -> Verdict {
        Verdict {
            obstacles: self.obstacles(),
            unavailable: Few::of(&self.unavailable),
            without_quorum: self.without_quorum,
            counts: self.counts,
        }
    }

    fn obstacles(&self) -> Vec<Obstacle> {
        let mut all = Vec::new();
        let why = |why: &String| why.clone();
        all.extend(self.not_up.iter().map(|(&node, it)| {
            let why = why(it);
            Obstacle::NotUp { node, why }
        }));
        all.extend(
            self.untold
                .iter()
                .map(|(&(node, what), it)| Obstacle::Untold {
                    node,
                    what: match it.of.is_empty() {
                        true => what.to_owned(),
                        false => format!("{what} of {}", Few::of(&it.of)),
                    },
                    why: why(&it.why),
                }),
        );
        all.extend(self.hidden.iter().map(|(&node, it)| {
            let partitions = Few::of(it);
            Obstacle::Hidden { node, partitions }
        }));
        let some = |of: &BTreeSet<String>, obstacle: fn(Few) -> Obstacle| {
            (!of.is_empty()).then(|| obstacle(Few::of(of)))
        };
        all.extend(some(&self.leaderless, |partitions| Obstacle::Leaderless {
            partitions,
        }));
        all.extend(some(&self.leaders_differ, |partitions| {
            Obstacle::LeadersDiffer { partitions }
        }));
        all.extend(some(&self.min_isr, |partitions| Obstacle::MinIsr {
            partitions,
        }));
        all.extend(some(&self.reassigned, |partitions| Obstacle::Reassigned {
            partitions,
        }));
        all.extend(
            self.quorum
                .iter()
                .map(|(voters, caught_up, needed)| Obstacle::Quorum {
                    voters: voters.clone(),
                    caught_up: caught_up.clone(),
                    needed: *needed,
                }),
        );
        all.extend(self.no_controller.then_some(Obstacle::NoController));
        all.extend(self.controller.map(|node| Obstacle::Controller { node }));
        all.extend(self.not_in_sync.iter().map(|(&node, it)| {
            let partitions = Few::of(it);
            Obstacle::NotInSync { node, partitions }
        }));
        all.extend(self.shut.iter().map(|(&(node, port), it)| {
            let why = why(it);
            Obstacle::Shut { node, port, why }
        }));
        all.extend(self.long_session.iter().cloned());
        all.extend(
            self.no_time
                .iter()
                .map(|it| Obstacle::NoTime { why: why(it) }),
        );
        all
    }
}

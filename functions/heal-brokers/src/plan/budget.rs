//! How often brokers may be healed, by what AWS shows of what was done: tags on instances, and what Auto Scaling
//! groups replaced, since tags go with their instance (P-72, P-76).

use super::view::{Patient, View};
use crate::held::Held;
use fleet::healing::Rung;
use fleet::healing::{COUNTS, Healed};
use fleet::tags;
use fleet::words::NodeId;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One broker is healed once within that.
pub(super) const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// So often brokers of a cluster are healed within a day.
pub(super) const A_DAY: usize = 3;

/// A time of ours is no later than that from now, whatever clock wrote it.
const SLACK: SignedDuration = SignedDuration::from_mins(5);

/// What was done within the last day.
pub(super) struct Budget {
    /// When each broker was healed last.
    last: BTreeMap<NodeId, (Timestamp, Rung)>,
    /// Each healing; what belongs together has one time.
    times: BTreeSet<Timestamp>,
}

impl Budget {
    /// What was done; the error names an instance whose tag nobody understands.
    pub(super) fn of(view: &View<'_>) -> Result<Self, Held> {
        let mut budget = Self {
            last: BTreeMap::new(),
            times: BTreeSet::new(),
        };
        let mut replaced = BTreeSet::new();
        for instance in view.instances.values() {
            let node = instance.tags.get(tags::NODE_ID);
            let node = node.and_then(|it| NodeId::parse(it).ok());
            let is_past = |it: &Healed| it.0.iter().all(|(at, _)| *at < view.now + SLACK);
            let Some(healed) = Healed::of(instance).filter(is_past) else {
                return Err(Held::Scribbled {
                    instance: instance.id.clone(),
                });
            };
            for (at, rung) in healed.0 {
                budget.count(view.now, node, at, rung);
                if rung == Rung::Replace {
                    replaced.insert(instance.id.clone());
                }
            }
        }
        for group in view.groups {
            let activities = view.ward.activities.get(&group.name);
            let activities = activities.and_then(|it| it.as_ref().ok());
            // Whatever AWS gives as the cause: the broker is not to lose its instance again so soon. For one that goes
            // because its group shrinks nothing comes, and nothing was healed.
            let ended = activities.into_iter().flatten();
            let ended = ended.filter(|it| it.ends() && !it.shrinks());
            for it in ended {
                let known = it.instance.as_ref().is_some_and(|it| replaced.contains(it));
                if !known {
                    let node = group.only_node(&view.instances);
                    budget.count(view.now, node, it.started_at, Rung::Replace);
                }
            }
        }
        Ok(budget)
    }

    fn count(&mut self, now: Timestamp, node: Option<NodeId>, at: Timestamp, rung: Rung) {
        if now.duration_since(at) >= COUNTS {
            return;
        }
        self.times.insert(at);
        if let Some(node) = node {
            let last = self.last.entry(node).or_insert((at, rung));
            *last = (*last).max((at, rung));
        }
    }

    /// What was done for a broker last, within the last day.
    pub(super) fn last(&self, node: NodeId) -> Option<(Timestamp, Rung)> {
        self.last.get(&node).copied()
    }

    /// Whether a broker was healed within the last hour.
    pub(super) fn is_recent(&self, node: NodeId, now: Timestamp) -> bool {
        let last = self.last(node);
        last.is_some_and(|(at, _)| now.duration_since(at) < PAUSE)
    }

    /// The time at which a healing counts that begins now, or why none does. The one start after our own reboot counts
    /// with it, and one that joins others that are under way with them.
    pub(super) fn time_of(
        &self,
        patient: &Patient<'_>,
        rung: Rung,
        now: Timestamp,
    ) -> Result<Timestamp, Held> {
        let is_start = rung == Rung::Start;
        let healed = patient.healed().unwrap_or_default();
        let was_started = |at: Timestamp| healed.0.contains(&(at, Rung::Start));
        let last = self.last(patient.broker.node).filter(|_| is_start);
        let rebooted = last
            .filter(|(at, last)| *last == Rung::Reboot && *at + PAUSE > now)
            .filter(|(at, _)| !was_started(*at));
        if let Some((at, _)) = rebooted {
            return Ok(at);
        }
        let joins = self.starts_at(now).filter(|_| is_start);
        let at = joins.unwrap_or(now);
        self.held(patient, at, now).map_or(Ok(at), Err)
    }

    /// Why a broker is not healed now by a healing of this time, if so.
    fn held(&self, patient: &Patient<'_>, at: Timestamp, now: Timestamp) -> Option<Held> {
        let node = patient.broker.node;
        if let Some((last, rung)) = self.last(node)
            && now.duration_since(last) < PAUSE
        {
            let again = last + PAUSE;
            return Some(Held::Recently { node, rung, again });
        }
        // One that goes on is counted already.
        if self.times.contains(&at) || self.times.len() < A_DAY {
            return None;
        }
        let first = self.times.iter().nth(self.times.len() - A_DAY);
        let again = first.copied().unwrap_or(now) + COUNTS;
        Some(Held::Spent { node, again })
    }

    /// When the starts began that go on: one who joins them belongs to them.
    fn starts_at(&self, now: Timestamp) -> Option<Timestamp> {
        let starts = self.last.values().filter(|(at, rung)| {
            *rung == Rung::Start && now.duration_since(*at) < fleet::healing::FRESH
        });
        starts.map(|(at, _)| *at).max()
    }
}

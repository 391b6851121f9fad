//! Who has a place among the NLB's 50 listeners (F1). Whoever has a port has a place, too, also while
//! its listener is away: so that nobody comes between a broker and its replacement.

use super::draft::{Draft, Subject};
use super::view::View;
use crate::held::Held;
use crate::reason::Reason;
use fleet::ledger::Entry;
use fleet::naming::Owner;
use fleet::wishes::LISTENERS_PER_NLB;
use fleet::wishes::Wanted;
use fleet::words::{GroupName, NodeId};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How long the place of a broker that is gone is kept while others wait for one: a replacement is
/// launched, joins and becomes healthy within it.
const REPLACEMENT: SignedDuration = SignedDuration::from_mins(30);

/// The listeners that the NLB still has room for.
#[derive(Debug)]
pub(super) struct Places {
    /// Whose place is kept.
    kept: BTreeSet<(GroupName, Owner)>,
    /// How many are nobody's.
    left: usize,
    /// Whose place is given up in this plan.
    given_up: BTreeSet<(GroupName, Owner)>,
}

impl Places {
    /// Bootstraps have their place from the beginning, so that brokers never crowd them out; then
    /// come brokers with a port, then ports of brokers that are gone, the latest first. Nobody's are
    /// those that are left.
    pub(super) fn of(view: &View<'_>) -> Self {
        // `None` of whoever is not gone, and within that of bootstraps, comes first.
        let mut claims = Vec::new();
        for (age, name) in view.wishes.by_age.iter().enumerate() {
            let keeps = match view.wishes.groups.get(name) {
                Some(Wanted::Serve(group)) => {
                    if !view.listeners.contains_key(&group.bootstrap_port) {
                        claims.push((None, age, (name.clone(), Owner::Bootstrap)));
                    }
                    true
                }
                Some(Wanted::Refused { .. } | Wanted::Deleted { .. }) => true,
                Some(Wanted::Retire { .. }) | None => false,
            };
            let away = view
                .ledger
                .of_group(name)
                .filter(|entry| keeps && entry.owner != Owner::Bootstrap)
                .filter(|entry| !view.listeners.contains_key(&entry.port));
            claims.extend(away.map(|entry| {
                let since = entry.vacant_since.map(Reverse);
                (Some(since), age, (name.clone(), entry.owner))
            }));
        }
        claims.sort();
        let free = LISTENERS_PER_NLB.saturating_sub(view.listeners.len());
        let kept = claims.into_iter().take(free).map(|(_, _, whose)| whose);
        let kept: BTreeSet<(GroupName, Owner)> = kept.collect();
        Self {
            left: free - kept.len(),
            kept,
            given_up: BTreeSet::new(),
        }
    }

    /// Whether this broker's port and place are given up already.
    pub(super) fn is_given_up(&self, group: &GroupName, of: NodeId) -> bool {
        self.given_up.contains(&(group.clone(), Owner::Broker(of)))
    }

    fn take(&mut self, whose: &(GroupName, Owner)) -> bool {
        if self.kept.remove(whose) {
            return true;
        }
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}

impl<'a> Draft<'a> {
    /// Whether the NLB has room for one more listener. If it has none, that is said; or the oldest
    /// vacancy gives up its place, if a replacement had time enough to come.
    pub(super) fn take_place(&mut self, subject: Subject<'_>) -> bool {
        let view = self.view;
        let (group, owner) = (subject.group.clone(), subject.owner);
        if self.places.take(&(group.clone(), owner)) {
            return true;
        }
        match self.oldest_vacancy().filter(|_| owner != Owner::Bootstrap) {
            Some((since, of, entry)) if view.now.duration_since(since) >= REPLACEMENT => {
                let (name, of) = of;
                self.places.given_up.insert((name.clone(), entry.owner));
                self.give_up(name, entry, Reason::PlaceGivenUp { of, since });
            }
            Some((since, (name, _), entry)) => {
                let until = since.saturating_add(REPLACEMENT).unwrap_or(since);
                let kept_for = (name.clone(), entry.owner);
                self.hold(Held::PlaceKept(group, owner, kept_for, until));
            }
            None => {
                let foreign = view.listeners.len() - view.ours().count();
                self.hold(Held::LoadBalancerFull(group, owner, foreign));
            }
        }
        false
    }

    /// The port, of any group that is served, whose broker is gone for the longest time and whose
    /// place nobody waits for yet.
    fn oldest_vacancy(&self) -> Option<(Timestamp, (&'a GroupName, NodeId), &'a Entry)> {
        let view = self.view;
        let served = view
            .wishes
            .groups
            .values()
            .filter_map(|wanted| match wanted {
                Wanted::Serve(group) => Some(group),
                Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => None,
            });
        let all = served.flat_map(|group| {
            let vacancies = view.vacancies(group);
            vacancies.map(|(since, of, entry)| (since, (&group.name, of), entry))
        });
        let kept = all.filter(|(_, (group, of), _)| {
            let whose = ((*group).clone(), Owner::Broker(*of));
            self.places.kept.contains(&whose) && !self.places.given_up.contains(&whose)
        });
        kept.min_by_key(|(since, of, _)| (*since, *of))
    }
}

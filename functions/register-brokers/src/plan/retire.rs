//! A listener group that the user retires: a quarter of an hour after the last broker has stopped advertising
//! it, its listeners and target groups go, bootstrap first.

use super::draft::{Draft, Subject};
use super::view::{View, is_healthy};
use crate::action::Action;
use crate::held::Held;
use crate::reason::Reason;
use fleet::ledger::Entry;
use fleet::shown::{AdminAnswer, Shown};
use fleet::tags;
use fleet::words::{GroupName, InstanceId, NodeId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Between the last broker's advertising and the removal of listeners ("Retire a listener group" in
/// `register-brokers/README.md`).
const GRACE: SignedDuration = SignedDuration::from_mins(15);

impl Draft<'_> {
    /// A group that is served is not being retired: each of its notes goes, whoever is behind the port,
    /// so that the next retirement has its whole grace.
    pub(super) fn take_retirement_back(&mut self, group: &GroupName) {
        self.take_notes_off(group, &Reason::NotRetired);
    }

    fn take_notes_off(&mut self, group: &GroupName, reason: &Reason) {
        for entry in self.view.ledger.of_group(group) {
            if entry.retired_since.is_some() {
                let owner = entry.owner;
                let key = tags::RETIRED_SINCE;
                let unmark = Action::RemoveTag { key };
                self.act(Subject { group, owner }, unmark, reason.clone());
            }
        }
    }

    /// Plans the end of a listener group, which somebody asked for at `asked`. A note that is older is
    /// one of an earlier retirement, left by a run that could not take it off.
    pub(super) fn plan_retirement(&mut self, group: &GroupName, asked: Timestamp) {
        let view = self.view;
        self.show_frozen(group);
        let Some((advertise, unknown)) = view.advertisers(group) else {
            return self.hold(Held::AdvertisersUnknown(group.clone(), BTreeSet::new()));
        };
        if !advertise.is_empty() {
            self.take_notes_off(group, &Reason::StillAdvertised);
            return self.hold(Held::StillAdvertised(group.clone(), advertise));
        }
        if !unknown.is_empty() {
            return self.hold(Held::AdvertisersUnknown(group.clone(), unknown));
        }
        let noted = |entry: &Entry| entry.retired_since.filter(|since| *since >= asked);
        let newest = view.ledger.of_group(group).filter_map(noted).max();
        for entry in view.ledger.of_group(group) {
            let subject = Subject {
                group,
                owner: entry.owner,
            };
            if self.holds_attached(subject, entry) {
                continue;
            }
            let Some(since) = noted(entry) else {
                // The clocks of two services may differ by a moment.
                let since = newest.unwrap_or(view.now.max(asked));
                let (key, value) = (tags::RETIRED_SINCE, since.to_string());
                self.act(subject, Action::AddTag { key, value }, Reason::Retired);
                continue;
            };
            if view.now.duration_since(since) < GRACE {
                self.hold(Held::Retiring(group.clone(), since));
                continue;
            }
            let listener = view.our_listener(entry.port);
            if let Some(listener) = listener {
                let action = Action::DeleteListener {
                    listener: listener.arn.clone(),
                    port: entry.port,
                };
                self.act(subject, action, Reason::Retired);
            }
            if !self.holds_forwarded_to(subject, entry, listener) {
                self.act(subject, Action::DeleteTargetGroup, Reason::Retired);
            }
        }
    }
}

impl View<'_> {
    /// Who still advertises a group, and of whom that is not known; none if nobody could be asked. Who does not
    /// answer and is not healthy behind a port advertises to nobody, and begins the grace anew when it is back with the
    /// group; but if nobody shows itself, they may be asked in a wrong way.
    fn advertisers(&self, group: &GroupName) -> Option<(BTreeSet<NodeId>, BTreeSet<NodeId>)> {
        let answers = self.observed.shown.as_ref().ok()?;
        let is_itself = |answer: &AdminAnswer| matches!(answer.shown, Shown::Itself(_));
        let is_anybody = answers.iter().any(is_itself);
        let (mut advertise, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        for answer in answers {
            let (node, instance) = (answer.question.broker, &answer.question.instance);
            match &answer.shown {
                Shown::Itself(itself) if itself.advertised_port(group).is_some() => {
                    advertise.insert(node);
                }
                Shown::Itself(_) => {}
                Shown::Silent { .. } if is_anybody && !self.may_serve(group, instance) => {}
                Shown::Silent { .. } | Shown::Another { .. } | Shown::Untold { .. } => {
                    unknown.insert(node);
                }
            }
        }
        Some((advertise, unknown))
    }

    /// Whether an instance is healthy behind a port of a group, or that is not known.
    fn may_serve(&self, group: &GroupName, instance: &InstanceId) -> bool {
        self.ledger.of_group(group).any(|entry| {
            let targets = self.targets(&entry.arn);
            targets.is_none_or(|targets| {
                let mut healthy = targets.iter().filter(|it| is_healthy(it, entry.bind_port));
                healthy.any(|it| it.instance == *instance)
            })
        })
    }
}

//! A listener group that the user retires: a quarter of an hour of grace, then its listeners and
//! target groups go, bootstrap first.

use super::draft::{Draft, Subject};
use crate::action::Action;
use crate::held::Held;
use crate::reason::Reason;
use crate::tags;
use crate::words::GroupName;
use jiff::SignedDuration;

/// Between the retirement and the removal of listeners (design section 7).
const GRACE: SignedDuration = SignedDuration::from_mins(15);

impl Draft<'_> {
    /// Plans the end of a listener group.
    pub(super) fn plan_retirement(&mut self, group: &GroupName) {
        let view = self.view;
        self.show_frozen(group);
        let newest = view
            .ledger
            .of_group(group)
            .map(|entry| entry.retired_since)
            .max()
            .flatten();
        for entry in view.ledger.of_group(group) {
            let subject = Subject {
                group,
                owner: entry.owner,
            };
            if self.is_attached(subject, entry) {
                continue;
            }
            let Some(since) = entry.retired_since else {
                let (key, since) = (tags::RETIRED_SINCE, newest.unwrap_or(view.now));
                self.act(subject, Action::MarkSince { key, since }, Reason::Retired);
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
            if !self.is_forwarded_to(subject, entry, listener) {
                self.act(subject, Action::DeleteTargetGroup, Reason::Retired);
            }
        }
    }
}

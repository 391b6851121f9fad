//! Laws about who waits for a lifecycle hook: whoever goes on has come, or has gone.

use super::{Act, Law, no};
use crate::moment::Moment;
use fleet::words::InstanceId;
use jiff::SignedDuration;
use tests::history::look::Kind;

/// Who has waited longer may go on because AWS is about to end the wait.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl Act<'_> {
    /// A launch is completed when its broker is healthy behind its port, where it is to have one: twins and
    /// whoever has served as another broker are for a person.
    pub(super) fn who_does_not_serve_has_not_come(&self) -> Law {
        let Some(id) = self.completes_in_time() else {
            return Ok(());
        };
        let Some(Kind::Broker(node)) = self.before.look.live.get(&id).copied() else {
            return Ok(());
        };
        let group = "EXTERNAL";
        let is_wanted = |m: &Moment| {
            let mut others = m.look.live.keys().filter(|other| **other != id);
            m.look.of_node(node) == [&id]
                && !others.any(|other| m.look.served_as(group, other) == Some(node))
                && m.look.served_as(group, &id).is_none_or(|it| it == node)
                && m.look.keeps(&id)
                && !m.leaves_out(group, node)
                && !m.is_frozen(group)
                && !m.is_retired(group)
        };
        let serves = |m: &Moment| {
            m.look.places().iter().any(|(arn, place)| {
                place.group == group && place.node() == Some(node) && m.look.is_healthy(arn, &id)
            })
        };
        no(
            "a launch is completed when its broker serves",
            self.always(is_wanted) && !self.ever(serves),
        )
    }

    /// A termination is completed when nothing of ours leads to its broker any more.
    pub(super) fn who_still_serves_has_not_gone(&self) -> Law {
        let Some(id) = self.completes_in_time() else {
            return Ok(());
        };
        let serves = |m: &Moment| {
            m.look.leaving.contains(&id)
                && m.look.groups.keys().any(|arn| m.look.is_healthy(arn, &id))
        };
        no(
            "a termination is completed when its broker is gone",
            self.always(serves),
        )
    }

    /// Whose action is completed by this write, long before its time ends.
    fn completes_in_time(&self) -> Option<InstanceId> {
        let id = self.write.completes()?;
        let look = &self.before.look;
        let since = look.waiting.get(&id)?;
        (look.now.duration_since(*since) < LONGEST).then_some(id)
    }
}

//! Laws about ports: who has one keeps it.

use super::{Act, Law, no};
use crate::moment::Moment;
use cloud::call::Call;
use fleet::tags;
use fleet::words::{InstanceId, TargetGroupArn};
use jiff::{SignedDuration, Timestamp};
use tests::history::look::{Look, Place};

impl Act<'_> {
    pub(super) fn no_live_brokers_port_goes(&self) -> Law {
        if !matches!(
            self.write.call,
            Call::DeleteListener | Call::DeleteTargetGroup
        ) {
            return Ok(());
        }
        let Some((group, owner)) = self.subject() else {
            return Ok(());
        };
        let law = match self.write.call {
            // A listener that nobody stands behind would only fail open (F6).
            Call::DeleteListener => "the listener of a broker that stands behind it stays",
            _ => "the port of a broker that lives is not taken away",
        };
        let holds = |moment: &Moment, id: &InstanceId| match self.write.call {
            Call::DeleteListener => {
                let places = moment.look.places();
                let mut own = places
                    .iter()
                    .filter(|(_, place)| place.group == group && place.owner == owner);
                own.any(|(arn, _)| moment.look.stands(arn, id))
            }
            _ => true,
        };
        let lives = |moment: &Moment| match owner.parse() {
            Ok(node) => {
                let mut live = moment.look.of_node(node).into_iter();
                live.any(|id| {
                    let served = moment.look.served_as(&group, id);
                    holds(moment, id)
                        && served.is_none_or(|served| served == node)
                        && !self.is_out(&group, node, id)
                        && !self.is_another(id, node)
                })
            }
            Err(_) => true,
        };
        let kept = |moment: &Moment| {
            lives(moment) && !moment.is_retired(&group) && !self.is_claimed_twice(moment)
        };
        no(law, self.always(kept))
    }

    /// A port stays reserved for a day, unless the range is full or the group is retired; on a full NLB
    /// for half an hour.
    pub(super) fn reservations_are_kept(&self) -> Law {
        if self.write.call != Call::DeleteTargetGroup {
            return Ok(());
        }
        let (Some((group, _)), Some(arn)) = (self.subject(), self.write.group()) else {
            return Ok(());
        };
        let since = |moment: &Moment| -> Option<Timestamp> {
            let tags = &moment.look.groups.get(&arn)?.group.tags;
            tags.get(tags::VACANT_SINCE)?.parse().ok()
        };
        let now = self.after.look.now;
        let over = |moment: &Moment| {
            since(moment).is_some_and(|since| {
                let age = now.duration_since(since);
                let waits = moment.crowded && age >= SignedDuration::from_mins(30);
                moment.full || waits || age >= SignedDuration::from_hours(24)
            })
        };
        let allowed = self.ever(|moment| {
            over(moment) || moment.is_retired(&group) || self.is_claimed_twice(moment)
        });
        no("a port given once is reserved for 24 hours", !allowed)
    }

    /// Nobody gets a port that another one has, and a listener of ours leads to the port's owner.
    pub(super) fn ports_are_not_given_twice(&self) -> Law {
        let place = |look: &Look, arn: &TargetGroupArn| look.place(arn);
        match self.write.call {
            Call::CreateTargetGroup => {
                let old = &self.before.look.groups;
                let new = self
                    .after
                    .look
                    .groups
                    .keys()
                    .find(|arn| !old.contains_key(*arn));
                let Some(new) = new.and_then(|arn| place(&self.after.look, arn)) else {
                    return Ok(());
                };
                let has = |other: &Place| other.port == new.port;
                let taken = self.always(|moment| {
                    let listens = |l: &world::model::ListenerRecord| l.port.get() == new.port;
                    moment.look.places().values().any(has)
                        || moment.look.listeners.values().any(listens)
                });
                no("no port changes hands while it is reserved", taken)
            }
            Call::CreateListener | Call::ModifyListener => {
                let changed = self.after.look.listeners.iter().find(|(arn, record)| {
                    self.before
                        .look
                        .listeners
                        .get(*arn)
                        .map(|old| &old.forwards_to)
                        != Some(&record.forwards_to)
                });
                let Some((_, listener)) = changed else {
                    return Ok(());
                };
                let to = &listener.forwards_to;
                let owns = |look: &Look| {
                    place(look, to).is_some_and(|place| place.port == listener.port.get())
                };
                let right = owns(&self.after.look) || self.ever(|moment| owns(&moment.look));
                no("a listener of ours forwards to the port's owner", !right)
            }
            _ => Ok(()),
        }
    }

    /// Whether the group claims a port that is another one's, and nothing leads to it.
    fn is_claimed_twice(&self, moment: &Moment) -> bool {
        let Some(arn) = self.write.group() else {
            return false;
        };
        let places = moment.look.places();
        let own = places.get(&arn).map(|place| place.port);
        let mut others = places.iter().filter(|(other, _)| **other != arn);
        let mut listeners = moment.look.listeners.values();
        others.any(|(_, other)| Some(other.port) == own)
            && !listeners.any(|listener| listener.forwards_to == arn)
    }
}

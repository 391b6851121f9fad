//! The laws of one write: what the function may never do, whatever was lost, late or wrong. Each is
//! looked at against the moments that the activation may have seen.

use crate::moment::Moment;
use cloud::call::Call;
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, TargetGroupArn};
use jiff::{SignedDuration, Timestamp};
use std::rc::Rc;
use tests::CLUSTER;
use tests::history::Broken;
use tests::history::look::{Kind, Look, Place, Write};

/// A write, and what was there around it.
pub struct Act<'a> {
    /// The write.
    pub write: &'a Write,
    /// What the activation may have seen, the moment before the write included.
    pub window: &'a [Rc<Moment>],
    /// Right before it.
    pub before: &'a Moment,
    /// Right after it.
    pub after: &'a Moment,
}

/// A law, broken.
type Law = Result<(), &'static str>;

/// Looks at every law.
pub fn check(act: &Act<'_>) -> Result<(), Broken> {
    let laws = [
        act.not_while_paused(),
        act.only_what_is_ours(),
        act.not_while_frozen(),
        act.only_its_own_broker_enters(),
        act.only_who_serves_enters_bootstrap(),
        act.twins_stay_as_they_are(),
        act.the_right_target_stays(),
        act.no_serving_group_is_emptied(),
        act.no_live_brokers_port_goes(),
        act.reservations_are_kept(),
        act.ports_are_not_given_twice(),
    ];
    match laws.into_iter().find_map(Result::err) {
        None => Ok(()),
        Some(law) => Err(format!(
            "{law}: {}\n  live {:?}\n  ledger {:?}",
            act.write,
            act.before.look.live,
            act.before.look.places()
        )),
    }
}

impl Act<'_> {
    /// Whether every moment was so: then nobody can have read anything else.
    fn always(&self, so: impl Fn(&Moment) -> bool) -> bool {
        self.window.iter().all(|moment| so(moment))
    }

    /// Whether it was so at some moment.
    fn ever(&self, so: impl Fn(&Moment) -> bool) -> bool {
        self.window.iter().any(|moment| so(moment))
    }

    fn not_while_paused(&self) -> Law {
        no(
            "nothing is written while paused",
            self.always(|moment| moment.paused),
        )
    }

    fn only_what_is_ours(&self) -> Law {
        let foreign = |arn: &String| {
            // What we made in this very call, or what is gone, was never anybody else's.
            let tags = |moment: &Moment| tags_of(&moment.look, arn);
            self.ever(|moment| tags(moment).is_some())
                && self.always(|moment| tags(moment).is_none_or(|tags| !is_ours(&tags)))
        };
        let touched = self.write.arns.iter().any(foreign);
        no("what is not tagged as ours is not touched (P-11)", touched)
    }

    fn not_while_frozen(&self) -> Law {
        let Some((group, _)) = self.subject() else {
            return Ok(());
        };
        let law = "a refused or deleted parameter freezes its group (P-45)";
        no(law, self.always(|moment| moment.is_frozen(&group)))
    }

    fn only_its_own_broker_enters(&self) -> Law {
        if self.write.call != Call::RegisterTargets {
            return Ok(());
        }
        let owner = self.subject().map(|(_, owner)| owner);
        let right = |(id, port): &(InstanceId, Option<u16>)| {
            port.is_none()
                && self.ever(
                    |moment| match (moment.look.live.get(id), owner.as_deref()) {
                        (Some(Kind::Broker(_)), Some("bootstrap")) => true,
                        (Some(Kind::Broker(node)), Some(owner)) => node.to_string() == owner,
                        (Some(Kind::Leaving(_) | Kind::Foreign | Kind::Untagged) | None, _)
                        | (Some(Kind::Broker(_)), None) => false,
                    },
                )
        };
        no(
            "a group gets its own broker only",
            !self.write.targets.iter().all(right),
        )
    }

    fn only_who_serves_enters_bootstrap(&self) -> Law {
        let Some((group, owner)) = self.subject() else {
            return Ok(());
        };
        if self.write.call != Call::RegisterTargets || owner != "bootstrap" {
            return Ok(());
        }
        let serves = |look: &Look, id: &InstanceId| {
            let Some(Kind::Broker(node)) = look.live.get(id) else {
                return false;
            };
            look.places().values().any(|place| {
                place.group == group && place.node() == Some(*node) && look.serves(place.port, id)
            })
        };
        // Listener, health and instance may come from different moments.
        let known = |(id, _): &(InstanceId, Option<u16>)| self.ever(|m| serves(&m.look, id));
        let law = "who enters bootstrap is healthy behind its own port";
        no(law, !self.write.targets.iter().all(known))
    }

    fn twins_stay_as_they_are(&self) -> Law {
        let Some((_, owner)) = self.subject() else {
            return Ok(());
        };
        let twin = |(id, _): &(InstanceId, Option<u16>)| {
            self.always(|moment| {
                let Some(Kind::Broker(node)) = moment.look.live.get(id) else {
                    return false;
                };
                let own = owner == node.to_string() || owner == "bootstrap";
                own && moment.look.of_node(*node).len() > 1
            })
        };
        let law = "of two live instances with one node.id neither changes";
        no(law, self.write.targets.iter().any(twin))
    }

    /// The only live instance of a broker is never taken out of the broker's own group.
    fn the_right_target_stays(&self) -> Law {
        let (Some(node), Some(group)) = (self.node(), self.write.group()) else {
            return Ok(());
        };
        if self.write.call != Call::DeregisterTargets {
            return Ok(());
        }
        let right = |(id, port): &(InstanceId, Option<u16>)| {
            self.always(|moment| {
                let own = moment
                    .look
                    .groups
                    .get(&group)
                    .map(|record| record.group.port.get());
                moment.look.of_node(node) == [id] && *port == own
            })
        };
        let law = "the only live instance of a broker stays behind its port";
        no(law, self.write.targets.iter().any(right))
    }

    /// A group with a healthy target that lives, and is not another broker's, is not left without.
    fn no_serving_group_is_emptied(&self) -> Law {
        let (Some((_, owner)), Some(group)) = (self.subject(), self.write.group()) else {
            return Ok(());
        };
        if self.write.call != Call::DeregisterTargets {
            return Ok(());
        }
        let belongs = |moment: &Moment, id: &InstanceId| match moment.look.live.get(id) {
            Some(Kind::Broker(node) | Kind::Leaving(node)) => {
                owner == "bootstrap" || owner == node.to_string()
            }
            Some(Kind::Untagged) => true,
            Some(Kind::Foreign) | None => false,
        };
        let own_port = |moment: &Moment, port: Option<u16>| {
            port == moment
                .look
                .groups
                .get(&group)
                .map(|record| record.group.port.get())
        };
        let serving = |moment: &Moment| {
            let healthy = moment.look.health.get(&group).into_iter().flatten();
            let mut ids = healthy.map(|target| &target.instance);
            ids.any(|id| moment.look.is_healthy(&group, id))
        };
        let last = |(id, port): &(InstanceId, Option<u16>)| {
            self.always(|m| belongs(m, id) && own_port(m, *port) && m.look.is_healthy(&group, id))
        };
        // As far as anybody can know: at no moment did another one serve.
        let another = self.ever(|moment| {
            let healthy = moment.look.health.get(&group).into_iter().flatten();
            let taken_out = |id| self.write.targets.iter().any(|(out, _)| out == id);
            let mut others = healthy.filter(|target| !taken_out(&target.instance));
            others.any(|target| moment.look.is_healthy(&group, &target.instance))
        });
        let emptied = !serving(self.after) && !another && self.write.targets.iter().any(last);
        let law = match owner.as_str() {
            "bootstrap" => "bootstrap is not brought below its floor by us",
            _ => "a group that serves is never emptied by us (P-32)",
        };
        no(law, emptied)
    }

    fn no_live_brokers_port_goes(&self) -> Law {
        if !matches!(
            self.write.call,
            Call::DeleteListener | Call::DeleteTargetGroup
        ) {
            return Ok(());
        }
        let Some((group, owner)) = self.subject() else {
            return Ok(());
        };
        let lives = |moment: &Moment| match owner.parse() {
            Ok(node) => !moment.look.of_node(node).is_empty(),
            Err(_) => true,
        };
        let law = "the port of a broker that lives is not taken away";
        let kept = |moment: &Moment| {
            lives(moment) && !moment.is_retired(&group) && !self.is_claimed_twice(moment)
        };
        no(law, self.always(kept))
    }

    /// A port stays reserved for a day, unless the range is full or the group is retired.
    fn reservations_are_kept(&self) -> Law {
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
                moment.full || now.duration_since(since) >= SignedDuration::from_hours(24)
            })
        };
        let allowed = self.ever(|moment| {
            over(moment) || moment.is_retired(&group) || self.is_claimed_twice(moment)
        });
        no("a port given once is reserved for 24 hours", !allowed)
    }

    /// Nobody gets a port that another one has, and a listener of ours leads to the port's owner.
    fn ports_are_not_given_twice(&self) -> Law {
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

    fn subject(&self) -> Option<(String, String)> {
        let now = self.write.subject(&self.before.look, &self.after.look);
        // Tags may have been taken off meanwhile: what was seen counts.
        let mut seen = self.window.iter();
        now.or_else(|| seen.find_map(|m| self.write.subject(&m.look, &m.look)))
    }

    fn node(&self) -> Option<u32> {
        self.subject()?.1.parse().ok()
    }
}

fn no(law: &'static str, broken: bool) -> Law {
    if broken { Err(law) } else { Ok(()) }
}

fn is_ours(tags: &Tags) -> bool {
    tags.get(tags::CLUSTER).map(String::as_str) == Some(CLUSTER)
}

/// The tags of a target group or listener; none if there is no such thing then.
fn tags_of(look: &Look, arn: &str) -> Option<Tags> {
    let group = look.groups.get(&TargetGroupArn::new(arn));
    let listener = look.listeners.get(&fleet::words::ListenerArn::new(arn));
    group
        .map(|record| record.group.tags.clone())
        .or_else(|| listener.map(|record| record.tags.clone()))
}

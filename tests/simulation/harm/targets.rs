//! Laws about who is registered, and who is taken out.

use super::{Act, Law, no};
use crate::moment::Moment;
use cloud::call::Call;
use fleet::words::InstanceId;
use std::collections::BTreeSet;
use tests::history::look::{Kind, Look};

impl Act<'_> {
    /// The only live instance of a broker is never taken out of the broker's own group.
    pub(super) fn the_right_target_stays(&self) -> Law {
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
    pub(super) fn no_serving_group_is_emptied(&self) -> Law {
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

    pub(super) fn only_its_own_broker_enters(&self) -> Law {
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

    pub(super) fn only_who_serves_enters_bootstrap(&self) -> Law {
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

    pub(super) fn twins_stay_as_they_are(&self) -> Law {
        let Some((_, owner)) = self.subject() else {
            return Ok(());
        };
        // A twin that was there all the time: pages of a list can be of different moments, so a pair
        // that changes may not have been seen as one.
        let twin = |(id, _): &(InstanceId, Option<u16>)| {
            let twins = self.window.iter().map(|moment| {
                let Some(Kind::Broker(node)) = moment.look.live.get(id) else {
                    return BTreeSet::new();
                };
                let own = owner == node.to_string() || owner == "bootstrap";
                let all = moment.look.of_node(*node).into_iter();
                all.filter(|twin| own && *twin != id).cloned().collect()
            });
            let always = twins.reduce(|one: BTreeSet<InstanceId>, other| &one & &other);
            always.is_some_and(|twins| !twins.is_empty())
        };
        let law = "of two live instances with one node.id neither changes";
        no(law, self.write.targets.iter().any(twin))
    }
}

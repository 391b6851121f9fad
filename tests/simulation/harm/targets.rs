//! Laws about who is registered, and who is taken out.

use super::{Act, Law, no};
use crate::moment::Moment;
use cloud::call::Call;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;
use tests::history::look::{Kind, Look};
use tests::history::proof::{answers_as, is_noted};

impl Act<'_> {
    /// Who has served as a broker keeps the broker's port and its place in bootstrap while it lives,
    /// whatever its tags say: unless a person takes it out, or it answers as another broker.
    pub(super) fn who_has_served_stays(&self) -> Law {
        let Some((group, owner)) = self.subject() else {
            return Ok(());
        };
        let stays = |id: &InstanceId| {
            let mut served = self.window.iter().map(|m| m.look.served_as(&group, id));
            let Some(Some(node)) = served.next().filter(|first| served.all(|it| it == *first))
            else {
                return false;
            };
            (owner == "bootstrap" || owner == node.to_string())
                && self.always(|m| m.look.keeps(id) && !m.is_retired(&group))
                && !self.is_out(&group, node, id)
                && !self.is_another(id, node)
        };
        let broken = match (self.write.call, self.write.group()) {
            (Call::DeregisterTargets, _) => {
                let mut targets = self.write.targets.iter();
                targets.any(|(id, port)| self.is_own_port(*port) && stays(id))
            }
            (Call::DeleteListener | Call::DeleteTargetGroup, _) => {
                let places = self.before.look.places();
                let mut own = places
                    .iter()
                    .filter(|(_, place)| place.group == group && place.owner == owner);
                own.any(|(arn, _)| {
                    let mut live = self.before.look.live.keys();
                    live.any(|id| stays(id) && self.always(|m| m.look.stands(arn, id)))
                })
            }
            _ => false,
        };
        no("who has served keeps its port and its place", broken)
    }

    /// Whether it was the port of the write's own target group all the time.
    fn is_own_port(&self, port: Option<u16>) -> bool {
        self.always(|moment| {
            let arn = self.write.group();
            let record = arn.and_then(|arn| moment.look.groups.get(&arn));
            port == record.map(|record| record.group.port.get())
        })
    }

    /// The only live instance of a broker is never taken out of the broker's own group.
    pub(super) fn the_right_target_stays(&self) -> Law {
        let (Some(node), Some((listeners, _))) = (self.node(), self.subject()) else {
            return Ok(());
        };
        if self.write.call != Call::DeregisterTargets {
            return Ok(());
        }
        let right = |(id, port): &(InstanceId, Option<u16>)| {
            let served_here = |m: &Moment| {
                let served = m.look.served_as(&listeners, id);
                served.is_none_or(|served| served == node)
            };
            self.always(|m| m.look.of_node(node) == [id] && served_here(m))
                && self.is_own_port(*port)
                && !self.is_out(&listeners, node, id)
                && !self.is_another(id, node)
        };
        let law = "the only live instance of a broker stays behind its port";
        no(law, self.write.targets.iter().any(right))
    }

    /// Who answered as another broker, or serves as another, enters neither this broker's port nor
    /// bootstrap as it, before it answers as it.
    pub(super) fn another_stays_away(&self) -> Law {
        let Some((group, owner)) = self.subject() else {
            return Ok(());
        };
        if self.write.call != Call::RegisterTargets {
            return Ok(());
        }
        let another = |(id, _): &(InstanceId, Option<u16>)| {
            let node = match (owner.parse(), self.before.look.live.get(id)) {
                (Ok(node), _) => node,
                (Err(_), Some(Kind::Broker(node))) => *node,
                (Err(_), _) => return false,
            };
            let Some(node_id) = NodeId::new(node) else {
                return false;
            };
            let served_elsewhere = |m: &Moment| {
                let served = m.look.served_as(&group, id);
                served.is_some_and(|served| served != node)
            };
            let kind = self.before.look.live.get(id);
            self.always(|m| {
                m.look.live.get(id) == kind
                    && (is_noted(&m.look, id, node_id) || served_elsewhere(m))
            }) && !answers_as(self.proof, id, node_id)
        };
        let law = "who is another broker stays away until it answers as this one";
        no(law, self.write.targets.iter().any(another))
    }

    /// A group with a healthy target that lives, and is not another broker's, is not left without.
    pub(super) fn no_serving_group_is_emptied(&self) -> Law {
        let (Some((listeners, owner)), Some(group)) = (self.subject(), self.write.group()) else {
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
        let serving = |moment: &Moment| {
            let healthy = moment.look.health.get(&group).into_iter().flatten();
            let mut ids = healthy.map(|target| &target.instance);
            ids.any(|id| moment.look.is_healthy(&group, id))
        };
        // Its own word, or a person's hand: one empties a broker's port, and never bootstrap.
        let may_go = |id: &InstanceId| {
            let node = owner.parse();
            node.is_ok_and(|node| self.is_another(id, node) || self.is_out(&listeners, node, id))
        };
        let last = |(id, port): &(InstanceId, Option<u16>)| {
            self.always(|m| belongs(m, id) && m.look.is_healthy(&group, id))
                && self.is_own_port(*port)
                && !may_go(id)
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
        let Some((group, owner)) = self.subject() else {
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
                let leaves = self.write.call == Call::DeregisterTargets
                    && (self.is_another(id, *node) || self.is_out(&group, *node, id));
                let all = moment.look.of_node(*node).into_iter();
                let others = all.filter(|twin| own && !leaves && *twin != id);
                others
                    .filter(|twin| !self.is_out(&group, *node, twin))
                    .cloned()
                    .collect()
            });
            let always = twins.reduce(|one: BTreeSet<InstanceId>, other| &one & &other);
            always.is_some_and(|twins| !twins.is_empty())
        };
        let law = "of two live instances with one node.id neither changes";
        no(law, self.write.targets.iter().any(twin))
    }
}

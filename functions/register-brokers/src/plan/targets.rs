//! Who does not belong behind a broker's port, and when it leaves.

use super::broker::Port;
use super::draft::{Draft, Turn};
use super::identity::Identity;
use super::view::standing_targets;
use crate::action::Action;
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::brokers::{Life, Standing};
use fleet::observed::{TargetHealth, TargetState};
use fleet::words::InstanceId;

/// Targets that leave, each with why.
pub(super) type Leaving<'t> = Vec<(&'t TargetHealth, Reason)>;

impl Draft<'_> {
    /// The targets that leave a broker's port. `healthy`: the right target serves. `registered`: it is
    /// registered, or is being so.
    pub(super) fn who_leaves<'t>(
        &mut self,
        port: Port<'t>,
        healthy: bool,
        registered: bool,
    ) -> Leaving<'t> {
        let mut leaving = Vec::new();
        for target in standing_targets(port.targets) {
            let reason = self.why_not(port, target, healthy, registered);
            leaving.extend(reason.map(|reason| (target, reason)));
        }
        leaving
    }

    /// Where nobody can say who is right, or who is right cannot be mapped: a listener that leads
    /// elsewhere is put right all the same, and whoever is surely another broker leaves. `serves`:
    /// whoever keeps the port is registered, and its listener is made anew if it is gone.
    pub(super) fn mend(&mut self, port: Port<'_>, serves: bool) {
        let mut leaving = Vec::new();
        for target in standing_targets(port.targets) {
            let reason = match self.view.brokers.life(&target.instance) {
                Some(Life::Live) => self.why_another(port, &target.instance),
                Some(Life::Leaving) => self.why_left(&target.instance),
                Some(Life::Warm | Life::Dead) | None => None,
            };
            leaving.extend(reason.map(|reason| (target, reason)));
        }
        let subject = port.subject();
        if !serves && self.empty_or_doubted(port, &leaving) {
            self.deregister(subject, leaving);
            self.close(port);
            return;
        }
        let stands = standing_targets(port.targets).next().is_some();
        if serves || stands && self.view.listeners.contains_key(&port.entry.port) {
            self.plan_listener(subject, port.entry, true);
        }
        self.deregister(subject, leaving);
    }

    /// Whether nobody is left behind a port of ours that has a listener. That nobody stands there at
    /// all is seen twice (P-15).
    pub(super) fn empty_or_doubted(&mut self, port: Port<'_>, leaving: &Leaving<'_>) -> bool {
        let stands = standing_targets(port.targets).count();
        if stands > leaving.len() || self.view.our_listener(port.entry.port).is_none() {
            return false;
        }
        stands > 0 || self.sure_or_doubted(Doubt::Empty(port.group.name.clone(), port.node))
    }

    /// Takes the listener of an empty target group away: it would fail open (F6), and a connection that
    /// is refused does less harm than one that reaches somebody else.
    pub(super) fn close(&mut self, port: Port<'_>) {
        let Some(listener) = self.view.our_listener(port.entry.port) else {
            return;
        };
        let action = Action::DeleteListener {
            listener: listener.arn.clone(),
            port: port.entry.port,
        };
        self.act(port.subject(), action, Reason::Empty(port.node));
    }

    /// Whether an instance has served as no broker here. Another port of its own says so; that no note
    /// is seen must be so in two reads (P-15).
    pub(super) fn stranger_or_doubted(&mut self, instance: &InstanceId) -> bool {
        let mut entries = self.view.ledger.entries.values();
        let has_another = entries.any(|entry| entry.served_by.as_ref() == Some(instance));
        has_another || self.sure_or_doubted(Doubt::Stranger(instance.clone()))
    }

    /// Why a target does not belong behind the port; `None` if it stays for now.
    fn why_not(
        &mut self,
        port: Port<'_>,
        target: &TargetHealth,
        healthy: bool,
        registered: bool,
    ) -> Option<Reason> {
        let (view, subject, instance) = (self.view, port.subject(), &target.instance);
        match view.brokers.life(instance) {
            Some(Life::Dead) => return Some(Reason::Terminated),
            None => {
                let gone = self.gone_or_held(subject, target);
                return gone.then_some(Reason::Vanished);
            }
            Some(Life::Leaving | Life::Warm)
                if port.entry.served_by.as_ref() != Some(instance)
                    && view.tagged(instance).is_some_and(|node| node != port.node) =>
            {
                return Some(Reason::WrongBroker);
            }
            // It may serve from there; the mapping says where it stands.
            Some(Life::Warm) => {
                let serves_alone = target.state == TargetState::Healthy && !healthy;
                return (!serves_alone).then_some(Reason::Warm);
            }
            // Never empty a group that had a healthy target while that instance lives (P-32).
            Some(Life::Leaving) => {
                if healthy || registered && target.state != TargetState::Healthy {
                    return Some(Reason::Leaving);
                }
                let left = self.why_left(instance);
                if left.is_none() {
                    self.keep_last(subject, instance);
                }
                return left;
            }
            Some(Life::Live) => {}
        }
        if view.is_out(port.group, port.node, instance) {
            return self.why_released(port, instance);
        }
        let stays = view.stays(port.entry, port.node, target);
        // Whom neither the ledger nor a tag takes for this broker was put here by mistake, and may leave
        // at once; of everybody else only its own answer says that it does not belong here.
        if stays || view.tagged(instance) == Some(port.node) {
            match view.identity(instance, port.node) {
                Identity::Fits => {}
                Identity::Doubtful(_) | Identity::Another(_) => {
                    return self.why_another(port, instance);
                }
            }
        }
        match view.brokers.standing(instance) {
            Standing::Live(node) if node == port.node => registered
                .then_some(Reason::WrongPort)
                .filter(|_| target.port != port.entry.bind_port),
            _ if stays => {
                self.hold(Held::Kept {
                    group: port.group.name.clone(),
                    port: port.entry.port,
                    node: port.node,
                    instance: instance.clone(),
                    tags: view.tags_say(instance),
                    answers: view.who(instance),
                    stands: true,
                });
                None
            }
            Standing::Untagged if healthy => {
                self.stranger_or_doubted(instance).then_some(Reason::Stray)
            }
            Standing::Untagged => {
                self.keep_stray(subject, instance);
                None
            }
            Standing::Foreign
            | Standing::Live(_)
            | Standing::Leaving(_)
            | Standing::Released(_)
            | Standing::Warm(_)
            | Standing::Dead
            | Standing::Unknown => self
                .stranger_or_doubted(instance)
                .then_some(Reason::WrongBroker),
        }
    }

    /// Whether a live target leaves because it answers as another broker: when it did so twice, and one
    /// in a run.
    fn why_another(&mut self, port: Port<'_>, instance: &InstanceId) -> Option<Reason> {
        match self.view.identity(instance, port.node) {
            Identity::Fits => None,
            Identity::Doubtful(answers) => {
                self.sure_or_doubted(Doubt::Another(instance.clone(), answers));
                None
            }
            Identity::Another(_) => {
                self.note_another(&port.group.name, instance, port.node);
                let turn = self.takes_turn(Turn::Another, instance);
                turn.then_some(Reason::SomebodyElse(port.node))
            }
        }
    }
}

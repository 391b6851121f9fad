//! Who leaves bootstrap: the dead, the leaving, the released, and whoever is surely another broker. Ill
//! health alone, a proof that fails and a tag take nobody out.

use super::draft::{Draft, Subject};
use super::identity::Identity;
use super::view::{View, is_healthy, standing_targets};
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::brokers::{Life, Standing};
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::{TargetHealth, TargetState};
use fleet::words::{AzName, InstanceId};

/// Bootstrap of a listener group, with what stands in it.
#[derive(Clone, Copy)]
struct Bootstrap<'a> {
    group: &'a ListenerGroup,
    entry: &'a Entry,
    targets: &'a [TargetHealth],
}

impl Draft<'_> {
    /// Takes out who must not stay.
    pub(super) fn leave_bootstrap(
        &mut self,
        group: &ListenerGroup,
        entry: &Entry,
        targets: &[TargetHealth],
    ) {
        let bootstrap = Bootstrap {
            group,
            entry,
            targets,
        };
        let mut leaving = Vec::new();
        for target in standing_targets(targets) {
            let reason = self.why_leave(bootstrap, target);
            leaving.extend(reason.map(|reason| (target, reason)));
        }
        let subject = Subject {
            group: &group.name,
            owner: Owner::Bootstrap,
        };
        self.deregister(subject, leaving);
    }

    fn why_leave(&mut self, bootstrap: Bootstrap<'_>, target: &TargetHealth) -> Option<Reason> {
        let Bootstrap { group, entry, .. } = bootstrap;
        let (view, instance) = (self.view, &target.instance);
        let subject = Subject {
            group: &group.name,
            owner: Owner::Bootstrap,
        };
        let another_serves = self.another_stays(group, instance);
        match view.brokers.life(instance) {
            Some(Life::Dead) => return Some(Reason::Terminated),
            None => {
                let gone = self.gone_or_held(subject, target);
                return gone.then_some(Reason::Vanished);
            }
            Some(Life::Warm) if target.state != TargetState::Healthy => return Some(Reason::Warm),
            Some(Life::Leaving) if !another_serves && self.why_left(instance).is_some() => {
                return Some(Reason::Leaving);
            }
            Some(Life::Leaving | Life::Warm) if !another_serves => {
                self.keep_last(subject, instance);
                return None;
            }
            Some(Life::Leaving) => return Some(Reason::Leaving),
            Some(Life::Warm) => return Some(Reason::Warm),
            Some(Life::Live) => {}
        }
        let Some(node) = view.place(&group.name, instance) else {
            return self.why_stranger_leaves(subject, instance, another_serves);
        };
        if view.is_out(group, node, instance) {
            let leaves = self.may_leave(group, node, instance);
            return leaves.then_some(Reason::Released(node));
        }
        match view.identity(instance, node) {
            Identity::Doubtful(answers) => {
                self.sure_or_doubted(Doubt::Another(instance.clone(), answers));
                None
            }
            Identity::Another(_) if self.has_another_in_zone(bootstrap, instance) => {
                self.note_another(&group.name, instance, node);
                Some(Reason::SomebodyElse(node))
            }
            Identity::Another(_) => {
                let (group, instance) = (group.name.clone(), instance.clone());
                self.hold(Held::LastInZone(group, node, instance));
                None
            }
            // Of twins nothing changes for either; they are held elsewhere.
            Identity::Fits => (target.port != entry.bind_port
                && view.live_of(group, node).len() == 1)
                .then_some(Reason::WrongPort),
        }
    }

    /// Somebody whom people put there, who never was a broker of this group.
    fn why_stranger_leaves(
        &mut self,
        subject: Subject<'_>,
        instance: &InstanceId,
        another_serves: bool,
    ) -> Option<Reason> {
        match self.view.brokers.standing(instance) {
            Standing::Foreign if another_serves => self
                .stranger_or_doubted(instance)
                .then_some(Reason::WrongBroker),
            Standing::Untagged if another_serves => {
                self.stranger_or_doubted(instance).then_some(Reason::Stray)
            }
            _ => {
                self.keep_stray(subject, instance);
                None
            }
        }
    }

    /// Whether a healthy broker that is itself stands in bootstrap beside an instance, in its zone: the
    /// floor under what a proof may take out.
    fn has_another_in_zone(&self, bootstrap: Bootstrap<'_>, instance: &InstanceId) -> bool {
        let zone = |id: &InstanceId| -> Option<&AzName> {
            self.view
                .instances
                .get(id)
                .and_then(|it| it.az_name.as_ref())
        };
        let own = zone(instance);
        let mut others = bootstrap.targets.iter();
        own.is_some()
            && others.any(|other| {
                other.instance != *instance
                    && zone(&other.instance) == own
                    && self.view.stays_in(bootstrap.group, bootstrap.entry, other)
            })
    }
}

impl View<'_> {
    /// Whether a target of bootstrap serves and stays: it is healthy, lives, is nobody else for sure, and
    /// nobody takes it out.
    pub(super) fn stays_in(
        &self,
        group: &ListenerGroup,
        entry: &Entry,
        target: &TargetHealth,
    ) -> bool {
        let id = &target.instance;
        is_healthy(target, entry.bind_port)
            && self.brokers.life(id) == Some(Life::Live)
            && self.place(&group.name, id).is_some_and(|node| {
                self.identity(id, node) == Identity::Fits && !self.is_out(group, node, id)
            })
    }
}

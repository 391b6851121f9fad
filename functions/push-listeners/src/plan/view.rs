//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::blind;
use super::draft::Draft;
use super::subject::{Leaver, Subject};
use crate::exit::Exit;
use crate::held::Held;
use crate::observed::{Doubt, Observed};
use crate::restarts::Restarts;
use fleet::admin::Admin;
use fleet::brokers::{Broker, Brokers, Presence};
use fleet::documents::Document;
use fleet::gate::Holdings;
use fleet::interruption::interrupted;
use fleet::ledger::Ledger;
use fleet::lifecycle::{self, Hold};
use fleet::observed::{
    AutoScalingGroup, Command, Instance, LifecycleTransition, ManagedInstance, Parameter, Seen,
};
use fleet::refusal::Refusals;
use fleet::shown::AdminAnswer;
use fleet::wishes::{Healing, Room, Wanted, Wishes, parameter_path};
use fleet::words::{ClusterName, InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An observation without gaps in what everything depends on.
pub(super) struct View<'a> {
    pub(super) observed: &'a Observed,
    pub(super) now: Timestamp,
    pub(super) parameters: &'a [Parameter],
    pub(super) wishes: Wishes,
    pub(super) ledger: Ledger,
    pub(super) brokers: Brokers,
    pub(super) managed: BTreeMap<&'a InstanceId, &'a ManagedInstance>,
    shown: BTreeMap<&'a InstanceId, &'a AdminAnswer>,
    commands: &'a [Command],
    instances: BTreeMap<&'a InstanceId, &'a Instance>,
    holds: Vec<Hold<'a>>,
    /// The instances that AWS takes back, and when.
    interrupted: BTreeMap<InstanceId, Option<Timestamp>>,
    agreed: &'a BTreeSet<Doubt>,
    /// The newest time at which a listener parameter was written.
    pub(super) generation: Option<Timestamp>,
}

impl<'a> View<'a> {
    /// Opens an observation; the error says what everything is held for.
    pub(super) fn of(observed: &'a Observed, agreed: &'a BTreeSet<Doubt>) -> Result<Self, Held> {
        let now = *seen(&observed.now, "AWS's time")?;
        let parameters = seen(&observed.parameters, "the cluster's parameters")?;
        let of_cluster = seen(&observed.instances, "the instances")?;
        let requests = seen(&observed.spot_requests, "the requests of Spot Instances")?;
        let groups = seen(&observed.auto_scaling_groups, "the Auto Scaling groups")?;
        let target_groups = seen(&observed.target_groups, "the target groups")?;
        let managed = seen(&observed.managed, "the instances of Systems Manager")?;
        let commands = seen(&observed.commands, "our commands")?;
        let shown = observed.shown.as_ref();
        let shown = shown.map_err(|_| unasked(&observed.cluster, parameters))?;

        let cluster = &observed.cluster;
        let instances: BTreeMap<_, _> = of_cluster.iter().map(|it| (&it.id, it)).collect();
        let waiting = lifecycle::waiting(groups, |id| instances.contains_key(id));
        let interrupted = interrupted(of_cluster, requests, now);
        let brokers = Brokers::of(cluster, of_cluster, groups).without(interrupted.keys());
        let ledger = Ledger::read(cluster, target_groups);
        // Whether a group fits behind the NLB is register-brokers' matter: it gives the ports.
        let wishes = Wishes::read(cluster, parameters, &ledger, &Room::default());
        let path = format!("{}/listeners/", parameter_path(cluster));
        let of_groups = parameters.iter().filter(|it| it.name.starts_with(&path));
        Ok(Self {
            observed,
            now,
            parameters,
            wishes,
            ledger,
            brokers,
            managed: managed.iter().map(|it| (&it.id, it)).collect(),
            shown: shown.iter().map(|it| (&it.question.instance, it)).collect(),
            commands,
            instances,
            holds: lifecycle::holds(&waiting, &observed.lifecycles),
            interrupted,
            agreed,
            generation: of_groups.map(|it| it.last_modified).max(),
        })
    }

    /// What an instance shows on its admin listener; none if it was not asked.
    pub(super) fn shown(&self, instance: &InstanceId) -> Option<&'a AdminAnswer> {
        self.shown.get(instance).copied()
    }

    /// The hook of ours for which an instance waits on this way, if it does.
    pub(super) fn hold(
        &self,
        instance: &InstanceId,
        way: &LifecycleTransition,
    ) -> Option<&Hold<'a>> {
        let mut holds = self.holds.iter();
        holds.find(|it| it.waiting.instance == *instance && it.waiting.transition == *way)
    }

    /// Whether an instance waits to enter its group, for a hook of ours.
    pub(super) fn launches(&self, instance: &InstanceId) -> bool {
        self.hold(instance, &LifecycleTransition::Launching)
            .is_some()
    }

    /// Whether a broker that waits to leave its group comes back with its disk: its volume stays, and the group makes
    /// another instance, which is this broker again.
    pub(super) fn comes_back(&self, broker: &Broker) -> bool {
        let id = &broker.instance;
        let is_kept = |it: &Instance| it.kept_volume().is_ok();
        let mut groups = self.observed.auto_scaling_groups.iter().flatten();
        let group = groups.find(|it| it.instances.contains_key(id));
        let only = group.and_then(|it| it.only_node(&self.instances));
        let comes = group.is_some_and(AutoScalingGroup::makes_another);
        self.instance(id).is_some_and(is_kept) && only == Some(broker.node) && comes
    }

    /// An instance of the cluster.
    pub(super) fn instance(&self, id: &InstanceId) -> Option<&'a Instance> {
        self.instances.get(id).copied()
    }

    /// The value of a tag of an instance.
    pub(super) fn tag(&self, instance: &InstanceId, key: &str) -> Option<&'a str> {
        let tags = &self.instance(instance)?.tags;
        tags.get(key).map(|value| value.trim())
    }

    /// Whether a tag of an instance has the instance's own ID.
    pub(super) fn is_marked(&self, instance: &InstanceId, key: &str) -> bool {
        self.instance(instance).is_some_and(|it| it.is_marked(key))
    }

    /// What the cluster has of a broker; none if nobody has asked.
    pub(super) fn holdings(&self, node: NodeId) -> Option<Result<&'a Holdings, String>> {
        let told = self.observed.holdings.get(&node)?.as_ref();
        Some(told.map_err(|gap| {
            format!(
                "it could not be asked: {}; the next run asks again",
                gap.reason
            )
        }))
    }

    /// Whether an earlier look of this run said so, too.
    pub(super) fn agrees(&self, doubt: &Doubt) -> bool {
        self.agreed.contains(doubt)
    }

    /// How far brokers may be healed.
    pub(super) fn healing(&self) -> Result<Healing, Refusals> {
        Healing::of(&self.observed.cluster, self.parameters)
    }

    /// The brokers that leave and serve still: who has the least time first.
    pub(super) fn leavers(&self) -> Vec<Leaver<'_>> {
        let leaving = self.brokers.leaving();
        let leaving = leaving.filter_map(|broker| {
            let exit = self.exit(&broker.instance)?;
            let subject = Subject::leaving(self, broker);
            Some(Leaver { subject, exit })
        });
        let mut leavers: Vec<_> = leaving.collect();
        leavers.sort_by_key(|it| {
            let ends_at = it.exit.ends_at();
            (
                !it.exit.is_interruption(),
                ends_at.is_none(),
                ends_at,
                it.subject.broker.node,
            )
        });
        leavers
    }

    /// How an instance leaves whose broker serves still: what AWS takes back, no hook holds (P-25).
    fn exit(&self, instance: &InstanceId) -> Option<Exit> {
        if let Some(ends_at) = self.interrupted.get(instance) {
            return Some(Exit::Interrupted(*ends_at));
        }
        let hold = self.hold(instance, &LifecycleTransition::Terminating)?;
        Some(Exit::Waits(hold.ends_at()))
    }

    /// Each broker with one live instance, and what it should show.
    pub(super) fn subjects(&self) -> Vec<Subject<'_>> {
        let live = self.brokers.each_live();
        live.map(|broker| Subject::of(self, broker)).collect()
    }

    /// Every broker by its tags, whatever becomes of it.
    pub(super) fn nodes(&self) -> BTreeSet<NodeId> {
        self.brokers.nodes().collect()
    }

    /// Our commands that may have stopped or started a broker.
    pub(super) fn touches(&self) -> impl Iterator<Item = &'a Command> {
        let looks = Document::Inspect.name(&self.observed.cluster);
        let all = self.commands.iter();
        all.filter(move |it| it.document != looks)
    }

    /// The newest command of ours that has not ended.
    pub(super) fn in_flight(&self) -> Option<Held> {
        let under_way = self.commands.iter().filter(|it| it.status.is_in_flight());
        let newest = under_way.max_by_key(|it| (it.requested_at, &it.id))?;
        Some(Held::in_flight(newest))
    }

    /// Whether one of them is on this host.
    pub(super) fn is_in_flight_on(&self, instance: &InstanceId) -> bool {
        let mut under_way = self.commands.iter().filter(|it| it.status.is_in_flight());
        under_way.any(|it| it.instances.contains(instance))
    }

    /// Brokers of which nobody can tell which instance is right.
    pub(super) fn hold_twins(&self, draft: &mut Draft) {
        for node in self.brokers.nodes() {
            if let Presence::Twins(twins) = self.brokers.presence(node) {
                draft.hold(&Held::Twins {
                    node,
                    instances: twins.into_iter().cloned().collect(),
                });
            }
        }
    }

    /// Groups that stay as they are.
    pub(super) fn hold_groups(&self, draft: &mut Draft) {
        for (group, wanted) in &self.wishes.groups {
            match wanted {
                Wanted::Serve(_) | Wanted::Retire { .. } => {}
                Wanted::Refused {
                    parameter,
                    refusals,
                } => draft.hold(&Held::ParameterRefused {
                    parameter: parameter.clone(),
                    refusals: refusals.clone(),
                    stays: "brokers keep what they have of its group",
                }),
                Wanted::Deleted { parameter } => draft.hold(&Held::GroupDeleted {
                    parameter: parameter.clone(),
                    group: group.clone(),
                }),
            }
        }
    }

    /// When brokers may be restarted; none if nobody said it.
    pub(super) fn restarts(&self) -> Option<Result<Restarts, (String, Refusals)>> {
        let name = self.restarts_parameter();
        let found = self.parameters.iter().find(|it| it.name == name)?;
        Some(Restarts::read(found).map_err(|refusals| (name, refusals)))
    }

    /// When brokers and hosts had been looked at: a run takes its time, and an order is good for a while from then on.
    pub(super) fn seen_at(&self) -> Timestamp {
        let seen_at = self.observed.seen_at.filter(|at| *at >= self.now);
        seen_at.unwrap_or(self.now)
    }

    /// When AWS said what the gate answered; none if it was not asked.
    pub(super) fn gated_at(&self) -> Option<Timestamp> {
        let answer = self.observed.gate.as_ref().ok()?;
        answer.as_ref().map(|it| it.answered_at)
    }

    /// The name of the parameter that says it.
    pub(super) fn restarts_parameter(&self) -> String {
        format!("{}/restarts", parameter_path(&self.observed.cluster))
    }
}

/// What was read, or that everything is held.
fn seen<'a, T>(seen: &'a Seen<T>, what: &'static str) -> Result<&'a T, Held> {
    seen.as_ref().map_err(|_| blind(what))
}

/// Why nobody was asked: the parameter that says whom, or a gap.
fn unasked(cluster: &ClusterName, parameters: &[Parameter]) -> Held {
    let name = format!("{}/admin", parameter_path(cluster));
    let admin = parameters.iter().find(|it| it.name == name);
    match admin.map(Admin::read) {
        Some(Err(refusals)) => Held::ParameterRefused {
            parameter: name,
            refusals,
            stays: "no broker is asked or touched",
        },
        Some(Ok(_)) | None => blind("what brokers show"),
    }
}

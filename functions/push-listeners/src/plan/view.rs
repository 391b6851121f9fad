//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::blind;
use super::draft::Draft;
use super::subject::Subject;
use crate::documents::Document;
use crate::held::Held;
use crate::observed::Observed;
use crate::restarts::Restarts;
use fleet::admin::Admin;
use fleet::brokers::{Brokers, Presence};
use fleet::ledger::Ledger;
use fleet::observed::{Command, ManagedInstance, Parameter, Seen};
use fleet::refusal::Refusals;
use fleet::shown::AdminAnswer;
use fleet::wishes::{Room, Wanted, Wishes, parameter_path};
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
    /// The newest time at which a listener parameter was written.
    pub(super) generation: Option<Timestamp>,
}

impl<'a> View<'a> {
    /// Opens an observation; the error says what everything is held for.
    pub(super) fn of(observed: &'a Observed) -> Result<Self, Held> {
        let now = *seen(&observed.now, "AWS's time")?;
        let parameters = seen(&observed.parameters, "the cluster's parameters")?;
        let instances = seen(&observed.instances, "the instances")?;
        let groups = seen(&observed.auto_scaling_groups, "the Auto Scaling groups")?;
        let target_groups = seen(&observed.target_groups, "the target groups")?;
        let managed = seen(&observed.managed, "the instances of Systems Manager")?;
        let commands = seen(&observed.commands, "our commands")?;
        let shown = observed.shown.as_ref();
        let shown = shown.map_err(|_| unasked(&observed.cluster, parameters))?;

        let cluster = &observed.cluster;
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
            brokers: Brokers::of(cluster, instances, groups),
            managed: managed.iter().map(|it| (&it.id, it)).collect(),
            shown: shown.iter().map(|it| (&it.question.instance, it)).collect(),
            commands,
            generation: of_groups.map(|it| it.last_modified).max(),
        })
    }

    /// What an instance shows on its admin listener; none if it was not asked.
    pub(super) fn shown(&self, instance: &InstanceId) -> Option<&'a AdminAnswer> {
        self.shown.get(instance).copied()
    }

    /// Each broker with one live instance, and what it should show.
    pub(super) fn subjects(&self) -> Vec<Subject<'_>> {
        let nodes = self.brokers.nodes();
        let subjects = nodes.filter_map(|node| match self.brokers.presence(node) {
            Presence::Live(broker) => Some(Subject::of(self, broker)),
            Presence::Twins(_)
            | Presence::Leaving(_)
            | Presence::Released(_)
            | Presence::Absent => None,
        });
        subjects.collect()
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

//! What was observed, opened: everything that a decision needs is there, or there is no decision.

use super::blind;
use super::draft::Draft;
use super::subject::Subject;
use crate::held::Held;
use crate::observed::Observed;
use crate::restarts::Restarts;
use fleet::brokers::{Brokers, Presence};
use fleet::foreign::clean;
use fleet::ledger::Ledger;
use fleet::observed::{Command, ManagedInstance, Parameter};
use fleet::refusal::Refusals;
use fleet::shown::AdminAnswer;
use fleet::wishes::{Room, Wanted, Wishes, parameter_path};
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// How much of a command's comment is shown.
const SHOWN: usize = 200;

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
        let now = *observed.now.as_ref().map_err(|_| blind("AWS's time"))?;
        let parameters = observed.parameters.as_ref();
        let parameters = parameters.map_err(|_| blind("the cluster's parameters"))?;
        let instances = observed.instances.as_ref();
        let instances = instances.map_err(|_| blind("the instances"))?;
        let groups = observed.auto_scaling_groups.as_ref();
        let groups = groups.map_err(|_| blind("the Auto Scaling groups"))?;
        let target_groups = observed.target_groups.as_ref();
        let target_groups = target_groups.map_err(|_| blind("the target groups"))?;
        let managed = observed.managed.as_ref();
        let managed = managed.map_err(|_| blind("the instances of Systems Manager"))?;
        let commands = observed.commands.as_ref();
        let commands = commands.map_err(|_| blind("our commands"))?;
        let shown = observed.shown.as_ref();
        let shown = shown.map_err(|_| blind("what brokers show"))?;

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

    /// Each broker with what it should show; what is wrong with others is held.
    pub(super) fn subjects(&self, draft: &mut Draft) -> Vec<Subject<'_>> {
        let mut subjects = Vec::new();
        for node in self.brokers.nodes() {
            match self.brokers.presence(node) {
                Presence::Live(broker) => subjects.push(Subject::of(self, broker, draft)),
                Presence::Twins(twins) => draft.hold(Held::Twins {
                    node,
                    instances: twins.into_iter().cloned().collect(),
                }),
                Presence::Leaving(_) | Presence::Released(_) | Presence::Absent => {}
            }
        }
        subjects
    }

    /// Every broker by its tags, whatever becomes of it.
    pub(super) fn nodes(&self) -> BTreeSet<NodeId> {
        self.brokers.nodes().collect()
    }

    /// The newest command of ours that has not ended.
    pub(super) fn in_flight(&self) -> Option<Held> {
        let under_way = self.commands.iter().filter(|it| it.status.is_in_flight());
        let newest = under_way.max_by_key(|it| (it.requested_at, &it.id))?;
        Some(Held::InFlight {
            comment: clean(&newest.comment, SHOWN),
            instances: newest.instances.clone(),
            status: newest.status.clone(),
        })
    }

    /// Groups that stay as they are.
    pub(super) fn hold_groups(&self, draft: &mut Draft) {
        for (group, wanted) in &self.wishes.groups {
            match wanted {
                Wanted::Serve(_) | Wanted::Retire { .. } => {}
                Wanted::Refused {
                    parameter,
                    refusals,
                } => draft.hold(Held::ParameterRefused {
                    parameter: parameter.clone(),
                    refusals: refusals.clone(),
                    stays: "brokers keep what they have of its group",
                }),
                Wanted::Deleted { parameter } => draft.hold(Held::GroupDeleted {
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

    /// The name of the parameter that says it.
    pub(super) fn restarts_parameter(&self) -> String {
        format!("{}/restarts", parameter_path(&self.observed.cluster))
    }
}

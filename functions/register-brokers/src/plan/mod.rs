//! The decision: a pure, total function from what was observed to a plan.

mod adopt;
mod bootstrap;
mod bootstrap_leave;
mod broker;
mod cluster_id;
mod draft;
mod fit;
mod handover;
mod hooks;
mod identity;
mod inquiry;
mod launch;
mod leave;
mod listener;
mod newcomers;
mod order;
mod places;
mod ports;
mod proof;
mod release;
mod retire;
mod seat;
mod service;
mod targets;
mod view;
mod whole;

pub(crate) use adopt::{asked_what_is_held, asked_what_they_show};
pub(crate) use hooks::waiting;
pub use inquiry::{Asked, inquiry};
pub(crate) use service::endpoint_service;
pub(crate) use view::{View, is_healthy};

use crate::action::{Action, Change};
use crate::held::Held;
use crate::mapping::{Mapping, Row, RowState};
use crate::observed::{Doubt, Observed};
use crate::reason::Reason;
use draft::{Draft, Subject};
use fleet::naming::Owner;
use fleet::observed::{Listener, TargetHealth, TargetState};
use fleet::plan::Said;
use fleet::wishes::{Wanted, parameter_path};
use fleet::words::{GroupName, TargetGroupArn};
use std::collections::BTreeSet;

/// What to do now about the mapping.
pub type Plan = fleet::plan::Plan<Change, Doubt, Mapping>;
/// One step of it.
pub type Step = fleet::plan::Step<Change>;

/// Decides what to do about what was observed. Whatever cannot be decided is held with a reason;
/// nothing is done on a gap, and nothing is touched that is not tagged for this cluster (P-11).
/// Of what one look leaves in doubt, only what an earlier look `agreed` upon is so (P-15).
pub fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
    decide(observed, agreed).0
}

/// The same, and beside it what is held, as whoever held it knows it.
pub(crate) fn decide(observed: &Observed, agreed: &BTreeSet<Doubt>) -> (Plan, Vec<Held>) {
    let mut plan = Plan {
        gaps: observed.gaps(),
        ..Plan::default()
    };
    plan.picture.proof = observed.proof.clone().unwrap_or_default();
    let view = match View::of(observed, agreed) {
        Ok(view) => view,
        Err(held) => {
            plan.held.push(Said::of(&held));
            plan.steps = hooks::heart_beats(observed);
            return (plan, vec![held]);
        }
    };
    plan.paused.clone_from(&view.wishes.paused);
    let mut draft = Draft::new(&view);
    draft.hold_what_is_odd();
    // Whoever was there first takes its places on the NLB first.
    let groups = view.wishes.by_age.iter();
    for (name, wanted) in groups.filter_map(|name| view.wishes.groups.get_key_value(name)) {
        match wanted {
            Wanted::Serve(group) => {
                draft.drop_superfluous(name);
                draft.take_retirement_back(name);
                draft.show_left_out(group);
                draft.plan_brokers(group);
                draft.show_who_has_no_port(group);
                draft.plan_bootstrap(group);
                draft.hold_unproven(group);
            }
            Wanted::Retire { since } => {
                draft.drop_superfluous(name);
                draft.plan_retirement(name, *since);
                draft.take_back_retired(name);
            }
            Wanted::Refused {
                parameter,
                refusals,
            } => {
                draft.hold(Held::ParameterRefused(parameter.clone(), refusals.clone()));
                draft.show_frozen(name);
            }
            Wanted::Deleted { parameter } => {
                draft.hold(Held::ParameterDeleted(name.clone(), parameter.clone()));
                draft.show_frozen(name);
            }
        }
    }
    draft.plan_hooks();
    draft.finish(plan)
}

/// So many parameters that nobody reads are named.
const UNKNOWN_NAMED: usize = 5;

impl Draft<'_> {
    /// Says what is wrong with instances, target groups and listeners, whatever the wishes are.
    fn hold_what_is_odd(&mut self) {
        let view = self.view;
        let odd = view.brokers.misfits.iter().chain(&view.brokers.unreleased);
        for (instance, why) in odd {
            self.hold(Held::Misfit(instance.clone(), why.clone()));
        }
        let unknown = view.wishes.unknown.iter();
        let more = unknown.len().saturating_sub(UNKNOWN_NAMED);
        for parameter in unknown.take(UNKNOWN_NAMED) {
            let path = parameter_path(&view.observed.cluster);
            self.hold(Held::ParameterUnknown(path, parameter.clone(), more));
        }
        if let Some(held) = view.cluster_ids_disagree() {
            self.hold(held);
        }
        for fault in view.ledger.faults.values() {
            self.hold(Held::LedgerFault(fault.group.clone(), fault.why.clone()));
        }
        for ((group, _), why) in &view.ledger.others {
            if view.wishes.groups.contains_key(group) {
                self.hold(Held::LedgerFault(Some(group.clone()), why.clone()));
            }
        }
        let known = view.ledger.ports();
        for listener in view.ours() {
            if !known.contains(&listener.port) {
                self.hold_orphan(listener);
            }
        }
    }

    /// A listener of ours without a ledger entry: one read of the target groups may have shown too
    /// little (P-15), and nobody is told to delete what may serve.
    fn hold_orphan(&mut self, listener: &Listener) {
        if !self.sure_or_doubted(Doubt::Orphan(listener.port)) {
            return;
        }
        let view = self.view;
        let may_serve = |group: &TargetGroupArn| {
            // What another owner's port leads to serves there, and is crossed here.
            let is_known = view.ledger.entries.values().any(|it| it.arn == *group);
            let targets = view.targets(group);
            let healthy = |it: &TargetHealth| it.state == TargetState::Healthy;
            !is_known && targets.is_none_or(|targets| targets.iter().any(healthy))
        };
        let served = listener.forwards_to.iter().find(|group| may_serve(group));
        self.hold(match served {
            Some(group) => Held::OrphanServes(listener.port, group.clone()),
            None => Held::OrphanListener(listener.port),
        });
    }

    /// Target groups that claim another one's port, and that nothing leads to, go. AWS refuses to
    /// delete one that a listener forwards to after all.
    fn drop_superfluous(&mut self, group: &GroupName) {
        let all = &self.view.ledger.superfluous;
        for ((_, owner), entry) in all.iter().filter(|((of, _), _)| of == group) {
            let subject = Subject {
                group,
                owner: *owner,
            };
            if !self.holds_attached(subject, entry) {
                let reason = Reason::ClaimedTwice(entry.port);
                self.act(subject, Action::DeleteTargetGroup, reason);
            }
        }
    }

    /// Shows the rows of a group that is left as it is.
    fn show_frozen(&mut self, group: &GroupName) {
        let view = self.view;
        for entry in view.ledger.of_group(group) {
            let state = match (entry.owner, entry.vacant_since) {
                (Owner::Broker(_), Some(_)) => RowState::Reserved,
                (Owner::Broker(_) | Owner::Bootstrap, _) => view.row_state(entry, None),
            };
            self.show(Row {
                group: group.clone(),
                port: entry.port,
                owner: entry.owner,
                endpoint: None,
                instances: view.registered(entry),
                az_id: None,
                state,
            });
        }
    }
}

#[cfg(test)]
mod tests;

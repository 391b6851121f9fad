//! What the doctor sees: the observation, opened as far as it can be, and the plan that follows from it.

use crate::held::Held;
use crate::observed::{Access, Doubt, Observed};
use crate::plan::{Plan, View, decide};
use fleet::brokers::Brokers;
use fleet::ledger::Ledger;
use fleet::observed::{Gap, Parameter, Seen};
use fleet::principals::Principals;
use fleet::refusal::Refusals;
use fleet::wishes::{Room, Wanted, Wishes, parameter_path};
use std::collections::BTreeSet;

/// The observation, and what follows from it. A plan needs all of it or is none; whoever looks for what is missing
/// needs the rest.
pub(super) struct Sight<'a> {
    pub(super) observed: &'a Observed,
    pub(super) access: &'a Access,
    pub(super) plan: Plan,
    /// What the plan holds.
    pub(super) held: Vec<Held>,
    /// Everything that a plan needs; the error is what is not there.
    pub(super) view: Result<View<'a>, Held>,
    /// The brokers, by tags and states.
    pub(super) brokers: Seen<Brokers>,
    /// What parameters ask for, where nothing else is known that they have to fit.
    alone: Seen<Wishes>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(
        observed: &'a Observed,
        agreed: &'a BTreeSet<Doubt>,
        access: &'a Access,
    ) -> Self {
        let (plan, held) = decide(observed, agreed);
        let cluster = &observed.cluster;
        let scaling = observed.auto_scaling_groups.as_deref().unwrap_or_default();
        let instances = observed.instances.as_deref();
        let brokers = instances.map(|all| Brokers::of(cluster, all, scaling));
        let parameters = observed.parameters.as_deref();
        let (ledger, room) = (Ledger::default(), Room::default());
        let alone = parameters.map(|all| Wishes::read(cluster, all, &ledger, &room));
        Self {
            observed,
            access,
            plan,
            held,
            view: View::of(observed, agreed),
            brokers: brokers.map_err(Gap::clone),
            alone: alone.map_err(Gap::clone),
        }
    }

    /// What the cluster's parameters ask for.
    pub(super) fn wishes(&self) -> Result<&Wishes, &Gap> {
        match &self.view {
            Ok(view) => Ok(&view.wishes),
            Err(_) => self.alone.as_ref(),
        }
    }

    /// How many listener groups there are that are not being retired.
    pub(super) fn groups(&self) -> usize {
        let groups = self.wishes().map(|wishes| wishes.groups.values());
        let stay = groups.into_iter().flatten();
        stay.filter(|wanted| !matches!(wanted, Wanted::Retire { .. }))
            .count()
    }

    /// Who may connect by the parameter, if there is one.
    pub(super) fn principals(&self) -> Option<Result<Principals, Refusals>> {
        let parameter = self.parameter("principals")?;
        let partition = self.observed.load_balancer_arn.partition();
        Some(Principals::read(parameter, partition))
    }

    /// Whether sync-principals accepts connections before anything is handed over.
    pub(super) fn accepts_at_once(&self) -> bool {
        let principals = self.principals();
        principals.is_some_and(|it| it.is_ok_and(|it| it.at_once))
    }

    /// The read without which there is no mapping, beside those of which an earlier station has told.
    pub(super) fn blind(&self) -> Option<&Gap> {
        let Observed {
            now,
            listeners,
            target_groups,
            instances,
            ..
        } = self.observed;
        let gaps = [
            now.as_ref().err(),
            listeners.as_ref().err(),
            target_groups.as_ref().err(),
            instances.as_ref().err(),
        ];
        gaps.into_iter().flatten().next()
    }

    /// The full name of a parameter of the cluster.
    pub(super) fn name_of(&self, name: &str) -> String {
        format!("{}/{name}", parameter_path(&self.observed.cluster))
    }

    /// A parameter of the cluster, if it is there.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameter_named(&self.name_of(name))
    }

    /// The same by its full name.
    pub(super) fn parameter_named(&self, name: &str) -> Option<&Parameter> {
        let mut parameters = self.observed.parameters.iter().flatten();
        parameters.find(|parameter| parameter.name == name)
    }
}

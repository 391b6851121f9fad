//! The walk: station after station, each when those that it needs are well.

use super::sight::Sight;
use super::station::{Finding, Found, Station};
use super::{
    Walk, bootstrap, brokers, connection, held, listeners, load_balancer, names, parameter, proof,
    security_groups, service, targets,
};
use crate::held::Held;
use crate::plan::View;
use fleet::brokers::Broker;
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::wishes::Wanted;
use fleet::words::{GroupName, InstanceId, NodeId};
use std::collections::BTreeMap;

/// What finds out how it is with a station: what is said if it is well, or else what was found.
type Check = fn(&Walker<'_>) -> Result<String, Finding>;

/// The stations in the order in which they are looked at, each with those that have to be well before anything can be
/// said of it.
const ORDER: [(Station, &[Station], Check); 13] = {
    use Station::*;
    [
        (Parameter, &[], parameter::check),
        (Tags, &[], brokers::tags),
        (Instances, &[Tags], brokers::instances),
        (LoadBalancer, &[], load_balancer::check),
        (
            SecurityGroups,
            &[Parameter, LoadBalancer],
            security_groups::check,
        ),
        (
            Listeners,
            &[Parameter, Tags, Instances, LoadBalancer],
            listeners::check,
        ),
        (Targets, &[Instances, Listeners], targets::check),
        (Proof, &[Targets], proof::check),
        (Bootstrap, &[Proof], bootstrap::check),
        (Service, &[LoadBalancer], service::check),
        (Names, &[Proof], names::check),
        (Principals, &[Service], service::principals),
        (Connection, &[Service], connection::check),
    ]
};

/// Walks the way of each consumer's connections.
pub(super) fn walks(sight: &Sight<'_>) -> Vec<Walk> {
    let groups = sight.wishes().map(|wishes| &wishes.groups);
    let mut walks: Vec<Walk> = groups
        .into_iter()
        .flatten()
        .filter_map(|(name, wanted)| match wanted {
            Wanted::Serve(group) => Some(Walker::of(sight, Some(name), Some(group))),
            Wanted::Refused { .. } | Wanted::Deleted { .. } => {
                Some(Walker::of(sight, Some(name), None))
            }
            Wanted::Retire { .. } => None,
        })
        .map(Walker::walk)
        .collect();
    if walks.is_empty() {
        walks.push(Walker::of(sight, None, None).walk());
    }
    walks
}

/// Who walks, and what was found so far.
pub(super) struct Walker<'a> {
    pub(super) sight: &'a Sight<'a>,
    /// The listener group whose consumer's way it is.
    pub(super) name: Option<&'a GroupName>,
    /// What its parameter says, if it can be used.
    pub(super) group: Option<&'a ListenerGroup>,
    found: BTreeMap<Station, Finding>,
}

impl<'a> Walker<'a> {
    fn of(
        sight: &'a Sight<'a>,
        name: Option<&'a GroupName>,
        group: Option<&'a ListenerGroup>,
    ) -> Self {
        Self {
            sight,
            name,
            group,
            found: BTreeMap::new(),
        }
    }

    fn walk(mut self) -> Walk {
        for (station, needs, check) in ORDER {
            let needs: &[Station] =
                match self.nobody_is_to_connect() && station != Station::Parameter {
                    true => &[Station::Parameter],
                    false => needs,
                };
            let finding = self.waits(needs).and_then(|()| check(&self));
            let finding = finding.map_or_else(|finding| finding, Finding::well);
            self.found.insert(station, finding);
        }
        let found = self.found.into_iter();
        Walk {
            group: self.name.cloned(),
            stations: found
                .map(|(station, finding)| Found { station, finding })
                .collect(),
        }
    }

    /// There are listener groups, and all of them are being retired.
    fn nobody_is_to_connect(&self) -> bool {
        let wishes = self.sight.wishes();
        self.name.is_none() && wishes.is_ok_and(|wishes| !wishes.groups.is_empty())
    }

    /// Waits for the first of these stations that is not well, if there is one.
    pub(super) fn waits(&self, needs: &[Station]) -> Result<(), Finding> {
        let is_well = |station: &Station| self.found.get(station).is_some_and(Finding::is_well);
        match needs.iter().find(|station| !is_well(station)) {
            Some(on) => Err(Finding::Waits { on: *on }),
            None => Ok(()),
        }
    }

    /// Wrong if the plan holds something at a station, for this group or for all; its sentence has the way out. What
    /// is about a broker that the group is to do without does not count.
    pub(super) fn unless_held(&self, station: Station, says: &str) -> Result<(), Finding> {
        let tagged = |instance: &InstanceId| {
            let brokers = self.sight.brokers.as_ref().ok()?;
            brokers.find(instance).map(|broker| broker.node)
        };
        let is_here = |held: &&Held| {
            held::place(held, tagged).is_some_and(|it| {
                it.station == station
                    && (it.group.is_none() || it.group == self.name)
                    && !it.node.is_some_and(|node| self.is_out(node))
            })
        };
        match self.sight.held.iter().find(is_here) {
            Some(held) => Err(Finding::wrong(says, held.to_string())),
            None => Ok(()),
        }
    }

    /// Whether all that are tagged as this broker are left out of the group, or taken out.
    fn is_out(&self, node: NodeId) -> bool {
        let (Ok(view), Some(group)) = (&self.sight.view, self.group) else {
            return false;
        };
        let mut bearers = view
            .brokers
            .all_live()
            .filter(|it| it.node == node)
            .peekable();
        bearers.peek().is_some() && bearers.all(|it| view.is_out(group, node, &it.instance))
    }

    /// Everything of the group that is needed to look at its ports; without it, how it is with the station.
    pub(super) fn mapped(&self) -> Result<Mapped<'a>, Finding> {
        let view = self.view()?;
        let group = self.group.ok_or(Finding::Waits {
            on: Station::Parameter,
        })?;
        Ok(Mapped { view, group })
    }

    /// Everything that a plan needs; without it, what is not there.
    pub(super) fn view(&self) -> Result<&'a View<'a>, Finding> {
        self.sight.view.as_ref().map_err(|held| {
            let wrong = || Finding::wrong("there is no mapping", held.to_string());
            self.sight.blind().map_or_else(wrong, Finding::from)
        })
    }
}

/// A group's ports can be looked at.
#[derive(Clone, Copy)]
pub(super) struct Mapped<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) group: &'a ListenerGroup,
}

impl<'a> Mapped<'a> {
    /// Each broker that the consumer is to reach, with its port, if it has one.
    pub(super) fn exposed(self) -> impl Iterator<Item = (&'a Broker, Option<&'a Entry>)> {
        let all = self.view.brokers.each_live();
        all.filter(move |it| !self.view.is_out(self.group, it.node, &it.instance))
            .map(move |it| (it, self.entry(Owner::Broker(it.node))))
    }

    /// The port of a broker, or of bootstrap.
    pub(super) fn entry(self, owner: Owner) -> Option<&'a Entry> {
        let entries = &self.view.ledger.entries;
        entries.get(&(self.group.name.clone(), owner))
    }
}

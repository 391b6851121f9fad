//! Who is to be behind a broker's port, by tag and by ledger. A tag gives a port; once an instance was
//! healthy behind it, no tag, role or cluster name takes the port away while it lives.

use super::identity::Identity;
use super::view::{View, is_healthy, standing_targets};
use fleet::brokers::{Broker, Life, Presence, Standing};
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::{Instance, TargetHealth, TargetState};
use fleet::words::{GroupName, InstanceId, NodeId};
use std::collections::BTreeSet;

/// Who is to be behind the port of a `node.id`.
#[derive(Debug)]
pub(super) enum Seat<'a> {
    /// The one live instance that is tagged as it; the ledger agrees, or says nothing.
    Broker(&'a Broker),
    /// A live instance that has served here, and whose tags say something else.
    Kept(&'a Instance),
    /// One instance is tagged as it, and another one has served here and lives.
    Contested(&'a Broker, &'a Instance),
    /// Two or more live instances are tagged as it: nobody can tell which is right.
    Twins(Vec<&'a Broker>),
    /// None lives, and one is being terminated by its Auto Scaling group.
    Leaving(&'a Broker),
    /// None stays: a person takes out whoever is there.
    Released(&'a Broker),
    /// Nobody.
    Vacant,
}

impl<'a> Seat<'a> {
    /// The instance that serves here as far as anybody can tell.
    pub(super) fn instance(&self) -> Option<&'a InstanceId> {
        match self {
            Self::Broker(broker) | Self::Leaving(broker) | Self::Released(broker) => {
                Some(&broker.instance)
            }
            Self::Kept(instance) | Self::Contested(_, instance) => Some(&instance.id),
            Self::Twins(_) | Self::Vacant => None,
        }
    }

    /// Whether a live instance keeps the port from being vacant.
    pub(super) fn is_taken(&self) -> bool {
        match self {
            Self::Broker(_) | Self::Kept(_) | Self::Contested(..) | Self::Twins(_) => true,
            Self::Leaving(_) | Self::Released(_) | Self::Vacant => false,
        }
    }
}

impl<'a> View<'a> {
    /// Who is to be behind an entry's port.
    pub(super) fn seat(&'a self, group: &ListenerGroup, node: NodeId, entry: &Entry) -> Seat<'a> {
        let mut live = self.live_of(group, node);
        if live.len() == 1 {
            // Who has served as another one is that one, whatever its tag proposes. Of two that say it
            // nothing changes for either: a person has to look.
            live.retain(|broker| self.seat_elsewhere(&broker.instance, node).is_none());
        }
        let kept = self.kept(group, node, entry);
        match (&live[..], kept) {
            ([only], None) => Seat::Broker(only),
            ([only], Some(kept)) => Seat::Contested(only, kept),
            ([], Some(kept)) => Seat::Kept(kept),
            ([], None) => match self.brokers.presence(node) {
                Presence::Live(broker) | Presence::Released(broker)
                    if self.is_out(group, node, &broker.instance) =>
                {
                    Seat::Released(broker)
                }
                Presence::Live(_) | Presence::Released(_) => Seat::Vacant,
                Presence::Leaving(broker) => Seat::Leaving(broker),
                Presence::Twins(_) | Presence::Absent => Seat::Vacant,
            },
            (_, _) => Seat::Twins(live),
        }
    }

    /// The live instances that are tagged as this broker and that nobody takes out.
    pub(super) fn live_of(&'a self, group: &ListenerGroup, node: NodeId) -> Vec<&'a Broker> {
        let all = self.brokers.all_live();
        all.filter(|broker| broker.node == node && !self.is_out(group, node, &broker.instance))
            .collect()
    }

    /// Whether a person takes an instance out: of everything by its tag, or of one group by the
    /// parameter's `without`.
    pub(crate) fn is_out(&self, group: &ListenerGroup, node: NodeId, id: &InstanceId) -> bool {
        self.brokers.is_released(id) || group.without.names(node, id)
    }

    /// The broker that an instance is by the ledger, if it has served as one other than `node`, in any
    /// listener group, and does not positively answer as `node`.
    pub(super) fn seat_elsewhere(
        &self,
        id: &InstanceId,
        node: NodeId,
    ) -> Option<(&GroupName, NodeId)> {
        if self.who(id) == Some(node) {
            return None;
        }
        // Of two ports of one group that it has served on, this broker's is its own.
        let own: BTreeSet<&GroupName> = self
            .served(id)
            .filter(|(_, served)| *served == node)
            .map(|(group, _)| group)
            .collect();
        let mut served = self.served(id);
        served.find(|(group, served)| *served != node && !own.contains(group))
    }

    /// The ports that an instance has served on, by the ledger: listener group and broker.
    fn served(&self, id: &InstanceId) -> impl Iterator<Item = (&GroupName, NodeId)> {
        let entries = self.ledger.entries.iter();
        entries.filter_map(move |((group, owner), entry)| match owner {
            Owner::Broker(node)
                if entry.served_by.as_ref() == Some(id) && entry.vacant_since.is_none() =>
            {
                Some((group, *node))
            }
            Owner::Broker(_) | Owner::Bootstrap => None,
        })
    }

    /// The broker that an instance is to a listener group: by the ledger, else by its tag.
    pub(super) fn place(&self, group: &GroupName, id: &InstanceId) -> Option<NodeId> {
        let tagged = self.tagged(id);
        let served: BTreeSet<NodeId> = self
            .served(id)
            .filter(|(of, _)| *of == group)
            .map(|(_, node)| node)
            .collect();
        tagged
            .filter(|node| served.is_empty() || served.contains(node))
            .or_else(|| served.first().copied())
    }

    /// The `node.id` that an instance's tags say, if they make a broker.
    pub(super) fn tagged(&self, id: &InstanceId) -> Option<NodeId> {
        match self.brokers.standing(id) {
            Standing::Live(node)
            | Standing::Leaving(node)
            | Standing::Released(node)
            | Standing::Warm(node) => Some(node),
            Standing::Dead | Standing::Foreign | Standing::Untagged | Standing::Unknown => None,
        }
    }

    /// The live instance that keeps a port against its own tags, if there is one.
    fn kept(&'a self, group: &ListenerGroup, node: NodeId, entry: &Entry) -> Option<&'a Instance> {
        let targets = standing_targets(self.targets(&entry.arn).unwrap_or_default());
        let kept = targets.filter(|target| self.stays(entry, node, target));
        let noted = entry.served_by.iter();
        let mut ids = noted.chain(kept.map(|target| &target.instance));
        let id = ids.find(|id| {
            self.brokers.life(id) == Some(Life::Live)
                && self.tagged(id) != Some(node)
                && !self.is_out(group, node, id)
                && !matches!(self.identity(id, node), Identity::Another(_))
        })?;
        self.instances.get(id).copied()
    }

    /// Whether a live target keeps its place behind broker `node`'s port whatever its tags say: it has
    /// served there, or it does so now and has no place elsewhere.
    pub(super) fn stays(&self, entry: &Entry, node: NodeId, target: &TargetHealth) -> bool {
        let id = &target.instance;
        if entry.served_by.as_ref() == Some(id) || self.who(id) == Some(node) {
            return true;
        }
        let another_has = entry
            .served_by
            .as_ref()
            .is_some_and(|other| self.brokers.life(other) == Some(Life::Live));
        let serves = match target.state {
            TargetState::Healthy | TargetState::Unavailable | TargetState::Unknown(_) => true,
            TargetState::Initial
            | TargetState::Unhealthy
            | TargetState::UnhealthyDraining
            | TargetState::Unused
            | TargetState::Draining => false,
        };
        serves
            && self.brokers.standing(id) != Standing::Untagged
            && target.port == entry.bind_port
            && !another_has
            && self.seat_elsewhere(id, node).is_none()
            && !self.serves_by_tag(id, entry)
    }

    /// Whether an instance stands, healthy, behind the port of the broker that its tag says.
    fn serves_by_tag(&self, id: &InstanceId, not: &Entry) -> bool {
        let Some(node) = self.tagged(id) else {
            return false;
        };
        self.ledger.entries.values().any(|entry| {
            entry.owner == Owner::Broker(node)
                && entry.arn != not.arn
                && self
                    .targets(&entry.arn)
                    .unwrap_or_default()
                    .iter()
                    .any(|target| target.instance == *id && is_healthy(target, entry.bind_port))
        })
    }

    /// What an instance's tags say that it is, for a person.
    pub(super) fn tags_say(&self, id: &InstanceId) -> String {
        use fleet::tags;
        let instance = self.instances.get(id);
        let tag = |key: &str| instance.and_then(|instance| instance.tags.get(key));
        match (self.brokers.standing(id), tag(tags::CLUSTER)) {
            (
                Standing::Live(node)
                | Standing::Leaving(node)
                | Standing::Released(node)
                | Standing::Warm(node),
                _,
            ) => format!("broker {node}"),
            (Standing::Foreign, Some(cluster)) if *cluster != self.observed.cluster.as_str() => {
                format!(
                    "an instance of cluster {}",
                    fleet::foreign::clean(cluster, 64)
                )
            }
            (Standing::Foreign, _) => "a controller".to_owned(),
            (Standing::Untagged | Standing::Dead | Standing::Unknown, _) => {
                "no broker of this cluster".to_owned()
            }
        }
    }

    /// Every instance that is asked who it is because it serves, or has served, or is noted: beside
    /// those that are brokers by their tags. With the broker that it should be.
    pub(super) fn seated(&'a self, group: &GroupName) -> Vec<(NodeId, &'a Instance)> {
        let mut seen: BTreeSet<&InstanceId> = BTreeSet::new();
        let mut all = Vec::new();
        for entry in self.ledger.of_group(group) {
            let targets = standing_targets(self.targets(&entry.arn).unwrap_or_default());
            let targets = match entry.owner {
                Owner::Broker(node) => Vec::from_iter(
                    targets
                        .filter(|target| self.stays(entry, node, target))
                        .map(|target| (node, &target.instance)),
                ),
                Owner::Bootstrap => Vec::new(),
            };
            let noted = entry.served_by.iter().filter_map(|id| match entry.owner {
                Owner::Broker(node) => Some((node, id)),
                Owner::Bootstrap => None,
            });
            let others = entry.another.iter().map(|note| (note.node, &note.instance));
            for (node, id) in noted.chain(targets).chain(others) {
                if self.brokers.life(id) == Some(Life::Live)
                    && let Some(instance) = self.instances.get(id)
                    && seen.insert(&instance.id)
                {
                    all.push((node, *instance));
                }
            }
        }
        all
    }
}

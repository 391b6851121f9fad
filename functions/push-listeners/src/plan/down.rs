//! Who is not up: as long as one broker is down, no other one is stopped.

use super::roll::Planned;
use super::view::View;
use crate::held::Held;
use fleet::brokers::Presence;
use fleet::shown::{Itself, Voters};
use fleet::words::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// Every broker that is not up; and what is said of one of which nothing else is said.
pub(super) fn down(view: &View<'_>, planned: &[Planned<'_>]) -> BTreeMap<NodeId, Option<Held>> {
    let mut down = BTreeMap::new();
    for it in planned.iter().filter(|it| it.subject.itself().is_none()) {
        down.insert(it.node(), None);
    }
    let live = |node: NodeId| planned.iter().any(|it| it.node() == node);
    let shown = planned.iter().filter_map(|it| it.subject.itself());
    let (mut known, mut following) = (BTreeSet::new(), BTreeSet::new());
    for shows in shown {
        known.extend(known_as_brokers(view, shows));
        following.extend(&shows.followers);
    }
    for &node in known.union(&following).filter(|node| !live(**node)) {
        let why = match view.brokers.presence(node) {
            Presence::Live(_) => continue,
            Presence::Twins(_) => None,
            Presence::Leaving(_) => Some(
                "its instance is being terminated; it is waited for until other brokers know it no more",
            ),
            Presence::Released(_) => Some(
                "it is being taken out by the tag kafka-privatelink:release; stop it, and unregister it, or take the tag away",
            ),
            // Replicas of which nobody told us are the gate's matter.
            Presence::Absent if !known.contains(&node) && view.brokers.is_controller(node) => {
                continue;
            }
            Presence::Absent if !known.contains(&node) => Some(
                "it follows the metadata quorum without a vote, other brokers do not list it, and no live instance is tagged as it; if it is a controller, let it vote (kafka-metadata-quorum.sh add-controller), write its node.id and controller into the tags kafka-privatelink:node-id and kafka-privatelink:role of its instance, or stop it; if it is a broker that starts, tag its instance",
            ),
            Presence::Absent => Some(
                "other brokers know it, and no live instance is tagged as it; start it, tag its instance, or take it out of the cluster: move its replicas, and unregister it",
            ),
        };
        let why = why.map(str::to_owned);
        down.insert(node, why.map(|why| Held::NotUp { node, why }));
    }
    for node in view.brokers.nodes() {
        if let Presence::Twins(_) = view.brokers.presence(node) {
            down.insert(node, None);
        }
    }
    down
}

/// Every broker that one knows as such: who only follows the metadata quorum may be one that starts, or a controller
/// without a vote. A voter that is no broker by any sign is a controller: the gate knows the rule for voters.
fn known_as_brokers(view: &View<'_>, shows: &Itself) -> Vec<NodeId> {
    let voters = match &shows.voters {
        Voters::Are(voters) => Some(voters),
        Voters::None | Voters::Untold(_) => None,
    };
    let tagged = view.nodes();
    let voters = voters.into_iter().flatten();
    let voters = voters.filter(|voter| tagged.contains(voter));
    let all = shows.listed.iter().chain(&shows.replicas);
    all.chain(voters).copied().collect()
}

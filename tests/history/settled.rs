//! What must be so once the world has settled.

use super::Broken;
use super::event::Value;
use super::happen::World;
use super::look::{Kind, Look};
use fleet::observed::TargetState;
use fleet::plan::Said;
use std::collections::BTreeSet;

/// Looks at a world in which nothing has happened for a while.
pub fn check(world: &World, look: &Look, held: &[Said]) -> Result<(), Broken> {
    no_strangers(world, look, held)?;
    if held.is_empty() {
        everything_is_mapped(world, look)?;
    }
    Ok(())
}

/// Whether a group is served: its parameter is there and right.
fn is_served(world: &World, group: &str) -> bool {
    match world.wanted.get(group).copied().flatten() {
        Some(Value::Error | Value::Retired) | None => false,
        Some(_) => true,
    }
}

fn is_left_out(world: &World, group: &str, node: u32) -> bool {
    let value = world.wanted.get(group).copied().flatten();
    value.is_some_and(|value| value.leaves_out(node))
}

/// Law 4: no group that we may change holds another broker's instance, or another cluster's.
fn no_strangers(world: &World, look: &Look, held: &[Said]) -> Result<(), Broken> {
    // What is held is said, and left as it is.
    if !held.is_empty() {
        return Ok(());
    }
    for (arn, place) in look.places() {
        if !is_served(world, &place.group) {
            continue;
        }
        for target in &look.health[&arn] {
            let right = match (look.live.get(&target.instance), place.node()) {
                (Some(Kind::Broker(node) | Kind::Leaving(node)), Some(own)) => *node == own,
                (Some(Kind::Broker(_)), None) => true,
                (Some(Kind::Leaving(_)), None) => false,
                (Some(Kind::Foreign | Kind::Untagged) | None, _) => false,
            };
            if !right && target.state != TargetState::Draining {
                return Err(format!(
                    "law 4, a group holds its own broker only: {place:?} holds {target:?}"
                ));
            }
        }
    }
    Ok(())
}

/// If nothing is held, every broker that runs is behind its own port, and all are in bootstrap.
fn everything_is_mapped(world: &World, look: &Look) -> Result<(), Broken> {
    for group in world.wanted.keys().filter(|group| is_served(world, group)) {
        let mut ready = BTreeSet::new();
        for node in look.nodes() {
            let live = look.of_node(node).into_iter();
            // A person takes the others out.
            let live: Vec<_> = live.filter(|id| look.keeps(id)).collect();
            if live.is_empty() || is_left_out(world, group, node) {
                continue;
            }
            let [instance] = live[..] else {
                return Err(format!("law 7, twins of {node} are not held"));
            };
            if !look.running.contains(instance) {
                continue;
            }
            let places = look.places();
            let place = places
                .iter()
                .find(|(_, place)| place.group == **group && place.node() == Some(node));
            let Some((arn, place)) = place else {
                return Err(format!(
                    "law 10, broker {node} of {group} is mapped or held: {look:?}"
                ));
            };
            let registered: BTreeSet<_> = look.health[arn].iter().map(|t| &t.instance).collect();
            if registered != BTreeSet::from([instance]) {
                return Err(format!(
                    "law 10, behind port {} of {group} is {instance} alone: {registered:?}",
                    place.port
                ));
            }
            let forwards = |listener: &&world::model::ListenerRecord| {
                listener.port.get() == place.port && listener.forwards_to == *arn
            };
            if !look.listeners.values().any(|listener| forwards(&listener)) {
                return Err(format!(
                    "law 10, port {} of {group} has a listener",
                    place.port
                ));
            }
            if look.serves(place.port, instance) {
                ready.insert(instance);
            }
        }
        let places = look.places();
        let bootstrap = places
            .iter()
            .find(|(_, place)| place.group == **group && place.owner == "bootstrap");
        let targets = bootstrap.map(|(arn, _)| look.health[arn].iter());
        let inside: BTreeSet<_> = targets.into_iter().flatten().map(|t| &t.instance).collect();
        if !ready.is_subset(&inside) {
            return Err(format!(
                "law 10, every serving broker of {group} is in bootstrap: {ready:?}, {inside:?}"
            ));
        }
    }
    Ok(())
}

//! What AWS has in the end, as sentences that can be compared: ids of what the function made and
//! times are left out, because they say nothing about what serves.

use fleet::listener::{ListenerGroup, Wish};
use fleet::observed::{Attributes, TargetState};
use fleet::tags::{self, Tags};
use fleet::wishes::parameter_path;
use fleet::words::{GroupName, Port};
use std::collections::{BTreeMap, BTreeSet};
use tests::Stage;

/// Sentences about each target group and each listener, in order.
pub fn end(stage: &Stage) -> Vec<String> {
    let now = stage.now();
    let wished = wished(stage);
    let mut model = stage.model();
    let groups: Vec<_> = model.target_groups().cloned().collect();
    let mut sentences = Vec::new();
    for listener in model.listeners() {
        let to = groups
            .iter()
            .find(|record| record.group.arn == listener.forwards_to)
            .map(|record| record.group.name.as_str());
        let of = format!(
            "listener {} of {}",
            port(listener.port, &listener.tags, &wished),
            owner(&listener.tags)
        );
        sentences.push(format!("{of} forwards to {to:?}"));
        sentences.push(format!("{of} has {}", listed(&listener.attributes)));
        sentences.push(format!(
            "{of} is tagged {}",
            tagged(&listener.tags, &wished)
        ));
    }
    for record in &groups {
        let group = &record.group;
        let health = model.by_hand(|model| model.describe_target_health(now, &group.arn));
        let targets: BTreeSet<String> = health
            .expect("a group that is there")
            .iter()
            .filter(|target| target.state != TargetState::Draining)
            .map(|target| format!("{}:{} {:?}", target.instance, target.port, target.state))
            .collect();
        let of = format!(
            "target group {} on {} of {}",
            group.name,
            group.port,
            owner(&group.tags)
        );
        sentences.push(format!("{of} holds {targets:?}"));
        sentences.push(format!("{of} has {}", listed(&record.attributes)));
        sentences.push(format!("{of} checks by {:?}", group.health_check));
        sentences.push(format!("{of} is tagged {}", tagged(&group.tags, &wished)));
    }
    sentences.sort();
    sentences
}

/// The listener groups as their parameters want them.
fn wished(stage: &Stage) -> BTreeMap<GroupName, ListenerGroup> {
    let now = stage.now();
    let listeners = format!("{}/listeners/", parameter_path(&stage.scope.cluster));
    let mut model = stage.model();
    let parameters = model.by_hand(|model| model.get_parameters_by_path(now, &listeners, None));
    let parameters = parameters.expect("parameters").items.into_iter();
    let groups = parameters.filter_map(|parameter| {
        let name = GroupName::from(parameter.name.strip_prefix(&listeners)?);
        match ListenerGroup::read(&name, &parameter.value) {
            Ok(Wish::Serve(group)) => Some((name, group)),
            Ok(Wish::Retire) | Err(_) => None,
        }
    });
    groups.collect()
}

/// A port; left open for a broker whose preferred one lies outside its group's range, because
/// which of the others it gets depends on who comes first.
fn port(port: Port, tags: &Tags, wished: &BTreeMap<GroupName, ListenerGroup>) -> String {
    let group = tags
        .get(tags::GROUP)
        .and_then(|name| wished.get(&GroupName::from(name.as_str())));
    let node = tags
        .get(tags::NODE_ID)
        .and_then(|node| node.parse::<u32>().ok());
    let (Some(group), Some(node)) = (group, node) else {
        return port.to_string();
    };
    let preferred = u32::from(group.bootstrap_port.get()).checked_add(node);
    let preferred = preferred.and_then(|port| u16::try_from(port).ok());
    match preferred.and_then(Port::new) {
        Some(preferred) if group.broker_ports.contains(preferred) => port.to_string(),
        Some(_) | None => "(any)".to_owned(),
    }
}

fn owner(tags: &Tags) -> String {
    let tag = |key| tags.get(key).map_or("nobody", String::as_str);
    format!("{} {}", tag(tags::GROUP), tag(tags::NODE_ID))
}

/// That there is a "since" is compared, since when is not.
fn tagged(of: &Tags, wished: &BTreeMap<GroupName, ListenerGroup>) -> String {
    let mut told = of.clone();
    for key in [
        tags::VACANT_SINCE,
        tags::RETIRED_SINCE,
        tags::COMPLETE_SINCE,
    ] {
        if let Some(since) = told.get_mut(key) {
            *since = "some time".to_owned();
        }
    }
    let number = told.get(tags::PORT).and_then(|text| text.parse().ok());
    if let Some(number) = number.and_then(Port::new) {
        told.insert(tags::PORT.to_owned(), port(number, of, wished));
    }
    listed(&told)
}

fn listed(pairs: &Attributes) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(", ")
}

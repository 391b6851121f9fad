//! Whether every partition has its leader, can do without `next`, and can be seen.

use super::findings::Findings;
use super::hearing::{Hearing, Partition, Told, Topic};
use super::inquiry::GateQuestion;
use crate::words::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every partition as any broker shows it.
pub fn judge(question: &GateQuestion, hearing: &Hearing, findings: &mut Findings) {
    let pictures = hearing.pictures();
    let (mut partitions, mut of_next) = (0, 0);
    for (name, views) in by_name(&pictures) {
        let shown = by_index(&views);
        let own = |it: &&Partition| it.replicas.contains(&question.next);
        partitions += shown.len();
        of_next += shown.values().filter(|shown| shown.iter().any(own)).count();
        let is_everywhere = pictures.iter().all(|topics| find(topics, name).is_some());
        for (index, shown) in shown {
            let differ = shown.iter().any(|it| it.leader != shown[0].leader);
            let is_down = |it: &&Partition| it.leader.is_none() && !waits_for(question, it);
            if shown.iter().any(is_down) {
                findings.leaderless.insert(partition(name, index));
            }
            if differ || shown.len() < views.len() || !is_everywhere {
                findings.leaders_differ.insert(partition(name, index));
            }
        }
    }
    let counts = &mut findings.counts;
    counts.partitions = counts.partitions.max(partitions);
    counts.of_next = counts.of_next.max(of_next);
    min_isr(question, hearing, findings);
    for (node, told) in hearing.told() {
        all_seen(node, told, findings);
    }
    moving(question.next, hearing, findings);
}

/// Every topic, and how brokers show it: each way once.
fn by_name<'a>(pictures: &[&'a [Arc<Topic>]]) -> BTreeMap<&'a str, Vec<&'a Topic>> {
    let mut views: BTreeMap<&str, Vec<&Topic>> = BTreeMap::new();
    for topic in pictures.iter().flat_map(|topics| topics.iter()) {
        let views = views.entry(&topic.name).or_default();
        if !views.iter().any(|it| std::ptr::eq(*it, &**topic)) {
            views.push(topic);
        }
    }
    views
}

fn by_index<'a>(views: &[&'a Topic]) -> BTreeMap<i32, Vec<&'a Partition>> {
    let mut shown: BTreeMap<i32, Vec<&Partition>> = BTreeMap::new();
    for partition in views.iter().flat_map(|topic| &topic.partitions) {
        shown.entry(partition.index).or_default().push(partition);
    }
    shown
}

fn min_isr(question: &GateQuestion, hearing: &Hearing, findings: &mut Findings) {
    let next = question.next;
    for (node, broker) in hearing.told() {
        for topic in broker.topics.iter().flat_map(|topics| topics.iter()) {
            if let Some(why) = &topic.error {
                findings.untold(node, "the partitions", Some(&topic.name), why);
            }
        }
        for topic in broker.without_min_insync(next) {
            let why = "they have just been made or deleted; it is asked again";
            findings.untold(node, "min.insync.replicas", Some(&topic.name), why);
        }
    }
    for (topic, it, without) in lacking(next, hearing) {
        match without {
            // Without a broker that hangs these are already.
            Without::Unavailable if question.hangs && it.leader != Some(next) => {}
            Without::TooFew if waits_for(question, it) => {}
            Without::Unavailable => {
                findings.unavailable.insert(topic.partition(it.index));
            }
            Without::TooFew => {
                findings.min_isr.insert(topic.partition(it.index));
            }
        }
    }
}

/// The partitions that cannot do without a broker by Strimzi's rule (P-59), for whatever any broker says of each and of
/// its topic: with brokers that differ, the leader's own default is in force (K-23), and there will be another leader.
pub fn lacking(next: NodeId, hearing: &Hearing) -> Vec<(&Topic, &Partition, Without)> {
    let told: Vec<&BTreeMap<Arc<str>, i32>> = hearing.min_insync();
    let mut lacking = Vec::new();
    for topic in hearing.pictures().into_iter().flatten() {
        let mins = told.iter().filter_map(|min| min.get(&topic.name).copied());
        let mins: BTreeSet<i32> = mins.collect();
        for it in &topic.partitions {
            let without = mins.iter().filter_map(|min| without(next, it, *min));
            lacking.extend(without.map(|without| (&**topic, it, without)));
        }
    }
    lacking
}

/// Whether a partition waits for a broker that hangs: nobody else has all of it, so that its restart is what helps.
fn waits_for(question: &GateQuestion, partition: &Partition) -> bool {
    question.hangs && partition.leader.is_none() && partition.isr[..] == [question.next]
}

/// How a partition is without a broker that it cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// It has no more replicas than have to be in sync: no waiting helps.
    Unavailable,
    /// It has more, and too few of them are in sync; or it has others, and none of them is.
    TooFew,
}

fn without(next: NodeId, partition: &Partition, min: i32) -> Option<Without> {
    // Less than one is no promise to anybody.
    let min = usize::try_from(min.max(1)).unwrap_or(usize::MAX);
    let in_sync = partition.isr.len();
    // Others that catch up go on with it, at least for who reads.
    let waits_for_others = partition.isr[..] == [next] && partition.replicas.len() > 1;
    if !partition.replicas.contains(&next) {
        None
    } else if waits_for_others {
        Some(Without::TooFew)
    } else if partition.replicas.len() <= min {
        Some(Without::Unavailable)
    } else if in_sync < min || in_sync == min && partition.isr.contains(&next) {
        Some(Without::TooFew)
    } else {
        None
    }
}

/// Whatever lies on the broker's disks is in its Metadata: an authorizer leaves out what it hides (K-9).
fn all_seen(node: NodeId, told: &Told, findings: &mut Findings) {
    let (Ok(held), Ok(topics)) = (&told.held, &told.topics) else {
        return;
    };
    for (name, index) in held {
        let topic = find(topics, name);
        let is_seen = |topic: &Topic| topic.partitions.iter().any(|it| it.index == *index);
        if !topic.is_some_and(is_seen) {
            let hidden = findings.hidden.entry(node).or_default();
            hidden.insert(partition(name, *index));
        }
    }
}

fn moving(next: NodeId, hearing: &Hearing, findings: &mut Findings) {
    let asked = &hearing.reassignments;
    match &asked.answer {
        Err(why) => findings.untold(
            asked.node,
            "which partitions are being reassigned",
            None,
            why,
        ),
        Ok(moving) => {
            let touched = moving.iter().filter(|it| it.touches(next));
            let touched = touched.map(|it| partition(&it.topic, it.partition));
            findings.reassigned.extend(touched);
        }
    }
}

fn find<'a>(topics: &'a [Arc<Topic>], name: &str) -> Option<&'a Topic> {
    let at = topics.binary_search_by(|it| (*it.name).cmp(name)).ok()?;
    topics.get(at).map(|it| &**it)
}

fn partition(topic: &str, index: i32) -> String {
    format!("{topic}-{index}")
}

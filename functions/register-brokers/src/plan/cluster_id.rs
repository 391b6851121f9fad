//! The Kafka cluster that the instances' tags name, if somebody sets them.

use super::view::View;
use crate::held::Held;
use fleet::foreign::clean;
use fleet::tags;
use fleet::words::InstanceId;
use std::collections::BTreeMap;

/// A cluster id has 22 characters (Kafka's `Uuid.toString`); this much is shown of whatever stands there.
const SHOWN: usize = 40;
/// This many ids, and instances of each, are named.
const NAMED: usize = 3;

impl View<'_> {
    /// The id that the live brokers are tagged with, if all tags agree. Those of controllers, of
    /// instances that wait in a warm pool, are leaving, taken out or gone, say nothing about a broker.
    pub(super) fn cluster_id(&self) -> Option<String> {
        match Vec::from_iter(self.cluster_ids().into_keys())[..] {
            [only] => Some(only.to_owned()),
            _ => None,
        }
    }

    /// That the tags disagree, so that nothing is decided by them; the rarest first, which most
    /// likely is the wrong one.
    pub(super) fn cluster_ids_disagree(&self) -> Option<Held> {
        let disagree = self.cluster_ids().len() > 1;
        disagree.then(|| Held::ClusterIdsDisagree(self.cluster_ids_say()))
    }

    /// Which instances name which cluster.
    pub(super) fn cluster_ids_say(&self) -> String {
        let mut ids = Vec::from_iter(self.cluster_ids());
        ids.sort_by_key(|(id, instances)| (instances.len(), *id));
        let more = ids.len().saturating_sub(NAMED);
        let mut said: Vec<String> = ids
            .iter()
            .take(NAMED)
            .map(|(id, instances)| says(id, instances))
            .collect();
        if more > 0 {
            said.push(format!("others name {more} more"));
        }
        said.join(", ")
    }

    fn cluster_ids(&self) -> BTreeMap<&str, Vec<&InstanceId>> {
        let mut ids: BTreeMap<&str, Vec<&InstanceId>> = BTreeMap::new();
        for broker in self.brokers.all_live() {
            let id = &broker.instance;
            let tags = self.instances.get(id).map(|instance| &instance.tags);
            let tag = tags.and_then(|tags| tags.get(tags::CLUSTER_ID));
            let text = tag.map(|text| text.trim()).unwrap_or_default();
            if !text.is_empty() && !self.brokers.is_released(id) {
                ids.entry(text).or_default().push(id);
            }
        }
        ids
    }
}

fn says(id: &str, instances: &[&InstanceId]) -> String {
    let named: Vec<&str> = instances.iter().take(NAMED).map(|id| id.as_str()).collect();
    let (who, id) = (named.join(", "), clean(id, SHOWN));
    match (instances.len(), instances.len().saturating_sub(NAMED)) {
        (1, _) => format!("{who} says {id}"),
        (_, 0) => format!("{who} say {id}"),
        (_, more) => format!("{who} and {more} more say {id}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::inquiry;
    use crate::look::Look;
    use fleet::look::node;
    use fleet::observed::InstanceState;
    use fleet::proof::{Path, Verdict};
    use fleet::tags;

    fn tagged(look: Look, node: u32, id: &str) -> Look {
        look.with_instance(node, |instance| {
            instance
                .tags
                .insert(tags::CLUSTER_ID.to_owned(), id.to_owned());
        })
    }

    fn asked(look: &Look) -> Option<String> {
        inquiry(&look.0).inquiry.cluster_id
    }

    #[test]
    fn blanks_around_an_id_do_not_count_and_an_empty_one_is_none() {
        let look = Look::of(&[1, 2, 3]);
        assert_eq!(asked(&look), None);
        let look = tagged(tagged(tagged(look, 1, "kafka-a"), 2, " kafka-a "), 3, "");
        assert_eq!(asked(&look).as_deref(), Some("kafka-a"));
        assert_eq!(look.held(), [""; 0]);
    }

    #[test]
    fn only_brokers_that_live_and_stay_are_listened_to() {
        let old = |change: fn(&mut fleet::observed::Instance)| {
            let look = tagged(Look::of(&[1]), 1, "new").and("i-9", 9, InstanceState::Running);
            tagged(look, 9, "old").with_instance(9, change)
        };
        let others = [
            old(|i| i.state = InstanceState::Terminated),
            old(|i| {
                drop(
                    i.tags
                        .insert(tags::ROLE.to_owned(), "controller".to_owned()),
                )
            }),
            old(|i| drop(i.tags.insert(tags::RELEASE.to_owned(), "i-9".to_owned()))),
            old(|i| drop(i.tags.insert(tags::CLUSTER.to_owned(), "sales".to_owned()))),
            old(|_| ()).scaled(&[("i-9", "Warmed:Stopped")], &[]),
            old(|_| ()).scaled(&[("i-9", "Terminating:Wait")], &[]),
        ];
        for (nth, look) in others.iter().enumerate() {
            assert_eq!(asked(look).as_deref(), Some("new"), "{nth}");
            let held = look.held().concat();
            assert!(!held.contains("disagree"), "{nth}: {held}");
        }
        // With untagged successors, those that are gone say nothing either.
        let look = tagged(Look::of(&[1]), 1, "old");
        let gone = look.with_instance(1, |i| i.state = InstanceState::Terminated);
        assert_eq!(asked(&gone), None);
    }

    #[test]
    fn tags_that_disagree_decide_nothing_and_the_odd_one_is_named_first() {
        let mut look = Look::of(&[1, 2, 3, 4, 5, 6]);
        for node in [1, 2, 3, 5, 6] {
            look = tagged(look, node, "kafka-a");
        }
        let look = tagged(look, 4, "kafka-b\u{1b}[8m");
        assert_eq!(asked(&look), None);
        assert_eq!(
            look.held(),
            [
                "the instances' tags kafka-privatelink:cluster-id disagree: i-4 says kafka-b�[8m, i-1, i-2, i-3 and 2 more say kafka-a; nothing is decided by them until they agree: correct the wrong ones, or remove them"
            ]
        );
    }

    #[test]
    fn whoever_is_held_by_one_tag_alone_is_told_whose_tag_it_is() {
        let wrong = || Verdict::WrongCluster {
            reached: "kafka-a".to_owned(),
            wanted: "kafka-b".to_owned(),
        };
        let look = tagged(Look::of(&[1, 2, 3]), 3, "kafka-b");
        let look = (1..=3).fold(look, |look, of| {
            look.verdict(Path::Direct(node(of)), wrong())
        });
        let held = look.held();
        let whose = |held: &String| held.contains("cluster-id right (i-3 says kafka-b), or take");
        assert_eq!(
            held.iter().filter(|held| whose(held)).count(),
            3,
            "{held:?}"
        );
        assert_eq!(look.steps(), [""; 0]);
    }

    #[test]
    fn the_sentence_stays_short_whatever_the_tags_say() {
        let nodes: Vec<u32> = (1..=40).collect();
        let mut look = Look::of(&nodes);
        for node in nodes {
            look = tagged(look, node, &format!("{node:0>256}"));
        }
        let held = look.held().concat();
        assert!(held.contains(", others name 37 more;"), "{held}");
        assert!(held.len() < 500, "{}", held.len());
    }
}

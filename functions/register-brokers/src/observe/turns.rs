//! Whose attributes are looked at in this run. There is no call for several of them, and all in each
//! run would break the budget: they take turns by the minute. What somebody changes by hand is put
//! right a minute or two later; a target group that is being set up is looked at each time.

use fleet::observed::{Listener, TargetGroup};
use fleet::tags;
use fleet::words::ClusterName;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Calls of a quiet run beside the health of each target group, attributes, tags and secrets.
const OTHER_CALLS: usize = 9;
/// What a quiet run may cost beside secrets: two calls for each target group, and this many more.
const MORE_CALLS: usize = 14;

/// Those whose turn it is.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) groups: Vec<TargetGroup>,
    pub(super) listeners: Vec<Listener>,
}

#[derive(Clone)]
enum Thing<'a> {
    Group(&'a TargetGroup),
    Listener(&'a Listener),
}

impl Turn {
    /// The turn of the minute `now`, when tags took `tag_calls`.
    pub(super) fn of(
        cluster: &ClusterName,
        now: Option<Timestamp>,
        groups: &[TargetGroup],
        listeners: &[Listener],
        tag_calls: usize,
    ) -> Self {
        let cluster = Some(cluster.as_str());
        let is_ours =
            |listener: &&Listener| listener.tags.get(tags::CLUSTER).map(String::as_str) == cluster;
        let reached: BTreeSet<_> = listeners.iter().flat_map(|l| &l.forwards_to).collect();
        let (settled, new): (Vec<_>, Vec<_>) = groups
            .iter()
            .partition(|group| reached.contains(&group.arn));
        let mut ours: Vec<&Listener> = listeners.iter().filter(is_ours).collect();
        ours.sort_by_key(|listener| listener.port);
        let mut things: Vec<Thing<'_>> = ours.into_iter().map(Thing::Listener).collect();
        things.extend(settled.into_iter().map(Thing::Group));

        let health = groups.len();
        let spent = OTHER_CALLS + health + tag_calls + new.len();
        let left = (2 * groups.len() + MORE_CALLS).saturating_sub(spent).max(1);
        let count = left.min(things.len());
        let minute = now.map_or(0, |now| now.as_second() / 60);
        let turn = usize::try_from(minute).unwrap_or_default();
        let first = (turn * count).checked_rem(things.len()).unwrap_or_default();
        things.rotate_left(first);
        things.truncate(count);

        let mut chosen = Self {
            groups: new.into_iter().cloned().collect(),
            listeners: Vec::new(),
        };
        for thing in things {
            match thing {
                Thing::Group(group) => chosen.groups.push(group.clone()),
                Thing::Listener(listener) => chosen.listeners.push(listener.clone()),
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::words::Port;

    fn group(number: u16) -> TargetGroup {
        TargetGroup {
            arn: format!("arn:group:{number}").as_str().into(),
            name: format!("kpl-{number}").as_str().into(),
            port: Port::new(39092).expect("a port"),
            protocol: "TCP".to_owned(),
            target_type: "instance".to_owned(),
            vpc: "vpc-1".into(),
            load_balancers: [].into(),
            health_check: crate::settings::health_check(),
            tags: tags::Tags::new(),
        }
    }

    fn listener(to: u16) -> Listener {
        Listener {
            arn: format!("arn:listener:{to}").as_str().into(),
            port: Port::new(9092 + to).expect("a port"),
            protocol: "TCP".to_owned(),
            forwards_to: vec![group(to).arn],
            tags: [(tags::CLUSTER.to_owned(), "orders".to_owned())].into(),
        }
    }

    /// The calls of a look in this minute, and whose attributes are read.
    fn look(minute: i64, settled: u16, new: u16, tag_calls: usize) -> (usize, Turn) {
        let groups: Vec<TargetGroup> = (1..=settled + new).map(group).collect();
        let listeners: Vec<Listener> = (1..=settled).map(listener).collect();
        let now = Timestamp::from_second(minute * 60).expect("a time");
        let cluster = ClusterName::from("orders");
        let turn = Turn::of(&cluster, Some(now), &groups, &listeners, tag_calls);
        let attributes = turn.groups.len() + turn.listeners.len();
        (OTHER_CALLS + groups.len() + tag_calls + attributes, turn)
    }

    #[test]
    fn a_look_costs_what_it_may_and_new_groups_are_always_looked_at() {
        for (settled, new, tag_calls) in [(1, 0, 2), (3, 0, 2), (10, 2, 2), (40, 9, 5)] {
            let (calls, turn) = look(7, settled, new, tag_calls);
            let things = usize::from(2 * settled + new);
            let all = OTHER_CALLS + usize::from(settled + new) + tag_calls + things;
            let most = 2 * usize::from(settled + new) + MORE_CALLS;
            assert_eq!(calls, all.min(most), "{settled} and {new}");
            for number in settled + 1..=settled + new {
                assert!(turn.groups.contains(&group(number)), "{number} is new");
            }
        }
    }

    #[test]
    fn everything_has_its_turn() {
        let mut seen = BTreeSet::new();
        for minute in 0..4 {
            let (_, turn) = look(minute, 12, 0, 2);
            seen.extend(turn.groups.into_iter().map(|group| group.arn.to_string()));
            seen.extend(
                turn.listeners
                    .into_iter()
                    .map(|listener| listener.arn.to_string()),
            );
        }
        assert_eq!(seen.len(), 24);
    }
}

//! Whose attributes are looked at in this run. There is no call for several of them, and all in each
//! run would break the budget: they take turns by the minute. What somebody changes by hand is put
//! right a minute or two later; a target group that is being set up is looked at each time.

use fleet::observed::{Listener, TargetGroup};
use fleet::tags;
use fleet::words::ClusterName;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Calls of a quiet run beside two for each target group, without those for attributes and tags.
const OTHER_CALLS: usize = 9;
/// What a quiet run may cost: two calls for each target group, and this many more.
const MORE_CALLS: usize = 12;

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

//! The alarms of a cluster that are on: those of its stack by their names, and an operator's by their tags.

use crate::held::Held;
use crate::observed::Observed;
use fleet::foreign::clean;
use fleet::observed::Alarm;
use fleet::tags;
use fleet::words::ClusterName;
use std::collections::BTreeSet;

/// How much of a name is shown.
const SHOWN: usize = 120;
/// So many names are told.
const TOLD: usize = 5;

/// The alarms of a cluster that are on.
pub(super) struct Alarms<'a>(Vec<&'a Alarm>);

/// Whether somebody has to look at the brokers: an alarm of the cluster is on, or something of ours is under way.
/// Nobody looks because of a gap.
pub fn is_on(observed: &Observed) -> bool {
    let keys = [tags::RESTART, tags::ILL_SINCE];
    let mut tagged = observed.tagged.iter().flatten();
    let is_under_way = tagged.any(|it| keys.iter().any(|key| it.tags.contains_key(*key)));
    Alarms::of(observed).is_ok_and(|alarms| is_under_way || !alarms.0.is_empty())
}

impl<'a> Alarms<'a> {
    /// The alarms of the cluster that are on.
    pub(super) fn of(observed: &'a Observed) -> Result<Self, Held> {
        let blind = |what| move |_: &_| Held::Blind { what };
        let on = observed.alarms.as_ref().map_err(blind("the alarms"))?;
        let tagged = observed.tagged.as_ref();
        let tagged = tagged.map_err(blind("which alarms have the tag of the cluster"))?;
        let tagged: BTreeSet<&str> = tagged.iter().map(|it| it.arn.as_str()).collect();
        let prefix = prefix(&observed.cluster);
        let is_named = |name: &str| {
            let rest = name.strip_prefix(&prefix);
            rest.is_some_and(|rest| NAMES.contains(&rest))
        };
        let of_it = |it: &&Alarm| is_named(&it.name) || tagged.contains(it.arn.as_str());
        Ok(Self(on.iter().filter(of_it).collect()))
    }

    /// Whether brokers are healed: an alarm is on that is to do something, and none is suppressed.
    pub(super) fn wake(&self) -> bool {
        let is_suppressed = self.0.iter().any(|it| it.suppressed_by.is_some());
        !is_suppressed && self.0.iter().any(|it| it.actions_enabled)
    }

    /// Why alarms heal nobody that are on.
    pub(super) fn held(&self) -> Vec<Held> {
        let suppressed = self.0.iter().filter_map(|it| {
            let by = clean(it.suppressed_by.as_ref()?, SHOWN);
            let alarm = clean(&it.name, SHOWN);
            Some(Held::Suppressed { alarm, by })
        });
        let mut held: Vec<Held> = suppressed.collect();
        if held.is_empty() && !self.0.is_empty() && !self.wake() {
            held.push(Held::Disabled {
                alarms: self.told(),
            });
        }
        held
    }

    /// Their names.
    pub(super) fn told(&self) -> Vec<String> {
        let mut names: Vec<_> = self.0.iter().map(|it| clean(&it.name, SHOWN)).collect();
        names.sort();
        let more = names.len().saturating_sub(TOLD);
        names.truncate(TOLD);
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        names
    }
}

/// The alarms of the stack that tell of brokers, by the rest of their names. Its other ones tell of functions, this one
/// among them, and CloudFormation may give them names that begin alike. None ends with another one: what is the alarm of
/// cluster `orders` is none of the cluster `orders-second`.
const NAMES: [&str; 5] = [
    "unhealthy-targets",
    "not-serving",
    "not-serving-second",
    "wrong-port",
    "no-proof",
];

/// How their names begin.
fn prefix(cluster: &ClusterName) -> String {
    format!("kafka-privatelink-{cluster}-")
}

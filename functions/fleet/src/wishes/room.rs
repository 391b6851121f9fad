//! Whether one more listener group fits behind the NLB, whole, beside all others (F1, F2).

use super::{Wanted, Wishes};
use crate::ledger::Ledger;
use crate::listener::ListenerGroup;
use crate::refusal::Refusals;
use crate::words::{GroupName, InstanceId, NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

/// Listeners of one NLB; the quota cannot be raised (F1).
pub const LISTENERS_PER_NLB: usize = 50;

/// What the NLB has to hold.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// Brokers that there are to map, each with its instances.
    pub brokers: BTreeMap<NodeId, BTreeSet<InstanceId>>,
    /// Ports of the listeners that are ours.
    pub ours: BTreeSet<Port>,
    /// Ports of the listeners that are not.
    pub others: BTreeSet<Port>,
}

impl Room {
    /// Refuses a group that has no port yet and does not fit. A group that is frozen keeps what it has
    /// and is served again once its parameter is right, so it counts like one that is; one that is
    /// being retired counts with the listeners that it still has. A first group goes on, however many
    /// brokers there are: those that find no place are named one by one.
    pub(super) fn check(
        &self,
        group: &ListenerGroup,
        wishes: &Wishes,
        deleted: &BTreeSet<GroupName>,
        ledger: &Ledger,
    ) -> Result<(), Refusals> {
        let mapped = ledger.groups();
        let stays = |name: &GroupName, wanted: &Wanted| match wanted {
            Wanted::Serve(_) => true,
            Wanted::Refused { .. } | Wanted::Deleted { .. } => mapped.contains(name),
            Wanted::Retire { .. } => false,
        };
        let read = wishes.groups.iter();
        let stay = deleted.len() + read.clone().filter(|(name, it)| stays(name, it)).count();
        let leave: usize = wishes
            .groups
            .iter()
            .filter(|(_, wanted)| matches!(wanted, Wanted::Retire { .. }))
            .map(|(name, _)| self.standing(ledger, name))
            .sum();
        if stay + leave == 0 {
            return Ok(());
        }
        let foreign = self.foreign(ledger);
        let places = LISTENERS_PER_NLB.saturating_sub(foreign + leave);
        let (groups, brokers) = (stay + 1, self.brokers.len());
        let served = read.filter_map(|(_, wanted)| match wanted {
            Wanted::Serve(group) => Some(group),
            Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => None,
        });
        let left_out: usize = served.chain([group]).map(|it| self.left_out(it)).sum();
        let needed = groups * (brokers + 1) - left_out;
        if needed <= places {
            return Ok(());
        }
        let fit = (places / groups).saturating_sub(1);
        let who = match groups {
            1 => "a group".to_owned(),
            _ => format!("{groups} groups"),
        };
        let need = if groups == 1 { "needs" } else { "need" };
        let leaving = match leave {
            0 => String::new(),
            _ => format!(" and {leave} by groups that are being retired"),
        };
        let left_out = match left_out {
            0 => String::new(),
            _ => format!(", without {left_out} that are left out,"),
        };
        Err(Refusals::because(format!(
            "{who} of {brokers} brokers{left_out} {need} {needed} listeners and the NLB has {LISTENERS_PER_NLB}, {foreign} of them taken by others{leaving}: {fit} brokers fit; retire a group first"
        )))
    }

    /// How many brokers a group is to do without.
    fn left_out(&self, group: &ListenerGroup) -> usize {
        let by_id =
            |ids: &BTreeSet<InstanceId>| !ids.is_empty() && ids.is_subset(&group.without.instances);
        let out = |(node, ids): &(&NodeId, &BTreeSet<InstanceId>)| {
            group.without.nodes.contains(node) || by_id(ids)
        };
        self.brokers.iter().filter(out).count()
    }

    /// The listeners that a group has.
    fn standing(&self, ledger: &Ledger, group: &GroupName) -> usize {
        let entries = ledger.of_group(group);
        entries
            .filter(|entry| self.ours.contains(&entry.port))
            .count()
    }

    /// The listeners that are not ours, or that no target group of ours claims.
    fn foreign(&self, ledger: &Ledger) -> usize {
        let claimed: BTreeSet<Port> = ledger.entries.values().map(|entry| entry.port).collect();
        self.others.len() + self.ours.difference(&claimed).count()
    }
}

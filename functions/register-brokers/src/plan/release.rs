//! Brokers that a person takes out, all at once or one by one: each leaves by itself, bootstrap first,
//! and only while another healthy one stays.

use super::broker::Port;
use super::draft::{Draft, Turn};
use super::view::standing_targets;
use crate::held::Held;
use crate::mapping::{Row, RowState};
use crate::reason::Reason;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Says whom a group does without, and whose number is that of several instances.
    pub(super) fn show_left_out(&mut self, group: &ListenerGroup) {
        let left_out = &group.without;
        if !left_out.is_empty() {
            self.show_without(format!("{} is mapped without {left_out}", group.name));
        }
        for node in &left_out.nodes {
            let bearers = self.view.bearers(group, *node);
            if bearers.len() > 1 {
                let bearers = bearers.into_iter().cloned().collect();
                self.hold(Held::Twins(*node, bearers));
            }
        }
    }

    /// Says which brokers run, are to be reached, and have no port of the group, not even one that this plan makes.
    pub(super) fn show_who_has_no_port(&mut self, group: &ListenerGroup) {
        let all = self.view.brokers.all_live();
        let here =
            all.filter(|it| it.is_running() && !self.view.is_out(group, it.node, &it.instance));
        let nodes: BTreeSet<NodeId> = here.map(|broker| broker.node).collect();
        for node in nodes {
            let leads = |row: &Row| !matches!(row.state, RowState::Reserved | RowState::Warm);
            let is_its = |row: &Row| row.owner == Owner::Broker(node) && leads(row);
            if !self.rows(&group.name).any(is_its) {
                self.show_unmapped(format!("broker {node} has no port of {}", group.name));
            }
        }
    }

    /// Why a released instance leaves its port now; `None` if it is to wait.
    pub(super) fn why_released(&mut self, port: Port<'_>, instance: &InstanceId) -> Option<Reason> {
        let Port { group, node, .. } = port;
        // Bootstrap comes first, where it has its turn.
        let leaves =
            !self.stands_in_bootstrap(group, instance) && self.may_leave(group, node, instance);
        leaves.then_some(Reason::Released(node))
    }

    /// Whether it is a released instance's turn to leave; says so if it is the last one. Only who leaves
    /// in this very run takes the turn.
    pub(super) fn may_leave(
        &mut self,
        group: &ListenerGroup,
        node: NodeId,
        instance: &InstanceId,
    ) -> bool {
        if !self.another_stays(group, instance) {
            self.hold(Held::LastToLeave(
                group.name.clone(),
                node,
                instance.clone(),
            ));
            return false;
        }
        self.takes_turn(Turn::Released, instance)
    }

    /// Whether a broker other than this instance serves in bootstrap and stays.
    pub(super) fn another_stays(&self, group: &ListenerGroup, instance: &InstanceId) -> bool {
        let key = (group.name.clone(), Owner::Bootstrap);
        let Some(entry) = self.view.ledger.entries.get(&key) else {
            return false;
        };
        let mut targets = self.view.targets(&entry.arn).unwrap_or_default().iter();
        targets.any(|other| other.instance != *instance && self.view.stays_in(group, entry, other))
    }

    /// Whether an instance is still in bootstrap; on a gap it may be.
    fn stands_in_bootstrap(&self, group: &ListenerGroup, instance: &InstanceId) -> bool {
        let key = (group.name.clone(), Owner::Bootstrap);
        let entry = self.view.ledger.entries.get(&key);
        entry.is_some_and(|entry| match self.view.targets(&entry.arn) {
            Some(targets) => standing_targets(targets).any(|target| target.instance == *instance),
            None => true,
        })
    }
}

//! What the proof means for the plan: needed to enter bootstrap, never to stay in it. A connection
//! that failed removes nothing; only a positive "this is another broker" says that a tag is wrong.

use super::draft::{Draft, Subject};
use super::view::View;
use crate::brokers::{Broker, Presence};
use crate::held::Held;
use crate::ledger::Entry;
use crate::listener::ListenerGroup;
use crate::naming::Owner;
use crate::plan::RowState;
use crate::proof::{self, Path, Row, Verdict};
use crate::words::{GroupName, NodeId};
use std::collections::BTreeSet;

impl<'a> View<'a> {
    /// The row of one connection, if it was asked.
    pub(super) fn row(&self, group: &GroupName, path: Path) -> Option<&'a Row> {
        proof::row(self.observed.proof.as_deref().ok()?, group, path)
    }

    /// What answers on the broker's own instance, if that is surely somebody else.
    pub(super) fn misidentified(&self, node: NodeId) -> Option<&'a Row> {
        let rows = self.observed.proof.iter().flatten();
        let mut direct = rows.filter(|row| row.question.path == Path::Direct(node));
        direct.find(|row| match row.verdict {
            Verdict::WrongBroker { .. } | Verdict::WrongCluster { .. } => true,
            Verdict::Proven { .. }
            | Verdict::WrongListener { .. }
            | Verdict::Advertises { .. }
            | Verdict::NotKafka { .. }
            | Verdict::Unreachable { .. }
            | Verdict::NotProvable { .. } => false,
        })
    }

    /// Whether a client that dials the broker's port reaches this very instance. While it replaces
    /// another one, which still has a target beside it, that one may have answered on the port: then
    /// it must be proven on its own address, too.
    pub(super) fn is_proven(&self, group: &GroupName, broker: &Broker, entry: &Entry) -> bool {
        let is_proven = |path| {
            let row = self.row(group, path);
            row.is_some_and(|row| row.verdict.is_proven())
        };
        let targets = self.targets(&entry.arn).unwrap_or_default();
        let is_alone = targets
            .iter()
            .all(|target| target.instance == broker.instance);
        is_proven(Path::Port(broker.node))
            && (is_alone || is_proven(Path::Direct(broker.node)))
            && self.misidentified(broker.node).is_none()
    }
}

impl Draft<'_> {
    /// Holds a broker whose instance somebody else answers on: its tag is wrong. True if so.
    pub(super) fn is_somebody_else(&mut self, broker: &Broker) -> bool {
        let Some(row) = self.view.misidentified(broker.node) else {
            return false;
        };
        let instance = broker.instance.clone();
        self.hold(Held::SomebodyElse(broker.node, instance, row.says()));
        true
    }

    /// Says which ports of a group are not proven though their targets are healthy, or that nothing
    /// is.
    pub(super) fn hold_unproven(&mut self, group: &ListenerGroup) {
        let view = self.view;
        if view.observed.proof.is_err() {
            self.hold(Held::NothingProven(group.name.clone()));
            return;
        }
        for entry in view.ledger.of_group(&group.name) {
            let path = match entry.owner {
                Owner::Bootstrap => Path::Bootstrap,
                Owner::Broker(node) => Path::Port(node),
            };
            let Some(row) = view.row(&group.name, path) else {
                continue;
            };
            let serves = view.row_state(entry, None) == RowState::Serving;
            if serves && !row.verdict.is_proven() {
                let subject = Subject {
                    group: &group.name,
                    owner: entry.owner,
                };
                self.hold(Held::Unproven(
                    subject.group.clone(),
                    subject.owner,
                    entry.port,
                    row.says(),
                ));
            }
        }
    }

    /// The brokers that a group waits for before its bootstrap opens for the first time: each that
    /// runs and has a port, or is being given one, must be proven on its port, and list all of them
    /// with their wanted endpoints. A client that comes before finds a part of the cluster only, and
    /// takes it for the whole.
    pub(super) fn awaited(&self, group: &ListenerGroup) -> BTreeSet<NodeId> {
        let view = self.view;
        let mut awaited = BTreeSet::new();
        for node in view.brokers.nodes() {
            match view.brokers.presence(node) {
                Presence::Live(broker) if !broker.is_running() => {}
                Presence::Leaving(_) | Presence::Absent => {}
                // What cannot be mapped is held elsewhere, and waited for by nobody.
                Presence::Live(_) | Presence::Twins(_) if !self.has_port(group, node) => {}
                Presence::Live(_) | Presence::Twins(_) => {
                    match view.row(&group.name, Path::Port(node)) {
                        Some(row) if row.verdict.is_proven() => awaited.extend(&row.unlisted),
                        Some(_) | None => {
                            awaited.insert(node);
                        }
                    }
                }
            }
        }
        awaited
    }

    /// Whether a broker has a port in a group, or is being given one.
    fn has_port(&self, group: &ListenerGroup, node: NodeId) -> bool {
        let key = (group.name.clone(), Owner::Broker(node));
        self.view.ledger.entries.contains_key(&key) || self.is_new(&group.name, node)
    }
}

//! What the proof means for the plan: needed to enter bootstrap, never to stay in it. A connection
//! that failed removes nothing; only a positive "this is another broker" says that a tag is wrong.

use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::mapping::RowState;
use fleet::brokers::Broker;
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::proof::{self, Path, Row};
use fleet::words::GroupName;

impl<'a> View<'a> {
    /// The row of one connection, if it was asked.
    pub(crate) fn row(&self, group: &GroupName, path: Path) -> Option<&'a Row> {
        proof::row(self.observed.proof.as_deref().ok()?, group, path)
    }

    /// Whether a client that dials the broker's port reaches this very instance. While it replaces
    /// another one, which still has a target beside it, that one may have answered on the port: then
    /// it must be proven on its own address, too.
    pub(super) fn is_proven(&self, group: &GroupName, broker: &Broker, entry: &Entry) -> bool {
        let is_proven = |row: Option<&Row>| row.is_some_and(|row| row.verdict.is_proven());
        let targets = self.targets(&entry.arn).unwrap_or_default();
        let is_alone = targets
            .iter()
            .all(|target| target.instance == broker.instance);
        is_proven(self.row(group, Path::Port(broker.node)))
            && (is_alone || is_proven(self.direct(group, &broker.instance)))
            && self.misidentified(broker).is_none()
    }
}

impl Draft<'_> {
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
                let (group, owner) = (group.name.clone(), entry.owner);
                self.hold(Held::Unproven(group, owner, entry.port, row.says()));
            }
        }
    }
}

//! The hand-over parameter: written when the group is complete and its bootstrap is proven, so that
//! nobody is sent to a part of a cluster. It stays until another one is whole; only one that an earlier
//! group of the same name left is taken back.

use super::draft::{Draft, Subject};
use super::view::standing_targets;
use crate::action::Action;
use crate::held::Held;
use crate::mapping::{Row, RowState};
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::handover::{self, BrokerEndpoint, Handover, Missing};
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::observed::{Parameter, ParameterKind};
use fleet::proof::Path;
use fleet::tags;
use fleet::words::{AzId, GroupName, NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};

impl Draft<'_> {
    /// Writes the hand-over if it is not what it should be and everything in it is proven. That the
    /// group was complete is noted on the bootstrap's target group, and so ends with it.
    pub(super) fn plan_handover(
        &mut self,
        group: &ListenerGroup,
        subject: Subject<'_>,
        entry: &Entry,
    ) {
        let view = self.view;
        let is_shut = view
            .targets(&entry.arn)
            .is_some_and(|targets| standing_targets(targets).next().is_none());
        if is_shut && entry.complete_since.is_none() {
            self.take_back_handover(subject);
            return;
        }
        let bootstrap = view.row(&group.name, Path::Bootstrap);
        let serves = view.row_state(entry, None) == RowState::Serving
            && bootstrap.is_some_and(|row| row.verdict.is_proven() && row.unlisted.is_empty());
        if !serves {
            return;
        }
        let awaited = view.awaited(group);
        if !awaited.is_empty() {
            if self.is_due(group) {
                self.hold(Held::HandoverWaits(group.name.clone(), awaited));
            }
            return;
        }
        if entry.complete_since.is_none() {
            let (key, value) = (tags::COMPLETE_SINCE, view.now.to_string());
            self.act(subject, Action::AddTag { key, value }, Reason::Complete);
        }
        match self.handover(group) {
            Some(Ok(value)) => {
                let absent = self.absent(group);
                self.put_handover(subject, value, &absent, Reason::Complete);
            }
            Some(Err(missing)) => self.hold(Held::NotHandedOver(group.name.clone(), missing)),
            None => {}
        }
    }

    /// Whether another text than the one that stands there would be written if the group were whole.
    fn is_due(&self, group: &ListenerGroup) -> bool {
        let written = self.written(&group.name).and_then(Parameter::text);
        match (self.handover(group), written) {
            (Some(Ok(text)), Some(written)) => {
                !handover::is_said_by(written, &text, &self.absent(group))
            }
            (Some(_), None) => true,
            (Some(Err(_)) | None, _) => false,
        }
    }

    /// Takes back the hand-over of a group that is retired and gone.
    pub(super) fn take_back_retired(&mut self, group: &GroupName) {
        if self.view.ledger.of_group(group).next().is_none() {
            let owner = Owner::Bootstrap;
            self.take_back_handover(Subject { group, owner });
        }
    }

    /// Says in an old hand-over that it is none: it looks valid, and its ports may be given anew.
    pub(super) fn take_back_handover(&mut self, subject: Subject<'_>) {
        let Some(written) = self.written(subject.group) else {
            return;
        };
        let (value, nobody) = (handover::incomplete(subject.group), BTreeSet::new());
        // A read that lags may show no target group of a group that serves.
        let is_taken_back = written.kind == ParameterKind::String
            && handover::is_said_by(&written.value, &value, &nobody);
        if !is_taken_back && self.sure_or_doubted(Doubt::OldHandover(subject.group.clone())) {
            self.put_handover(subject, value, &nobody, Reason::OldHandover);
        }
    }

    /// Writes it unless it reads back as it should, whatever it says of absent brokers.
    fn put_handover(
        &mut self,
        subject: Subject<'_>,
        value: String,
        absent: &BTreeSet<Port>,
        reason: Reason,
    ) {
        let parameter = handover::parameter(&self.view.observed.cluster, subject.group);
        let mut reason = reason;
        if let Some(written) = self.written(subject.group) {
            if written.kind != ParameterKind::String {
                let (group, kind) = (subject.group.clone(), written.kind.clone());
                self.hold(Held::HandoverType(group, parameter, kind));
                return;
            }
            if handover::is_said_by(&written.value, &value, absent) {
                return;
            }
            if value.starts_with(&written.value) {
                reason = Reason::ReadsCut(written.value.len());
            }
        }
        self.act(subject, Action::PutParameter { parameter, value }, reason);
    }

    /// What the group's hand-over says, or said: a group without it was never complete.
    pub(super) fn written(&self, group: &GroupName) -> Option<&Parameter> {
        let observed = self.view.observed;
        let name = handover::parameter(&observed.cluster, group);
        let mut parameters = observed.parameters.iter().flatten();
        parameters.find(|parameter| parameter.name == name.as_str())
    }

    /// What there is to hand over, or what is missing; none while endpoint services cannot be read.
    fn handover(&self, group: &ListenerGroup) -> Option<Result<String, Missing>> {
        let text = self.view.endpoint_service()?.and_then(|(service, zones)| {
            let brokers = self.endpoints(group);
            let mut elsewhere: BTreeMap<AzId, BTreeSet<NodeId>> = BTreeMap::new();
            for broker in &brokers {
                if let Some(az) = broker.az_id.as_ref().filter(|az| !zones.contains(az)) {
                    let nodes = elsewhere.entry(az.clone()).or_default();
                    nodes.insert(broker.node_id);
                }
            }
            if !elsewhere.is_empty() {
                return Err(Missing::Coverage(service.name.clone(), elsewhere));
            }
            let region = self.view.load_balancer.arn.region();
            let handover = Handover::new(region, service, zones, group, brokers);
            handover.text().map_err(Missing::Room)
        });
        Some(text)
    }

    /// Every broker of a group that serves, or has served and stands still, in the order of ports.
    fn endpoints(&self, group: &ListenerGroup) -> Vec<BrokerEndpoint> {
        let listed = self.rows(&group.name).filter(|row| self.is_listed(row));
        let mut all: Vec<BrokerEndpoint> = listed
            .filter_map(|row| match row.owner {
                Owner::Bootstrap => None,
                Owner::Broker(node_id) => Some(BrokerEndpoint {
                    node_id,
                    host: Some(row.endpoint.as_ref()?.host.clone()),
                    port: row.port,
                    az_id: row.az_id.clone(),
                }),
            })
            .collect();
        all.sort_by_key(|broker| broker.port);
        all
    }

    /// The ports of brokers who are not there for now. One that a person takes out is not among them:
    /// it lives, so that its name is known, and its port is reserved all the same.
    fn absent(&self, group: &ListenerGroup) -> BTreeSet<Port> {
        let rows = self.rows(&group.name).filter(|row| !self.is_listed(row));
        let absent = rows.filter(|row| row.state != RowState::Reserved || row.endpoint.is_none());
        absent.map(|row| row.port).collect()
    }

    /// Whether a consumer is told of a port's broker.
    fn is_listed(&self, row: &Row) -> bool {
        let view = self.view;
        let has_served = || {
            let entry = view.ledger.entries.get(&(row.group.clone(), row.owner));
            let served = entry.and_then(|entry| entry.served_by.as_ref());
            let (Some(served), Owner::Broker(node)) = (served, row.owner) else {
                return false;
            };
            !view.is_noted(served, node)
        };
        row.endpoint.is_some()
            && match row.state {
                RowState::Serving => true,
                RowState::Waiting => has_served(),
                RowState::Reserved | RowState::Warm => false,
            }
    }
}

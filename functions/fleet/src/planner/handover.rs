//! The hand-over parameter: written when the group is complete and its bootstrap is proven, so that
//! nobody is sent to a part of a cluster.

use super::draft::{Draft, Subject};
use crate::action::Action;
use crate::handover::{self, Handover};
use crate::held::Held;
use crate::ledger::Entry;
use crate::listener::ListenerGroup;
use crate::observed::Parameter;
use crate::plan::RowState;
use crate::proof::Path;
use crate::reason::Reason;
use crate::tags;

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
        let bootstrap = view.row(&group.name, Path::Bootstrap);
        let serves = view.row_state(entry, None) == RowState::Serving
            && bootstrap.is_some_and(|row| row.verdict.is_proven() && row.unlisted.is_empty());
        if !serves || !view.awaited(group).is_empty() {
            return;
        }
        if entry.complete_since.is_none() {
            let (key, since) = (tags::COMPLETE_SINCE, view.now);
            self.act(subject, Action::MarkSince { key, since }, Reason::Complete);
        }
        let Some(handover) = self.handover(group) else {
            if view.observed.endpoint_services.is_ok() {
                let nlb = view.load_balancer.arn.clone();
                self.hold(Held::NoEndpointService(group.name.clone(), nlb));
            }
            return;
        };
        match handover.text() {
            Err(length) => self.hold(Held::HandoverTooLong(group.name.clone(), length)),
            Ok(value) if self.written(group).is_some_and(|it| it.value == value) => {}
            Ok(value) => {
                let parameter = handover::parameter(&view.observed.cluster, &group.name);
                let action = Action::PutParameter { parameter, value };
                self.act(subject, action, Reason::Complete);
            }
        }
    }

    fn written(&self, group: &ListenerGroup) -> Option<&Parameter> {
        let observed = self.view.observed;
        let name = handover::parameter(&observed.cluster, &group.name);
        let mut parameters = observed.parameters.iter().flatten();
        parameters.find(|parameter| parameter.name == name.as_str())
    }

    /// What there is to hand over; none without an endpoint service.
    fn handover(&self, group: &ListenerGroup) -> Option<Handover> {
        let nlb = &self.view.load_balancer.arn;
        let mut services = self.view.observed.endpoint_services.iter().flatten();
        let service = services.find(|service| service.load_balancers.contains(nlb))?;
        let region = nlb.as_str().split(':').nth(3).unwrap_or_default();
        Some(Handover::new(
            region,
            &service.name,
            service.az_ids.clone(),
            group.bootstrap_port,
            group.protocol,
            &group.pattern,
        ))
    }
}

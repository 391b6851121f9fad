//! The model's answer to the data path: every listener with its nodes and targets.

use super::attributes::PRESERVE_CLIENT_IP;
use super::forwarding::{Forward, ForwardTarget};
use super::{ListenerRecord, Model, TargetGroupRecord};
use jiff::Timestamp;

impl Model {
    /// Every NLB listener, with the registered targets of its group in every state.
    pub fn forwarding(&mut self, now: Timestamp) -> Vec<Forward> {
        self.advance(now);
        let each = self.listeners.values();
        each.filter_map(|listener| self.forward(listener)).collect()
    }

    /// One listener, with the registered targets of its group in every state.
    pub(super) fn forward(&self, listener: &ListenerRecord) -> Option<Forward> {
        let lb = self.load_balancers.get(&listener.load_balancer)?;
        let record = self.target_groups.get(&listener.forwards_to)?;
        Some(Forward {
            listener: listener.arn.clone(),
            port: listener.port,
            nodes: lb.nodes.clone(),
            group: listener.forwards_to.clone(),
            cross_zone: Self::is_cross_zone(lb, record),
            preserve_client_ip: is_on(record, PRESERVE_CLIENT_IP),
            terminate_deregistered: is_on(
                record,
                "deregistration_delay.connection_termination.enabled",
            ),
            terminate_unhealthy: is_on(
                record,
                "target_health_state.unhealthy.connection_termination.enabled",
            ),
            targets: self.route_targets(record),
        })
    }

    /// A target whose instance EC2 has forgotten has no address and is left out.
    fn route_targets(&self, record: &TargetGroupRecord) -> Vec<ForwardTarget> {
        self.health_of(&record.group.arn)
            .into_iter()
            .filter_map(|target| {
                let instance = self.instances.get(&target.instance)?;
                Some(ForwardTarget {
                    instance: target.instance,
                    zone: instance.az_name.clone(),
                    address: instance.private_ip,
                    port: target.port,
                    state: target.state,
                })
            })
            .collect()
    }
}

fn is_on(record: &TargetGroupRecord, key: &str) -> bool {
    record.attributes.get(key).map(String::as_str) == Some("true")
}

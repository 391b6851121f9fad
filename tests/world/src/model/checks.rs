//! ELBv2: health checks that the data path makes, when health is not simulated.

use super::forwarding::HealthCheckDue;
use super::health::{Evidence, Verdict};
use super::moment::after;
use super::{Model, TargetGroupRecord};
use fleet::words::Port;
use jiff::Timestamp;
use std::time::Duration;

impl Model {
    /// The checks that are to be made now, each from the NLB's node in the target's zone. At most
    /// one of a target is under way at a time.
    pub fn due_health_checks(&mut self, now: Timestamp) -> Vec<HealthCheckDue> {
        self.advance(now);
        let at = self.at;
        let mut due = Vec::new();
        for listener in self.listeners.values() {
            let Some(lb) = self.load_balancers.get(&listener.load_balancer) else {
                continue;
            };
            let Some(record) = self.target_groups.get_mut(&listener.forwards_to) else {
                continue;
            };
            let ports: Vec<Port> = record
                .targets
                .keys()
                .map(|(_, port)| check_port(&record.group.health_check.port, *port))
                .collect();
            let interval = Duration::from_secs(record.group.health_check.interval_seconds.into());
            for (((id, _), target), port) in record.targets.iter_mut().zip(ports) {
                let Some(instance) = self.instances.get(id) else {
                    continue;
                };
                let Some(node) = lb.nodes.iter().find(|n| n.zone == instance.az_name) else {
                    continue;
                };
                let evidence = target.health.as_mut().map(|health| &mut health.evidence);
                if let Some(Evidence::Checked {
                    next, outstanding, ..
                }) = evidence
                    && *next <= at
                    && !*outstanding
                {
                    *next = after(at, interval);
                    *outstanding = true;
                    due.push(HealthCheckDue {
                        group: listener.forwards_to.clone(),
                        instance: id.clone(),
                        from: node.address,
                        address: instance.private_ip,
                        port,
                    });
                }
            }
        }
        due
    }

    /// The result of a check. That of a target which has begun anew or gone meanwhile says nothing.
    pub fn health_checked(&mut self, now: Timestamp, due: &HealthCheckDue, ok: bool) {
        self.advance(now);
        if let Some(record) = self.target_groups.get_mut(&due.group) {
            record.note(due, ok);
        }
    }
}

impl TargetGroupRecord {
    fn note(&mut self, due: &HealthCheckDue, ok: bool) {
        let check = &self.group.health_check;
        let of_check = self.targets.iter_mut().filter(|((id, port), _)| {
            *id == due.instance && check_port(&check.port, *port) == due.port
        });
        for health in of_check.filter_map(|(_, target)| target.health.as_mut()) {
            let Evidence::Checked {
                passed,
                in_a_row,
                outstanding,
                ..
            } = &mut health.evidence
            else {
                continue;
            };
            if !std::mem::take(outstanding) {
                continue;
            }
            *in_a_row = if *passed == ok { *in_a_row + 1 } else { 1 };
            *passed = ok;
            if ok && *in_a_row >= check.healthy_threshold {
                health.verdict = Verdict::Healthy;
            } else if !ok && *in_a_row >= check.unhealthy_threshold {
                health.verdict = Verdict::Unhealthy;
            }
            return;
        }
    }
}

/// `traffic-port` is the port of the target.
fn check_port(setting: &str, target: Port) -> Port {
    let number = setting.parse().ok().and_then(Port::new);
    number.unwrap_or(target)
}

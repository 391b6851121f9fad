//! ELBv2: the health of targets, from `initial` to `draining`.

use super::ec2::InstanceRecord;
use super::moment::{Earliest, after};
use super::targets::TargetRecord;
use super::{ApiError, LoadBalancerRecord, Model};
use cloud::call::Call;
use fleet::observed::{HealthCheck, InstanceState, TargetHealth, TargetState};
use fleet::words::TargetGroupArn;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// What the health checks of a target say, since they began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Health {
    pub verdict: Verdict,
    pub evidence: Evidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Initial,
    Healthy,
    Unhealthy,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Simulated: whether it answers, and since when it is so.
    Simulated { answering: bool, since: Timestamp },
    /// By the data path: the last result and how often it came in a row.
    Checked {
        passed: bool,
        in_a_row: u32,
        next: Timestamp,
        outstanding: bool,
    },
}

/// Whether a target takes part, without its health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    InUse,
    NotInUse,
    InvalidState,
}

impl Model {
    /// ELBv2 `DescribeTargetHealth` of all targets of a group.
    pub fn describe_target_health(
        &mut self,
        now: Timestamp,
        arn: &TargetGroupArn,
    ) -> Result<Vec<TargetHealth>, ApiError> {
        self.read(now, Call::DescribeTargetHealth, |model| {
            model.group(arn)?;
            Ok(model.health_of(arn))
        })
    }

    pub(super) fn health_of(&self, arn: &TargetGroupArn) -> Vec<TargetHealth> {
        let Some(record) = self.target_groups.get(arn) else {
            return Vec::new();
        };
        let lb = self.load_balancer_of(arn);
        let each = record.targets.iter();
        each.map(|((id, port), target)| {
            let (state, reason) = state(target, in_use(lb, self.instances.get(id)));
            TargetHealth {
                instance: id.clone(),
                port: *port,
                state,
                reason: reason.to_owned(),
            }
        })
        .collect()
    }

    pub(super) fn settle_targets(&mut self) {
        let at = self.at;
        let settings = &self.settings;
        let instances = &self.instances;
        let serving: BTreeMap<&TargetGroupArn, Option<&LoadBalancerRecord>> = self
            .listeners
            .values()
            .map(|l| (&l.forwards_to, self.load_balancers.get(&l.load_balancer)))
            .collect();
        for (arn, record) in &mut self.target_groups {
            let lb = serving.get(arn).copied().flatten();
            let kept = settings.terminated_target_kept;
            record.targets.retain(|(id, _), target| {
                let drained = target.draining_until.is_some_and(|until| until <= at);
                // EC2 forgets an instance later than its groups do.
                let ended = instances.get(id).is_none_or(|instance| {
                    let ended = instance.terminated_at.map(|ended| after(ended, kept));
                    ended.is_some_and(|end| end <= at)
                });
                !drained && !ended
            });
            for ((id, port), target) in &mut record.targets {
                let instance = instances.get(id);
                let checked = target.draining_until.is_none()
                    && in_use(lb, instance) == Standing::InUse
                    && after(target.registered_at, settings.registration_time) <= at;
                let Some(instance) = instance.filter(|_| checked) else {
                    target.health = None;
                    continue;
                };
                let answering = settings
                    .simulated_health
                    .then(|| instance.answers_on(at, *port));
                let health = target
                    .health
                    .get_or_insert_with(|| Health::begin(at, answering));
                if let Some(answering) = answering {
                    health.follow(at, answering, &record.group.health_check);
                }
            }
        }
    }

    pub(super) fn next_of_targets(&self, earliest: &mut Earliest) {
        for record in self.instances.values() {
            if let Some(ended) = record.terminated_at {
                earliest.consider(after(ended, self.settings.terminated_target_kept));
            }
        }
        for record in self.target_groups.values() {
            for target in record.targets.values() {
                match (&target.draining_until, &target.health) {
                    (Some(until), _) => earliest.consider(*until),
                    (None, None) => earliest
                        .consider(after(target.registered_at, self.settings.registration_time)),
                    (None, Some(health)) => {
                        if let Some(flip) = health.flips_at(&record.group.health_check) {
                            earliest.consider(flip);
                        }
                    }
                }
            }
        }
    }
}

impl Health {
    fn begin(at: Timestamp, answering: Option<bool>) -> Self {
        let evidence = match answering {
            Some(answering) => Evidence::Simulated {
                answering,
                since: at,
            },
            None => Evidence::Checked {
                passed: true,
                in_a_row: 0,
                next: at,
                outstanding: false,
            },
        };
        Self {
            verdict: Verdict::Initial,
            evidence,
        }
    }

    /// Simulated: as if a check had been made at every interval.
    fn follow(&mut self, at: Timestamp, now_answering: bool, check: &HealthCheck) {
        if let Evidence::Simulated { answering, since } = &mut self.evidence
            && *answering != now_answering
        {
            *answering = now_answering;
            *since = at;
        }
        if self.flips_at(check).is_some_and(|flip| flip <= at) {
            self.verdict = if now_answering {
                Verdict::Healthy
            } else {
                Verdict::Unhealthy
            };
        }
    }

    /// When the verdict changes, if nothing else does.
    fn flips_at(&self, check: &HealthCheck) -> Option<Timestamp> {
        let Evidence::Simulated { answering, since } = &self.evidence else {
            return None;
        };
        let (aim, threshold) = if *answering {
            (Verdict::Healthy, check.healthy_threshold)
        } else {
            (Verdict::Unhealthy, check.unhealthy_threshold)
        };
        let checks = u64::from(check.interval_seconds) * u64::from(threshold);
        (self.verdict != aim).then(|| after(*since, Duration::from_secs(checks)))
    }
}

fn in_use(lb: Option<&LoadBalancerRecord>, instance: Option<&InstanceRecord>) -> Standing {
    let Some(lb) = lb else {
        return Standing::NotInUse;
    };
    let Some(instance) = instance else {
        return Standing::InvalidState;
    };
    if !lb.nodes.iter().any(|node| node.zone == instance.az_name) {
        return Standing::NotInUse;
    }
    match instance.state {
        InstanceState::Running | InstanceState::Stopping | InstanceState::ShuttingDown => {
            Standing::InUse
        }
        _ => Standing::InvalidState,
    }
}

/// State and reason as in the API reference, TargetHealth.
fn state(target: &TargetRecord, standing: Standing) -> (TargetState, &'static str) {
    if target.draining_until.is_some() {
        return (TargetState::Draining, "Target.DeregistrationInProgress");
    }
    match (
        standing,
        target.health.as_ref().map(|health| health.verdict),
    ) {
        (Standing::NotInUse, _) => (TargetState::Unused, "Target.NotInUse"),
        (Standing::InvalidState, _) => (TargetState::Unused, "Target.InvalidState"),
        (Standing::InUse, None) => (TargetState::Initial, "Elb.RegistrationInProgress"),
        (Standing::InUse, Some(Verdict::Initial)) => {
            (TargetState::Initial, "Elb.InitialHealthChecking")
        }
        (Standing::InUse, Some(Verdict::Healthy)) => (TargetState::Healthy, ""),
        (Standing::InUse, Some(Verdict::Unhealthy)) => {
            (TargetState::Unhealthy, "Target.FailedHealthChecks")
        }
    }
}

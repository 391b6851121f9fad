//! register-brokers: keeps listeners, target groups and targets true as brokers come and go.
//!
//! [`observe`](mod@observe) looks, [`plan`](mod@plan) decides, [`execute`] changes; the picture that is
//! kept true is the [`mapping`]. The [`doctor`] says what stands between a consumer and a working connection.

pub mod action;
pub mod doctor;
pub mod execute;
pub mod held;
mod last_proof;
#[cfg(test)]
mod look;
pub mod mapping;
mod metrics;
pub mod observe;
pub mod observed;
pub mod plan;
pub mod reason;
mod scope;
pub mod settings;

pub use last_proof::LastProof;
pub use plan::{Asked, Plan, Step, inquiry, plan};
pub use scope::Scope;

use action::Change;
use activation::activate::{LookedOf, look};
use activation::duty::{Counts, Duty, Metric, Ran};
use cloud::calls::{MappingWrites, Probes, Reads};
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::words::ClusterName;
use mapping::Mapping;
use observed::{Doubt, Observed};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use tokio::time::Instant;

/// The function, with all that it needs.
pub struct RegisterBrokers<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// What it is about.
    pub scope: &'a Scope,
    /// What a warm process remembers for a metric.
    pub last_proof: &'a LastProof,
}

impl<'w, A: Reads + Probes + MappingWrites> Duty for RegisterBrokers<'w, A> {
    const NAME: &'static str = "register-brokers";
    type Aws = A;
    type Observed = Observed;
    type Change = Change;
    type Doubt = Doubt;
    type Picture = Mapping;

    fn aws(&self) -> Paced<'w, A> {
        self.aws
    }

    fn cluster(&self) -> &ClusterName {
        &self.scope.cluster
    }

    async fn observe(&self, until: Instant) -> Observed {
        observe::observe(self.aws, self.scope, until).await
    }

    fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
        plan(observed, agreed)
    }

    fn hands(&self, observed: &Observed, until: Instant) -> impl Hands<Change> {
        execute::hands(self.aws, observed, until)
    }

    fn doctor(
        &self,
        until: Instant,
    ) -> Option<impl Future<Output = impl fmt::Display + Serialize>> {
        Some(async move {
            let LookedOf::<Self> {
                observed, agreed, ..
            } = look(self, until).await;
            let access = observe::access(self.aws, &observed, until).await;
            doctor::examine(&observed, &agreed, &access)
        })
    }

    fn metrics(&self, counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
        metrics::of(counts, ran, self.last_proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::scope;
    use cloud::call::Call;
    use cloud::fake::{Fake, soon};
    use cloud::pacing::Pace;
    use fleet::look::service;

    #[tokio::test(start_paused = true)]
    async fn the_doctor_reads_what_a_plan_is_made_from_and_three_calls_more_and_writes_nothing() {
        let mut aws = Fake::of(2);
        aws.endpoint_services.push(service());
        let nlb = aws.load_balancer.as_mut().expect("an NLB");
        nlb.security_groups.insert("sg-1".into());
        let scope = &scope();
        let (aws, pace, last_proof) = (&aws, &Pace::default(), &LastProof::default());
        let duty = RegisterBrokers {
            aws: Paced { aws, pace },
            scope,
            last_proof,
        };
        let looked: LookedOf<RegisterBrokers<'_, Fake>> = look(&duty, soon()).await;
        let seen = aws.asked().len();
        assert!(looked.plan.gaps.is_empty(), "{:?}", looked.plan.gaps);
        let doctor = duty.doctor(soon()).expect("a doctor");
        let text = doctor.await.to_string();
        assert!(
            text.contains("✗ tags of instances: instance i-1 is no"),
            "{text}"
        );
        assert_eq!(aws.asked().len(), 2 * seen + 3);
        for call in [
            Call::DescribeVpcEndpointServicePermissions,
            Call::DescribeVpcEndpointConnections,
            Call::DescribeSecurityGroupRules,
        ] {
            assert_eq!(aws.asked_of(call).len(), 1, "{call}");
        }
        assert_eq!(aws.written(), Vec::<String>::new());
    }
}

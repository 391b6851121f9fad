//! register-brokers: keeps listeners, target groups and targets true as brokers come and go.
//!
//! [`observe`](mod@observe) looks, [`plan`](mod@plan) decides, [`execute`] changes; the picture that is
//! kept true is the [`mapping`].

pub mod action;
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
use activation::duty::{Counts, Duty, Metric, Ran};
use cloud::calls::{MappingWrites, Probes, Reads};
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::words::ClusterName;
use mapping::Mapping;
use observed::{Doubt, Observed};
use std::collections::BTreeSet;
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

    fn metrics(&self, counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
        metrics::of(counts, ran, self.last_proof)
    }
}

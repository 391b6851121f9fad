//! push-listeners gives each broker the listeners that it should have: it edits the broker's file and
//! restarts its process, by SSM Run Command, and knows the way back.
//!
//! [`observe`](mod@observe) looks, [`plan`](mod@plan) decides, [`execute`] sends one command; the picture
//! that is kept true is the [`rollout`]. [`server_properties`] is the editor of a broker's file, [`host`] what
//! a host is told.

pub mod change;
pub mod difference;
pub mod execute;
mod exit;
pub mod held;
pub mod host;
#[cfg(test)]
mod look;
mod metrics;
pub mod observe;
pub mod observed;
pub mod plan;
mod reason;
pub mod restarts;
pub mod rollout;
mod scope;
pub mod server_properties;

pub use plan::{Plan, Step, plan};
pub use scope::Scope;

use activation::duty::{Counts, Duty, Metric, Ran};
use change::Change;
use cloud::calls::{CommandReads, CommandWrites, Probes, Reads};
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::words::ClusterName;
use observed::{Doubt, Observed};
use rollout::Rollout;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// The function, with all that it needs.
pub struct PushListeners<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// What it is about.
    pub scope: &'a Scope,
}

impl<'w, A: Reads + CommandReads + Probes + CommandWrites> Duty for PushListeners<'w, A> {
    const NAME: &'static str = "push-listeners";
    type Aws = A;
    type Observed = Observed;
    type Change = Change;
    type Doubt = Doubt;
    type Picture = Rollout;

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

    fn hands(&self, _: &Observed, until: Instant) -> impl Hands<Change> {
        let aws = self.aws;
        execute::Hands { aws, until }
    }

    fn metrics(&self, counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
        metrics::of(counts, ran)
    }
}

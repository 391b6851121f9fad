//! sync-principals: keeps who may connect to the endpoint service, and whose connections stand.
//!
//! [`observe`](mod@observe) looks, [`plan`](mod@plan) decides, [`execute`] changes; the picture that is
//! kept true is the [`access`].

pub mod access;
pub mod change;
pub mod execute;
pub mod held;
#[cfg(test)]
mod look;
pub mod observe;
pub mod observed;
pub mod plan;
pub mod principal;
pub mod principals;
mod scope;

pub use plan::{Plan, plan};
pub use scope::Scope;

use access::Access;
use activation::duty::{Counts, Duty, Metric, Ran};
use change::Change;
use cloud::calls::{PrincipalWrites, Reads};
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::words::ClusterName;
use observed::{Doubt, Observed};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// The function, with all that it needs.
pub struct SyncPrincipals<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// What it is about.
    pub scope: &'a Scope,
}

impl<'w, A: Reads + PrincipalWrites> Duty for SyncPrincipals<'w, A> {
    const NAME: &'static str = "sync-principals";
    type Aws = A;
    type Observed = Observed;
    type Change = Change;
    type Doubt = Doubt;
    type Picture = Access;

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
        access::metrics(counts, ran)
    }
}

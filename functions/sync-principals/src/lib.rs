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
mod metrics;
pub mod observe;
pub mod observed;
pub mod plan;
mod reason;
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
        metrics::of(counts, ran)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{NLB, account, root};
    use activation::activate::activate;
    use activation::request::{Request, Wakes};
    use cloud::fake::{Fake, soon};
    use cloud::pacing::Pace;
    use fleet::look::{load_balancer, noon, parameter, service};

    #[tokio::test(start_paused = true)]
    async fn a_run_observes_plans_executes_and_measures() {
        let mut aws = Fake::default();
        let mut service = service();
        service.load_balancers = [NLB.into()].into();
        aws.endpoint_services.push(service);
        aws.date = Some(noon());
        aws.load_balancer = Some(load_balancer());
        aws.parameters
            .push(parameter("principals", &account(1), 3600));
        let scope = &Scope {
            cluster: "orders".into(),
            load_balancer: NLB.into(),
        };
        let (aws, pace) = (&aws, &Pace::default());
        let duty = SyncPrincipals {
            aws: Paced { aws, pace },
            scope,
        };
        let wake = Request::Wake(Wakes::default());
        let run = activate(&duty, wake, soon()).await;
        assert!(run.is_complete(), "{:?}", run.report);
        let (allows, tags) = (&aws.written()[0], &aws.written()[1]);
        let allowed = format!(
            "ModifyVpcEndpointServicePermissions vpce-svc-1 +{}",
            root(1)
        );
        assert_eq!(*allows, allowed);
        assert!(tags.contains("kafka-privatelink:cluster=orders"), "{tags}");
        assert_eq!(run.report.picture.principals[0].principal, root(1));
        let (now, plan) = (run.now, &run.plan);
        let metrics = duty.metrics(&Counts::default(), Some(Ran { now, plan }));
        let names: Vec<&str> = metrics.iter().map(|it| it.name).collect();
        assert_eq!(names, ["ConnectionsPending", "PrincipalsHeld"]);
    }
}

//! What only the doctor asks: who may connect, who does, and whom the NLB's security groups let in.

use crate::observed::{Access, Observed};
use cloud::calls::Reads;
use cloud::eyes::Eyes;
use cloud::pacing::Paced;
use tokio::time::Instant;

/// Reads it after everything else, as it hangs on the endpoint service and the NLB that were observed: three calls when
/// nothing needs a second page. A read that fails is a gap.
pub async fn access<A: Reads>(paced: Paced<'_, A>, observed: &Observed, until: Instant) -> Access {
    let eyes = &Eyes::of_run(paced, until);
    let ((permissions, connections), rules) = tokio::join!(
        eyes.access(&observed.endpoint_services, &observed.load_balancer_arn),
        eyes.ingress(&observed.load_balancer),
    );
    Access {
        permissions,
        connections,
        rules,
    }
}

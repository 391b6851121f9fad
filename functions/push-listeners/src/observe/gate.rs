//! The gate: before a broker is restarted, every broker is heard twice, by way of probe-brokers.

use super::shown::{brokers, heard};
use crate::Scope;
use crate::observed::{GateAnswer, Observed};
use crate::plan;
use cloud::calls::{Probes, Reads};
use cloud::eyes::Eyes;
use fleet::gate::{GateInquiry, GatePayload, Verdict};
use fleet::observed::Seen;

/// What probe-brokers answers.
const WHAT: &str = "whether a broker may be stopped";

/// What the gate says of the broker that would be restarted now; none if none would be.
pub(super) async fn gate<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Option<GateAnswer>> {
    let Some(question) = plan::gate(observed) else {
        return Ok(None);
    };
    let brokers = brokers(scope, observed)?;
    let (cluster, probe) = (&scope.cluster, &scope.probe);
    let admin = eyes
        .admin_inquiry(
            cluster,
            probe,
            &observed.parameters,
            heard(&brokers, observed).into_iter(),
            WHAT,
        )
        .await?;
    let Some(admin) = admin else {
        return Ok(None);
    };
    let gate = GateInquiry {
        admin,
        question: question.clone(),
    };
    let verdict: Verdict = eyes
        .probe(WHAT, &scope.probe, &GatePayload { gate })
        .await?;
    Ok(Some(GateAnswer {
        question,
        answered_at: eyes.paced.latest()?,
        verdict,
    }))
}

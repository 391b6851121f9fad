//! One activation: observe, prove, plan, execute, report. What one look leaves in doubt, an absence or
//! an answer that is not the expected one, is looked at and asked again.

use crate::request::Request;
use cloud::calls::{MappingWrites, Probes, Reads};
use cloud::execute::execute;
use cloud::observe::{NO_TIME, observe};
use cloud::pacing::{Pace, Tally};
use cloud::prove::prove;
use cloud::scope::Scope;
use fleet::observed::{EarlierRead, Observed};
use fleet::plan::Plan;
use fleet::report::{Outcome, Proof, Report};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// Between two reads that must agree before something is removed (P-15).
const SECOND_READ_AFTER: Duration = Duration::from_secs(5);

/// Observing takes no longer than this, however slow AWS is: what was not read is a gap. The rest
/// of the time is for the proof and the steps.
const OBSERVE: Duration = Duration::from_secs(30);

/// A finished activation.
pub struct Activated {
    /// AWS's time when it began. If AWS told none, the machine's at its end, which only metrics and memory see.
    pub now: Timestamp,
    /// The plan; with [`Request::Plan`], none of it was done.
    pub plan: Plan,
    /// The report.
    pub report: Report,
    /// The AWS calls that it made.
    pub tally: Tally,
}

impl Activated {
    /// Whether everything was seen and everything that was due is done; what is held is not due.
    pub fn is_complete(&self) -> bool {
        let done = self.report.actions.iter().all(|taken| match taken.outcome {
            Outcome::Done | Outcome::AlreadyDone => true,
            Outcome::Partly(_)
            | Outcome::Superseded(_)
            | Outcome::Failed(_)
            | Outcome::Skipped
            | Outcome::Deferred(_) => false,
        });
        done && self.plan.gaps.is_empty() && self.plan.doubts.is_empty()
    }
}

/// Observes, and asks who answers where.
async fn look<A: Reads + Probes>(
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    earlier: Option<EarlierRead>,
    until: Instant,
) -> Observed {
    let observe_until = until.min(Instant::now() + OBSERVE);
    let mut observed = observe(aws, pace, scope, earlier, observe_until).await;
    observed.proof = prove(aws, pace, scope, &observed, until).await;
    observed
}

/// Runs one activation of the function `name`. No step begins after `until`, and a moment later
/// ([`LAST_CALL`](cloud::execute::LAST_CALL)) the report is there, whatever AWS does.
pub async fn activate<A: Reads + Probes + MappingWrites>(
    name: &str,
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    request: Request,
    until: Instant,
) -> Activated {
    let started = Instant::now();
    pace.begin(aws);
    // Boxed: with the SDK's futures inside, the compiler's depth limit is near.
    let mut observed = Box::pin(look(aws, pace, scope, None, until)).await;
    let mut plan = fleet::plan(&observed);
    // A second look that does not come to its end would see less than the first one. Without it,
    // what is in doubt stays as it is, and everything else goes on.
    let second_ends = Instant::now() + SECOND_READ_AFTER + started.elapsed();
    if !plan.doubts.is_empty() && second_ends <= until {
        tokio::time::sleep(SECOND_READ_AFTER).await;
        let earlier = EarlierRead {
            doubts: plan.doubts,
        };
        observed = Box::pin(look(aws, pace, scope, Some(earlier), until)).await;
        plan = fleet::plan(&observed);
    }
    let (wakes, actions) = match request {
        Request::Plan => Default::default(),
        Request::Wake(wakes) => {
            let actions = Box::pin(execute(aws, pace, &observed, &plan, until)).await;
            (wakes.kinds, actions)
        }
    };
    let tally = pace.take_tally();
    let calls = tally
        .calls
        .iter()
        .map(|(call, count)| (call.to_string(), *count));
    let report = Report {
        function: name.to_owned(),
        cluster: scope.cluster.to_string(),
        wakes,
        paused: plan.paused.clone(),
        actions,
        held: plan.held.clone(),
        gaps: plan.gaps.clone(),
        mapping: plan.mapping.clone(),
        without: plan.without.clone(),
        proof: Proof::of(&plan.proof),
        calls: calls.collect(),
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    Activated {
        now: if observed.now == NO_TIME {
            Timestamp::now()
        } else {
            observed.now
        },
        plan,
        report,
        tally,
    }
}

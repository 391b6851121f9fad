//! One run: observe, plan, execute, report. What one look leaves in doubt, an absence or an answer
//! that is not the expected one, is looked at and asked again.

use crate::duty::{Duty, Picture, PlanOf, ToldOf};
use crate::request::{Request, Wakes};
use cloud::pacing::Tally;
use cloud::steps;
use fleet::plan::Plan;
use fleet::report::Report;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks that must agree before something is removed (P-15).
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(5);

/// A finished run of a function, with its plan `P` and what `T` it tells of its picture.
pub struct Activated<P, T> {
    /// AWS's time when it began. If AWS told none, the machine's at its end, which only metrics and memory see.
    pub now: Timestamp,
    /// The plan; when only a plan was asked for, none of it was done.
    pub plan: P,
    /// The report.
    pub report: Report<T>,
    /// The AWS calls that it made.
    pub tally: Tally,
}

/// A finished run of this function.
pub type ActivatedOf<D> = Activated<PlanOf<D>, ToldOf<D>>;

impl<C, D, P, T> Activated<Plan<C, D, P>, T> {
    /// Whether everything was seen and everything that was due is done; what is held is not due.
    pub fn is_complete(&self) -> bool {
        let mut taken = self.report.actions.iter();
        let done = taken.all(|taken| taken.outcome.is_done());
        done && self.plan.gaps.is_empty() && self.plan.doubts.is_empty()
    }
}

/// What a function saw, and what it plans about it.
pub struct LookedOf<D: Duty> {
    /// What it saw.
    pub observed: D::Observed,
    /// What an earlier look of the same run left in doubt; none if there was one look.
    pub agreed: BTreeSet<D::Doubt>,
    /// What follows from both.
    pub plan: PlanOf<D>,
}

/// Looks and plans, and looks again if something is in doubt. It changes nothing.
pub async fn look<D: Duty>(duty: &D, until: Instant) -> LookedOf<D> {
    let started = Instant::now();
    duty.aws().begin();
    // Boxed: with the SDK's futures inside, the compiler's depth limit is near.
    let mut observed = Box::pin(duty.observe(until)).await;
    let mut agreed = BTreeSet::new();
    let mut plan = D::plan(&observed, &agreed);
    // A second look that does not come to its end would see less than the first one. Without it,
    // what is in doubt stays as it is, and everything else goes on.
    let second_ends = Instant::now() + SECOND_LOOK_AFTER + started.elapsed();
    if !plan.doubts.is_empty() && second_ends <= until {
        tokio::time::sleep(SECOND_LOOK_AFTER).await;
        observed = Box::pin(duty.observe(until)).await;
        agreed = plan.doubts;
        plan = D::plan(&observed, &agreed);
    }
    LookedOf {
        observed,
        agreed,
        plan,
    }
}

/// Runs a function once. No step begins after `until`, and a moment later
/// ([`LAST_CALL`](steps::LAST_CALL)) the report is there, whatever AWS does.
pub async fn activate<D: Duty>(duty: &D, request: Request, until: Instant) -> ActivatedOf<D> {
    let started = Instant::now();
    let looked: LookedOf<D> = look(duty, until).await;
    let LookedOf { observed, plan, .. } = looked;
    let (wakes, actions) = match request {
        Request::Plan | Request::Observe { .. } | Request::Doctor => Default::default(),
        Request::Wake(Wakes { kinds, .. }) => {
            let mut hands = duty.hands(&observed, until);
            let taken = Box::pin(steps::take(&mut hands, &plan, until)).await;
            (kinds, taken)
        }
    };
    // Before the tally is taken: the dates go with it.
    let now = duty.aws().now();
    let tally = duty.aws().pace.take_tally();
    let calls = tally
        .calls
        .iter()
        .map(|(call, count)| (call.to_string(), *count));
    let report = Report {
        function: D::NAME.to_owned(),
        cluster: duty.cluster().to_string(),
        wakes,
        paused: plan.paused.clone(),
        actions,
        held: plan.held.clone(),
        gaps: plan.gaps.clone(),
        picture: plan.picture.told(),
        calls: calls.collect(),
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    Activated {
        now: now.unwrap_or_else(|_| Timestamp::now()),
        plan,
        report,
        tally,
    }
}

#[cfg(test)]
mod tests;

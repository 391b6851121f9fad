//! What every function is: batch, observe, prove, plan, execute, report; plan-only, paused, coalescing,
//! metrics.

pub mod activate;
pub mod coalescing;
pub mod environment;
pub mod last_proof;
pub mod log;
pub mod metrics;
pub mod request;
pub mod text;

use activate::activate;
use cloud::calls::{MappingWrites, Probes, Reads};
use cloud::pacing::Pace;
use cloud::scope::Scope;
use coalescing::{Covered, LastRun};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use last_proof::LastProof;
use metrique_writer_core::stream::IoStreamError;
use request::{Request, Wakes};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Kept of the function's time-out for the last call and the report: no step begins later than this
/// before its end.
const RESERVE: Duration = Duration::from_secs(8);

/// What a warm process remembers. It saves work and fills a metric; nothing is decided by it.
#[derive(Debug, Default)]
pub struct Warm {
    /// The last run, which may have answered the next batch already.
    pub last_run: LastRun,
    /// Since when ports are not proven.
    pub last_proof: LastProof,
}

/// Answers one Lambda invocation of the function `name`. Work that failed is in the report and in
/// the metrics, and the next sweep tries again; a batch's invocation fails only if no report can be
/// made, so that it is never delivered again for what it says (P-4, P-12). What neither came off the
/// queue nor is the plan fails at once.
pub async fn handle<A: Reads + Probes + MappingWrites>(
    name: &str,
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    warm: &Warm,
    event: LambdaEvent<Value>,
) -> Result<Value, Diagnostic> {
    let until = deadline(event.context.deadline());
    let request = Request::of(&event.payload).map_err(|refused| Diagnostic {
        error_type: "UnknownRequest".to_owned(),
        error_message: refused.to_string(),
    })?;
    let queued = match &request {
        Request::Plan => {
            let planned = activate(name, aws, pace, scope, request, until).await;
            let plan = serde_json::to_value(&planned.plan).map_err(unwritable)?;
            return Ok(json!({ "plan": plan, "text": text::plan_text(&planned.plan) }));
        }
        Request::Wake(wakes) => match warm.last_run.covers(wakes) {
            Some(covered_by) => return covered(name, scope, wakes, covered_by),
            None => wakes.queued,
        },
    };
    warm.last_run.forget();
    let activated = activate(name, aws, pace, scope, request, until).await;
    let line = serde_json::to_value(&activated.report).map_err(unwritable)?;
    let unproven = warm.last_proof.note(activated.now, &activated.plan);
    print(&line, metrics::lines(&activated, unproven));
    warm.last_run.note(queued, &activated);
    Ok(line)
}

/// The answer to wakes that need no run.
fn covered(
    name: &str,
    scope: &Scope,
    wakes: &Wakes,
    covered_by: Timestamp,
) -> Result<Value, Diagnostic> {
    let covered = Covered {
        function: name.to_owned(),
        cluster: scope.cluster.clone(),
        wakes: wakes.kinds.clone(),
        covered_by,
    };
    let line = serde_json::to_value(&covered).map_err(unwritable)?;
    print(&line, metrics::of_covered(&covered));
    Ok(line)
}

/// The report as one line, and the metrics; CloudWatch takes both from standard output.
fn print(line: &Value, metrics: Result<String, IoStreamError>) {
    println!("{line}");
    match metrics {
        Ok(lines) => print!("{lines}"),
        Err(error) => tracing::error!(%error, "metrics could not be written"),
    }
}

/// The moment after which no new step begins, from the deadline that Lambda gives in wall time.
fn deadline(deadline: std::time::SystemTime) -> Instant {
    let left = deadline
        .duration_since(std::time::SystemTime::now())
        .unwrap_or_default();
    Instant::now() + left.saturating_sub(RESERVE)
}

fn unwritable(error: serde_json::Error) -> Diagnostic {
    Diagnostic {
        error_type: "ReportUnwritable".to_owned(),
        error_message: format!("the report could not be written as JSON: {error}"),
    }
}

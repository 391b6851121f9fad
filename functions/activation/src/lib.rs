//! What every function is: batch, observe, plan, execute, report; plan-only, paused, metrics.

pub mod activate;
pub mod environment;
pub mod metrics;
pub mod request;
pub mod text;

use activate::{Activated, activate};
use cloud::calls::{MappingWrites, Reads};
use cloud::observe::Scope;
use cloud::pacing::Pace;
use lambda_runtime::{Diagnostic, LambdaEvent};
use request::Request;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Kept of the function's time-out for the report: no step begins later than this before its end.
const RESERVE: Duration = Duration::from_secs(8);

/// Answers one Lambda invocation of the function `name`. Work that failed is in the report and in
/// the metrics, and the next sweep tries again; the invocation fails only if no report can be
/// made, so that a batch is never delivered again for what it says (P-4, P-12).
pub async fn handle<A: Reads + MappingWrites>(
    name: &str,
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    event: LambdaEvent<Value>,
) -> Result<Value, Diagnostic> {
    let until = deadline(event.context.deadline());
    let request = Request::of(&event.payload);
    let plan_only = request == Request::Plan;
    let activated = activate(name, aws, pace, scope, request, until).await;
    if plan_only {
        let plan = serde_json::to_value(&activated.plan).map_err(unwritable)?;
        return Ok(json!({ "plan": plan, "text": text::plan_text(&activated.plan) }));
    }
    let line = serde_json::to_value(&activated.report).map_err(unwritable)?;
    print(&activated, &line);
    Ok(line)
}

/// The report as one line, and the metrics; CloudWatch takes both from standard output.
fn print(activated: &Activated, line: &Value) {
    println!("{line}");
    match metrics::lines(activated) {
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

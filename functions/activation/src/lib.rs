//! What every function is: batch, observe, plan, execute, report; plan-only, paused, coalescing, metrics.
//! A function is a [`Duty`]; the loop is here, once.

pub mod activate;
pub mod coalescing;
pub mod duty;
pub mod environment;
pub mod log;
pub mod mask;
pub mod metrics;
pub mod request;
pub mod saved;
pub mod text;

use activate::activate;
use coalescing::{Covered, LastRun};
use duty::Duty;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use metrique_writer_core::stream::IoStreamError;
use request::{DOCTOR, Request, Wakes};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Kept of the function's time-out for the last call and the report: no step begins later than this
/// before its end.
const RESERVE: Duration = Duration::from_secs(8);

/// Answers one Lambda invocation of a function. Work that failed is in the report and in the metrics,
/// and the next sweep tries again; a batch's invocation fails only if no report can be made, so that it
/// is never delivered again for what it says (P-4, P-12). What neither came off the queue nor is an
/// action fails at once. What a warm process remembers of its last run saves work; nothing is decided by it.
pub async fn handle<D: Duty>(
    duty: &D,
    last_run: &LastRun,
    event: LambdaEvent<Value>,
) -> Result<Value, Diagnostic> {
    let until = deadline(event.context.deadline(), RESERVE);
    let request = Request::of(&event.payload).map_err(|refused| Diagnostic {
        error_type: "UnknownRequest".to_owned(),
        error_message: refused.to_string(),
    })?;
    let queued = match &request {
        Request::Plan => {
            let planned = activate(duty, request, until).await;
            let plan = serde_json::to_value(&planned.plan).map_err(unwritable)?;
            return Ok(json!({ "plan": plan, "text": text::plan_text(&planned.plan) }));
        }
        Request::Observe { masked } => return saved::observe(duty, *masked, until).await,
        Request::Doctor => return examined(duty, until).await,
        Request::Wake(wakes) => match last_run.covers(wakes) {
            Some(covered_by) => return covered(duty, wakes, covered_by),
            None => wakes.queued,
        },
    };
    last_run.forget();
    let activated = activate(duty, request, until).await;
    let line = serde_json::to_value(&activated.report).map_err(unwritable)?;
    print(&line, metrics::of_run(duty, &activated));
    last_run.note(queued, activated.now, activated.is_complete());
    Ok(line)
}

/// What the doctor says, or who has one.
async fn examined<D: Duty>(duty: &D, until: Instant) -> Result<Value, Diagnostic> {
    let Some(examined) = duty.doctor(until) else {
        return Err(Diagnostic {
            error_type: "UnknownRequest".to_owned(),
            error_message: format!(
                "{} does not answer {{\"action\":\"doctor\"}}, and {DOCTOR} does; nothing was read or written: aws lambda invoke --function-name <RegisterBrokersFunctionName> --cli-binary-format raw-in-base64-out --payload '{{\"action\":\"doctor\"}}' out.json",
                D::NAME
            ),
        });
    };
    // Boxed: with the SDK's futures inside, the compiler's depth limit is near.
    let examined = Box::pin(examined).await;
    let doctor = serde_json::to_value(&examined).map_err(unwritable)?;
    Ok(json!({ "doctor": doctor, "text": examined.to_string() }))
}

/// The answer to wakes that need no run.
fn covered<D: Duty>(duty: &D, wakes: &Wakes, covered_by: Timestamp) -> Result<Value, Diagnostic> {
    let covered = Covered {
        function: D::NAME.to_owned(),
        cluster: duty.cluster().clone(),
        wakes: wakes.kinds.clone(),
        covered_by,
    };
    let line = serde_json::to_value(&covered).map_err(unwritable)?;
    print(&line, metrics::of_covered(duty, &covered));
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

/// The moment so long before the deadline that Lambda gives in wall time.
pub fn deadline(deadline: SystemTime, reserve: Duration) -> Instant {
    let left = deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default();
    Instant::now() + left.saturating_sub(reserve)
}

fn unwritable(error: serde_json::Error) -> Diagnostic {
    Diagnostic {
        error_type: "ReportUnwritable".to_owned(),
        error_message: format!("the report could not be written as JSON: {error}"),
    }
}

//! probe-brokers: proves that each port reaches its broker. No AWS SDK: its code has no permission.

mod bounds;
mod dial;
mod table;

use bounds::Bounds;
use fleet::proof::{Inquiry, Row};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn, tracing};
use std::time::{Duration, SystemTime};
use table::{MOST_QUESTIONS, PATIENCE, table};
use tokio::time::Instant;

/// Kept of the function's time-out for the answer.
const RESERVE: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let bounds = Bounds::read(|name| std::env::var(name).ok());
    // As text: the runtime shows an error of `main` as a programmer would want it.
    let bounds = bounds.map_err(|error| error.to_string())?;
    let bounds = &bounds;
    run(service_fn(async |event: LambdaEvent<serde_json::Value>| {
        let deadline = deadline(event.context.deadline());
        handle(event.payload, bounds, deadline).await
    }))
    .await
}

/// Answers one inquiry, or says what is wrong with it. Its content is never printed: it may carry a
/// password.
async fn handle(
    payload: serde_json::Value,
    bounds: &Bounds,
    deadline: Instant,
) -> Result<Vec<Row>, Diagnostic> {
    let wrong = |error_message| Diagnostic {
        error_type: "NotAnInquiry".to_owned(),
        error_message,
    };
    let inquiry: Inquiry = serde_json::from_value(payload).map_err(|_| {
        wrong(
            "the payload is no inquiry of register-brokers; deploy both functions from one release"
                .to_owned(),
        )
    })?;
    if inquiry.questions.len() > MOST_QUESTIONS {
        return Err(wrong(format!(
            "the inquiry has {} questions, more than {MOST_QUESTIONS}",
            inquiry.questions.len()
        )));
    }
    Ok(table(&inquiry, bounds, deadline).await)
}

/// When every row is over, from the deadline that Lambda gives in wall time.
fn deadline(deadline: SystemTime) -> Instant {
    let left = deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default();
    Instant::now() + PATIENCE.min(left.saturating_sub(RESERVE))
}

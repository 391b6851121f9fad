//! Dials brokers, and says what it reached: one row for each question of an inquiry.

mod bounds;
mod dial;
mod order;
mod side_by_side;
mod table;

pub use bounds::Bounds;
pub use table::{MOST_QUESTIONS, PATIENCE, table};

use fleet::proof::{Inquiry, Row};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;
use std::time::Duration;

/// Kept of the function's time-out for the answer.
const RESERVE: Duration = Duration::from_secs(2);

/// Answers one inquiry, or says what is wrong with it. Its content is never printed: it may carry a
/// password.
pub async fn handle(event: LambdaEvent<Value>, bounds: &Bounds) -> Result<Vec<Row>, Diagnostic> {
    let deadline = activation::deadline(event.context.deadline(), RESERVE);
    // An error of serde would quote what it found.
    let inquiry: Inquiry = serde_json::from_value(event.payload).map_err(|_| Diagnostic {
        error_type: "NotAnInquiry".to_owned(),
        error_message:
            "the payload is no inquiry of register-brokers; deploy both functions from one release"
                .to_owned(),
    })?;
    Ok(table(&inquiry, bounds, deadline).await)
}

#[cfg(test)]
mod tests;

//! Dials brokers, and says what it reached: one row for each question of an inquiry. Who asks on the admin
//! listener is told what each broker shows.

mod bounds;
mod dial;
mod order;
mod shown;
mod side_by_side;
mod table;

pub use bounds::Bounds;
pub use shown::shown;
pub use table::{MOST_QUESTIONS, PATIENCE, table};

use fleet::proof::Row;
use fleet::shown::{AdminAnswer, AdminPayload};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Kept of the function's time-out for the answer.
const RESERVE: Duration = Duration::from_secs(2);

/// What is answered: the proof table, or what brokers show.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// One row for each question.
    Proof(Vec<Row>),
    /// One answer for each question.
    Admin(Vec<AdminAnswer>),
}

/// Answers what is to be proven, an [`Inquiry`](fleet::proof::Inquiry), or what brokers show, an
/// [`AdminPayload`]; or says what is wrong with the payload. Its content is never printed: it may carry a
/// password.
pub async fn handle(event: LambdaEvent<Value>, bounds: &Bounds) -> Result<Answer, Diagnostic> {
    let deadline = activation::deadline(event.context.deadline(), RESERVE);
    let payload = event.payload;
    Ok(match payload.get(AdminPayload::FIELD) {
        Some(_) => {
            let AdminPayload { admin } = read(payload)?;
            Answer::Admin(shown(admin, bounds, deadline).await)
        }
        None => Answer::Proof(table(&read(payload)?, bounds, deadline).await),
    })
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, Diagnostic> {
    // An error of serde would quote what it found.
    serde_json::from_value(payload).map_err(|_| Diagnostic {
        error_type: "NotAnInquiry".to_owned(),
        error_message:
            "the payload is no inquiry of our functions; deploy all of them from one release"
                .to_owned(),
    })
}

#[cfg(test)]
mod tests;

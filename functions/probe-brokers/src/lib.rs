//! Dials brokers, and says what it reached: one row for each question of an inquiry. Who asks on the admin
//! listener is told what each broker shows, or whether one of them may be stopped.

mod bounds;
mod dial;
mod gate;
mod order;
mod shown;
mod side_by_side;
mod table;

pub use bounds::Bounds;
pub use gate::{gate, holdings};
pub use shown::shown;
pub use table::{MOST_QUESTIONS, PATIENCE, table};

use fleet::gate::{GatePayload, Holdings, HoldingsPayload, Verdict};
use fleet::proof::Row;
use fleet::shown::{AdminAnswer, AdminPayload};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Kept of the function's time-out for the answer.
const RESERVE: Duration = Duration::from_secs(2);

/// One look at every broker takes no longer, whatever time the function has for two of them: who asks waits
/// 15 s for its answer, and 45 s for that of a gate.
const LOOK: Duration = Duration::from_secs(13);
const GATE: Duration = Duration::from_secs(43);

/// What is answered: the proof table, what brokers show, whether one of them may be stopped, or what the
/// cluster has of one of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// One row for each question.
    Proof(Vec<Row>),
    /// One answer for each question.
    Admin(Vec<AdminAnswer>),
    /// What is in the way.
    Gate(Box<Verdict>),
    /// What the cluster has of one broker.
    Holdings(Box<Holdings>),
}

/// Answers what is to be proven, an [`Inquiry`](fleet::proof::Inquiry), what brokers show, an
/// [`AdminPayload`], whether a broker may be stopped, a [`GatePayload`], or what the cluster has of one, a
/// [`HoldingsPayload`]; or says what is wrong with the payload. Its content is never printed: it may carry a password.
pub async fn handle(event: LambdaEvent<Value>, bounds: &Bounds) -> Result<Answer, Diagnostic> {
    let deadline = activation::deadline(event.context.deadline(), RESERVE);
    let within = |longest| deadline.min(Instant::now() + longest);
    let payload = event.payload;
    let is_about = |field| payload.get(field).is_some();
    Ok(if is_about(AdminPayload::FIELD) {
        let AdminPayload { admin } = read(payload)?;
        Answer::Admin(shown(admin, bounds, within(LOOK)).await)
    } else if is_about(GatePayload::FIELD) {
        let GatePayload { gate: inquiry } = read(payload)?;
        Answer::Gate(Box::new(gate(inquiry, bounds, within(GATE)).await))
    } else if is_about(HoldingsPayload::FIELD) {
        let HoldingsPayload { holdings: inquiry } = read(payload)?;
        Answer::Holdings(Box::new(holdings(inquiry, bounds, within(LOOK)).await))
    } else {
        Answer::Proof(table(&read(payload)?, bounds, within(LOOK)).await)
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

//! The proof table: every question side by side under one deadline, so that a slow port delays no
//! other, and what follows from the answers.

use crate::bounds::Bounds;
use crate::dial;
use fleet::proof::{Evidence, Inquiry, Miss, Question, Reached, Row, judge};
use futures::future::join_all;
use std::time::Duration;
use tokio::time::Instant;

/// How long the slowest row may take. A broker that is well answers in milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// More questions than an NLB's 50 listeners and their brokers can ask for.
pub const MOST_QUESTIONS: usize = 512;

/// Dials whatever the bounds allow until `deadline`, and judges what came back.
pub async fn table(inquiry: &Inquiry, bounds: &Bounds, deadline: Instant) -> Vec<Row> {
    let asked = inquiry.questions.iter().map(async |question| {
        let started = Instant::now();
        Evidence {
            // A connection ends by itself at the deadline, and says what it waited for.
            answer: answer(inquiry, bounds, question, deadline).await,
            took: started.elapsed(),
        }
    });
    judge(inquiry, join_all(asked).await)
}

async fn answer(
    inquiry: &Inquiry,
    bounds: &Bounds,
    question: &Question,
    deadline: Instant,
) -> Result<Reached, Miss> {
    let Some(address) = question.address else {
        return Err(Miss::NotProvable("the inquiry names no address".to_owned()));
    };
    let way = inquiry.way(question)?;
    bounds
        .check(address, question.port)
        .map_err(Miss::NotProvable)?;
    dial::ask(question, address, way, deadline).await
}

#[cfg(test)]
mod tests;

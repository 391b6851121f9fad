//! The proof table: every question side by side, so that a slow port delays no other, and what
//! follows from the answers.

use crate::bounds::Bounds;
use crate::dial::{self, Common, LONGEST_ANSWER};
use crate::order::order;
use crate::side_by_side::side_by_side;
use fleet::proof::{Evidence, Inquiry, Miss, Question, Reached, Row, judge};
use kafka::SaltedPasswords;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout_at};

/// How long a row waits for its peer, all in all. A broker that is well answers in milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Most questions that are asked in one run: each holds a socket, and Lambda gives a function 1,024
/// file descriptors (its page "Lambda quotas"). An NLB's 50 listeners ask for less; hundreds of
/// instances beside them fit in.
pub const MOST_QUESTIONS: usize = 960;

/// Dials whatever the bounds allow until `deadline`, and judges what came back. Rows begin from
/// another one on in each minute.
pub async fn table(inquiry: &Inquiry, bounds: &Bounds, deadline: Instant) -> Vec<Row> {
    sharing(SaltedPasswords::default(), inquiry, bounds, deadline).await
}

/// The same, with these salted passwords for all rows.
async fn sharing(
    salted: SaltedPasswords,
    inquiry: &Inquiry,
    bounds: &Bounds,
    deadline: Instant,
) -> Vec<Row> {
    let left = deadline.saturating_duration_since(Instant::now());
    let asked = Arc::new(Asked {
        inquiry: inquiry.clone(),
        bounds: bounds.clone(),
        common: Common {
            // As much again for what a slow function needs for itself.
            patience: PATIENCE.min(left / 2),
            salted,
            large: LONGEST_ANSWER,
        },
        deadline,
    });
    let (questions, minute) = (inquiry.questions.len(), minute());
    let order = || order(questions, minute).take(MOST_QUESTIONS);
    let answers = side_by_side(questions, order(), |index| {
        let asked = Arc::clone(&asked);
        async move { asked.evidence(index).await }
    });
    let begun: BTreeSet<usize> = order().collect();
    let unasked = questions.saturating_sub(MOST_QUESTIONS);
    let evidence = answers.await.into_iter().enumerate().map(|(index, answer)| {
        answer.unwrap_or_else(|| Evidence {
            answer: Err(Miss::NotProvable(match begun.contains(&index) {
                true => broken(),
                false => format!(
                    "it was not asked: the inquiry has {questions} questions, and {MOST_QUESTIONS} fit into one run; \
                     another {unasked} are left out in the next one"
                ),
            })),
            took: Duration::ZERO,
        })
    });
    judge(inquiry, evidence.collect())
}

/// What a row needs to know.
struct Asked {
    inquiry: Inquiry,
    bounds: Bounds,
    common: Common,
    deadline: Instant,
}

impl Asked {
    async fn evidence(&self, index: usize) -> Evidence {
        let started = Instant::now();
        let answer = match self.inquiry.questions.get(index) {
            Some(question) if started < self.deadline => {
                let answer = timeout_at(self.deadline, self.answer(question)).await;
                answer.unwrap_or_else(|_| Err(no_time()))
            }
            Some(_) => Err(no_time()),
            None => Err(Miss::NotProvable(broken())),
        };
        Evidence {
            answer,
            took: started.elapsed(),
        }
    }

    async fn answer(&self, question: &Question) -> Result<Reached, Miss> {
        let Some(address) = question.address else {
            return Err(Miss::NotProvable("the inquiry names no address".to_owned()));
        };
        let way = self.inquiry.way(question)?;
        self.bounds
            .check(address, question.port)
            .map_err(Miss::NotProvable)?;
        dial::ask(question, address, way, &self.common).await
    }
}

/// Nothing is known of the peer: we were too slow.
pub(crate) fn no_time() -> Miss {
    let why = "the probe had no time for it: there is too little CPU for so many connections; give \
               ProbeBrokersFunction more memory, which is more CPU";
    Miss::NotProvable(why.to_owned())
}

pub(crate) fn broken() -> String {
    "the probe itself broke down on it, which is a fault of this software; its log says where"
        .to_owned()
}

fn minute() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap_or_default().as_secs() / 60
}

#[cfg(test)]
mod goodbye_tests;
#[cfg(test)]
pub(crate) mod hostile_tests;
#[cfg(test)]
mod salted_tests;
#[cfg(test)]
pub(crate) mod tests;

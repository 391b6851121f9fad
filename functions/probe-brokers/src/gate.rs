//! The gate of a roll: every broker side by side, twice, with a pause in between, over connections that are
//! new each time.

mod broker;
mod cluster;
mod pool;
mod ports;

use crate::bounds::Bounds;
use crate::dial::{Admin, Common, sentence};
use crate::side_by_side::side_by_side;
use crate::table::{MOST_QUESTIONS, broken};
use fleet::gate::{
    self, GateInquiry, GateQuestion, Heard, Hearing, Holdings, HoldingsInquiry, Obstacle, Verdict,
    at_once, pause, spokesman, verdict,
};
use fleet::proof::Miss;
use fleet::shown::{AdminInquiry, AdminQuestion};
use fleet::words::NodeId;
use kafka::{Limits, SaltedPasswords};
use pool::Pool;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

/// How long a broker may keep us waiting for all that it is asked in one hearing: it may have thousands of
/// topics to tell.
const PATIENCE: Duration = Duration::from_secs(8);
/// So many brokers send their topics at a time: each answer is in memory as a whole before it is read.
const AT_A_TIME: usize = 4;

/// Whether `next` may be stopped. It is never open if there was no time to look twice until `deadline`.
pub async fn gate(inquiry: GateInquiry, bounds: &Bounds, deadline: Instant) -> Verdict {
    let began = Instant::now();
    let GateInquiry { admin, question } = inquiry;
    let asked = Arc::new(Asked::of(admin, question, bounds, deadline, 4));
    let first = hear(&asked).await;
    if let Some(shut) = at_once(&asked.question, &first) {
        return shut;
    }
    let ended = Instant::now();
    let took = ended - began;
    let pause = match pause(&first) {
        Ok(pause) if ended + pause + took < deadline => pause,
        Ok(pause) => return too_slow(&asked.question, first, took, pause),
        Err(obstacle) => return shut(&asked.question, first, obstacle),
    };
    sleep(pause).await;
    let apart = ended.elapsed().as_secs();
    let second = hear(&asked).await;
    verdict(&asked.question, &[first, second], apart)
}

/// What the cluster has of one broker: everybody is heard once, until `deadline`.
pub async fn holdings(inquiry: HoldingsInquiry, bounds: &Bounds, deadline: Instant) -> Holdings {
    let HoldingsInquiry { admin, node } = inquiry;
    let question = GateQuestion::about(node);
    let asked = Asked::of(admin, question, bounds, deadline, 2);
    gate::holdings(node, &hear(&Arc::new(asked)).await)
}

fn too_slow(question: &GateQuestion, first: Hearing, took: Duration, pause: Duration) -> Verdict {
    let why = format!(
        "one look took {} s, and with a pause of {} s a second one does not fit into a run of the probe; give \
         ProbeBrokersFunction more memory, which is more CPU",
        took.as_secs(),
        pause.as_secs()
    );
    shut(question, first, Obstacle::NoTime { why })
}

fn shut(question: &GateQuestion, first: Hearing, obstacle: Obstacle) -> Verdict {
    let verdict = verdict(question, &[first.clone(), first], 0);
    let obstacles = vec![obstacle];
    Verdict {
        obstacles,
        ..verdict
    }
}

/// What all questions of a gate have in common.
struct Asked {
    /// Every broker that can be asked.
    admin: Admin,
    /// What is to be known.
    question: GateQuestion,
    /// Who may send topics.
    topics: Semaphore,
    /// What brokers tell alike.
    pool: Pool,
}

async fn hear(asked: &Arc<Asked>) -> Hearing {
    let questions = &asked.admin.inquiry.questions;
    let order = 0..questions.len().min(MOST_QUESTIONS);
    let heard = side_by_side(questions.len(), order.clone(), |index| {
        let asked = Arc::clone(asked);
        async move {
            match asked.admin.inquiry.questions.get(index) {
                Some(question) => asked.broker(question).await,
                None => Heard::Untold(broken()),
            }
        }
    });
    let heard = heard.await.into_iter().enumerate().map(|(index, heard)| {
        heard.unwrap_or_else(|| match order.contains(&index) {
            true => Heard::Untold(broken()),
            false => Heard::Untold(format!(
                "{MOST_QUESTIONS} brokers at most are asked in one run"
            )),
        })
    });
    let mut brokers = BTreeMap::<NodeId, Heard>::new();
    for (question, heard) in questions.iter().zip(heard) {
        let before = brokers.get(&question.broker);
        // Of two instances of one broker, whoever told something speaks for it.
        if !matches!(before, Some(Heard::Told(_))) {
            brokers.insert(question.broker, heard);
        }
    }
    let by = spokesman(asked.question.next, &brokers);
    let ((reassignments, quorum), ports) = tokio::join!(asked.cluster(by), asked.ports());
    Hearing {
        brokers,
        reassignments,
        quorum,
        ports,
    }
}

impl Asked {
    /// So many answers may come one after the other before `deadline`.
    fn of(
        inquiry: AdminInquiry,
        question: GateQuestion,
        bounds: &Bounds,
        deadline: Instant,
        in_a_row: u32,
    ) -> Self {
        let left = deadline.saturating_duration_since(Instant::now());
        Self {
            admin: Admin {
                inquiry,
                bounds: bounds.clone(),
                common: Common {
                    patience: PATIENCE.min(left / in_a_row),
                    salted: SaltedPasswords::default(),
                    large: Limits::default().large,
                },
                deadline,
            },
            question,
            topics: Semaphore::new(AT_A_TIME),
            pool: Pool::default(),
        }
    }

    async fn broker(&self, question: &AdminQuestion) -> Heard {
        let told = self.admin.dialled(question, async |connection| {
            broker::told(question.broker, self, connection).await
        });
        told.await.unwrap_or_else(missed)
    }
}

fn missed(miss: Miss) -> Heard {
    match miss {
        Miss::Unreachable(why) | Miss::Hangs(why) => Heard::Silent(sentence(&why)),
        Miss::NotKafka(why) | Miss::NotProvable(why) => Heard::Untold(sentence(&why)),
    }
}

#[cfg(test)]
mod tests;

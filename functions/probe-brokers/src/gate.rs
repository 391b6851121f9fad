//! The gate of a roll: every broker side by side, twice, with a pause in between, over connections that are
//! new each time.

mod broker;
mod cluster;
mod pool;
mod ports;

use crate::bounds::Bounds;
use crate::dial::{Common, Door, open};
use crate::side_by_side::side_by_side;
use crate::table::{MOST_QUESTIONS, broken, no_time};
use fleet::foreign::clean;
use fleet::gate::{
    GateInquiry, Heard, Hearing, Obstacle, Verdict, at_once, pause, spokesman, verdict,
};
use fleet::proof::Miss;
use fleet::shown::AdminQuestion;
use fleet::words::NodeId;
use kafka::{Connection, Limits, SaltedPasswords};
use pool::Pool;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

/// Longest sentence about a peer that is kept, in characters: it may quote it.
const LONGEST_SENTENCE: usize = 300;
/// How long a broker may keep us waiting for all that it is asked in one hearing: it may have thousands of
/// topics to tell.
const PATIENCE: Duration = Duration::from_secs(8);
/// So many brokers send their topics at a time: each answer is in memory as a whole before it is read.
const AT_A_TIME: usize = 4;

/// Whether `next` may be stopped. It is never open if there was no time to look twice until `deadline`.
pub async fn gate(inquiry: GateInquiry, bounds: &Bounds, deadline: Instant) -> Verdict {
    let began = Instant::now();
    let asked = Arc::new(Asked {
        common: Common {
            patience: PATIENCE.min(deadline.saturating_duration_since(began) / 4),
            salted: SaltedPasswords::default(),
            large: Limits::default().large,
        },
        inquiry,
        bounds: bounds.clone(),
        deadline,
        topics: Semaphore::new(AT_A_TIME),
        pool: Pool::default(),
    });
    let first = hear(&asked).await;
    if let Some(shut) = at_once(&asked.inquiry.question, &first) {
        return shut;
    }
    let ended = Instant::now();
    let took = ended - began;
    let pause = match pause(&first) {
        Ok(pause) if ended + pause + took < deadline => pause,
        Ok(pause) => return too_slow(&asked.inquiry, first, took, pause),
        Err(obstacle) => return shut(&asked.inquiry, first, obstacle),
    };
    sleep(pause).await;
    let apart = ended.elapsed().as_secs();
    let second = hear(&asked).await;
    verdict(&asked.inquiry.question, &[first, second], apart)
}

fn too_slow(inquiry: &GateInquiry, first: Hearing, took: Duration, pause: Duration) -> Verdict {
    let why = format!(
        "one look took {} s, and with a pause of {} s a second one does not fit into a run of the probe; give \
         ProbeBrokersFunction more memory, which is more CPU",
        took.as_secs(),
        pause.as_secs()
    );
    shut(inquiry, first, Obstacle::NoTime { why })
}

fn shut(inquiry: &GateInquiry, first: Hearing, obstacle: Obstacle) -> Verdict {
    let verdict = verdict(&inquiry.question, &[first.clone(), first], 0);
    let obstacles = vec![obstacle];
    Verdict {
        obstacles,
        ..verdict
    }
}

/// What all questions of a gate have in common.
struct Asked {
    inquiry: GateInquiry,
    bounds: Bounds,
    common: Common,
    deadline: Instant,
    /// Who may send topics.
    topics: Semaphore,
    /// What brokers tell alike.
    pool: Pool,
}

async fn hear(asked: &Arc<Asked>) -> Hearing {
    let questions = &asked.inquiry.admin.questions;
    let order = 0..questions.len().min(MOST_QUESTIONS);
    let heard = side_by_side(questions.len(), order.clone(), |index| {
        let asked = Arc::clone(asked);
        async move {
            match asked.inquiry.admin.questions.get(index) {
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
    let nodes = questions.iter().map(|question| question.broker);
    let brokers: BTreeMap<NodeId, Heard> = nodes.zip(heard).collect();
    let by = spokesman(asked.inquiry.question.next, &brokers);
    let ((reassignments, quorum), ports) = tokio::join!(asked.cluster(by), asked.ports());
    Hearing {
        brokers,
        reassignments,
        quorum,
        ports,
    }
}

impl Asked {
    async fn broker(&self, question: &AdminQuestion) -> Heard {
        let told = self.dialled(question, async |connection| {
            broker::told(question.broker, self, connection).await
        });
        told.await.unwrap_or_else(missed)
    }

    /// What a new connection to a broker says, within the bounds and until the deadline.
    async fn dialled<T>(
        &self,
        question: &AdminQuestion,
        ask: impl AsyncFnOnce(&mut Connection) -> Result<T, kafka::Error>,
    ) -> Result<T, Miss> {
        let allowed = self.bounds.check(question.address, question.port);
        allowed.map_err(Miss::NotProvable)?;
        let door = Door::from(&self.inquiry.admin);
        let address = SocketAddr::from((question.address, question.port.get()));
        let names = vec![question.address.to_string()];
        let told = async {
            let mut connection = open(door, address, names, &self.common).await?;
            let told = ask(&mut connection).await;
            connection.close().await;
            told.map_err(|error| door.miss(error))
        };
        let told = timeout_at(self.deadline, told).await;
        told.unwrap_or_else(|_| Err(no_time()))
    }
}

fn missed(miss: Miss) -> Heard {
    match miss {
        Miss::Unreachable(why) => Heard::Silent(sentence(&why)),
        Miss::NotKafka(why) | Miss::NotProvable(why) => Heard::Untold(sentence(&why)),
    }
}

fn sentence(why: &str) -> String {
    clean(why, LONGEST_SENTENCE)
}

#[cfg(test)]
mod tests;

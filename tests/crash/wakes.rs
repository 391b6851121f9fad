//! What wakes a function: the model's events, by the rules of the template, and its schedule, all
//! through its queue. One message of the queue can be lost, or come again, or come late.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tests::{Stage, TEMPLATE, stack};
use world::events::bus::{Bus, Target};
use world::events::message::Message;
use world::template::FunctionStack;

/// A function as the template deploys it, and its bus before anything happened.
struct Deployed {
    stack: FunctionStack,
    bus: Bus,
}

/// What is deployed of a function, read once.
fn deployed(function: &'static str) -> Arc<Deployed> {
    static ALL: LazyLock<Mutex<BTreeMap<&str, Arc<Deployed>>>> = LazyLock::new(Mutex::default);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let read = || {
        let stack = stack(TEMPLATE, function).expect("a template that can be run");
        let bus = stack.bus().expect("a bus as the template says");
        Arc::new(Deployed { stack, bus })
    };
    Arc::clone(all.entry(function).or_insert_with(read))
}

/// The schedule runs at this time of each minute of a scenario, and not right when something happens.
const SWEEP_AT: SignedDuration = SignedDuration::from_secs(40);
/// How late a wake comes that is late: long after the five minutes of de-duplication.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// What becomes of one wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It never comes (P-1).
    Lost,
    /// It comes, and much later once more (P-2).
    Doubled,
    /// It comes much later only (P-10).
    Late,
}

/// The way of the wakes to the function.
pub struct Wakes {
    bus: Bus,
    to: Target,
    batch_size: usize,
    /// The messages that came so far, as one line each.
    pub came: Vec<String>,
    disturbed: Option<(usize, Delivery)>,
    later: Option<(Timestamp, String)>,
}

impl Wakes {
    /// Nothing on its way yet. The wake with this number, counted from one, is disturbed.
    pub fn new(
        function: &'static str,
        now: Timestamp,
        disturbed: Option<(usize, Delivery)>,
    ) -> Self {
        let deployed = deployed(function);
        let mut bus = deployed.bus.clone();
        let [schedule] = &deployed.stack.schedules[..] else {
            panic!("one schedule");
        };
        let to = schedule.target.clone();
        // A schedule runs at once, and then at its rate: that first run is over.
        let first = now + SWEEP_AT - SignedDuration::from_mins(1);
        bus.pass(first).expect("a bus that runs");
        let queue = bus.queue(&to.queue).expect("the queue");
        for message in queue.receive(now, 10) {
            let deleted = queue.delete(now, &message.receipt_handle);
            deleted.expect("a message just received");
        }
        Self {
            bus,
            to,
            batch_size: deployed.stack.mapping.batch_size,
            came: Vec::new(),
            disturbed,
            later: None,
        }
    }

    /// Lets time pass until there is a batch for the function.
    pub async fn next(&mut self, stage: &Stage) -> Vec<Message> {
        loop {
            let now = stage.now();
            for event in stage.model().take_events() {
                self.bus.publish(now, &event).expect("an event");
            }
            if let Some((_, body)) = self.later.take_if(|(at, _)| *at <= now) {
                self.bus.put(now, &self.to, body).expect("put");
            }
            self.bus.pass(now).expect("a bus that runs");
            let batch = self.receive(now);
            if !batch.is_empty() {
                return batch;
            }
            let later = self.later.as_ref().map(|(at, _)| *at);
            let bus = self.bus.next_due(now);
            let moments = [stage.model().next_due(), bus, later];
            let next = moments.into_iter().flatten().min();
            let wait = next.expect("a schedule that goes on").duration_since(now);
            let wait = Duration::try_from(wait).unwrap_or_default();
            // The model's clock is finer than tokio's.
            stage.pass(wait.max(Duration::from_millis(1))).await;
        }
    }

    /// The function has done with a batch.
    pub fn done(&mut self, now: Timestamp, batch: &[Message]) {
        let queue = self.bus.queue(&self.to.queue).expect("the queue");
        for message in batch {
            let deleted = queue.delete(now, &message.receipt_handle);
            deleted.expect("a run that is shorter than the visibility time-out");
        }
    }

    /// Whether a wake is still to come that is late.
    pub fn is_one_late(&self) -> bool {
        self.later.is_some()
    }

    fn receive(&mut self, now: Timestamp) -> Vec<Message> {
        let size = self.batch_size;
        let queue = self.bus.queue(&self.to.queue).expect("the queue");
        let mut batch = queue.receive(now, size);
        let mut lost = Vec::new();
        batch.retain(|message| {
            if message.receive_count > 1 {
                return true;
            }
            self.came.push(message.body.clone());
            let disturbed = self.disturbed.filter(|(nth, _)| *nth == self.came.len());
            let Some((_, delivery)) = disturbed else {
                return true;
            };
            if delivery != Delivery::Lost {
                self.later = Some((now + LATE, message.body.clone()));
            }
            let comes = delivery == Delivery::Doubled;
            if !comes {
                lost.push(message.clone());
            }
            comes
        });
        self.done(now, &lost);
        batch
    }
}

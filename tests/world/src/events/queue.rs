//! An SQS FIFO queue as a pure state machine: every verb takes `now`. Five-minute de-duplication,
//! delay, visibility, order within a message group, receive counts, dead letters, retention.
//! Citations without a number are to the SQS developer guide.

use super::message::{Message, NewMessage, content_deduplication_id};
use super::queue_settings::{Counts, QueueError, QueueSettings, Sent};
use super::stored::{Place, Stored, after, before};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// "Exactly-once processing": a second send of one id within 5 minutes is accepted and dropped.
pub const DEDUPLICATION_INTERVAL: Duration = Duration::from_secs(300);
/// Lambda takes at most 10 messages of a FIFO queue at a time (P-5).
pub const MAX_BATCH: usize = 10;

/// A FIFO queue.
#[derive(Clone, Debug)]
pub struct Queue {
    settings: QueueSettings,
    messages: VecDeque<Stored>,
    seen: BTreeMap<String, (Timestamp, String)>,
    dead: Vec<Message>,
    next_number: u64,
    counts: Counts,
}

impl Queue {
    /// An empty queue.
    pub fn new(settings: QueueSettings) -> Self {
        Self {
            settings,
            messages: VecDeque::new(),
            seen: BTreeMap::new(),
            dead: Vec::new(),
            next_number: 0,
            counts: Counts::default(),
        }
    }

    /// What it was created with.
    pub fn settings(&self) -> &QueueSettings {
        &self.settings
    }

    /// `SendMessage`.
    pub fn send(&mut self, now: Timestamp, new: NewMessage) -> Result<Sent, QueueError> {
        let name = || self.settings.name.clone();
        if new.group.is_empty() {
            return Err(QueueError::NoGroup(name()));
        }
        let deduplication_id = match new.deduplication_id {
            Some(id) => id,
            None if self.settings.content_based_deduplication => {
                content_deduplication_id(&new.body)
            }
            None => return Err(QueueError::NoDeduplicationId(name())),
        };
        if let Some((sent, earlier)) = self.seen.get(&deduplication_id)
            && *sent > before(now, DEDUPLICATION_INTERVAL)
        {
            self.counts.duplicates += 1;
            return Ok(Sent::Duplicate(earlier.clone()));
        }
        let id = self.fresh("message");
        self.counts.sent += 1;
        self.seen
            .insert(deduplication_id.clone(), (now, id.clone()));
        self.messages.push_back(Stored {
            message: Message {
                id: id.clone(),
                receipt_handle: String::new(),
                body: new.body,
                group: new.group,
                deduplication_id,
                sequence_number: format!("{:020}", self.next_number),
                sent: now,
                first_received: now,
                receive_count: 0,
            },
            place: Place::Ready(after(now, self.settings.delay)),
        });
        Ok(Sent::Accepted(id))
    }

    /// `ReceiveMessage` as Lambda's poller does it for a FIFO queue: the first messages, `max` at
    /// most, of one group. While a message of a group is with a consumer, the whole group waits (P-4).
    /// What was received `maxReceiveCount` times already goes to the dead letters instead.
    pub fn receive(&mut self, now: Timestamp, max: usize) -> Vec<Message> {
        self.pass(now);
        self.bury(now);
        let Some(group) = self.next_group(now) else {
            return Vec::new();
        };
        let until = after(now, self.settings.visibility_timeout);
        let mut batch = Vec::new();
        for index in 0..self.messages.len() {
            if batch.len() == max.min(MAX_BATCH) {
                break;
            }
            if self.messages[index].message.group != group {
                continue;
            }
            if !self.messages[index].is_ready(now) {
                break;
            }
            let receipt_handle = self.fresh("receipt");
            let stored = &mut self.messages[index];
            let message = &mut stored.message;
            if message.receive_count == 0 {
                message.first_received = now;
            }
            message.receive_count += 1;
            message.receipt_handle = receipt_handle;
            stored.place = Place::InFlight(until);
            batch.push(stored.message.clone());
        }
        batch
    }

    /// Leaves the counting of the visibility of received messages to the consumer: they stay with
    /// it until it deletes or releases them. A consumer that runs in real time while the queue runs
    /// in scaled time needs this, or its messages would come back while it works on them.
    pub fn hold(&mut self, now: Timestamp, batch: &[Message]) -> Result<(), QueueError> {
        self.place_all(now, batch, Place::Held)
    }

    /// `ChangeMessageVisibility`: received messages are to be had again after `visibility`.
    pub fn release(
        &mut self,
        now: Timestamp,
        batch: &[Message],
        visibility: Duration,
    ) -> Result<(), QueueError> {
        self.place_all(now, batch, Place::InFlight(after(now, visibility)))
    }

    /// `DeleteMessage`. A handle whose visibility has ended deletes nothing: "Using the Amazon SQS
    /// message deduplication ID": on FIFO queues an expired receipt handle is refused.
    pub fn delete(&mut self, now: Timestamp, receipt_handle: &str) -> Result<(), QueueError> {
        let index = self.in_flight(now, receipt_handle)?;
        self.messages.remove(index);
        self.counts.deleted += 1;
        Ok(())
    }

    /// Takes what went to the dead letters since the last call.
    pub fn take_dead(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.dead)
    }

    /// Takes in a message from the queue whose dead letters come here: its time of sending begins
    /// anew, and neither delay nor de-duplication applies ("Understanding message retention periods
    /// for dead-letter queues", FIFO).
    pub fn bury_here(&mut self, now: Timestamp, mut message: Message) {
        message.sent = now;
        message.receive_count = 0;
        message.receipt_handle.clear();
        self.counts.sent += 1;
        self.messages.push_back(Stored {
            message,
            place: Place::Ready(now),
        });
    }

    /// How many messages are where.
    pub fn counts(&mut self, now: Timestamp) -> Counts {
        self.pass(now);
        let mut counts = self.counts;
        for stored in &self.messages {
            match stored.place {
                Place::Ready(from) if from > now => counts.delayed += 1,
                Place::Ready(_) => counts.visible += 1,
                Place::InFlight(_) | Place::Held => counts.in_flight += 1,
            }
        }
        counts
    }

    /// When a message is to be had that is not now, if nobody does anything until then.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let places = self.messages.iter().map(|stored| stored.place);
        let moments = places.filter_map(|place| match place {
            Place::Ready(from) => (from > now).then_some(from),
            Place::InFlight(until) => Some(until),
            Place::Held => None,
        });
        moments.min()
    }

    /// The bodies that are on the queue, oldest first, wherever they are.
    pub fn bodies(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(|m| m.message.body.as_str())
    }

    /// Time passes: visibilities end, old ids are forgotten, old messages are lost.
    fn pass(&mut self, now: Timestamp) {
        let forgotten = before(now, DEDUPLICATION_INTERVAL);
        self.seen.retain(|_, (sent, _)| *sent > forgotten);
        for stored in &mut self.messages {
            if let Place::InFlight(until) = stored.place
                && until <= now
            {
                stored.place = Place::Ready(until);
            }
        }
        let count = self.messages.len();
        let lost = before(now, self.settings.retention);
        self.messages
            .retain(|stored| stored.place == Place::Held || stored.message.sent > lost);
        self.counts.expired += count - self.messages.len();
    }

    /// "When the ReceiveCount for a message exceeds the maxReceiveCount" it is moved, at the
    /// receive that would exceed it (`RedrivePolicy`).
    fn bury(&mut self, now: Timestamp) {
        let Some(most) = self.settings.max_receive_count else {
            return;
        };
        let is_dead = |m: &Stored| m.is_ready(now) && m.message.receive_count >= most;
        if !self.messages.iter().any(is_dead) {
            return;
        }
        let (dead, alive): (VecDeque<Stored>, _) = std::mem::take(&mut self.messages)
            .into_iter()
            .partition(is_dead);
        self.messages = alive;
        self.counts.buried += dead.len();
        self.dead
            .extend(dead.into_iter().map(|stored| stored.message));
    }

    /// The group of the first message that may be delivered.
    fn next_group(&self, now: Timestamp) -> Option<String> {
        let mut passed_over = BTreeSet::new();
        for stored in &self.messages {
            let group = stored.message.group.as_str();
            if passed_over.contains(group) {
                continue;
            }
            let busy = self
                .messages
                .iter()
                .any(|m| m.message.group == group && m.is_in_flight(now));
            if !busy && stored.is_ready(now) {
                return Some(group.to_owned());
            }
            passed_over.insert(group);
        }
        None
    }

    fn place_all(
        &mut self,
        now: Timestamp,
        batch: &[Message],
        place: Place,
    ) -> Result<(), QueueError> {
        for message in batch {
            let index = self.in_flight(now, &message.receipt_handle)?;
            self.messages[index].place = place;
        }
        Ok(())
    }

    fn in_flight(&self, now: Timestamp, receipt_handle: &str) -> Result<usize, QueueError> {
        self.messages
            .iter()
            .position(|m| m.is_in_flight(now) && m.message.receipt_handle == receipt_handle)
            .ok_or_else(|| QueueError::Expired {
                queue: self.settings.name.clone(),
                receipt_handle: receipt_handle.to_owned(),
            })
    }

    fn fresh(&mut self, what: &str) -> String {
        self.next_number += 1;
        format!("{}-{what}-{}", self.settings.name, self.next_number)
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;

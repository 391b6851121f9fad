//! The default event bus with its rules, the schedules, and the queues that both feed.

use super::message::NewMessage;
use super::pattern::Pattern;
use super::queue::Queue;
use super::queue_settings::{QueueError, QueueSettings, Sent};
use super::schedule::Schedule;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where a rule or schedule sends to: a FIFO queue with one constant message group (P-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The queue's name.
    pub queue: String,
    /// `MessageGroupId`.
    pub message_group: String,
}

/// A rule of the default bus.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it lets through.
    pub pattern: Pattern,
    /// Where to.
    pub target: Target,
    /// The target's constant `Input`, sent instead of the event.
    pub input: Option<String>,
}

/// What became of the events of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Events that came.
    pub events: usize,
    /// Sends to a queue by rules.
    pub sends: usize,
    /// Events lost on purpose.
    pub dropped: usize,
}

/// What went wrong on the bus.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// A target names a queue that is not there.
    #[error("{from}: there is no queue {queue}")]
    NoQueue {
        /// The rule, schedule or verb.
        from: String,
        /// The queue.
        queue: String,
    },
    /// Two queues of one name.
    #[error("there are two queues {0}")]
    TwoQueues(String),
    /// The queue refused.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// An event without a source, or one that the matcher cannot read.
    #[error("event {event}: {reason}")]
    Event {
        /// The event.
        event: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The bus, the schedules and the queues.
#[derive(Clone, Debug, Default)]
pub struct Bus {
    queues: BTreeMap<String, Queue>,
    dead_letters: BTreeMap<String, String>,
    rules: Vec<Rule>,
    schedules: Vec<(Schedule, Target)>,
    lost_sources: BTreeSet<String>,
    delivered: BTreeMap<String, Delivered>,
}

impl Bus {
    /// A queue, with the name of the queue that its dead letters go to.
    pub fn add_queue(
        &mut self,
        settings: QueueSettings,
        dead_letters: Option<&str>,
    ) -> Result<(), BusError> {
        let name = settings.name.clone();
        if self.queues.contains_key(&name) {
            return Err(BusError::TwoQueues(name));
        }
        if let Some(dead) = dead_letters {
            self.known(&format!("redrive policy of {name}"), dead)?;
            self.dead_letters.insert(name.clone(), dead.to_owned());
        }
        self.queues.insert(name, Queue::new(settings));
        Ok(())
    }

    /// A rule.
    pub fn add_rule(&mut self, rule: Rule) -> Result<(), BusError> {
        self.known(&format!("rule {}", rule.name), &rule.target.queue)?;
        self.rules.push(rule);
        Ok(())
    }

    /// A schedule.
    pub fn add_schedule(&mut self, schedule: Schedule, target: Target) -> Result<(), BusError> {
        self.known(&format!("schedule {}", schedule.name()), &target.queue)?;
        self.schedules.push((schedule, target));
        Ok(())
    }

    /// An event of an AWS service: each rule that matches sends it to its queue. Answers how many.
    pub fn publish(&mut self, now: Timestamp, event: &Value) -> Result<usize, BusError> {
        let text = event.to_string();
        let wrong = |reason: &str| BusError::Event {
            event: text.clone(),
            reason: reason.to_owned(),
        };
        let source = event["source"]
            .as_str()
            .ok_or_else(|| wrong("it has no source"))?;
        let counts = self.delivered.entry(source.to_owned()).or_default();
        counts.events += 1;
        if self.lost_sources.contains(source) {
            counts.dropped += 1;
            return Ok(0);
        }
        let mut sends = 0;
        for rule in &self.rules {
            if !rule.pattern.matches(&text).map_err(|e| wrong(&e))? {
                continue;
            }
            let body = rule.input.as_ref().unwrap_or(&text);
            send(&mut self.queues, now, &rule.name, &rule.target, body)?;
            sends += 1;
        }
        counts.sends += sends;
        Ok(sends)
    }

    /// Time passes: schedules run, dead letters are moved.
    pub fn pass(&mut self, now: Timestamp) -> Result<(), BusError> {
        for (schedule, target) in &mut self.schedules {
            for input in schedule.due(now) {
                send(&mut self.queues, now, schedule.name(), target, &input)?;
            }
        }
        for (from, to) in &self.dead_letters {
            let dead = self.queues.get_mut(from).map(Queue::take_dead);
            if let (Some(dead), Some(to)) = (dead, self.queues.get_mut(to)) {
                dead.into_iter().for_each(|m| to.bury_here(now, m));
            }
        }
        Ok(())
    }

    /// When a schedule runs or a message is to be had, if nobody does anything until then.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let schedules = self.schedules.iter();
        let schedules = schedules.filter_map(|(schedule, _)| schedule.next_due());
        let queues = self.queues.values();
        let queues = queues.filter_map(|queue| queue.next_due(now));
        schedules.chain(queues).min()
    }

    /// A message put on a queue by hand.
    pub fn put(
        &mut self,
        now: Timestamp,
        target: &Target,
        body: impl Into<String>,
    ) -> Result<Sent, BusError> {
        send(
            &mut self.queues,
            now,
            "a message by hand",
            target,
            &body.into(),
        )
    }

    /// From now on every event of this source is lost (P-1), such as `aws.ec2`.
    pub fn lose(&mut self, source: &str) {
        self.lost_sources.insert(source.to_owned());
    }

    /// Events of this source arrive again.
    pub fn lose_no_more(&mut self, source: &str) {
        self.lost_sources.remove(source);
    }

    /// A queue.
    pub fn queue(&mut self, name: &str) -> Result<&mut Queue, BusError> {
        self.queues.get_mut(name).ok_or_else(|| BusError::NoQueue {
            from: "a consumer".into(),
            queue: name.to_owned(),
        })
    }

    /// What became of events, by source.
    pub fn delivered(&self) -> &BTreeMap<String, Delivered> {
        &self.delivered
    }

    fn known(&self, from: &str, queue: &str) -> Result<(), BusError> {
        if self.queues.contains_key(queue) {
            return Ok(());
        }
        Err(BusError::NoQueue {
            from: from.to_owned(),
            queue: queue.to_owned(),
        })
    }
}

fn send(
    queues: &mut BTreeMap<String, Queue>,
    now: Timestamp,
    from: &str,
    target: &Target,
    body: &str,
) -> Result<Sent, BusError> {
    let queue = queues
        .get_mut(&target.queue)
        .ok_or_else(|| BusError::NoQueue {
            from: from.to_owned(),
            queue: target.queue.clone(),
        })?;
    Ok(queue.send(now, NewMessage::new(&target.message_group, body))?)
}

#[cfg(test)]
#[path = "bus_tests.rs"]
mod tests;

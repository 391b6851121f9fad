//! Carries events from the model to the bus, and does to them what faults do to events.

use super::{Fault, Faults};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// A delayed event comes within this: delivery is tried for a day (P-1).
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Most delayed events come within this.
const MINUTES: Duration = Duration::from_secs(600);
/// How many events come with one in a storm.
const STORM: usize = 30;

/// Events that are on their way.
#[derive(Clone, Debug)]
pub struct Courier {
    faults: Faults,
    bag: Vec<(Timestamp, Value)>,
    strangers: u32,
}

impl Courier {
    /// A courier with an empty bag.
    pub fn new(faults: Faults) -> Self {
        Self {
            faults,
            bag: Vec::new(),
            strangers: 0,
        }
    }

    /// Takes events in; some of them are lost then and there.
    pub fn take_in(&mut self, now: Timestamp, events: Vec<Value>) {
        for event in events {
            if self.faults.strikes(Fault::EventsForeign) {
                let foreign = self.stranger(&event);
                self.bag.push((now, foreign));
            }
            if self.faults.strikes(Fault::EventStorms) {
                for _ in 0..STORM {
                    let foreign = self.stranger(&event);
                    self.bag.push((now, foreign));
                }
            }
            if self.faults.strikes(Fault::EventsLost) {
                continue;
            }
            if self.faults.strikes(Fault::EventsDoubled) {
                self.bag.push((now, event.clone()));
            }
            let mut due = now;
            if self.faults.strikes(Fault::EventsDelayed) {
                let most = if self.faults.dice.bool() {
                    DAY
                } else {
                    MINUTES
                };
                due = now.checked_add(self.faults.up_to(most)).unwrap_or(now);
            }
            self.bag.push((due, event));
        }
    }

    /// What arrives by now, in any order.
    pub fn due(&mut self, now: Timestamp) -> Vec<Value> {
        let (arrive, stay): (Vec<_>, Vec<_>) = self.bag.drain(..).partition(|(due, _)| *due <= now);
        self.bag = stay;
        let mut arrive: Vec<Value> = arrive.into_iter().map(|(_, event)| event).collect();
        self.faults.dice.shuffle(&mut arrive);
        arrive
    }

    /// Events that are still on their way.
    pub fn on_the_way(&self) -> usize {
        self.bag.len()
    }

    /// From now on these faults strike; what is late already still comes late.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// How often each fault has struck so far.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The same event of an instance that nobody knows, of another account every other time.
    fn stranger(&mut self, event: &Value) -> Value {
        self.strangers += 1;
        let mut event = event.clone();
        event["id"] = json!(format!("00000000-0000-0000-0000-{:012}", self.strangers));
        if self.strangers.is_multiple_of(2) {
            event["account"] = json!("999999999999");
        }
        let detail = &mut event["detail"];
        for key in ["instance-id", "EC2InstanceId"] {
            if !detail[key].is_null() {
                detail[key] = json!(format!("i-{:017x}", 0xf0_0000 + self.strangers));
            }
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn event(number: usize) -> Value {
        json!({"id": number.to_string(), "source": "aws.ec2",
            "detail": {"instance-id": "i-1", "state": "running"}})
    }

    fn carried(fault: Fault, level: Level) -> (Vec<Value>, usize) {
        let mut courier = Courier::new(Faults::new(3).with(fault, level));
        let now = Timestamp::UNIX_EPOCH;
        courier.take_in(now, (0..100).map(event).collect());
        (courier.due(now), courier.on_the_way())
    }

    #[test]
    fn without_faults_every_event_arrives_once_at_once() {
        let (arrived, left) = carried(Fault::EventsLost, Level::Never);
        assert_eq!((arrived.len(), left), (100, 0));
        assert!((0..100).all(|number| arrived.contains(&event(number))));
    }

    #[test]
    fn events_are_lost_p1_doubled_p2_and_delayed_p3() {
        let (arrived, left) = carried(Fault::EventsLost, Level::Often);
        assert!(arrived.len() < 100 && left == 0);
        let (arrived, left) = carried(Fault::EventsDoubled, Level::Often);
        assert!(arrived.len() > 100 && left == 0);
        let (arrived, left) = carried(Fault::EventsDelayed, Level::Often);
        assert!(left > 0 && arrived.len() + left == 100);
    }

    #[test]
    fn a_storm_brings_strangers_and_loses_nothing() {
        let (arrived, _) = carried(Fault::EventStorms, Level::Rare);
        assert!(arrived.len() > 100);
        assert!((0..100).all(|number| arrived.contains(&event(number))));
        let foreign = |event: &&Value| event["account"] == "999999999999";
        assert!(arrived.iter().filter(foreign).count() >= STORM / 2);
    }
}

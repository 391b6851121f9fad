//! Runs the bus on the world's clock.

use super::bus::{Bus, BusError};
use crate::clock::Clock;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often the bus is looked at, in real time.
pub const TICK: Duration = Duration::from_millis(20);

/// Moves events from the model to the bus and lets the bus's time pass, until something is wrong.
/// `events` advances the model and takes its events.
pub async fn drive(
    bus: Arc<Mutex<Bus>>,
    clock: Clock,
    mut events: impl FnMut(Timestamp) -> Vec<Value> + Send,
) -> BusError {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let now = clock.now();
        let events = events(now);
        let mut bus = bus.lock().unwrap_or_else(PoisonError::into_inner);
        let done = events
            .iter()
            .try_for_each(|event| bus.publish(now, event).map(drop))
            .and_then(|()| bus.pass(now));
        if let Err(error) = done {
            return error;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::bus::{Rule, Target};
    use crate::events::pattern::Pattern;
    use crate::events::queue_settings::QueueSettings;
    use serde_json::json;

    #[test]
    fn a_bus_may_move_to_another_thread() {
        fn is_send<T: Send>(_: T) {}
        is_send(Bus::default());
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_of_the_model_reaches_the_queue_and_a_broken_one_ends_the_drive() {
        let mut bus = Bus::default();
        bus.add_queue(
            QueueSettings {
                name: "q".into(),
                delay: Duration::ZERO,
                visibility_timeout: Duration::from_secs(60),
                retention: Duration::from_secs(3600),
                content_based_deduplication: true,
                max_receive_count: None,
            },
            None,
        )
        .unwrap();
        bus.add_rule(Rule {
            name: "all ec2".into(),
            pattern: Pattern::new(&json!({"source": ["aws.ec2"]})).unwrap(),
            target: Target {
                queue: "q".into(),
                message_group: "g".into(),
            },
            input: None,
        })
        .unwrap();
        let bus = Arc::new(Mutex::new(bus));
        let clock = Clock::new(Timestamp::UNIX_EPOCH, 30);
        let mut waiting = vec![vec![json!({})], vec![json!({"source": "aws.ec2"})]];
        let error = drive(Arc::clone(&bus), clock.clone(), |_| {
            waiting.pop().unwrap_or_default()
        })
        .await;
        assert!(matches!(error, BusError::Event { .. }));
        let mut bus = bus.lock().unwrap();
        let queue = bus.queue("q").unwrap();
        assert_eq!(queue.receive(clock.now(), 10).len(), 1);
    }
}

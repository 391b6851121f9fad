//! What wakes the functions: EventBridge rules and schedules, the SQS FIFO queues they feed, and
//! their dead letters. Pure state machines with `now` passed in; [`drive`](fn@drive::drive) runs
//! them on the world's clock.

pub mod bus;
pub mod drive;
pub mod message;
pub mod pattern;
pub mod queue;
pub mod queue_settings;
pub mod schedule;
mod stored;

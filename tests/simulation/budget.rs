//! Laws over time: the rate of calls, and that no message is ever lost without a word.

use crate::process::Process;
use jiff::{SignedDuration, Timestamp};
use tests::history::Broken;
use world::events::bus::Bus;
use world::events::bus::BusError;

/// One process makes at most so many calls within this time (P-38): a burst of 40 and 8 a second,
/// of them 3 writes at once and 3 a second. Each process has a budget of its own; two versions
/// side by side may use two.
const RATES: [(SignedDuration, usize, usize); 2] = [
    (SignedDuration::from_secs(1), 40 + 8, 3 + 3),
    (SignedDuration::from_secs(60), 40 + 60 * 8, 3 + 60 * 3),
];

/// Looks at the calls that the process has begun, and forgets those older than a minute.
pub fn rate(process: &mut Process, now: Timestamp) -> Result<(), Broken> {
    for (within, calls, writes) in RATES {
        let recent = process.begun.iter().rev();
        let recent = recent.take_while(|(at, _)| now.duration_since(*at) < within);
        let (mut all, mut writing) = (0, 0);
        for (_, call) in recent {
            all += 1;
            writing += usize::from(call.is_write());
        }
        if all > calls || writing > writes {
            return Err(format!(
                "the API budget is kept (P-38): {all} calls and {writing} writes within {within}"
            ));
        }
    }
    let minute = SignedDuration::from_secs(60);
    let old = |(at, _): &(Timestamp, _)| now.duration_since(*at) >= minute;
    while process.begun.front().is_some_and(old) {
        process.begun.pop_front();
    }
    Ok(())
}

/// Looks for every message that was ever put on the queue.
pub fn messages(
    bus: &mut Bus,
    queue: &str,
    dead_letters: &str,
    now: Timestamp,
) -> Result<Result<(), Broken>, BusError> {
    let dead = bus.queue(dead_letters)?.counts(now);
    let live = bus.queue(queue)?.counts(now);
    let there = live.visible + live.delayed + live.in_flight;
    let buried = dead.visible + dead.delayed + dead.in_flight + dead.expired;
    let known = there + live.deleted + live.expired + buried;
    Ok(if known == live.sent {
        Ok(())
    } else {
        Err(format!(
            "no message is lost without the DLQ counting it: {} were sent, {there} wait, {} are done, {} were too old and {buried} are dead letters",
            live.sent, live.deleted, live.expired
        ))
    })
}

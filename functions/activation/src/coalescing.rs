//! Coalescing: a batch has ten messages at most (P-5), so a storm is many batches; the first run or
//! two answer all of it, and the rest is acknowledged without looking again. A message is covered
//! by a run that began when the message could have been received already: had it come in that run's
//! own batch, nothing would be different. A sweep or a changed parameter that is not covered is
//! never skipped.
//!
//! The rules bring the events of every instance and Auto Scaling group of the account. In a busy
//! account there is one every few seconds, and runs would follow each other without a pause, on an
//! API budget that the account shares (P-38). So events alone cause no more than [`IN_A_ROW`] runs in
//! [`A_ROW`], and the rest of them is acknowledged without one. Nothing is lost by that: an event
//! only says "look now", what it tells of stays in AWS, and the next sweep, a minute later at most,
//! looks. The few runs at once are for the events of one change, such as pending, then running.
//!
//! Only times of the queue's clock are compared. They are kept by a warm process and by nothing
//! else: a new process knows of no run, and looks.

use crate::request::{Queued, Wakes};
use fleet::words::ClusterName;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long what a message tells of may take until reads show it (P-15): the queue's
/// `DelaySeconds`, so each message is covered by the run that it causes itself.
pub const LAG: SignedDuration = SignedDuration::from_secs(5);

/// While a long storm is answered, sweeps and news wait behind it. So there is another run when
/// the last one is that old.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);

/// A run that left something undone is repeated that soon if wakes are there. Not at once, as a
/// storm would then cost as many runs as it has batches, and throttling would get worse (P-39).
const REPEATED_AFTER: SignedDuration = SignedDuration::from_secs(15);

/// A `Date` has whole seconds, so AWS's clock may be that much further.
const DATE_STEP: SignedDuration = SignedDuration::from_secs(1);

/// Events alone cause so many runs…
const IN_A_ROW: usize = 3;

/// …in this time: one in 15 s.
const A_ROW: SignedDuration = SignedDuration::from_secs(45);

/// The last runs of this process that came to their end.
#[derive(Debug, Default)]
pub struct LastRun(Mutex<Runs>);

#[derive(Debug, Default)]
struct Runs {
    last: Option<Run>,
    /// When the last few began, the newest first.
    began: [Option<Timestamp>; IN_A_ROW],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// It began after this.
    began: Timestamp,
    good_for: SignedDuration,
}

impl LastRun {
    /// After when the run began that has answered these wakes already, if it has.
    pub fn covers(&self, wakes: &Wakes) -> Option<Timestamp> {
        let queued = wakes.queued?;
        let runs = self.runs();
        let run = runs.last?;
        let since = |earlier: Timestamp, later: Timestamp| later.duration_since(earlier);
        let seen = since(queued.newest_sent, run.began) >= LAG;
        let fresh = since(run.began, queued.received) <= run.good_for;
        let too_many = wakes.are_events()
            && runs.began[IN_A_ROW - 1].is_some_and(|began| {
                let row = since(began, queued.received);
                (SignedDuration::ZERO..A_ROW).contains(&row)
            });
        ((seen && fresh) || too_many).then_some(run.began)
    }

    /// A run begins: until its end, nothing is known to be answered.
    pub fn forget(&self) {
        self.runs().last = None;
    }

    /// A run for this batch has ended. It began at `now`, and saw and did all that was due, or not.
    pub fn note(&self, queued: Option<Queued>, now: Timestamp, is_complete: bool) {
        let mut runs = self.runs();
        runs.last = queued.map(|queued| Run {
            // Whatever the batch says: not later than AWS's own time, or the machine's if AWS told none.
            began: queued.received.min(latest(now)),
            good_for: if is_complete {
                GOOD_FOR
            } else {
                REPEATED_AFTER
            },
        });
        if let Some(run) = runs.last {
            runs.began.rotate_right(1);
            runs.began[0] = Some(run.began);
        }
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        // It is whole at any moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The latest that AWS's clock can have shown when it gave this `Date`.
fn latest(date: Timestamp) -> Timestamp {
    date.checked_add(DATE_STEP).unwrap_or(date)
}

/// What is said of a batch that needed no run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The function.
    pub function: String,
    /// The cluster.
    pub cluster: ClusterName,
    /// What came: `source/detail-type` to count.
    pub wakes: BTreeMap<String, u64>,
    /// The run that has answered it began after this.
    pub covered_by: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds of the queue's clock.
    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_780_000_000_000 + milliseconds).unwrap()
    }

    fn queued(newest_sent: i64, received: i64) -> Queued {
        Queued {
            newest_sent: at(newest_sent),
            received: at(received),
        }
    }

    /// A run whose batch was received at 5,250 and which AWS dated at 5,000.
    fn after(is_complete: bool) -> LastRun {
        let last = LastRun::default();
        last.note(Some(queued(0, 5_250)), at(5_000), is_complete);
        last
    }

    fn covers(last: &LastRun, newest_sent: i64, received: i64) -> bool {
        let wakes = Wakes {
            queued: Some(queued(newest_sent, received)),
            ..Wakes::default()
        };
        last.covers(&wakes).is_some()
    }

    #[test]
    fn a_run_covers_what_could_have_come_in_its_own_batch_and_no_later_message() {
        let last = after(true);
        assert!(covers(&last, 250, 6_000));
        assert!(!covers(&last, 251, 6_000));
        assert!(!covers(&last, 60_000, 65_000), "a sweep is never skipped");
    }

    #[test]
    fn without_a_known_run_or_known_times_nothing_is_covered() {
        assert!(!covers(&LastRun::default(), 0, 6_000));
        let last = after(true);
        assert_eq!(last.covers(&Wakes::default()), None);
        last.forget();
        assert!(!covers(&last, 0, 6_000));
        last.note(None, at(5_000), true);
        assert!(!covers(&last, 0, 6_000));
    }

    #[test]
    fn what_waits_behind_a_long_storm_gets_a_run_every_five_minutes() {
        let last = after(true);
        assert!(covers(&last, 0, 305_250));
        assert!(!covers(&last, 0, 305_251));
    }

    #[test]
    fn a_run_that_left_something_undone_is_repeated_after_a_while() {
        let last = after(false);
        assert!(covers(&last, 0, 20_250));
        assert!(!covers(&last, 0, 20_251));
        assert!(covers(&after(true), 0, 20_251));
    }

    /// Whether a batch of one of these is covered at this second, after runs that began at these.
    fn covered(kinds: &[&str], received: i64, runs: &[i64]) -> bool {
        let last = LastRun::default();
        for began in runs {
            last.forget();
            last.note(Some(queued(0, began * 1000)), at(began * 1000), true);
        }
        let kinds = kinds.iter().map(|kind| ((*kind).to_owned(), 1));
        let wakes = Wakes {
            kinds: kinds.collect(),
            queued: Some(queued(received * 1000 - 5_000, received * 1000)),
        };
        last.covers(&wakes).is_some()
    }

    #[test]
    fn events_alone_cause_three_runs_in_forty_five_seconds_and_no_more() {
        let state = "aws.ec2/EC2 Instance State-change Notification";
        let launch = "aws.autoscaling/EC2 Instance Launch Successful";
        for events in [&[state][..], &[launch], &[state, launch]] {
            assert!(!covered(events, 20, &[]), "nothing is known");
            assert!(!covered(events, 20, &[0, 10]));
            assert!(covered(events, 20, &[0, 7, 14]));
            assert!(covered(events, 44, &[0, 7, 14]));
            assert!(!covered(events, 45, &[0, 7, 14]));
            assert!(covered(events, 45, &[0, 7, 14, 21]));
        }
    }

    #[test]
    fn sweeps_parameters_and_whatever_nobody_knows_are_never_put_off() {
        let state = "aws.ec2/EC2 Instance State-change Notification";
        for other in [
            "kafka-privatelink/sweep",
            "aws.ssm/Parameter Store Change",
            "unreadable",
            "aws.ec2x/y",
            "/",
        ] {
            assert!(!covered(&[other], 20, &[0, 7, 14]), "{other}");
            assert!(!covered(&[other, state], 20, &[0, 7, 14]), "{other}");
        }
        assert!(!covered(&[], 20, &[0, 7, 14]));
    }

    #[test]
    fn forged_times_make_no_run_later_than_aws_dated_it() {
        let last = LastRun::default();
        last.note(Some(queued(0, i64::from(i32::MAX))), at(5_000), true);
        assert!(covers(&last, 1_000, 6_000));
        assert!(!covers(&last, 1_001, 6_000));
    }
}

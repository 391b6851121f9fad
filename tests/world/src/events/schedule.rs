//! EventBridge Scheduler: a rate that puts its input on a queue.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// `<aws.scheduler.execution-id>`: another one at each run, so that content de-duplication does not
/// swallow the sweep (Scheduler user guide, "Adding context attributes").
const EXECUTION_ID: &str = "<aws.scheduler.execution-id>";
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";
/// What a context attribute begins with; one that is not known here is an error.
const ATTRIBUTE: &str = "<aws.scheduler.";

/// A schedule with a rate. Without a start date it begins at once (Scheduler user guide,
/// "Rate-based schedules").
#[derive(Clone, Debug)]
pub struct Schedule {
    name: String,
    every: Duration,
    input: String,
    next: Option<Timestamp>,
    runs: u64,
}

/// Why a schedule is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A rate is at least a minute.
    #[error("schedule {0}: a rate is at least one minute")]
    TooFast(String),
    /// A context attribute that nothing here replaces.
    #[error("schedule {name}: {attribute} is not known here")]
    UnknownAttribute {
        /// The schedule.
        name: String,
        /// The attribute.
        attribute: String,
    },
}

impl Schedule {
    /// A schedule that runs for the first time when it is first asked.
    pub fn new(name: &str, every: Duration, input: &str) -> Result<Self, ScheduleError> {
        if every < Duration::from_secs(60) {
            return Err(ScheduleError::TooFast(name.to_owned()));
        }
        let known = input.replace(EXECUTION_ID, "").replace(SCHEDULED_TIME, "");
        if let Some(at) = known.find(ATTRIBUTE) {
            let attribute = &known[at..];
            let end = attribute.find('>').map_or(attribute.len(), |end| end + 1);
            return Err(ScheduleError::UnknownAttribute {
                name: name.to_owned(),
                attribute: attribute[..end].to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            every,
            input: input.to_owned(),
            next: None,
            runs: 0,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it runs next; nothing before it was asked for the first time.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.next
    }

    /// The inputs of all runs that are due and were not asked for yet, oldest first.
    pub fn due(&mut self, now: Timestamp) -> Vec<String> {
        let every = SignedDuration::try_from(self.every).unwrap_or(SignedDuration::MAX);
        let mut next = self.next.unwrap_or(now);
        let mut inputs = Vec::new();
        while next <= now {
            self.runs += 1;
            inputs.push(
                self.input
                    .replace(EXECUTION_ID, &format!("{}-run-{}", self.name, self.runs))
                    .replace(SCHEDULED_TIME, &next.to_string()),
            );
            match next.checked_add(every) {
                Ok(then) => next = then,
                Err(_) => break,
            }
        }
        self.next = Some(next);
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).expect("in range")
    }

    #[test]
    fn it_runs_at_once_and_then_at_its_rate_each_time_with_another_id() {
        let minute = Duration::from_secs(60);
        let input =
            r#"{"id":"<aws.scheduler.execution-id>","time":"<aws.scheduler.scheduled-time>"}"#;
        let mut sweep = Schedule::new("sweep", minute, input).unwrap();
        assert_eq!(
            sweep.due(at(0)),
            [r#"{"id":"sweep-run-1","time":"2026-05-28T20:26:40Z"}"#]
        );
        assert!(sweep.due(at(59)).is_empty());
        let late = sweep.due(at(130));
        assert_eq!(late.len(), 2);
        assert!(late[0].contains("sweep-run-2") && late[0].contains("20:27:40Z"));
        assert!(late[1].contains("sweep-run-3") && late[1].contains("20:28:40Z"));
        assert_eq!(sweep.due(at(180)).len(), 1);
    }

    #[test]
    fn what_it_does_not_know_is_refused() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            Schedule::new("sweep", minute, "a <aws.scheduler.attempt-number> b").unwrap_err(),
            ScheduleError::UnknownAttribute {
                name: "sweep".into(),
                attribute: "<aws.scheduler.attempt-number>".into()
            }
        );
        assert!(Schedule::new("sweep", minute / 2, "").is_err());
    }
}

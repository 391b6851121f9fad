//! The steps of a plan, in their order. A failure stops only the later steps that need what failed; what
//! there is no time for is left to the next run.

use crate::calls::Answer;
use crate::error::ErrorKind;
use fleet::plan::{Change, Plan, Step};
use fleet::report::{Outcome, Taken};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// A call that is under way when no step begins any more is waited for this much longer.
pub const LAST_CALL: Duration = Duration::from_secs(5);

/// What makes the changes of one function. A function writes to AWS through its hands and nowhere else.
pub trait Hands<C> {
    /// Makes one change. Whatever AWS does, it has ended [`LAST_CALL`] after the run's last step may begin.
    fn take(&mut self, change: &C) -> impl Future<Output = Outcome>;
}

/// What an answer makes of a change. What is there already, or is no longer as the plan saw it, is no
/// failure.
pub fn outcome(answer: Answer<()>) -> Outcome {
    let Err(error) = answer else {
        return Outcome::Done;
    };
    match error.kind {
        ErrorKind::AlreadyDone => Outcome::AlreadyDone,
        ErrorKind::NotFound => Outcome::Superseded(error.to_string()),
        ErrorKind::Refused if error.is_conflict() => Outcome::Superseded(error.to_string()),
        ErrorKind::Retryable
        | ErrorKind::Disconnected
        | ErrorKind::Throttled
        | ErrorKind::Denied
        | ErrorKind::Account
        | ErrorKind::Refused => Outcome::Failed(error.to_string()),
    }
}

/// Takes the steps of a plan. No step begins after `until`. Of a paused plan only those are taken that are made
/// all the same.
pub async fn take<C: Change, D, P>(
    hands: &mut impl Hands<C>,
    plan: &Plan<C, D, P>,
    until: Instant,
) -> Vec<Taken> {
    let mut undone: Vec<&Step<C>> = Vec::new();
    let mut taken = Vec::new();
    let is_paused = plan.paused.is_some();
    let is_taken = |step: &&Step<C>| !is_paused || step.change.is_made_while_paused();
    for step in plan.steps.iter().filter(is_taken) {
        let is_needed = |before: &&Step<C>| before.change.carries(&step.change);
        let outcome = if undone.iter().any(is_needed) {
            Outcome::Skipped
        } else if Instant::now() >= until {
            Outcome::Deferred("no time was left".to_owned())
        } else {
            hands.take(&step.change).await
        };
        if !outcome.lets_go_on() {
            undone.push(step);
        }
        taken.push(Taken::new(step, outcome));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::plan::Said;
    use serde::Serialize;
    use std::fmt;

    /// A letter; one carries every later one that is the same.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
    struct Letter(char);

    impl fmt::Display for Letter {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "write {}", self.0)
        }
    }

    impl Change for Letter {
        fn expects(&self) -> &'static str {
            "paper"
        }

        fn carries(&self, later: &Self) -> bool {
            self == later
        }

        fn is_made_while_paused(&self) -> bool {
            self.0 == 'z'
        }
    }

    /// Takes 10 s for each letter, and fails with the first one.
    struct Clumsy(usize);

    impl Hands<Letter> for Clumsy {
        async fn take(&mut self, _: &Letter) -> Outcome {
            tokio::time::sleep(Duration::from_secs(10)).await;
            self.0 += 1;
            match self.0 {
                1 => Outcome::Failed("no ink".to_owned()),
                _ => Outcome::Done,
            }
        }
    }

    fn plan(letters: &str) -> Plan<Letter, (), ()> {
        let reason = Said {
            kind: "Asked".to_owned(),
            sentence: "somebody asks".to_owned(),
        };
        let steps = letters.chars().map(|letter| Step {
            change: Letter(letter),
            reason: reason.clone(),
        });
        Plan {
            steps: steps.collect(),
            ..Plan::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_stops_what_it_carries_and_a_late_step_is_left() {
        let until = Instant::now() + Duration::from_secs(25);
        let taken = take(&mut Clumsy(0), &plan("abacd"), until).await;
        let told: Vec<_> = taken
            .iter()
            .map(|it| (it.step.as_str(), it.outcome.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("write a", Outcome::Failed("no ink".to_owned())),
                ("write b", Outcome::Done),
                ("write a", Outcome::Skipped),
                ("write c", Outcome::Done),
                ("write d", Outcome::Deferred("no time was left".to_owned())),
            ]
        );
        assert!(taken.iter().all(|it| it.reason == "somebody asks"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_plan_takes_no_step_but_one_that_is_made_all_the_same() {
        let mut plan = plan("aza");
        plan.paused = Some("it is true".to_owned());
        let mut hands = Clumsy(1);
        let taken = take(&mut hands, &plan, Instant::now() + LAST_CALL).await;
        let told = taken.iter().map(|it| it.step.as_str());
        assert_eq!(told.collect::<Vec<_>>(), ["write z"]);
        assert_eq!(hands.0, 2);
    }
}

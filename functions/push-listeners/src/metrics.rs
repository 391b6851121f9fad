//! The metrics of the brokers' listeners (F47).

use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};

/// What is held and waits for time, not for a person.
const WAITS: [&str; 4] = ["InFlight", "AnswerPending", "NotNow", "NoPort"];

/// The metrics: brokers that do not show what they should; and what waits for a person, failed or could not be
/// seen. A batch without a run has none.
pub(crate) fn of(counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
    let Some(Ran { plan, .. }) = ran else {
        return Vec::new();
    };
    let held = plan.held.iter().map(|said| said.kind.as_str());
    let held = held.filter(|kind| !WAITS.contains(kind)).count();
    let held = u64::try_from(held).unwrap_or(u64::MAX);
    let brokers = plan.picture.brokers.iter();
    let differ = brokers.filter(|row| !row.is_right()).count();
    let differ = u64::try_from(differ).unwrap_or(u64::MAX);
    vec![
        Metric::new("BrokersDiffering", differ),
        Metric::new("ListenersHeld", held + counts.failed + counts.gaps),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use fleet::look::noon;

    fn held(look: &Look) -> Metric {
        let plan = look.plan();
        let ran = Ran {
            now: noon(),
            plan: &plan,
        };
        of(&Counts::default(), Some(ran)).remove(1)
    }

    #[test]
    fn what_waits_for_a_window_alarms_nobody_and_what_waits_for_a_person_does() {
        let asked = Look::alone().inspected();
        let later = asked.clone().with("restarts", "Mon 02:00-03:00 UTC");
        assert_eq!(later.held(), ["NotNow"]);
        assert_eq!(held(&later), Metric::new("ListenersHeld", 0));
        let never = asked.without("restarts");
        assert_eq!(never.held(), ["NoConsent"]);
        assert_eq!(held(&never), Metric::new("ListenersHeld", 1));
    }
}

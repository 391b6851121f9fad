//! The metrics of the brokers' listeners (F47).

use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};
use jiff::SignedDuration;

/// What is held and waits for time, not for a person.
const WAITS: [&str; 7] = [
    "InFlight",
    "AnswerPending",
    "NotNow",
    "NoPort",
    "RollWaits",
    "Settling",
    "GateUnasked",
];
/// What belongs to each restart, and waits for a person only if no other restart follows.
const PASSES: [&str; 2] = ["Starting", "Gate"];
/// Within this a roll that goes on restarts the next broker.
const GOES_ON: SignedDuration = SignedDuration::from_mins(5);

/// The metrics: brokers that do not show what they should; what waits for a person, failed or could not be seen;
/// and whether a restart of ours came to a bad end, which ends the roll. A batch without a run has none.
pub(crate) fn of(counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
    let Some(Ran { plan, now }) = ran else {
        return Vec::new();
    };
    let held = plan.held.iter().map(|said| said.kind.as_str());
    let touched_at = plan.picture.touched_at;
    let goes_on = touched_at.is_some_and(|at| now.duration_since(at) < GOES_ON);
    let waits = |kind: &&str| WAITS.contains(kind) || goes_on && PASSES.contains(kind);
    let held = held.filter(|kind| !waits(kind)).count();
    let held = u64::try_from(held).unwrap_or(u64::MAX);
    let brokers = plan.picture.brokers.iter();
    let differ = brokers.filter(|row| !row.is_right()).count();
    let differ = u64::try_from(differ).unwrap_or(u64::MAX);
    let stopped = !plan.picture.stopped_at.is_empty();
    vec![
        Metric::new("BrokersDiffering", differ),
        Metric::new("ListenersHeld", held + counts.failed + counts.gaps),
        Metric::new("RollStopped", stopped.into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use fleet::gate::{Obstacle, Verdict};
    use fleet::look::{node, noon};
    use serde_json::json;

    fn metric(look: &Look, name: &str) -> u64 {
        let plan = look.plan();
        let ran = Ran {
            now: noon(),
            plan: &plan,
        };
        let all = of(&Counts::default(), Some(ran));
        let it = all.into_iter().find(|it| it.name == name);
        it.expect(name).value
    }

    fn held(look: &Look) -> u64 {
        metric(look, "ListenersHeld")
    }

    #[test]
    fn every_kind_that_waits_is_one_of_what_is_held() {
        let held = include_str!("held.rs");
        for kind in WAITS.iter().chain(&PASSES) {
            assert!(held.contains(&format!("\n    {kind} {{\n")), "{kind}");
        }
    }

    #[test]
    fn what_waits_for_a_window_alarms_nobody_and_what_waits_for_a_person_does() {
        let asked = Look::alone().inspected();
        let later = asked.clone().with("restarts", "Mon 02:00-03:00 UTC");
        assert_eq!(later.held(), ["NotNow"]);
        assert_eq!(held(&later), 0);
        let never = asked.without("restarts");
        assert_eq!(never.held(), ["NoConsent"]);
        assert_eq!(held(&never), 1);
    }

    #[test]
    fn a_roll_that_goes_on_alarms_nobody_and_one_that_waits_does() {
        let shut = Verdict {
            obstacles: vec![Obstacle::NoController],
            ..Verdict::default()
        };
        let after = |age: i64| {
            let look = Look::three().of(1).serving().restarted(age, Some(20));
            look.of(2).inspected().of(3).inspected().gated(shut.clone())
        };
        assert_eq!(after(299).held(), ["RollWaits", "Gate"]);
        assert_eq!((held(&after(299)), held(&after(300))), (0, 1));
        assert_eq!(metric(&after(300), "BrokersDiffering"), 2);
        // Nobody was restarted yet.
        assert_eq!(held(&Look::three().all_inspected().gated(shut.clone())), 1);
    }

    #[test]
    fn a_restart_that_failed_is_told_apart() {
        let failed = Look::alone().restarted(100, Some(40));
        assert_eq!(metric(&failed.clone().inspected(), "RollStopped"), 0);
        // An end that our last command noted itself.
        let failed = failed.silent().left("back", "taken-back", "any", json!([]));
        let failed = failed.gone().inspected();
        assert_eq!(failed.held(), ["Failed"]);
        assert_eq!((metric(&failed, "RollStopped"), held(&failed)), (1, 1));
        assert_eq!(failed.plan().picture.stopped_at, [node(1)].into());
    }
}

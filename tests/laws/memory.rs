//! Law 3, over many activations: a port once given to a broker stays its own.

use crate::step::{Broken, Step, broken};
use jiff::{SignedDuration, Timestamp};
use register_brokers::action::Action;
use std::collections::BTreeMap;
use tests::group_of;
use tests::history::event::Value;
use tests::history::look::Place;

/// What must be remembered from one activation to the next.
#[derive(Default)]
pub struct Memory {
    /// When an activation that could act on it last saw a live instance of a broker.
    seen_live: BTreeMap<(String, u32), Timestamp>,
}

const LAW: &str = "law 3, a port once given stays";

impl Memory {
    /// People change the ledger between activations; within one, only the function does.
    pub fn check(&mut self, step: &Step<'_>) -> Result<(), Broken> {
        let (before, after) = (step.before.places(), step.after.places());
        for (arn, place) in &before {
            match after.get(arn) {
                Some(same) if same == place => {}
                Some(other) => return broken(step, &format!("{LAW}: {place:?} became {other:?}")),
                None => self.may_go(step, place)?,
            }
        }
        for (arn, place) in after.iter().filter(|(arn, _)| !before.contains_key(*arn)) {
            let claimed = before.values().any(|other| other.port == place.port);
            let listens = step.before.listeners.values();
            let taken = listens.filter(|listener| listener.port.get() == place.port);
            if claimed || taken.count() > 0 {
                return broken(step, &format!("{LAW}: {place:?} is given again by {arn}"));
            }
        }
        self.note(step);
        Ok(())
    }

    /// Whether the reason that the plan gives for ending a reservation is true.
    fn may_go(&self, step: &Step<'_>, place: &Place) -> Result<(), Broken> {
        let mut steps = step.activated.plan.steps.iter();
        let deletion = steps.find(|planned| {
            planned.change.action == Action::DeleteTargetGroup
                && planned.change.place.as_ref().is_some_and(|planned| {
                    planned.group.as_str() == place.group
                        && planned.owner.to_string() == place.owner
                })
        });
        let Some(deletion) = deletion else {
            return broken(step, &format!("{LAW}: {place:?} is gone without a word"));
        };
        let since = place.node().and_then(|node| {
            let key = (place.group.clone(), node);
            self.seen_live.get(&key).copied()
        });
        let absent = since.map(|since| step.after.now.duration_since(since));
        let true_reason = match deletion.reason.kind.as_str() {
            "ReservationOver" => {
                absent.is_none_or(|absent| absent >= SignedDuration::from_hours(24))
            }
            "GivenUp" => place
                .node()
                .is_some_and(|of| step.before.of_node(of).is_empty()),
            "Retired" => {
                let wanted = step.world.wanted.get(place.group.as_str());
                wanted.copied().flatten() == Some(Value::Retired)
            }
            _ => false,
        };
        if true_reason {
            return Ok(());
        }
        let why = &deletion.reason;
        broken(
            step,
            &format!("{LAW}: {place:?} is gone because {why}; seen {since:?}"),
        )
    }

    /// Notes who is live, as far as the activation could take note of it too.
    fn note(&mut self, step: &Step<'_>) {
        let report = &step.activated.report;
        let failed = |taken: &fleet::report::Taken| !taken.outcome.lets_go_on();
        let hidden = step.world.hidden_until > step.before.now;
        let clean = report.gaps.is_empty() && !report.actions.iter().any(failed);
        if !clean || hidden || report.paused.is_some() {
            return;
        }
        for (group, wanted) in &step.world.wanted {
            let served = match wanted {
                Some(Value::Error | Value::Retired) | None => false,
                Some(_) => true,
            };
            let refused = report
                .held
                .iter()
                .any(|held| held.kind == "ParameterRefused" && group_of(held) == Some(group));
            if served && !refused {
                for node in step.before.nodes() {
                    let key = ((*group).to_owned(), node);
                    self.seen_live.insert(key, step.before.now);
                }
            }
        }
    }
}

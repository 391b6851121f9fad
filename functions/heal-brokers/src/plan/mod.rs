//! The decision: a pure, total function from what was observed to a plan.

mod alarms;
mod asked;
mod begin;
mod budget;
pub(crate) mod condition;
mod draft;
mod hand;
mod heal;
mod looks;
mod picture;
mod remedy;
mod replace;
mod tidy;
mod view;

pub use alarms::is_on;
pub use asked::{asked, ill_since, silent, would_replace};
pub use draft::{Plan, Step};
pub use looks::HISTORY;

use crate::held::Held;
use crate::observed::{Doubt, Observed};
use alarms::Alarms;
use draft::Draft;
use fleet::wishes::{Healing, healing_parameter};
use std::collections::BTreeSet;
use view::View;

/// Decides what to do about what was observed. Only what two looks saw is healed (`agreed`), and a gap heals nobody.
pub fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
    let mut draft = Draft::new(agreed);
    draft.plan.gaps = observed.gaps();
    match Alarms::of(observed) {
        Err(held) => draft.hold(&held),
        Ok(alarms) => {
            draft.plan.picture.alarms = alarms.told();
            if let Some(ward) = &observed.ward {
                match View::of(observed, ward) {
                    Ok(view) => decide(&view, &alarms, &mut draft),
                    Err(held) => draft.hold(&held),
                }
            }
        }
    }
    draft.plan
}

/// Decides by everything that was seen.
fn decide(view: &View<'_>, alarms: &Alarms<'_>, draft: &mut Draft<'_>) {
    draft.plan.paused = fleet::wishes::paused(&view.observed.cluster, view.parameters);
    let healing = Healing::of(&view.observed.cluster, view.parameters);
    let healing = healing.unwrap_or_else(|refusals| {
        draft.hold(&Held::ParameterRefused {
            parameter: healing_parameter(&view.observed.cluster),
            refusals,
        });
        Healing::Off
    });
    let patients = view.patients();
    draft.plan.picture.brokers = picture::rows(view, &patients);
    tidy::tidy(view, &patients, draft);
    // Whatever holds a healing: nothing is forgotten meanwhile (P-74).
    for patient in &patients {
        begin::note(view, patient, draft);
    }
    for held in alarms.held() {
        draft.hold(&held);
    }
    if alarms.wake() {
        heal::heal(view, &patients, alarms, healing, draft);
    }
}

#[cfg(test)]
mod tests;

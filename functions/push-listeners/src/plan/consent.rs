//! Whether a broker may be restarted now: nobody's is because a stack was deployed.

use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::restarts::Consent;
use fleet::shown::{Itself, Voters};
use jiff::Timestamp;

/// Why a broker may not be restarted now, each of it.
pub(super) fn held(view: &View<'_>, subject: &Subject<'_>, shows: &Itself) -> Vec<Held> {
    let node = subject.broker.node;
    let mut held = Vec::new();
    if !view.brokers.misfits.is_empty() {
        let instances = view.brokers.misfits.keys().cloned().collect();
        held.push(Held::Misfits { node, instances });
    }
    match &shows.voters {
        Voters::Untold(why) => held.push(Held::VotersUntold {
            node,
            why: why.clone(),
        }),
        Voters::Are(_) | Voters::None => {}
    }
    match view.restarts() {
        None => held.push(Held::NoConsent {
            node,
            parameter: view.restarts_parameter(),
        }),
        Some(Err((parameter, refusals))) => held.push(Held::ParameterRefused {
            parameter,
            refusals,
            stays: "no broker is restarted",
        }),
        Some(Ok(restarts)) => match restarts.at(view.now) {
            Consent::Given(_) => {}
            Consent::Withheld(opens) => held.push(Held::NotNow { node, opens }),
        },
    }
    held
}

/// When the window closes in which brokers may be restarted now; none if there is none, or no end.
pub(super) fn closes(view: &View<'_>) -> Option<Timestamp> {
    match view.restarts()?.ok()?.at(view.now) {
        Consent::Given(until) => until,
        Consent::Withheld(_) => None,
    }
}

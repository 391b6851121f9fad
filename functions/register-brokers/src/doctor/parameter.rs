//! The listener parameter: whether it is there, can be used, and has a name for each broker.

use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use fleet::wishes::{Wanted, listener_parameter, parameter_path};

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let sight = walker.sight;
    let wishes = match sight.wishes() {
        Ok(wishes) => wishes,
        Err(gap) => return unread(gap),
    };
    let Some(name) = walker.name else {
        return absent(walker);
    };
    let parameter = listener_parameter(&sight.observed.cluster, name);
    match wishes.groups.get(name) {
        Some(Wanted::Refused { refusals, .. }) => {
            Finding::wrong(format!("{parameter} is refused"), refusals.to_string())
        }
        Some(Wanted::Deleted { .. }) => Finding::wrong(
            format!("{parameter} is gone, and the ports of {name} stay as they are"),
            format!("write {parameter} again, with the pattern that the consumer's console shows"),
        ),
        Some(Wanted::Serve(_) | Wanted::Retire { .. }) | None => {
            match walker.held(Station::Parameter) {
                Some(held) => Finding::wrong("its pattern does not fit each broker", held),
                // Without the NLB it is not known whether its ports are free.
                None if sight.view.is_err() => Finding::well(format!("{parameter} can be read")),
                None => Finding::well(format!("{parameter} is taken")),
            }
        }
    }
}

/// There is none: most likely nobody has written it yet, or its name has a slip.
fn absent(walker: &Walker<'_>) -> Finding {
    let sight = walker.sight;
    let says = "no parameter names a consumer";
    let unknown = sight.wishes().map(|wishes| wishes.unknown.iter());
    let mut meant = unknown.into_iter().flatten().filter_map(|it| {
        let nearest = it.nearest.as_ref()?;
        nearest
            .starts_with("listeners/")
            .then_some((&it.name, nearest))
    });
    let path = parameter_path(&sight.observed.cluster);
    match meant.next() {
        Some((name, meant)) => Finding::wrong(
            says,
            format!(
                "{path}/{name} is read by nobody: if {path}/{meant} is meant, write that one and delete this"
            ),
        ),
        None => Finding::wrong(
            says,
            format!(
                "write the pattern that the consumer's console shows: {}",
                sight.put("listeners/EXTERNAL", "'<broker_id>.<az_id>.…:<port>'")
            ),
        ),
    }
}

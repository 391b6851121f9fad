//! The listener parameter: whether it is there, can be used, and has a name for each broker.

use super::held;
use super::station::{Finding, Station};
use super::walker::Walker;
use crate::held::Held;
use crate::plan::Step;
use fleet::foreign::quoted;
use fleet::observed::ConnectionState;
use fleet::wishes::{Wanted, Wishes, listener_parameter, parameter_path};
use fleet::words::GroupName;

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let sight = walker.sight;
    let wishes = sight.wishes()?;
    let Some(name) = walker.name else {
        return Err(match wishes.groups.is_empty() {
            true => absent(walker),
            false => retired(walker, wishes),
        });
    };
    let parameter = listener_parameter(&sight.observed.cluster, name);
    match wishes.groups.get(name) {
        Some(Wanted::Refused { refusals, .. }) => Err(Finding::wrong(
            format!("{parameter} is refused"),
            refusals.to_string(),
        )),
        Some(Wanted::Deleted { .. }) => Err(Finding::wrong(
            format!("{parameter} is gone, and the ports of {name} stay as they are"),
            format!("write {parameter} again, with the pattern that the consumer's console shows"),
        )),
        Some(Wanted::Serve(_) | Wanted::Retire { .. }) | None => {
            walker.unless_held(Station::Parameter, "its pattern does not fit each broker")?;
            Ok(match sight.view {
                // Without the NLB it is not known whether its ports are free.
                Err(_) => format!("{parameter} can be read"),
                Ok(_) => format!("{parameter} is taken"),
            })
        }
    }
}

/// There is none: most likely nobody has written it yet, or its name has a slip.
fn absent(walker: &Walker<'_>) -> Finding {
    let sight = walker.sight;
    let write = || {
        format!(
            "write the pattern that the consumer's console shows: {}",
            sight.put("listeners/EXTERNAL", "'<broker_id>.<az_id>.…:<port>'")
        )
    };
    let mut connections = sight.access.connections.iter().flatten();
    let waits = connections.any(|it| it.state == ConnectionState::PendingAcceptance);
    let next = match slip(walker) {
        Some(slip) => slip,
        None if waits && !sight.accepts_at_once() => format!(
            "{}; or, if the console shows the pattern only once its endpoint is connected, {}",
            write(),
            accept_at_once(walker)
        ),
        None => write(),
    };
    Finding::wrong("no parameter names a consumer", next)
}

/// How the endpoint of a consumer is accepted that shows its names only after the connection (R2).
fn accept_at_once(walker: &Walker<'_>) -> String {
    let sight = walker.sight;
    let value = match sight.principals() {
        Some(Err(refusals)) => return sight.principals_refused(&refusals),
        Some(Ok(principals)) => principals.accepting_at_once().to_string(),
        None => r#"{"principals": ["<account>"], "accept": "at-once"}"#.to_owned(),
    };
    format!(
        "let it be accepted at once: {}",
        sight.put("principals", &quoted(&value))
    )
}

/// All groups are being retired, or are gone already.
fn retired(walker: &Walker<'_>, wishes: &Wishes) -> Finding {
    let sight = walker.sight;
    let names: Vec<&str> = wishes.groups.keys().map(GroupName::as_str).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    let says = format!("{} {is} retired, so nobody is to connect", names.join(", "));
    let waits = |held: &&Held| {
        matches!(
            held,
            Held::StillAdvertised(..)
                | Held::AdvertisersUnknown(..)
                | Held::Retiring(..)
                | Held::StillForwardedTo(..)
        )
    };
    let hinders = |held: &&Held| {
        let group = held::place(held, |_| None).and_then(|it| it.group);
        group.is_some_and(|group| wishes.groups.contains_key(group))
    };
    let ends = |step: &&Step| {
        let place = step.change.place.as_ref();
        place.is_some_and(|it| wishes.groups.contains_key(&it.group))
    };
    let (mut held, mut steps) = (sight.held.iter(), sight.plan.steps.iter());
    let next = if let Some(slip) = slip(walker) {
        slip
    } else if let Err(none) = walker.view() {
        return none;
    } else if let Some(held) = held.find(|it| waits(it) || hinders(it)) {
        held.to_string()
    } else if let Some(step) = steps.find(ends) {
        sight.next_run(Some(step))
    } else {
        format!(
            "nothing for that; for a consumer that is to connect, write the parameter of a group of another name, {}/listeners/<GROUP>",
            parameter_path(&sight.observed.cluster)
        )
    };
    Finding::wrong(says, next)
}

/// A parameter that nobody reads, and that is meant for a listener group by its name.
fn slip(walker: &Walker<'_>) -> Option<String> {
    let sight = walker.sight;
    let mut unknown = sight.wishes().ok()?.unknown.iter();
    let (name, meant) = unknown.find_map(|it| {
        let nearest = it.nearest.as_ref()?;
        let is_meant = nearest.starts_with("listeners/");
        is_meant.then_some((&it.name, nearest))
    })?;
    let path = parameter_path(&sight.observed.cluster);
    Some(format!(
        "{path}/{name} is read by nobody: if {path}/{meant} is meant, write that one and delete this"
    ))
}

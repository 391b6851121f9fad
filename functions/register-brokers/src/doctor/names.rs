//! The names: what brokers advertise to the consumer, and the hand-over that tells it where to begin.

use super::station::{Finding, Station};
use super::walker::Walker;
use crate::action::Action;
use fleet::foreign::clean;
use fleet::handover;
use fleet::naming::Owner;
use fleet::observed::Parameter;
use fleet::proof::{Path, Row, Verdict, brokers};

/// So much is shown of what a broker advertises.
const SHOWN: usize = 120;

/// What a restart is for.
pub(super) const GOAL: &str = "have it advertise the wanted names";

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    if let Some(wrong) = wrong(walker) {
        return Err(wrong);
    }
    walker.waits(&[Station::Bootstrap, Station::Service])?;
    walker.unless_held(Station::Names, "the consumer is not told how it is now")?;
    let sight = walker.sight;
    let name = &walker.mapped()?.group.name;
    let parameter = handover::parameter(&sight.observed.cluster, name);
    let written = sight.parameter_named(parameter.as_str());
    let stands = written
        .and_then(Parameter::text)
        .is_some_and(handover::stands);
    let mut steps = sight.plan.steps.iter();
    let is_written = steps.any(|step| match &step.change.action {
        Action::PutParameter { parameter: put, .. } => *put == parameter,
        _ => false,
    });
    match stands && !is_written {
        true => Ok(format!(
            "each broker advertises its own, and {parameter} has what the consumer's console asks for"
        )),
        false => Err(Finding::wrong(
            format!("{parameter} is not written yet"),
            walker.next_run(Owner::Bootstrap),
        )),
    }
}

/// What is wrong with the names that brokers advertise, if they answer at all.
pub(super) fn wrong(walker: &Walker<'_>) -> Option<Finding> {
    let rows = walker.sight.observed.proof.iter().flatten();
    let mut rows = rows.filter(|row| Some(&row.question.group) == walker.name);
    rows.find_map(|row| match row.question.path {
        Path::Port(_) | Path::Bootstrap => amiss(walker, row),
        Path::Direct(_) => None,
    })
}

fn amiss(walker: &Walker<'_>, row: &Row) -> Option<Finding> {
    let port = row.question.port;
    if let Verdict::Advertises { found, wanted } = &row.verdict {
        let (found, wanted) = (clean(found, SHOWN), clean(wanted, SHOWN));
        return Some(Finding::wrong(
            format!("behind port {port} {found} is advertised, and {wanted} is wanted"),
            walker.sight.rollout(GOAL),
        ));
    }
    if !row.strangers.is_empty() {
        return Some(Finding::wrong(
            format!(
                "who answers on port {port} lists {} to the consumer, whom no tag knows",
                brokers(&row.strangers)
            ),
            "tag the instance, or name it in \"without\" of the listener parameter",
        ));
    }
    (!row.unlisted.is_empty()).then(|| {
        Finding::wrong(
            format!(
                "who answers on port {port} does not list {} as wanted",
                brokers(&row.unlisted)
            ),
            walker.sight.rollout(GOAL),
        )
    })
}

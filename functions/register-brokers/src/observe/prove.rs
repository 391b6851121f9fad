//! Prove: has probe-brokers dial what `fleet` wants to have proven. What cannot be asked becomes a
//! row that says why; a probe that fails, or for which no time is left, is a gap, and then nothing
//! is proven.

use crate::Scope;
use crate::observed::Observed;
use cloud::calls::{Probes, Reads};
use cloud::eyes::{Eyes, unprobed};
use fleet::observed::Seen;
use fleet::proof::Row;

/// What probe-brokers answers.
const WHAT: &str = "the proof";

/// The proof table of what was observed, or a gap when the run ends at the latest.
pub(super) async fn prove<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<Row>> {
    let mut asked = crate::inquiry(observed);
    let ways = asked.inquiry.groups.iter();
    let secrets: Vec<_> = ways
        .filter_map(|(group, way)| Some((group.clone(), way.protocol, way.secret_from.clone()?)))
        .collect();
    for (group, protocol, name) in secrets {
        match eyes.secret(group.as_str(), &name, protocol).await {
            Ok(secret) => asked.give(&group, secret),
            Err(why) => asked.leave_out(&group, &why),
        }
    }
    let mut rows = asked.unasked;
    if asked.inquiry.questions.is_empty() {
        return Ok(rows);
    }
    let answered: Vec<Row> = eyes.probe(WHAT, &scope.probe, &asked.inquiry).await?;
    let questions = &asked.inquiry.questions;
    let same = answered.iter().map(|row| &row.question).eq(questions);
    if !same {
        let why = format!(
            "it answered {} rows to {} questions, or to others; deploy both functions from one release",
            answered.len(),
            questions.len()
        );
        return Err(unprobed(WHAT, &scope.probe, why));
    }
    rows.extend(answered);
    Ok(rows)
}

#[cfg(test)]
mod tests;

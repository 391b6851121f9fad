//! Prove: has probe-brokers dial what `fleet` wants to have proven. What cannot be asked becomes a
//! row that says why; a probe that fails, or for which no time is left, is a gap, and then nothing
//! is proven.

use crate::Scope;
use crate::observed::Observed;
use cloud::call::Call;
use cloud::calls::{Probes, Reads};
use cloud::error::{CallError, ErrorKind};
use cloud::eyes::{Eyes, gap};
use fleet::observed::{Gap, Seen};
use fleet::proof::{Row, Secret};
use fleet::words::{GroupName, ParameterName};
use std::time::Duration;
use tokio::time::Instant;

/// The time-out of probe-brokers (`infra/template.yaml`). With less than that left it is not asked:
/// its answer could come too late, and a part of a proof is none.
const PROBE_TAKES: Duration = Duration::from_secs(15);

/// The proof table of what was observed, or a gap when the run ends at the latest.
pub(super) async fn prove<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<Row>> {
    let aws = eyes.aws();
    let failed = |reason: String| Gap {
        read: format!("the proof, by {}", scope.probe),
        reason,
    };
    let mut asked = crate::inquiry(observed);
    let ways = asked.inquiry.groups.iter();
    let secrets: Vec<_> = ways
        .filter_map(|(group, way)| Some((group.clone(), way.protocol, way.secret_from.clone()?)))
        .collect();
    for (group, protocol, name) in secrets {
        let text = eyes
            .call(Call::GetParameter, || aws.get_parameter(&name))
            .await;
        let secret = match text {
            Err(error) => Err(unreadable(&group, &name, &error)),
            Ok(text) => Secret::read(&text, protocol)
                .map_err(|error| format!("the secret of {group}, {name}, {error}")),
        };
        match secret {
            Ok(secret) => asked.give(&group, secret),
            Err(why) => asked.leave_out(&group, &why),
        }
    }
    let mut rows = asked.unasked;
    if asked.inquiry.questions.is_empty() {
        return Ok(rows);
    }
    if Instant::now() + PROBE_TAKES > eyes.until {
        return Err(failed(format!(
            "not asked: less than {} s of this run were left",
            PROBE_TAKES.as_secs()
        )));
    }
    let payload = serde_json::to_string(&asked.inquiry)
        .map_err(|error| failed(format!("the inquiry could not be written: {error}")))?;
    let call = Call::InvokeFunction;
    let answer = eyes
        .call(call, || aws.invoke(&scope.probe, &payload))
        .await
        .map_err(|error| gap(call, scope.probe.as_str(), &error))?;
    let answered: Vec<Row> = serde_json::from_str(&answer)
        .map_err(|error| failed(format!("its answer is no proof table: {error}")))?;
    let questions = &asked.inquiry.questions;
    let same = answered.iter().map(|row| &row.question).eq(questions);
    if !same {
        return Err(failed(format!(
            "it answered {} rows to {} questions, or to others; deploy both functions from one release",
            answered.len(),
            questions.len()
        )));
    }
    rows.extend(answered);
    Ok(rows)
}

fn unreadable(group: &GroupName, name: &ParameterName, error: &CallError) -> String {
    match error.kind {
        ErrorKind::NotFound => format!("the secret of {group}, {name}, does not exist"),
        ErrorKind::Retryable
        | ErrorKind::Disconnected
        | ErrorKind::Throttled
        | ErrorKind::AlreadyDone
        | ErrorKind::Denied
        | ErrorKind::Account
        | ErrorKind::Refused => {
            format!("the secret of {group}, {name}, could not be read: {error}")
        }
    }
}

#[cfg(test)]
mod tests;

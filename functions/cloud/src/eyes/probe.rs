//! Asking brokers, by way of probe-brokers, and the secrets that go with the question.

use super::{Eyes, gap};
use crate::call::Call;
use crate::calls::{Probes, Reads};
use crate::error::{CallError, ErrorKind};
use fleet::gate::{GatePayload, HoldingsPayload};
use fleet::listener::Protocol;
use fleet::observed::{Gap, Seen};
use fleet::proof::{Inquiry, Secret};
use fleet::shown::AdminPayload;
use fleet::words::{FunctionName, ParameterName};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::Instant;

/// What probe-brokers is asked.
pub trait Question: Serialize {
    /// What its answer takes at most.
    const TAKES: Duration;
    /// With less than that left it is not asked: its answer would come too late, and a part of an answer is none.
    const NEEDS: Duration = Self::TAKES;
}

/// What the start of the function may take besides.
const START: Duration = Duration::from_secs(5);
/// One look at every broker.
const LOOK: Duration = Duration::from_secs(15);

impl Question for Inquiry {
    const TAKES: Duration = LOOK;
}

impl Question for AdminPayload {
    const TAKES: Duration = LOOK;
}

impl Question for HoldingsPayload {
    const TAKES: Duration = LOOK;
}

/// Two looks, with a pause in between. It leaves the function's own time-out (`infra/template.yaml`) a
/// little for its start. Where brokers answer at once, it is little more than the pause; what a run has seen of many
/// brokers before it asks may have taken long.
impl Question for GatePayload {
    const TAKES: Duration = Duration::from_secs(45);
    const NEEDS: Duration = Duration::from_secs(25);
}

impl<A: Reads + Probes> Eyes<'_, A> {
    /// What probe-brokers answers; `what` names the answer for whoever reads of its gap.
    pub async fn probe<Q: Question, R: DeserializeOwned>(
        &self,
        what: &str,
        probe: &FunctionName,
        question: &Q,
    ) -> Seen<R> {
        let failed = |reason| unprobed(what, probe, reason);
        if Instant::now() + Q::NEEDS > self.until {
            return Err(failed(format!(
                "not asked: less than {} s of this run were left",
                Q::NEEDS.as_secs()
            )));
        }
        let payload = serde_json::to_string(question)
            .map_err(|error| failed(format!("the inquiry could not be written: {error}")))?;
        let call = Call::InvokeFunction;
        let by = self.until.min(Instant::now() + Q::TAKES + START);
        let answer = self
            .paced
            .call(call, by, || self.aws().invoke(probe, &payload))
            .await
            .map_err(|error| gap(call, probe.as_str(), &error))?;
        serde_json::from_str(&answer)
            .map_err(|error| failed(format!("its answer is not {what}: {error}")))
    }

    /// A secret that goes with a question; the error says which one, of whom, and what is wrong with it,
    /// and shows nothing of it.
    pub async fn secret(
        &self,
        of: &str,
        name: &ParameterName,
        protocol: Protocol,
    ) -> Result<Secret, String> {
        let ask = || self.aws().get_parameter(name);
        match self.call(Call::GetParameter, ask).await {
            Err(error) => Err(unreadable(of, name, &error)),
            Ok(text) => Secret::read(&text, protocol)
                .map_err(|error| format!("the secret of {of}, {name}, {error}")),
        }
    }
}

/// A gap in what probe-brokers was to answer.
pub fn unprobed(what: &str, probe: &FunctionName, reason: String) -> Gap {
    Gap {
        read: format!("{what}, by {probe}"),
        reason,
    }
}

fn unreadable(of: &str, name: &ParameterName, error: &CallError) -> String {
    match error.kind {
        ErrorKind::NotFound => format!("the secret of {of}, {name}, does not exist"),
        ErrorKind::Retryable
        | ErrorKind::Disconnected
        | ErrorKind::Throttled
        | ErrorKind::AlreadyDone
        | ErrorKind::Denied
        | ErrorKind::Account
        | ErrorKind::Refused => {
            format!("the secret of {of}, {name}, could not be read: {error}")
        }
    }
}

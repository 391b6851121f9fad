//! Lambda `Invoke` in REST JSON. Who answers is the truth of the model, or a process that was put in
//! its place.

use super::refusal::Refusal;
use crate::iam::Caller;
use crate::lambda::function_error::FunctionError;
use crate::model::{Invoked, Model};
use bytes::Bytes;
use fleet::words::FunctionName;
use futures::future::BoxFuture;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// The code of probe-brokers: from an event to its answer.
pub type Invoker =
    Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, FunctionError>> + Send + Sync>;

/// Headers of an invocation that are not known here.
const UNKNOWN: [&str; 3] = [
    "x-amz-log-type",
    "x-amz-client-context",
    "x-amz-durable-execution-name",
];

/// The name or ARN in `/2015-03-31/functions/<name>/invocations`.
pub(super) fn function(request: &Request<Bytes>) -> Option<FunctionName> {
    let path = request.uri().path();
    let rest = path.strip_prefix("/2015-03-31/functions/")?;
    let name = rest.strip_suffix("/invocations")?;
    // Of what has to be escaped in a path, ARNs have colons only.
    let name = name.replace("%3A", ":");
    (!name.contains('/') && request.method() == Method::POST).then(|| FunctionName::new(name))
}

pub(super) async fn answer(
    model: &Mutex<Model>,
    caller: Option<&Arc<Caller>>,
    code: Option<Invoker>,
    now: Timestamp,
    request: &Request<Bytes>,
) -> Result<Invoked, Refusal> {
    let function =
        function(request).ok_or_else(|| Refusal::unknown_action(request.uri().path()))?;
    check(request)?;
    // What is no text is no JSON either, and refused as such.
    let payload = String::from_utf8_lossy(request.body());
    let Some(code) = code else {
        let invoke = |model: &mut Model| model.invoke(now, &function, &payload);
        return Ok(super::lock(model).called_by(caller, invoke)?);
    };
    let admit = |model: &mut Model| model.admit_invocation(now, &function, &payload);
    let event = super::lock(model).called_by(caller, admit)?;
    let invoked = match code(event).await {
        Ok(answer) => Invoked::Answered(answer.to_string()),
        Err(error) => {
            let (error_type, message) = error.as_lambda_tells();
            Invoked::Failed(error_type, message)
        }
    };
    Ok(super::lock(model).as_told(invoked))
}

fn check(request: &Request<Bytes>) -> Result<(), Refusal> {
    let header = |name: &str| request.headers().get(name);
    let kind = header("x-amz-invocation-type");
    if kind.is_some_and(|kind| kind != "RequestResponse") {
        return Err(Refusal::bad_parameter(format!(
            "the invocation type {kind:?} is not known here"
        )));
    }
    if let Some(name) = UNKNOWN.into_iter().find(|name| header(name).is_some()) {
        return Err(Refusal::bad_parameter(format!("{name} is not known here")));
    }
    match request.uri().query() {
        Some(query) => Err(Refusal::bad_parameter(format!("{query} is not known here"))),
        None => Ok(()),
    }
}

//! Lambda: the invocation of probe-brokers, and what it looks like when the function fails.

use crate::Aws;
use crate::error;
use crate::fields::Fields;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use cloud::call::Call;
use cloud::calls::{Answer, Probes};
use cloud::error::CallError;
use fleet::words::FunctionName;
use std::borrow::Cow;

const CALL: Call = Call::InvokeFunction;

impl Probes for Aws {
    async fn invoke(&self, function: &FunctionName, payload: &str) -> Answer<String> {
        let answer = self
            .lambda
            .invoke()
            .function_name(function.as_str())
            .invocation_type(InvocationType::RequestResponse)
            .payload(Blob::new(payload))
            .send()
            .await
            .map_err(error::of(CALL))?;
        answered(answer)
    }
}

/// A function that failed is answered with status 200 and `X-Amz-Function-Error`.
fn answered(answer: InvokeOutput) -> Answer<String> {
    let payload = answer.payload.map(Blob::into_inner);
    if answer.function_error.is_some() {
        return Err(failure(&payload.unwrap_or_default()));
    }
    let payload = Fields(CALL).need("Payload", payload)?;
    String::from_utf8(payload)
        .map_err(|error| CallError::unanswered(CALL, format!("answer with Payload: {error}")))
}

/// `{"errorType": …, "errorMessage": …}`; both may be missing when the process was ended.
fn failure(payload: &[u8]) -> CallError {
    let report: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
    let text = |key: &str| report.get(key).and_then(serde_json::Value::as_str);
    let code = text("errorType").unwrap_or("Unhandled");
    let message = text("errorMessage").map_or_else(|| String::from_utf8_lossy(payload), Cow::from);
    CallError::answered(CALL, 200, code, &message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud::error::ErrorKind;

    fn output(error: Option<&str>, payload: &str) -> InvokeOutput {
        InvokeOutput::builder()
            .set_function_error(error.map(str::to_owned))
            .payload(Blob::new(payload))
            .build()
    }

    #[test]
    fn what_the_function_answers_is_the_answer() {
        assert_eq!(answered(output(None, "[1]")), Ok("[1]".to_owned()));
        let none = InvokeOutput::builder().build();
        assert_eq!(
            answered(none).unwrap_err().message,
            "answer without Payload"
        );
    }

    #[test]
    fn a_function_that_failed_is_a_refusal_with_its_own_words() {
        for (payload, code, message) in [
            (
                r#"{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 15.00 seconds"}"#,
                "Sandbox.Timedout",
                "Task timed out after 15.00 seconds",
            ),
            (
                r#"{"errorMessage":"RequestId: 1 Error: Runtime exited"}"#,
                "Unhandled",
                "RequestId: 1 Error: Runtime exited",
            ),
            ("gone", "Unhandled", "gone"),
        ] {
            let error = answered(output(Some("Unhandled"), payload)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Refused);
            assert_eq!((&*error.code, &*error.message), (code, message));
        }
    }
}

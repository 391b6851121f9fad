//! From the SDK's errors to [`CallError`]: what AWS answered, or why no answer came.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;
use cloud::call::Call;
use cloud::error::CallError;
use std::error::Error;
use std::fmt::Write;

/// Turns the SDK's error of one call into ours; made for `map_err`.
pub(crate) fn of<E>(call: Call) -> impl FnOnce(SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    move |error| match &error {
        // A body that cannot be read comes as a service error, too; then it is AWS's yes.
        SdkError::ServiceError(service) if !service.raw().status().is_success() => {
            let status = service.raw().status().as_u16();
            let answer = service.err().meta();
            // A gateway's plain page has a status and no code.
            let code = answer
                .code()
                .map_or_else(|| format!("HTTP {status}"), str::to_owned);
            CallError::answered(call, status, &code, answer.message().unwrap_or_default())
        }
        // An answer that broke off before its end comes as a transient one.
        SdkError::DispatchFailure(failure)
            if failure.is_io() || failure.as_other() == Some(ErrorKind::TransientError) =>
        {
            CallError::disconnected(call, chain(&error))
        }
        SdkError::ServiceError(_)
        | SdkError::ConstructionFailure(_)
        | SdkError::TimeoutError(_)
        | SdkError::DispatchFailure(_)
        | SdkError::ResponseError(_)
        // The enum is open: a kind that the SDK adds later is no answer either.
        | _ => CallError::unanswered(call, chain(&error)),
    }
}

/// An answer that lacks a field that we need: it says nothing about our request.
pub(crate) fn without(call: Call, field: &str) -> CallError {
    CallError::unanswered(call, format!("answer without {field}"))
}

/// An answer with a field that makes no sense.
pub(crate) fn nonsense(call: Call, field: &str, value: impl std::fmt::Display) -> CallError {
    CallError::unanswered(call, format!("answer with {field} {value}"))
}

/// The error and its causes in one line. The SDK's `DisplayErrorContext` adds a dump of all of its
/// structs to the same, which nobody can read in a report.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        let _ = write!(line, ": {error}");
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ssm::operation::get_parameters_by_path::GetParametersByPathError;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;
    use cloud::error;

    fn answered(status: u16, meta: ErrorMetadata) -> CallError {
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(GetParametersByPathError::generic(meta), raw);
        of(Call::GetParametersByPath)(error)
    }

    #[test]
    fn an_answer_keeps_its_code_and_message() {
        let error = answered(
            400,
            ErrorMetadata::builder()
                .code("ThrottlingException")
                .message("Rate exceeded")
                .build(),
        );
        assert_eq!(error.kind, error::ErrorKind::Throttled);
        assert_eq!(error.code, "ThrottlingException");
        assert_eq!(error.message, "Rate exceeded");
    }

    #[test]
    fn an_answer_without_a_code_shows_its_status() {
        let error = answered(503, ErrorMetadata::builder().build());
        assert_eq!(error.kind, error::ErrorKind::Retryable);
        assert_eq!(error.code, "HTTP 503");
    }

    #[test]
    fn a_yes_that_cannot_be_read_is_no_answer() {
        let error = answered(200, ErrorMetadata::builder().build());
        assert_eq!(error.kind, error::ErrorKind::Retryable);
        assert_eq!(error.code, "");
    }

    #[test]
    fn no_answer_names_each_cause_once() {
        let cause = std::io::Error::other("connection refused");
        let error: SdkError<GetParametersByPathError, HttpResponse> =
            SdkError::dispatch_failure(ConnectorError::io(cause.into()));
        let error = of(Call::GetParametersByPath)(error);
        assert_eq!(error.kind, error::ErrorKind::Disconnected);
        assert_eq!(
            error.to_string(),
            "GetParametersByPath got no answer: dispatch failure: io error: connection refused"
        );
    }
}

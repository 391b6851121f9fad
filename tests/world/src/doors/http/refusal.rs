//! Why a request is refused: AWS's own no from the model, or the door's for what nobody here knows.

use crate::model::ApiError;

/// A refusal, before it is put into a protocol's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    /// `None` when the parameters are wrong: each service has its own code for that.
    code: Option<&'static str>,
    message: String,
    surprise: bool,
}

impl Refusal {
    /// A request that the software under test should never make.
    pub(super) fn surprising(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Some(code),
            message: message.into(),
            surprise: true,
        }
    }

    /// An action that is not modelled.
    pub(super) fn unknown_action(action: &str) -> Self {
        Self::surprising(
            400,
            "InvalidAction",
            format!("The action {action} is not valid for this web service"),
        )
    }

    /// A parameter, value or filter that is not modelled.
    pub(super) fn bad_parameter(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: None,
            message: message.into(),
            surprise: true,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The code, or the service's own for wrong parameters.
    pub(super) fn code(&self, of_bad_parameters: &'static str) -> &'static str {
        self.code.unwrap_or(of_bad_parameters)
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the door did not understand the request.
    pub(super) fn is_surprise(&self) -> bool {
        self.surprise
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self {
            status: error.status,
            code: Some(error.code),
            message: error.message,
            surprise: false,
        }
    }
}

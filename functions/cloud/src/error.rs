//! What can go wrong with a call: each AWS error code is mapped here, once, to what it means for us.

use crate::call::Call;
use std::fmt;

/// An AWS call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The call.
    pub call: Call,
    /// What it means for us.
    pub kind: ErrorKind,
    /// AWS's error code; empty when no answer came.
    pub code: String,
    /// AWS's message, or the transport's.
    pub message: String,
}

/// What a failed call means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorKind {
    /// No answer, or one that says nothing about our request: the next sweep tries again.
    Retryable,
    /// Too many calls in this account and Region (P-38).
    Throttled,
    /// What we asked for is so already.
    AlreadyDone,
    /// The thing does not exist.
    NotFound,
    /// IAM says no (P-77).
    Denied,
    /// AWS understood and said no; the same call will fail again.
    Refused,
}

impl CallError {
    /// An answer from AWS with its HTTP status and error code.
    pub fn answered(call: Call, status: u16, code: &str, message: &str) -> Self {
        Self {
            call,
            kind: classify(call, status, code),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    /// Whether a target was refused, and the whole call with it (P-30).
    pub fn is_invalid_target(&self) -> bool {
        self.code == "InvalidTarget"
    }

    /// Whether somebody else was there first since we looked.
    pub fn is_conflict(&self) -> bool {
        matches!(self.code.as_str(), "DuplicateListener" | "ResourceInUse")
    }

    /// The action that AWS names: a call that creates with tags needs `AddTags`, too (F44).
    fn forbidden(&self) -> &str {
        let named = self.message.split_once("is not authorized to perform: ");
        let named = named.and_then(|(_, rest)| rest.split_whitespace().next());
        named.unwrap_or(self.call.action())
    }

    /// No answer at all: connection, time-out, or a body that could not be read. Whether the call
    /// took effect is unknown (P-80).
    pub fn unanswered(call: Call, message: impl Into<String>) -> Self {
        Self {
            call,
            kind: ErrorKind::Retryable,
            code: String::new(),
            message: message.into(),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Denied => write!(
                f,
                "permission missing: allow {} in the function's role ({})",
                self.forbidden(),
                self.code
            ),
            ErrorKind::Throttled => write!(f, "{} was throttled ({})", self.call, self.code),
            ErrorKind::Retryable if self.code.is_empty() => {
                write!(f, "{} got no answer: {}", self.call, self.message)
            }
            ErrorKind::Retryable
            | ErrorKind::AlreadyDone
            | ErrorKind::NotFound
            | ErrorKind::Refused => {
                write!(f, "{} answered {}: {}", self.call, self.code, self.message)
            }
        }
    }
}

impl std::error::Error for CallError {}

/// Codes as in the API references of EC2, ELBv2, Auto Scaling, SSM and Lambda and their common errors.
fn classify(call: Call, status: u16, code: &str) -> ErrorKind {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "SlowDown" => ErrorKind::Throttled,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnauthorizedAccess"
        | "AuthFailure"
        | "OperationNotPermitted"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "OptInRequired" => ErrorKind::Denied,
        "TargetGroupNotFound" | "ListenerNotFound" | "LoadBalancerNotFound" => {
            // Deleting what is not there is what we wanted.
            if matches!(call, Call::DeleteListener | Call::DeleteTargetGroup) {
                ErrorKind::AlreadyDone
            } else {
                ErrorKind::NotFound
            }
        }
        "ParameterNotFound" | "ResourceNotFoundException" => ErrorKind::NotFound,
        _ if status >= 500 => ErrorKind::Retryable,
        _ => ErrorKind::Refused,
    }
}

#[cfg(test)]
mod tests;

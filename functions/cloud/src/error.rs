//! What can go wrong with a call. What each AWS error code means for us stands in [`codes`].

mod codes;

use crate::call::Call;
use codes::classify;
use fleet::observed::DENIED;
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
    /// The connection broke before an answer came. Servers close idle connections, also while the
    /// function is frozen, so a read is asked once more.
    Disconnected,
    /// Too many calls in this account and Region (P-38).
    Throttled,
    /// What we asked for is so already.
    AlreadyDone,
    /// The thing does not exist.
    NotFound,
    /// IAM says no (P-77).
    Denied,
    /// AWS takes no call from us at all: credentials, clock, account or Region.
    Account,
    /// AWS understood and said no; the same call will fail again.
    Refused,
}

impl CallError {
    /// An answer from AWS with its HTTP status and error code.
    pub fn answered(call: Call, status: u16, code: &str, message: &str) -> Self {
        Self {
            call,
            kind: match is_over(call, message) {
                true => ErrorKind::AlreadyDone,
                false => classify(call, status, code),
            },
            code: brief(code, LONGEST_CODE),
            message: brief(message, LONGEST_MESSAGE),
        }
    }

    /// Whether a target was refused, and the whole call with it (P-30).
    pub fn is_invalid_target(&self) -> bool {
        self.code == "InvalidTarget"
    }

    /// Whether AWS may know tomorrow what it does not know of, or does not let us touch, today.
    pub fn is_about_something_unknown(&self) -> bool {
        matches!(self.kind, ErrorKind::NotFound | ErrorKind::Denied)
    }

    /// Whether nobody knows if the call took effect: no answer came, or one that says nothing about the
    /// request (P-80). A write that is done again when it is made again must be looked for first.
    pub fn is_outcome_unknown(&self) -> bool {
        match self.kind {
            ErrorKind::Retryable | ErrorKind::Disconnected => true,
            ErrorKind::Throttled
            | ErrorKind::AlreadyDone
            | ErrorKind::NotFound
            | ErrorKind::Denied
            | ErrorKind::Account
            | ErrorKind::Refused => false,
        }
    }

    /// Whether a call about many things may be refused for one of them: EC2 names what is invalid about
    /// it. The endpoint service itself is the same for all.
    pub fn may_be_about_one_of_many(&self) -> bool {
        let is_one = self.code.starts_with("Invalid") || self.code == "TagLimitExceeded";
        let is_refused = matches!(self.kind, ErrorKind::Refused | ErrorKind::NotFound);
        is_refused
            && is_one
            && !self.code.starts_with("InvalidVpcEndpointServiceId")
            && !self.code.starts_with("InvalidVpcEndpointService.")
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

    /// No answer at all: time-out, or a body that could not be read. Whether the call took effect
    /// is unknown (P-80).
    pub fn unanswered(call: Call, message: impl AsRef<str>) -> Self {
        Self {
            call,
            kind: ErrorKind::Retryable,
            code: String::new(),
            message: brief(message.as_ref(), LONGEST_MESSAGE),
        }
    }

    /// No answer, because the connection broke or was never made. Whether the call took effect is
    /// unknown (P-80).
    pub fn disconnected(call: Call, message: impl AsRef<str>) -> Self {
        Self {
            kind: ErrorKind::Disconnected,
            ..Self::unanswered(call, message)
        }
    }

    /// The time of the activation is over: the call was given up or not made at all.
    pub(crate) fn out_of_time(call: Call) -> Self {
        Self::unanswered(call, "no time was left for it in this run")
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Denied => write!(
                f,
                "{DENIED}: allow {} in the function's role ({})",
                self.forbidden(),
                self.code
            ),
            ErrorKind::Account => write!(
                f,
                "{} was refused because of credentials, clock, account or Region ({}): {}",
                self.call, self.code, self.message
            ),
            ErrorKind::Throttled => write!(f, "{} was throttled ({})", self.call, self.code),
            ErrorKind::Retryable | ErrorKind::Disconnected if self.code.is_empty() => {
                write!(f, "{} got no answer: {}", self.call, self.message)
            }
            ErrorKind::Retryable
            | ErrorKind::Disconnected
            | ErrorKind::AlreadyDone
            | ErrorKind::NotFound
            | ErrorKind::Refused => {
                write!(f, "{} answered {}: {}", self.call, self.code, self.message)
            }
        }
    }
}

impl std::error::Error for CallError {}

/// Whether a lifecycle action was over before we came, which no code tells: somebody completed it, or it has
/// timed out (P-20).
fn is_over(call: Call, message: &str) -> bool {
    let of_action = matches!(
        call,
        Call::CompleteLifecycleAction | Call::RecordLifecycleActionHeartbeat
    );
    of_action && message.contains("No active Lifecycle Action found")
}

/// Characters of an error code, and of a message, that are kept: both go into report lines.
const LONGEST_CODE: usize = 100;
const LONGEST_MESSAGE: usize = 600;

/// Whatever was said, in one line of at most so many characters.
fn brief(text: &str, longest: usize) -> String {
    let mut clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut brief: String = clean.by_ref().take(longest).collect();
    if clean.next().is_some() {
        brief.push('…');
    }
    brief
}

#[cfg(test)]
mod tests;

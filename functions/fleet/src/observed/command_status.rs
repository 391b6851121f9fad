//! How a command is, in AWS's detailed words.

use super::spelled::spelled;
use crate::foreign::clean;
use std::fmt;

/// Detailed status of a command, or of a command on one host (Systems Manager guide, "Understanding
/// command statuses"). The guide writes `Delivery Timed Out` where the API answers `DeliveryTimedOut`,
/// and `Canceled` where it answers `Cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandStatus {
    /// The agent has not received it yet.
    Pending,
    /// AWS tries to send it, or the agent runs it. It stays so while the agent is away (P-53).
    InProgress,
    /// AWS could not send it, and tries again.
    Delayed,
    /// Somebody cancels it.
    Cancelling,
    /// The agent received it and its script's last exit code was 0, which is all that this says (P-50).
    Success,
    /// Its script ended with another exit code.
    Failed,
    /// The agent said that the script took longer than it may, and stopped it.
    ExecutionTimedOut,
    /// AWS waited as long as it does, and no word came from the agent. The script may have run to its
    /// end all the same (P-53).
    DeliveryTimedOut,
    /// One of both time-outs: AWS does not say which.
    TimedOut,
    /// Somebody cancelled it.
    Cancelled,
    /// AWS gave it up: the host may not be there, or not answer.
    Undeliverable,
    /// AWS gave it up, because the command had failed on too many hosts.
    Terminated,
    /// The document is for another operating system.
    InvalidPlatform,
    /// Its sender may not run commands on this host.
    AccessDenied,
    /// Of a command: it was tried on all hosts, and did not succeed on some.
    Incomplete,
    /// Of a command: too many were pending in the account.
    RateExceeded,
    /// A status that AWS added later, or none: taken as under way, since nothing is sent on a guess.
    Unknown(String),
}

impl CommandStatus {
    /// Reads the API's spelling, and the guide's with blanks.
    pub fn parse(text: &str) -> Self {
        let words: String = text.split_whitespace().collect();
        match words.as_str() {
            "Pending" => Self::Pending,
            "InProgress" => Self::InProgress,
            "Delayed" => Self::Delayed,
            "Cancelling" => Self::Cancelling,
            "Success" => Self::Success,
            "Failed" => Self::Failed,
            "ExecutionTimedOut" => Self::ExecutionTimedOut,
            "DeliveryTimedOut" => Self::DeliveryTimedOut,
            "TimedOut" => Self::TimedOut,
            "Cancelled" | "Canceled" => Self::Cancelled,
            "Undeliverable" => Self::Undeliverable,
            "Terminated" => Self::Terminated,
            "InvalidPlatform" => Self::InvalidPlatform,
            "AccessDenied" => Self::AccessDenied,
            "Incomplete" => Self::Incomplete,
            "RateExceeded" | "LimitExceeded" => Self::RateExceeded,
            _ => Self::Unknown(text.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Delayed => "Delayed",
            Self::Cancelling => "Cancelling",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::ExecutionTimedOut => "ExecutionTimedOut",
            Self::DeliveryTimedOut => "DeliveryTimedOut",
            Self::TimedOut => "TimedOut",
            Self::Cancelled => "Cancelled",
            Self::Undeliverable => "Undeliverable",
            Self::Terminated => "Terminated",
            Self::InvalidPlatform => "InvalidPlatform",
            Self::AccessDenied => "AccessDenied",
            Self::Incomplete => "Incomplete",
            Self::RateExceeded => "RateExceeded",
            Self::Unknown(other) => other,
        }
    }

    /// Whether it never changes again ("this is a terminal state").
    pub fn has_ended(&self) -> bool {
        match self {
            Self::Success
            | Self::Failed
            | Self::ExecutionTimedOut
            | Self::DeliveryTimedOut
            | Self::TimedOut
            | Self::Cancelled
            | Self::Undeliverable
            | Self::Terminated
            | Self::InvalidPlatform
            | Self::AccessDenied
            | Self::Incomplete
            | Self::RateExceeded => true,
            Self::Pending
            | Self::InProgress
            | Self::Delayed
            | Self::Cancelling
            | Self::Unknown(_) => false,
        }
    }

    /// Whether it may still do something on its host: neither done nor given up.
    pub fn is_in_flight(&self) -> bool {
        !self.has_ended()
    }

    /// Whether its agent said how the script ended. If not, the script may have done all of its work or
    /// nothing, or be at work still.
    pub fn was_told_by_the_agent(&self) -> bool {
        match self {
            Self::Success | Self::Failed | Self::ExecutionTimedOut => true,
            Self::Pending
            | Self::InProgress
            | Self::Delayed
            | Self::Cancelling
            | Self::DeliveryTimedOut
            | Self::TimedOut
            | Self::Cancelled
            | Self::Undeliverable
            | Self::Terminated
            | Self::InvalidPlatform
            | Self::AccessDenied
            | Self::Incomplete
            | Self::RateExceeded
            | Self::Unknown(_) => false,
        }
    }
}

spelled!(CommandStatus);

impl fmt::Display for CommandStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            "" => f.write_str("in a state that AWS does not say"),
            status => f.write_str(&clean(status, 40)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_spelled_as_aws_does_also_one_that_is_added_later() {
        for (text, ended) in [
            ("Pending", false),
            ("InProgress", false),
            ("Delayed", false),
            ("Cancelling", false),
            ("Success", true),
            ("Failed", true),
            ("ExecutionTimedOut", true),
            ("DeliveryTimedOut", true),
            ("TimedOut", true),
            ("Cancelled", true),
            ("Undeliverable", true),
            ("Terminated", true),
            ("InvalidPlatform", true),
            ("AccessDenied", true),
            ("Incomplete", true),
            ("RateExceeded", true),
            ("Hovering", false),
        ] {
            let status = CommandStatus::parse(text);
            assert_eq!(status.to_string(), text);
            assert_eq!(status.has_ended(), ended, "{text}");
            assert_eq!(status.is_in_flight(), !ended, "{text}");
            let is_known = !matches!(status, CommandStatus::Unknown(_));
            assert_eq!(is_known, text != "Hovering");
        }
        let none = CommandStatus::parse("").to_string();
        assert_eq!(none, "in a state that AWS does not say");
    }

    #[test]
    fn the_guides_spelling_is_read_as_well() {
        for (guide, status) in [
            ("Delivery Timed Out", CommandStatus::DeliveryTimedOut),
            ("In Progress", CommandStatus::InProgress),
            ("Canceled", CommandStatus::Cancelled),
            ("Rate Exceeded", CommandStatus::RateExceeded),
            ("LimitExceeded", CommandStatus::RateExceeded),
        ] {
            assert_eq!(CommandStatus::parse(guide), status);
        }
    }

    #[test]
    fn p53_a_time_out_of_the_delivery_says_nothing_about_the_script() {
        assert!(CommandStatus::Failed.was_told_by_the_agent());
        assert!(!CommandStatus::DeliveryTimedOut.was_told_by_the_agent());
    }
}

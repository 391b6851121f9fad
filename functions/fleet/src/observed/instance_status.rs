//! What EC2's status checks say of an instance.

use super::spelled::spelled;
use crate::words::InstanceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Both status checks of an instance that runs, as `DescribeInstanceStatus` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceStatus {
    /// The instance.
    pub instance: InstanceId,
    /// Of what it stands on: power, network and host, which are AWS's to repair.
    pub system: StatusCheck,
    /// Of itself: whether its own system answers.
    pub reachability: StatusCheck,
}

/// One status check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusCheck {
    /// What it says.
    pub status: CheckStatus,
    /// Since when it fails, if EC2 says it (`ImpairedSince`).
    #[serde(default)]
    pub impaired_since: Option<Timestamp>,
}

/// What a status check says (EC2 API reference, `InstanceStatusSummary`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    /// It is passed.
    Ok,
    /// It is failed.
    Impaired,
    /// Nobody knows: no news.
    InsufficientData,
    /// There is nothing to check.
    NotApplicable,
    /// It has just begun.
    Initializing,
    /// A status that AWS added later: no news either.
    Unknown(String),
}

impl CheckStatus {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "ok" => Self::Ok,
            "impaired" => Self::Impaired,
            "insufficient-data" => Self::InsufficientData,
            "not-applicable" => Self::NotApplicable,
            "initializing" => Self::Initializing,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ok => "ok",
            Self::Impaired => "impaired",
            Self::InsufficientData => "insufficient-data",
            Self::NotApplicable => "not-applicable",
            Self::Initializing => "initializing",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(CheckStatus);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_keeps_its_spelling() {
        for text in [
            "ok",
            "impaired",
            "insufficient-data",
            "not-applicable",
            "initializing",
            "later",
        ] {
            assert_eq!(CheckStatus::parse(text).as_str(), text);
        }
        assert_eq!(
            CheckStatus::parse("OK"),
            CheckStatus::Unknown("OK".to_owned())
        );
    }
}

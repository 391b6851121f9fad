//! Requests for Spot Instances.

use super::spelled::spelled;
use crate::words::{InstanceId, SpotRequestId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request for a Spot Instance, as `DescribeSpotInstanceRequests` shows it (F62).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotRequest {
    /// Its id.
    pub id: SpotRequestId,
    /// The instance that was launched for it; none if there is none, or no more.
    pub instance: Option<InstanceId>,
    /// The code of its status.
    pub status: SpotStatus,
    /// Since when it has this status, if EC2 says it.
    pub updated_at: Option<Timestamp>,
}

/// The code of a request's status (EC2 guide, "Spot request status codes").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpotStatus {
    /// Its instance was launched.
    Fulfilled,
    /// Its instance is stopped soon.
    MarkedForStop,
    /// Its instance is terminated soon.
    MarkedForTermination,
    /// `instance-terminated-…`: its instance is terminated, or soon will be (F62).
    Terminated(String),
    /// Any other: it waits, its instance is stopped, or AWS added the code later.
    Other(String),
}

impl SpotStatus {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "fulfilled" => Self::Fulfilled,
            "marked-for-stop" => Self::MarkedForStop,
            "marked-for-termination" => Self::MarkedForTermination,
            other if other.starts_with("instance-terminated-") => {
                Self::Terminated(other.to_owned())
            }
            other => Self::Other(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Fulfilled => "fulfilled",
            Self::MarkedForStop => "marked-for-stop",
            Self::MarkedForTermination => "marked-for-termination",
            Self::Terminated(code) | Self::Other(code) => code,
        }
    }
}

spelled!(SpotStatus);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_spelled_as_aws_does_also_one_that_is_added_later() {
        for (text, ends) in [
            ("fulfilled", false),
            ("marked-for-stop", false),
            ("marked-for-termination", false),
            ("instance-terminated-no-capacity", true),
            ("instance-terminated-by-price", true),
            ("instance-stopped-by-user", false),
            ("pending-evaluation", false),
            ("later", false),
        ] {
            let status = SpotStatus::parse(text);
            assert_eq!(status.as_str(), text);
            assert_eq!(matches!(status, SpotStatus::Terminated(_)), ends, "{text}");
        }
    }
}

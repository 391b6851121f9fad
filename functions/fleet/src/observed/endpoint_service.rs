//! An endpoint service of PrivateLink.

use super::spelled::spelled;
use crate::foreign::clean;
use crate::words::{AzId, AzName, EndpointServiceId, LoadBalancerArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An endpoint service, in AWS's own words (EC2 API reference, `ServiceConfiguration`, where every field
/// may be missing).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointService {
    /// Its id: what its owner asks with.
    pub id: EndpointServiceId,
    /// What a consumer asks for: `com.amazonaws.vpce.<region>.vpce-svc-…`, in China
    /// `cn.com.amazonaws.vpce.…`. Never composed, always AWS's.
    pub name: String,
    /// Its state.
    pub state: ServiceState,
    /// The IDs of the zones that it is available in.
    pub az_ids: BTreeSet<AzId>,
    /// Their names in this account. AWS says either of both, or both.
    pub az_names: BTreeSet<AzName>,
    /// The NLBs behind it.
    pub load_balancers: BTreeSet<LoadBalancerArn>,
    /// Whether somebody must accept each connection.
    pub acceptance_required: Option<bool>,
    /// The Regions from which it can be reached, each with its state there.
    pub regions: BTreeMap<String, ServiceState>,
    /// Its private DNS name, if it has one.
    pub private_dns_name: Option<String>,
}

/// State of an endpoint service (EC2 API reference, `ServiceConfiguration`, field `serviceState`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceState {
    /// Being made.
    Pending,
    /// Consumers can connect.
    Available,
    /// Being deleted.
    Deleting,
    /// Deleted, and still shown.
    Deleted,
    /// Could not be made.
    Failed,
    /// A state that AWS added later, or none.
    Unknown(String),
}

impl ServiceState {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "Pending" => Self::Pending,
            "Available" => Self::Available,
            "Deleting" => Self::Deleting,
            "Deleted" => Self::Deleted,
            "Failed" => Self::Failed,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::Available => "Available",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
            Self::Failed => "Failed",
            Self::Unknown(other) => other,
        }
    }

    /// Whether it is over with the service.
    pub fn is_end(&self) -> bool {
        match self {
            Self::Deleting | Self::Deleted | Self::Failed => true,
            Self::Pending | Self::Available | Self::Unknown(_) => false,
        }
    }
}

spelled!(ServiceState);

impl fmt::Display for ServiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            "" => f.write_str("in a state that AWS does not say"),
            state => f.write_str(&clean(state, 40)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_spelled_as_aws_does_also_one_that_is_added_later() {
        for text in [
            "Pending",
            "Available",
            "Deleting",
            "Deleted",
            "Failed",
            "Paused",
        ] {
            let state = ServiceState::parse(text);
            assert_eq!(state.to_string(), text);
            let is_known = !matches!(state, ServiceState::Unknown(_));
            assert_eq!(is_known, text != "Paused");
        }
    }
}

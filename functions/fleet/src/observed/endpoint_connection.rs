//! A consumer's endpoint, as the owner of the service sees it.

use super::spelled::spelled;
use crate::foreign::clean;
use crate::words::{AccountId, VpcEndpointId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A connection of a VPC endpoint to an endpoint service (EC2 API reference, `VpcEndpointConnection`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointConnection {
    /// The endpoint: what is accepted and rejected.
    pub endpoint: VpcEndpointId,
    /// The account that owns the endpoint.
    pub owner: AccountId,
    /// Its state.
    pub state: ConnectionState,
    /// When the endpoint was made, where AWS says it.
    pub created: Option<Timestamp>,
    /// The Region of the endpoint, where AWS says it.
    pub region: Option<String>,
}

/// State of a VPC endpoint. The EC2 API reference spells it in two ways: the field
/// `vpcEndpointState` of `VpcEndpointConnection` with a capital (`PendingAcceptance`), the filter
/// `vpc-endpoint-state` and every example of an answer without (`pendingAcceptance`). Both are read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionState {
    /// Waits until the owner of the service accepts it.
    PendingAcceptance,
    /// Accepted, and being connected.
    Pending,
    /// Carries traffic.
    Available,
    /// Being deleted by its owner.
    Deleting,
    /// Deleted, and still shown.
    Deleted,
    /// Rejected by the owner of the service.
    Rejected,
    /// Could not be connected.
    Failed,
    /// Nobody accepted it in time.
    Expired,
    /// Connected in a part of its subnets.
    Partial,
    /// A state that AWS added later, or none.
    Unknown(String),
}

impl ConnectionState {
    /// Whether a connection in this state carries traffic, in a part of its subnets at least.
    pub fn carries_traffic(&self) -> bool {
        match self {
            Self::Available | Self::Partial => true,
            Self::PendingAcceptance
            | Self::Pending
            | Self::Deleting
            | Self::Deleted
            | Self::Rejected
            | Self::Failed
            | Self::Expired
            | Self::Unknown(_) => false,
        }
    }

    /// Whether a connection in this state waits to be accepted, or is accepted and about to carry traffic.
    pub fn comes(&self) -> bool {
        match self {
            Self::PendingAcceptance | Self::Pending => true,
            Self::Available
            | Self::Partial
            | Self::Deleting
            | Self::Deleted
            | Self::Rejected
            | Self::Failed
            | Self::Expired
            | Self::Unknown(_) => false,
        }
    }

    /// Whether nobody can accept a connection in this state, and its endpoint is still there.
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Rejected | Self::Expired | Self::Failed => true,
            Self::PendingAcceptance
            | Self::Pending
            | Self::Available
            | Self::Partial
            | Self::Deleting
            | Self::Deleted
            | Self::Unknown(_) => false,
        }
    }

    /// Reads either of the API's spellings.
    pub fn parse(text: &str) -> Self {
        match text {
            "pendingAcceptance" | "PendingAcceptance" => Self::PendingAcceptance,
            "pending" | "Pending" => Self::Pending,
            "available" | "Available" => Self::Available,
            "deleting" | "Deleting" => Self::Deleting,
            "deleted" | "Deleted" => Self::Deleted,
            "rejected" | "Rejected" => Self::Rejected,
            "failed" | "Failed" => Self::Failed,
            "expired" | "Expired" => Self::Expired,
            "partial" | "Partial" => Self::Partial,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The spelling of AWS's answers.
    pub fn as_str(&self) -> &str {
        match self {
            Self::PendingAcceptance => "pendingAcceptance",
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Partial => "partial",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(ConnectionState);

impl fmt::Display for ConnectionState {
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
    fn a_state_is_read_in_both_spellings_and_one_that_is_added_later_is_kept() {
        for text in [
            "pendingAcceptance",
            "pending",
            "available",
            "deleting",
            "deleted",
            "rejected",
            "failed",
            "expired",
            "partial",
        ] {
            let state = ConnectionState::parse(text);
            assert!(!matches!(state, ConnectionState::Unknown(_)), "{text}");
            assert_eq!(state.to_string(), text);
            let (first, rest) = text.split_at(1);
            let capital = format!("{}{rest}", first.to_uppercase());
            assert_eq!(ConnectionState::parse(&capital), state);
        }
        let later = ConnectionState::parse("paused");
        assert_eq!(later, ConnectionState::Unknown("paused".to_owned()));
        assert_eq!(later.to_string(), "paused");
        let none = ConnectionState::parse("").to_string();
        assert_eq!(none, "in a state that AWS does not say");
    }

    #[test]
    fn a_state_carries_traffic_or_is_lost_or_neither() {
        for (text, carries, is_lost) in [
            ("available", true, false),
            ("partial", true, false),
            ("rejected", false, true),
            ("expired", false, true),
            ("failed", false, true),
            ("pendingAcceptance", false, false),
            ("pending", false, false),
            ("deleting", false, false),
            ("deleted", false, false),
            ("paused", false, false),
        ] {
            let state = ConnectionState::parse(text);
            assert_eq!(state.carries_traffic(), carries, "{text}");
            assert_eq!(state.is_lost(), is_lost, "{text}");
        }
    }

    #[test]
    fn a_connection_is_the_same_after_it_was_saved() {
        let connection = EndpointConnection {
            endpoint: "vpce-1".into(),
            owner: "012345678901".into(),
            state: ConnectionState::PendingAcceptance,
            created: Some("2025-01-01T00:00:00Z".parse().expect("a time")),
            region: None,
        };
        let json = serde_json::to_string(&connection).expect("json");
        assert!(json.contains("\"state\":\"pendingAcceptance\""), "{json}");
        assert_eq!(
            serde_json::from_str::<EndpointConnection>(&json).expect("a connection"),
            connection
        );
    }
}

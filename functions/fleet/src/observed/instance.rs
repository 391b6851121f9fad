//! EC2 instances and their states.

use super::spelled::spelled;
use crate::tags::Tags;
use crate::words::{AzId, AzName, InstanceId, VpcId};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// An EC2 instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its state.
    pub state: InstanceState,
    /// The Availability Zone ID of its placement.
    pub az_id: Option<AzId>,
    /// The Availability Zone name of its placement.
    pub az_name: Option<AzName>,
    /// Its VPC; none once it is terminated.
    pub vpc: Option<VpcId>,
    /// Its primary private address; none once it is terminated.
    pub private_ip: Option<Ipv4Addr>,
    /// Its tags.
    pub tags: Tags,
}

/// State of an EC2 instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstanceState {
    /// Being launched or started.
    Pending,
    /// Running: the only state in which a target can be registered (P-30).
    Running,
    /// Being stopped.
    Stopping,
    /// Stopped; may be started again under the same id (P-27).
    Stopped,
    /// Being terminated: there is no way back.
    ShuttingDown,
    /// Terminated.
    Terminated,
    /// A state that AWS added later: taken as live, since nothing is removed on a guess.
    Unknown(String),
}

impl InstanceState {
    /// Reads the API's spelling; whole words only.
    pub fn parse(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "running" => Self::Running,
            "stopping" => Self::Stopping,
            "stopped" => Self::Stopped,
            "shutting-down" => Self::ShuttingDown,
            "terminated" => Self::Terminated,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Unknown(other) => other,
        }
    }

    /// Whether the instance is gone for good. Terminal states never change back, so a read that
    /// shows one cannot be stale in a harmful way (P-15).
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::ShuttingDown | Self::Terminated => true,
            Self::Pending | Self::Running | Self::Stopping | Self::Stopped | Self::Unknown(_) => {
                false
            }
        }
    }
}

spelled!(InstanceState);

//! EC2 instances and their states.

use super::spelled::spelled;
use crate::tags::{self, Tags};
use crate::words::{AzId, AzName, InstanceId, SpotRequestId, VolumeId, VpcId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// The volumes that are attached to it, and whether each is deleted when it is terminated
    /// (`DeleteOnTermination`). Records of older releases do not have them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<VolumeId, bool>,
    /// The request that it was launched for, if it is a Spot Instance (F62). Records of older releases do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_request: Option<SpotRequestId>,
}

impl Instance {
    /// The volume of its data, which comes back without it: the tag `kafka-privatelink:keeps-disk` names one that is
    /// attached, and that is not deleted when the instance is terminated. The error is why none does.
    pub fn kept_volume(&self) -> Result<VolumeId, NotKept> {
        let named = self.tags.get(tags::KEEPS_DISK).ok_or(NotKept::Unnamed)?;
        let volume = VolumeId::new(named.trim());
        match self.volumes.get(&volume) {
            None => Err(NotKept::Detached(volume)),
            Some(true) => Err(NotKept::Deleted(volume)),
            Some(false) => Ok(volume),
        }
    }

    /// Whether a tag has the instance's own ID: any other value was copied from another one, and says nothing.
    pub fn is_marked(&self, key: &str) -> bool {
        let value = self.tags.get(key);
        value.is_some_and(|value| value.trim() == self.id.as_str())
    }
}

/// Why the volume of an instance's data does not come back without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// Nobody named it.
    Unnamed,
    /// The named one is not attached.
    Detached(VolumeId),
    /// The named one is deleted with the instance.
    Deleted(VolumeId),
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

//! The requests that we ever send, and ranges of their versions.

use kafka_protocol::protocol::VersionRange;
use std::fmt;

/// A request of the Kafka protocol that this crate sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Brokers, topics, cluster id. Controller listeners offer none.
    Metadata,
    /// Which mechanism we want to authenticate by.
    SaslHandshake,
    /// What every connection begins with.
    ApiVersions,
    /// Values of a broker or of topics, with where they come from.
    DescribeConfigs,
    /// What lies on a broker's disks.
    DescribeLogDirs,
    /// One message of an authentication.
    SaslAuthenticate,
    /// Partitions that move.
    ListPartitionReassignments,
    /// Voters and observers of the metadata quorum (KRaft only).
    DescribeQuorum,
    /// Brokers, fenced ones included.
    DescribeCluster,
}

impl Api {
    /// The key of the protocol.
    pub const fn key(self) -> i16 {
        match self {
            Self::Metadata => 3,
            Self::SaslHandshake => 17,
            Self::ApiVersions => 18,
            Self::DescribeConfigs => 32,
            Self::DescribeLogDirs => 35,
            Self::SaslAuthenticate => 36,
            Self::ListPartitionReassignments => 46,
            Self::DescribeQuorum => 55,
            Self::DescribeCluster => 60,
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Versions of a request, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub min: i16,
    /// The newest.
    pub max: i16,
}

impl Versions {
    /// The newest version that both know.
    pub fn newest_common(self, other: Self) -> Option<i16> {
        let newest = self.max.min(other.max);
        (newest >= self.min.max(other.min)).then_some(newest)
    }
}

impl From<VersionRange> for Versions {
    fn from(range: VersionRange) -> Self {
        Self {
            min: range.min,
            max: range.max,
        }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{} to v{}", self.min, self.max)
    }
}

//! What heal-brokers is about: one cluster, one probe.

use activation::environment::{self, EnvironmentError};
use fleet::words::{ClusterName, FunctionName};

/// What a stack is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The cluster that it serves.
    pub cluster: ClusterName,
    /// probe-brokers of the same stack.
    pub probe: FunctionName,
}

impl Scope {
    /// Reads `CLUSTER` and `PROBE_FUNCTION` by `get`.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let example = "kafka-privatelink-orders-probe-brokers";
        let probe = environment::required(&get, "PROBE_FUNCTION", example)?;
        Ok(Self {
            cluster: environment::cluster(&get)?,
            probe: FunctionName::new(probe),
        })
    }
}

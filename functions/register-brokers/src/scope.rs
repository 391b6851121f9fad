//! What register-brokers is about: one cluster, one NLB, one probe.

use activation::environment::{self, EnvironmentError};
use fleet::words::{ClusterName, FunctionName, LoadBalancerArn};

/// What a stack is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The cluster that it serves.
    pub cluster: ClusterName,
    /// The NLB of its endpoint service.
    pub load_balancer: LoadBalancerArn,
    /// probe-brokers of the same stack.
    pub probe: FunctionName,
}

impl Scope {
    /// Reads `CLUSTER`, `LOAD_BALANCER_ARN` and `PROBE_FUNCTION` by `get`.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let example = "kafka-privatelink-orders-probe-brokers";
        let probe = environment::required(&get, "PROBE_FUNCTION", example)?;
        Ok(Self {
            cluster: environment::cluster(&get)?,
            load_balancer: environment::load_balancer(&get)?,
            probe: FunctionName::new(probe),
        })
    }
}

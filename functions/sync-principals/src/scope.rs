//! What sync-principals is about: one cluster, one NLB.

use activation::environment::{self, EnvironmentError};
use fleet::words::{ClusterName, LoadBalancerArn};

/// What a stack is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The cluster that it serves.
    pub cluster: ClusterName,
    /// The NLB of its endpoint service.
    pub load_balancer: LoadBalancerArn,
}

impl Scope {
    /// Reads `CLUSTER` and `LOAD_BALANCER_ARN` by `get`.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        Ok(Self {
            cluster: environment::cluster(&get)?,
            load_balancer: environment::load_balancer(&get)?,
        })
    }
}

//! What a stack is about: one cluster, one NLB.

use fleet::words::{ClusterName, LoadBalancerArn};

/// What this stack is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The cluster that it serves.
    pub cluster: ClusterName,
    /// The NLB of its endpoint service.
    pub load_balancer: LoadBalancerArn,
}

//! What a stack is about: one cluster, one NLB, one probe.

use fleet::words::{ClusterName, FunctionName, LoadBalancerArn};

/// What this stack is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The cluster that it serves.
    pub cluster: ClusterName,
    /// The NLB of its endpoint service.
    pub load_balancer: LoadBalancerArn,
    /// probe-brokers of the same stack.
    pub probe: FunctionName,
}

//! What sync-principals saw, and what one look leaves in doubt.

use fleet::observed::{
    EndpointConnection, EndpointService, Gap, IngressRule, LoadBalancer, Parameter, Seen,
    ServicePermission, TargetGroup, TargetHealth,
};
use fleet::words::{ClusterName, LoadBalancerArn, TargetGroupArn, VpcEndpointId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything one run saw. The plan is a pure function of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// AWS's time: the `Date` header of its first answer.
    #[serde(with = "fleet::observed::seen")]
    pub now: Seen<Timestamp>,
    /// The cluster that this stack serves.
    pub cluster: ClusterName,
    /// The NLB that this stack is about.
    pub load_balancer_arn: LoadBalancerArn,
    /// All parameters below `/kafka-privatelink/<cluster>/`.
    #[serde(with = "fleet::observed::seen")]
    pub parameters: Seen<Vec<Parameter>>,
    /// The NLB; `None` when AWS says that there is no such load balancer.
    #[serde(with = "fleet::observed::seen")]
    pub load_balancer: Seen<Option<LoadBalancer>>,
    /// The account's endpoint services in this Region.
    #[serde(with = "fleet::observed::seen")]
    pub endpoint_services: Seen<Vec<EndpointService>>,
    /// Who may connect to the endpoint service of the NLB; nobody, if it has none or several.
    #[serde(with = "fleet::observed::seen")]
    pub permissions: Seen<Vec<ServicePermission>>,
    /// Who asks for a connection to it, or has one.
    #[serde(with = "fleet::observed::seen")]
    pub connections: Seen<Vec<EndpointConnection>>,
    /// What the NLB's security groups let in; nothing, if it has none.
    #[serde(with = "fleet::observed::seen")]
    pub rules: Seen<Vec<IngressRule>>,
    /// All target groups whose name has the prefix of this cluster.
    #[serde(with = "fleet::observed::seen")]
    pub target_groups: Seen<Vec<TargetGroup>>,
    /// Targets of the bootstrap of each listener group.
    #[serde(with = "fleet::observed::seen::each")]
    pub health: BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
}

impl Observed {
    /// Everything that could not be read.
    pub fn gaps(&self) -> Vec<Gap> {
        let single = [
            self.now.as_ref().err(),
            self.parameters.as_ref().err(),
            self.load_balancer.as_ref().err(),
            self.endpoint_services.as_ref().err(),
            self.permissions.as_ref().err(),
            self.connections.as_ref().err(),
            self.rules.as_ref().err(),
            self.target_groups.as_ref().err(),
        ];
        let health = self.health.values().filter_map(|seen| seen.as_ref().err());
        let gaps: BTreeSet<&Gap> = single.into_iter().flatten().chain(health).collect();
        gaps.into_iter().cloned().collect()
    }
}

/// Something that takes away; one read is not evidence enough (P-15).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Principals of one account lose their permission.
    Removal {
        /// When the list was written that they are off.
        list: Timestamp,
        /// Who; all of those that nobody can tell the accounts of are one.
        who: BTreeSet<String>,
        /// Another permission of the account stands.
        is_allowed: bool,
        /// Nobody else of the account stays allowed, so its connections are rejected.
        is_last: bool,
        /// It has connections that carry traffic, or may.
        is_connected: bool,
        /// The connections that are rejected; a second look may show others.
        endpoints: BTreeSet<VpcEndpointId>,
    },
}

impl Doubt {
    /// When the newest list was written that these are about.
    pub(crate) fn newest_list(doubts: &BTreeSet<Self>) -> Option<Timestamp> {
        doubts.iter().map(|Self::Removal { list, .. }| *list).max()
    }
}

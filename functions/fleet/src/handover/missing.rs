//! Why a group that is whole is not handed over: what AWS's own answer lacks.

use super::LONGEST;
use crate::foreign::clean;
use crate::observed::ServiceState;
use crate::proof;
use crate::words::{AzId, AzName, LoadBalancerArn, NodeId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is missing for a hand-over, in a sentence that names it and the way out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// No endpoint service has the NLB.
    Service(LoadBalancerArn),
    /// Several have it, which AWS does not allow (F18).
    OneService(LoadBalancerArn, BTreeSet<String>),
    /// The service cannot be connected to.
    Available(String, ServiceState),
    /// The service has further load balancers.
    Alone(String, BTreeSet<LoadBalancerArn>),
    /// AWS names no zone of the service.
    Zones(String),
    /// AWS names zones of the service without their IDs, and nothing tells them.
    ZoneIds(String, BTreeSet<AzName>),
    /// Brokers stand in zones that the service is not available in.
    Coverage(String, BTreeMap<AzId, BTreeSet<NodeId>>),
    /// A parameter cannot hold it; its bytes.
    Room(usize),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(nlb) => write!(
                f,
                "no endpoint service of this account and Region has {nlb}; deploy infra/privatelink.yaml, or make one"
            ),
            Self::OneService(nlb, names) => write!(
                f,
                "endpoint services {} all have {nlb}, and nobody can tell which is right; take it off all but one",
                list(names)
            ),
            Self::Available(name, state) if state.is_end() => write!(
                f,
                "endpoint service {} is {state}; make another one for the NLB",
                shown(name)
            ),
            Self::Available(name, state) => write!(
                f,
                "endpoint service {} is {state}; it is handed over when it is Available",
                shown(name)
            ),
            Self::Alone(name, others) => write!(
                f,
                "endpoint service {} has further load balancers, {}, and AWS connects each endpoint to any one of them, so that ports would lead elsewhere; take them off it, and give them a service of their own",
                shown(name),
                list(others)
            ),
            Self::Zones(name) => write!(
                f,
                "AWS names no Availability Zone of endpoint service {}; it is handed over when it does: look at the zones of its load balancer",
                shown(name)
            ),
            Self::ZoneIds(name, zones) => write!(
                f,
                "AWS does not say the AZ ID of {}, where endpoint service {} is available, and no instance of this cluster stands there to tell it; wait until either is so, or take the zone off the NLB",
                list(zones),
                shown(name)
            ),
            Self::Coverage(name, zones) => {
                write!(f, "endpoint service {} is not available in ", shown(name))?;
                let zones = zones
                    .iter()
                    .map(|(az, nodes)| format!("{az} ({})", proof::brokers(nodes)));
                let zones: Vec<String> = zones.collect();
                write!(
                    f,
                    "{}; add a subnet of the zone to the NLB, or move them",
                    zones.join(", ")
                )
            }
            Self::Room(length) => write!(
                f,
                "it has {length} bytes, more than the {LONGEST} that a parameter holds; shorten the names of the endpoint service"
            ),
        }
    }
}

fn shown(name: &str) -> String {
    clean(name, 100)
}

fn list<T: fmt::Display>(all: &BTreeSet<T>) -> String {
    let all: Vec<String> = all.iter().map(|one| clean(&one.to_string(), 160)).collect();
    all.join(", ")
}

//! The NLB: whether it is there, is one, and stands where the brokers are.

use super::station::{Finding, Station};
use super::walker::{Walker, unread};
use crate::held::Held;
use fleet::words::AzName;

pub(super) fn check(walker: &Walker<'_>) -> Finding {
    let observed = walker.sight.observed;
    let arn = &observed.load_balancer_arn;
    let found = match &observed.load_balancer {
        Ok(Some(found)) => found,
        Ok(None) => {
            return Finding::wrong(
                "it is not there",
                Held::NoLoadBalancer(arn.clone()).to_string(),
            );
        }
        Err(gap) => return unread(gap),
    };
    if found.kind != "network" {
        let held = Held::NotNetwork(arn.clone(), found.kind.clone());
        return Finding::wrong("it is of another type", held.to_string());
    }
    if let Some(held) = walker.held(Station::LoadBalancer) {
        return Finding::wrong("a broker does not stand behind it", held);
    }
    match &observed.nodes {
        Ok(nodes) if nodes.is_empty() => Finding::wrong(
            "it has no network interface yet",
            "wait until the NLB is active, and ask again",
        ),
        Ok(_) => {
            let zones: Vec<&str> = found.zones.iter().map(AzName::as_str).collect();
            Finding::well(format!("it stands in {}", zones.join(", ")))
        }
        Err(gap) => unread(gap),
    }
}

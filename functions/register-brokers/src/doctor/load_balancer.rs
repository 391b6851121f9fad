//! The NLB: whether it is there, is one, and stands where the brokers are.

use super::station::{Finding, Station};
use super::walker::Walker;
use crate::held::Held;
use fleet::words::AzName;

pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let observed = walker.sight.observed;
    let arn = &observed.load_balancer_arn;
    let found = observed.load_balancer.as_ref()?.as_ref();
    let found = found.ok_or_else(|| {
        let held = Held::NoLoadBalancer(arn.clone());
        Finding::wrong("it is not there", held.to_string())
    })?;
    if found.kind != "network" {
        let held = Held::NotNetwork(arn.clone(), found.kind.clone());
        return Err(Finding::wrong("it is of another type", held.to_string()));
    }
    walker.unless_held(Station::LoadBalancer, "a broker does not stand behind it")?;
    if observed.nodes.as_ref()?.is_empty() {
        return Err(Finding::wrong(
            "it has no network interface yet",
            "wait until the NLB is active, and ask again",
        ));
    }
    let zones: Vec<&str> = found.zones.iter().map(AzName::as_str).collect();
    Ok(format!("it stands in {}", zones.join(", ")))
}

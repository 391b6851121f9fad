//! The endpoint service, and who may connect to it.

use super::station::{Finding, Station};
use super::walker::Walker;
use crate::plan::endpoint_service;
use fleet::foreign::clean;
use fleet::service::{Found, account_of, service_of};
use fleet::tags;
use fleet::words::AzId;

/// So many principals are named.
const TOLD: usize = 3;

/// Whether one stands on the NLB, alone, available, and reaches each broker's zone.
pub(super) fn check(walker: &Walker<'_>) -> Result<String, Finding> {
    let observed = walker.sight.observed;
    let services = observed.endpoint_services.as_ref()?;
    let service = endpoint_service(observed, services);
    let (service, zones) = service
        .map_err(|missing| Finding::wrong("none can be connected to", missing.to_string()))?;
    walker.unless_held(Station::Service, "it does not reach each broker")?;
    let zones: Vec<&str> = zones.iter().map(AzId::as_str).collect();
    let name = clean(&service.name, 100);
    Ok(format!("{name} is available in {}", zones.join(", ")))
}

/// Whether anybody may connect.
pub(super) fn principals(walker: &Walker<'_>) -> Result<String, Finding> {
    let permissions = walker.sight.access.permissions.as_ref();
    let permissions = permissions.map_err(|gap| match gap.is_denied() {
        true => Finding::unknown(
            format!("{} could not be read: {}", gap.read, gap.reason),
            tag_the_service(walker),
        ),
        false => Finding::from(gap),
    })?;
    if permissions.is_empty() {
        return Err(Finding::wrong("nobody may connect", list(walker)));
    }
    let named = permissions.iter().take(TOLD);
    let named: Vec<String> = named.map(|it| briefly(&it.principal)).collect();
    let more = permissions.len().saturating_sub(TOLD);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    Ok(format!("{}{more} may connect", named.join(", ")))
}

/// All of an account by its ID, anybody else as AWS writes it.
fn briefly(principal: &str) -> String {
    match account_of(principal).filter(|_| principal.ends_with(":root")) {
        Some(account) => format!("account {account}"),
        None => clean(principal, 120),
    }
}

/// The role reaches only a service that has the cluster's tag.
fn tag_the_service(walker: &Walker<'_>) -> String {
    let observed = walker.sight.observed;
    let services = observed.endpoint_services.as_deref().unwrap_or_default();
    let id = match service_of(services, &observed.load_balancer_arn) {
        Found::One(service) | Found::Over(service) => service.id.as_str(),
        Found::None | Found::Several(_) => "vpce-svc-…",
    };
    format!(
        "see that the endpoint service has the cluster's tag, without which nobody may read that: aws ec2 create-tags --resources {id} --tags Key={},Value={}",
        tags::CLUSTER,
        observed.cluster
    )
}

fn list(walker: &Walker<'_>) -> String {
    let sight = walker.sight;
    if let Err(gap) = &sight.observed.parameters {
        return format!(
            "see whether {} lists the consumer's account: {} could not be read: {}",
            sight.name_of("principals"),
            gap.read,
            gap.reason
        );
    }
    match (sight.paused(), sight.parameter("principals")) {
        (Some(paused), Some(_)) => paused,
        (_, Some(_)) => format!(
            "see that {} lists the consumer's account, and what sync-principals says of it: {}",
            sight.name_of("principals"),
            sight.report_of("sync-principals")
        ),
        (_, None) => format!(
            "list the consumer's account: {}",
            sight.put("principals", "<account>")
        ),
    }
}

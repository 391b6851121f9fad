//! Which endpoint service stands on the NLB.

use fleet::observed::{EndpointService, ServiceState};
use fleet::words::LoadBalancerArn;

/// The endpoint services of one NLB.
pub enum Found<'a> {
    /// None.
    None,
    /// The one that is right.
    One(&'a EndpointService),
    /// One that nobody can connect to.
    Over(&'a EndpointService),
    /// Several that could be right.
    Several(Vec<&'a EndpointService>),
}

/// Finds the service of an NLB: AWS lets an NLB serve one at most (F18), and shows one that is over for a
/// while beside its successor.
pub fn service_of<'a>(
    services: &'a [EndpointService],
    load_balancer: &LoadBalancerArn,
) -> Found<'a> {
    let ours = services.iter();
    let ours = ours.filter(|service| service.load_balancers.contains(load_balancer));
    let (over, live): (Vec<_>, Vec<_>) = ours.partition(|service| is_over(&service.state));
    match (&live[..], &over[..]) {
        ([one], _) => Found::One(one),
        ([], [over, ..]) => Found::Over(over),
        ([], []) => Found::None,
        (several, _) => Found::Several(several.to_vec()),
    }
}

/// Whether nobody can connect to a service in this state; of one that AWS added later nobody knows.
fn is_over(state: &ServiceState) -> bool {
    match state {
        ServiceState::Available | ServiceState::Unknown(_) => false,
        ServiceState::Pending
        | ServiceState::Deleting
        | ServiceState::Deleted
        | ServiceState::Failed => true,
    }
}

//! The NLB and its nodes.

use crate::Scope;
use cloud::call::Call;
use cloud::calls::Reads;
use cloud::error::ErrorKind;
use cloud::eyes::{Eyes, gap};
use fleet::observed::{LoadBalancer, LoadBalancerNode, Seen};

/// The NLB, and then its nodes, which stand in its VPC.
pub(super) async fn load_balancer_and_nodes<A: Reads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
) -> (Seen<Option<LoadBalancer>>, Seen<Vec<LoadBalancerNode>>) {
    let load_balancer = load_balancer(eyes, scope).await;
    let nodes = match &load_balancer {
        Ok(Some(load_balancer)) => nodes(eyes, load_balancer).await,
        Ok(None) => Ok(Vec::new()),
        Err(gap) => Err(gap.clone()),
    };
    (load_balancer, nodes)
}

async fn load_balancer<A: Reads>(eyes: &Eyes<'_, A>, scope: &Scope) -> Seen<Option<LoadBalancer>> {
    let arn = &scope.load_balancer;
    let call = Call::DescribeLoadBalancers;
    let answer = eyes
        .call(call, || eyes.aws().describe_load_balancer(arn))
        .await;
    match answer {
        Ok(load_balancer) => Ok(Some(load_balancer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(gap(call, "", &error)),
    }
}

async fn nodes<A: Reads>(
    eyes: &Eyes<'_, A>,
    load_balancer: &LoadBalancer,
) -> Seen<Vec<LoadBalancerNode>> {
    eyes.pages(Call::DescribeNetworkInterfaces, |page| {
        eyes.aws().describe_network_interfaces(load_balancer, page)
    })
    .await
}

//! The NLB and its nodes.

use crate::Scope;
use cloud::call::Call;
use cloud::calls::Reads;
use cloud::eyes::Eyes;
use fleet::observed::{LoadBalancer, LoadBalancerNode, Seen};

/// The NLB, and then its nodes, which stand in its VPC.
pub(super) async fn load_balancer_and_nodes<A: Reads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
) -> (Seen<Option<LoadBalancer>>, Seen<Vec<LoadBalancerNode>>) {
    let load_balancer = eyes.load_balancer(&scope.load_balancer).await;
    let nodes = match &load_balancer {
        Ok(Some(load_balancer)) => nodes(eyes, load_balancer).await,
        Ok(None) => Ok(Vec::new()),
        Err(gap) => Err(gap.clone()),
    };
    (load_balancer, nodes)
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

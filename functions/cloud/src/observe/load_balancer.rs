//! The NLB and its nodes.

use crate::call::Call;
use crate::calls::Reads;
use crate::error::ErrorKind;
use crate::eyes::{Eyes, gap};
use fleet::observed::{LoadBalancer, LoadBalancerNode, Seen};

impl<A: Reads> Eyes<'_, A> {
    /// The NLB, and then its nodes, which stand in its VPC.
    pub(super) async fn load_balancer_and_nodes(
        &self,
    ) -> (Seen<Option<LoadBalancer>>, Seen<Vec<LoadBalancerNode>>) {
        let load_balancer = self.load_balancer().await;
        let nodes = match &load_balancer {
            Ok(Some(load_balancer)) => self.nodes(load_balancer).await,
            Ok(None) => Ok(Vec::new()),
            Err(gap) => Err(gap.clone()),
        };
        (load_balancer, nodes)
    }

    async fn load_balancer(&self) -> Seen<Option<LoadBalancer>> {
        let arn = &self.scope.load_balancer;
        let call = Call::DescribeLoadBalancers;
        let answer = self
            .call(call, || self.aws.describe_load_balancer(arn))
            .await;
        match answer {
            Ok(load_balancer) => Ok(Some(load_balancer)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(gap(call, "", &error)),
        }
    }

    async fn nodes(&self, load_balancer: &LoadBalancer) -> Seen<Vec<LoadBalancerNode>> {
        self.pages(Call::DescribeNetworkInterfaces, |page| {
            self.aws.describe_network_interfaces(load_balancer, page)
        })
        .await
    }
}

//! The load balancer of a stack.

use super::{Eyes, gap};
use crate::call::Call;
use crate::calls::Reads;
use crate::error::ErrorKind;
use fleet::observed::{LoadBalancer, Seen};
use fleet::words::LoadBalancerArn;

impl<A: Reads> Eyes<'_, A> {
    /// The load balancer of this ARN; none if AWS says that there is none, which is no gap.
    pub async fn load_balancer(&self, arn: &LoadBalancerArn) -> Seen<Option<LoadBalancer>> {
        let call = Call::DescribeLoadBalancers;
        let answer = self
            .call(call, || self.aws().describe_load_balancer(arn))
            .await;
        match answer {
            Ok(load_balancer) => Ok(Some(load_balancer)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(gap(call, "", &error)),
        }
    }
}

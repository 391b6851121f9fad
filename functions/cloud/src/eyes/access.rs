//! Who may connect to an endpoint service, who does, and whom the NLB's security groups let in.

use super::Eyes;
use crate::call::Call;
use crate::calls::Reads;
use fleet::observed::{
    EndpointConnection, EndpointService, IngressRule, LoadBalancer, Seen, ServicePermission,
};
use fleet::service::{Found, service_of};
use fleet::words::{LoadBalancerArn, SecurityGroupId};

impl<A: Reads> Eyes<'_, A> {
    /// Who may connect to the endpoint service of an NLB, and who asks for a connection or has one. Nobody, if
    /// it has none or several; a gap, if the services are one.
    pub async fn access(
        &self,
        services: &Seen<Vec<EndpointService>>,
        load_balancer: &LoadBalancerArn,
    ) -> (Seen<Vec<ServicePermission>>, Seen<Vec<EndpointConnection>>) {
        let services = match services {
            Ok(services) => services,
            Err(gap) => return (Err(gap.clone()), Err(gap.clone())),
        };
        let Found::One(service) = service_of(services, load_balancer) else {
            return (Ok(Vec::new()), Ok(Vec::new()));
        };
        let aws = self.aws();
        tokio::join!(
            self.pages(Call::DescribeVpcEndpointServicePermissions, |page| aws
                .describe_service_permissions(&service.id, page)),
            self.pages(Call::DescribeVpcEndpointConnections, |page| aws
                .describe_endpoint_connections(&service.id, page)),
        )
    }

    /// What the security groups of an NLB let in; nothing, if there is no NLB or it has none.
    pub async fn ingress(
        &self,
        load_balancer: &Seen<Option<LoadBalancer>>,
    ) -> Seen<Vec<IngressRule>> {
        let found = load_balancer.as_ref().map_err(Clone::clone)?;
        let groups = found.iter().flat_map(|found| &found.security_groups);
        let groups: Vec<SecurityGroupId> = groups.cloned().collect();
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        self.pages(Call::DescribeSecurityGroupRules, |page| {
            self.aws().describe_security_group_rules(&groups, page)
        })
        .await
    }
}

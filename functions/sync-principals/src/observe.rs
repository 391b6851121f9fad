//! Observe: reads only, and only for a while. A read that fails becomes a gap.

use crate::observed::Observed;
use crate::scope::Scope;
use cloud::call::Call;
use cloud::calls::Reads;
use cloud::eyes::Eyes;
use cloud::pacing::Paced;
use fleet::ledger::Ledger;
use fleet::naming::Owner;
use fleet::observed::{
    EndpointConnection, EndpointService, Gap, IngressRule, LoadBalancer, Seen, ServicePermission,
    TargetGroup, TargetHealth,
};
use fleet::service::{Found, service_of};
use fleet::wishes::parameter_path;
use fleet::words::{SecurityGroupId, TargetGroupArn};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Reads everything that a plan needs: the endpoint service, then who may connect to it and who does;
/// the NLB, then what its security groups let in; the target groups, then the health of bootstraps; all
/// of it side by side. Seven calls, one for each listener group, and one for each 20 target groups, when
/// nothing needs a second page.
pub async fn observe<A: Reads>(paced: Paced<'_, A>, scope: &Scope, until: Instant) -> Observed {
    let eyes = &Eyes::of_run(paced, until);
    let path = parameter_path(&scope.cluster);
    let (parameters, service, load_balancer, bootstraps) = tokio::join!(
        eyes.pages(Call::GetParametersByPath, |page| eyes
            .aws()
            .get_parameters_by_path(&path, page)),
        service(eyes, scope),
        load_balancer(eyes, scope),
        bootstraps(eyes, scope),
    );
    let (endpoint_services, permissions, connections) = service;
    let (load_balancer, rules) = load_balancer;
    let (target_groups, health) = bootstraps;
    Observed {
        now: paced.now(),
        cluster: scope.cluster.clone(),
        load_balancer_arn: scope.load_balancer.clone(),
        parameters,
        load_balancer,
        endpoint_services,
        permissions,
        connections,
        rules,
        target_groups,
        health,
    }
}

type Service = (
    Seen<Vec<EndpointService>>,
    Seen<Vec<ServicePermission>>,
    Seen<Vec<EndpointConnection>>,
);

async fn service<A: Reads>(eyes: &Eyes<'_, A>, scope: &Scope) -> Service {
    let aws = eyes.aws();
    let services = eyes
        .pages(Call::DescribeVpcEndpointServiceConfigurations, |page| {
            aws.describe_endpoint_services(page)
        })
        .await;
    let nothing = |gap: Option<Gap>| match gap {
        Some(gap) => (Err(gap.clone()), Err(gap)),
        None => (Ok(Vec::new()), Ok(Vec::new())),
    };
    let (permissions, connections) = match &services {
        Err(gap) => nothing(Some(gap.clone())),
        Ok(services) => match service_of(services, &scope.load_balancer) {
            Found::One(service) => tokio::join!(
                eyes.pages(Call::DescribeVpcEndpointServicePermissions, |page| aws
                    .describe_service_permissions(&service.id, page)),
                eyes.pages(Call::DescribeVpcEndpointConnections, |page| aws
                    .describe_endpoint_connections(&service.id, page)),
            ),
            Found::None | Found::Over(_) | Found::Several(_) => nothing(None),
        },
    };
    (services, permissions, connections)
}

async fn load_balancer<A: Reads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
) -> (Seen<Option<LoadBalancer>>, Seen<Vec<IngressRule>>) {
    let load_balancer = eyes.load_balancer(&scope.load_balancer).await;
    let groups: Vec<SecurityGroupId> = match &load_balancer {
        Ok(Some(load_balancer)) => load_balancer.security_groups.iter().cloned().collect(),
        Ok(None) => Vec::new(),
        Err(gap) => return (load_balancer.clone(), Err(gap.clone())),
    };
    if groups.is_empty() {
        return (load_balancer, Ok(Vec::new()));
    }
    let rules = eyes
        .pages(Call::DescribeSecurityGroupRules, |page| {
            eyes.aws().describe_security_group_rules(&groups, page)
        })
        .await;
    (load_balancer, rules)
}

type Health = BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>;

async fn bootstraps<A: Reads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
) -> (Seen<Vec<TargetGroup>>, Health) {
    let aws = eyes.aws();
    let groups = eyes.target_groups(&scope.cluster).await;
    let ledger = Ledger::read(&scope.cluster, groups.as_deref().unwrap_or_default());
    let bootstraps = ledger.entries.values();
    let bootstraps: Vec<_> = bootstraps
        .filter(|entry| entry.owner == Owner::Bootstrap)
        .collect();
    let health = eyes
        .each(&bootstraps, |entry| {
            eyes.one(Call::DescribeTargetHealth, entry.name.as_str(), || {
                aws.describe_target_health(&entry.arn)
            })
        })
        .await;
    let arns = bootstraps.iter().map(|entry| entry.arn.clone());
    let health = arns.zip(health).collect();
    (groups, health)
}

#[cfg(test)]
mod tests;

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
    EndpointConnection, EndpointService, IngressRule, LoadBalancer, Seen, ServicePermission,
    TargetGroup, TargetHealth,
};
use fleet::wishes::parameter_path;
use fleet::words::TargetGroupArn;
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
    let (permissions, connections) = eyes.access(&services, &scope.load_balancer).await;
    (services, permissions, connections)
}

async fn load_balancer<A: Reads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
) -> (Seen<Option<LoadBalancer>>, Seen<Vec<IngressRule>>) {
    let load_balancer = eyes.load_balancer(&scope.load_balancer).await;
    let rules = eyes.ingress(&load_balancer).await;
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

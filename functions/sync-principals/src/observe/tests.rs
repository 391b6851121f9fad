//! What is read, and what becomes of each read that fails.

use super::*;
use cloud::fake::{Fake, soon};
use cloud::pacing::Pace;
use fleet::look::service;
use fleet::observed::{ConnectionState, IngressSource, PrincipalType};
use fleet::tags::Tags;

fn scope() -> Scope {
    Scope {
        cluster: "orders".into(),
        load_balancer: "arn:nlb".into(),
    }
}

fn fake() -> Fake {
    let mut aws = Fake::of(2);
    aws.endpoint_services.push(service());
    aws.permissions.push(ServicePermission {
        id: "vpce-svc-perm-1".into(),
        principal: "*".to_owned(),
        kind: PrincipalType::All,
        tags: Tags::new(),
    });
    aws.connections.push(EndpointConnection {
        endpoint: "vpce-1".into(),
        owner: "111111111111".into(),
        state: ConnectionState::Available,
        created: None,
        region: None,
    });
    let nlb = aws.load_balancer.as_mut().expect("an NLB");
    nlb.security_groups.insert("sg-1".into());
    aws.rules.push(IngressRule {
        group: "sg-1".into(),
        protocol: "-1".to_owned(),
        from_port: None,
        to_port: None,
        source: IngressSource::Unknown,
    });
    aws
}

async fn look(aws: &Fake) -> Observed {
    let pace = &Pace::default();
    observe(Paced { aws, pace }, &scope(), soon()).await
}

#[tokio::test(start_paused = true)]
async fn everything_is_seen_and_of_target_groups_the_health_of_bootstraps_only() {
    let aws = fake();
    let seen = look(&aws).await;
    assert_eq!(seen.gaps(), []);
    assert_eq!(seen.permissions, Ok(aws.permissions.clone()));
    assert_eq!(seen.connections, Ok(aws.connections.clone()));
    assert_eq!(seen.rules, Ok(aws.rules.clone()));
    assert_eq!(seen.target_groups.map(|groups| groups.len()), Ok(3));
    assert_eq!(seen.health.len(), 1);
    let asked = aws.asked_of(Call::DescribeVpcEndpointServicePermissions);
    assert_eq!(asked, ["vpce-svc-1"]);
    assert_eq!(aws.asked().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn without_a_service_or_a_security_group_nobody_is_asked_about_it() {
    let mut aws = fake();
    aws.endpoint_services.clear();
    aws.load_balancer
        .as_mut()
        .expect("an NLB")
        .security_groups
        .clear();
    let seen = look(&aws).await;
    assert_eq!(
        (seen.permissions, seen.connections),
        (Ok(Vec::new()), Ok(Vec::new()))
    );
    assert_eq!(seen.rules, Ok(Vec::new()));
    assert_eq!(aws.asked().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn each_failed_read_is_a_gap_in_what_it_was_to_show_and_in_what_follows_from_it() {
    for (call, gaps) in [
        (Call::GetParametersByPath, 1),
        (Call::DescribeVpcEndpointServiceConfigurations, 1),
        (Call::DescribeVpcEndpointServicePermissions, 1),
        (Call::DescribeVpcEndpointConnections, 1),
        (Call::DescribeLoadBalancers, 1),
        (Call::DescribeSecurityGroupRules, 1),
        (Call::DescribeTargetGroups, 1),
        (Call::DescribeTags, 1),
        (Call::DescribeTargetHealth, 1),
    ] {
        let aws = fake();
        aws.fails(call, "", "AccessDenied");
        let seen = look(&aws).await;
        assert_eq!(seen.gaps().len(), gaps, "{call}: {:?}", seen.gaps());
        assert!(
            seen.gaps()[0].reason.contains("permission missing"),
            "{call}"
        );
        if call == Call::DescribeVpcEndpointServiceConfigurations {
            assert!(seen.permissions.is_err() && seen.connections.is_err());
        }
    }
}

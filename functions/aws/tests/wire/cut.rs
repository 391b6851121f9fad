//! Answers that end in the middle, with a length that says so: none of them is a shorter list.

use crate::canned::answering;
use crate::wire::{LOG, SCALING, Wire, config, sent_before, start};
use aws::Aws;
use cloud::call::Call;
use cloud::calls::{
    AlarmReads, Answer, AutoScalingReads, CommandReads, Ec2Reads, Elbv2Reads, InstanceFilter,
    LogReads, SsmReads,
};
use cloud::error::{CallError, ErrorKind};
use std::fmt::Debug;

/// What is seen when each read is answered with this.
async fn reads(body: &'static str) -> Vec<(Call, Result<String, CallError>)> {
    fn say<T: Debug>(call: Call, answer: Answer<T>) -> (Call, Result<String, CallError>) {
        (call, answer.map(|seen| format!("{seen:?}")))
    }
    let sdk = Aws::from_config(config(&answering("200 OK", body).await)).await;
    let account = Wire::new().await.account;
    let (group, listener) = (&account.group, &account.listener);
    let cluster = InstanceFilter::Cluster("orders".into());
    vec![
        say(
            Call::DescribeLoadBalancers,
            sdk.describe_load_balancer(&account.load_balancer).await,
        ),
        say(
            Call::DescribeListeners,
            sdk.describe_listeners(&account.load_balancer, None).await,
        ),
        say(
            Call::DescribeListenerAttributes,
            sdk.describe_listener_attributes(listener).await,
        ),
        say(
            Call::DescribeTargetGroups,
            sdk.describe_target_groups("", None).await,
        ),
        say(
            Call::DescribeTargetGroupAttributes,
            sdk.describe_target_group_attributes(group).await,
        ),
        say(
            Call::DescribeTargetHealth,
            sdk.describe_target_health(group).await,
        ),
        say(
            Call::DescribeTags,
            sdk.describe_tags(&[group.to_string()]).await,
        ),
        say(
            Call::DescribeInstances,
            sdk.describe_instances(&cluster, None).await,
        ),
        say(
            Call::DescribeAutoScalingGroups,
            sdk.describe_auto_scaling_groups(None).await,
        ),
        say(
            Call::DescribeLifecycleHooks,
            sdk.describe_lifecycle_hooks(&SCALING.into()).await,
        ),
        say(
            Call::DescribeScalingActivities,
            sdk.describe_scaling_activities(&SCALING.into(), None).await,
        ),
        say(
            Call::DescribeNetworkInterfaces,
            sdk.describe_network_interfaces(&account.nlb(), None).await,
        ),
        say(
            Call::DescribeVpcEndpointServiceConfigurations,
            sdk.describe_endpoint_services(None).await,
        ),
        say(
            Call::DescribeVpcEndpointServicePermissions,
            sdk.describe_service_permissions(&account.service, None)
                .await,
        ),
        say(
            Call::DescribeVpcEndpointConnections,
            sdk.describe_endpoint_connections(&account.service, None)
                .await,
        ),
        say(
            Call::DescribeSecurityGroupRules,
            sdk.describe_security_group_rules(std::slice::from_ref(&account.security_group), None)
                .await,
        ),
        say(
            Call::GetParametersByPath,
            sdk.get_parameters_by_path("/p", None).await,
        ),
        say(
            Call::ListCommands,
            sdk.list_commands(&sent_before(), None).await,
        ),
        say(
            Call::ListCommandInvocations,
            sdk.list_command_invocations(&sent_before(), None).await,
        ),
        say(
            Call::GetCommandInvocation,
            sdk.get_command_invocation(&account.command, &account.running)
                .await,
        ),
        say(
            Call::DescribeInstanceInformation,
            sdk.describe_instance_information(&"orders".into(), None)
                .await,
        ),
        say(Call::DescribeAlarms, sdk.describe_alarms(None).await),
        say(
            Call::GetResources,
            sdk.get_resources(&"orders".into(), None).await,
        ),
        say(
            Call::FilterLogEvents,
            sdk.filter_log_events(&LOG.into(), start(), None).await,
        ),
        say(
            Call::DescribeSpotInstanceRequests,
            sdk.describe_spot_instance_requests(&account.spot_requests, None)
                .await,
        ),
        say(
            Call::DescribeInstanceStatus,
            sdk.describe_instance_status(std::slice::from_ref(&account.running))
                .await,
        ),
    ]
}

#[tokio::test]
async fn no_read_takes_a_part_of_an_answer_for_all_of_it() {
    for body in [
        "",
        "<XResponse>",
        "<XResponse><XResult>",
        "<XResponse><XResult><Listeners/><TargetGroups/><TagDescriptions/><AutoScalingGroups/>\
         <LifecycleHooks/><Activities/>\
         <TargetHealthDescriptions/><Attributes/><LoadBalancers/>",
        "<XResponse><requestId>1</requestId><reservationSet/><networkInterfaceSet/>\
         <serviceConfigurationSet/><allowedPrincipals/><vpcEndpointConnectionSet/>\
         <securityGroupRuleSet/><instanceStatusSet/><spotInstanceRequestSet/>",
        "<XResponse></XResponse>",
        "{",
        "{\"Parameters\":[",
        "{}",
        "{\"Commands\":[{",
    ] {
        for (call, seen) in reads(body).await {
            let kind = seen.map_err(|error| error.kind);
            assert_eq!(kind, Err(ErrorKind::Retryable), "{call}: {body}");
        }
    }
}

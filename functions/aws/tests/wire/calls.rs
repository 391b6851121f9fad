//! Every call that we make, once, each with what it answered.

use crate::wire::{
    Account, HOOK, LOG, PROBE, SCALING, SECRET, every, inquiry, new_command, new_group, port,
    sent_before, start, tags,
};
use cloud::call::Call;
use cloud::calls::{
    AlarmReads, Answer, CommandWrites, HealingWrites, InstanceFilter, LogReads, MappingWrites,
    PrincipalWrites, Probes, Reads,
};
use cloud::error::CallError;
use fleet::observed::{Attributes, LifecycleResult};
use fleet::tags::VACANT_SINCE;
use std::fmt::Debug;

/// How many calls there are.
pub const CALLS: usize = 52;

/// A call and its answer, as text so that answers of all kinds stand in one list.
pub type Said = (Call, Result<String, CallError>);

/// Every call, in an order in which each of them succeeds.
pub async fn all<D>(door: &D, account: &Account) -> Vec<Said>
where
    D: Reads
        + AlarmReads
        + LogReads
        + Probes
        + MappingWrites
        + PrincipalWrites
        + CommandWrites
        + HealingWrites,
{
    let mut said = reads(door, account).await;
    said.extend(writes(door, account).await);
    said.extend(principals(door, account).await);
    said.extend(commands(door, account).await);
    said.extend(healing(door, account).await);
    let lines = door.filter_log_events(&LOG.into(), start(), None).await;
    said.push(say(Call::FilterLogEvents, lines));
    said
}

async fn reads<D: Reads + Probes>(door: &D, account: &Account) -> Vec<Said> {
    let Account {
        load_balancer,
        group,
        listener,
        running,
        service,
        security_group,
        ..
    } = account;
    let security_groups = [security_group.clone(), "sg-unknown".into()];
    let cluster = InstanceFilter::Cluster("orders".into());
    let ids = InstanceFilter::Ids(vec![running.clone(), "i-unknown".into()]);
    let (group_arn, listener_arn) = ([group.to_string()], [listener.to_string()]);
    let path = "/kafka-privatelink/orders";
    vec![
        say(
            Call::GetParametersByPath,
            door.get_parameters_by_path(path, None).await,
        ),
        say(
            Call::DescribeLoadBalancers,
            door.describe_load_balancer(load_balancer).await,
        ),
        say(
            Call::DescribeListeners,
            door.describe_listeners(load_balancer, None).await,
        ),
        say(
            Call::DescribeListenerAttributes,
            door.describe_listener_attributes(listener).await,
        ),
        say(
            Call::DescribeTargetGroups,
            door.describe_target_groups("", None).await,
        ),
        say(
            Call::DescribeTargetGroupAttributes,
            door.describe_target_group_attributes(group).await,
        ),
        say(
            Call::DescribeTargetHealth,
            door.describe_target_health(group).await,
        ),
        say(Call::DescribeTags, door.describe_tags(&group_arn).await),
        say(Call::DescribeTags, door.describe_tags(&listener_arn).await),
        say(
            Call::DescribeInstances,
            door.describe_instances(&cluster, None).await,
        ),
        say(
            Call::DescribeInstances,
            door.describe_instances(&ids, None).await,
        ),
        say(
            Call::DescribeAutoScalingGroups,
            door.describe_auto_scaling_groups(None).await,
        ),
        say(
            Call::DescribeLifecycleHooks,
            door.describe_lifecycle_hooks(&SCALING.into()).await,
        ),
        say(
            Call::DescribeScalingActivities,
            door.describe_scaling_activities(&SCALING.into(), None)
                .await,
        ),
        say(
            Call::DescribeNetworkInterfaces,
            door.describe_network_interfaces(&account.nlb(), None).await,
        ),
        say(
            Call::DescribeVpcEndpointServiceConfigurations,
            door.describe_endpoint_services(None).await,
        ),
        say(
            Call::DescribeVpcEndpointServicePermissions,
            door.describe_service_permissions(service, None).await,
        ),
        say(
            Call::DescribeVpcEndpointConnections,
            door.describe_endpoint_connections(service, None).await,
        ),
        say(
            Call::DescribeSecurityGroupRules,
            door.describe_security_group_rules(&security_groups, None)
                .await,
        ),
        say(Call::GetParameter, door.get_parameter(&SECRET.into()).await),
        say(
            Call::InvokeFunction,
            door.invoke(&PROBE.into(), &inquiry()).await,
        ),
    ]
}

async fn writes<D: Reads + MappingWrites>(door: &D, account: &Account) -> Vec<Said> {
    let Account {
        load_balancer,
        group,
        spare,
        listener,
        running,
        ..
    } = account;
    let registered = [(running.clone(), port(39092))];
    let delay = attributes("deregistration_delay.timeout_seconds", "30");
    let idle = attributes("tcp.idle_timeout.seconds", "660");
    let mut since = tags();
    since.insert(VACANT_SINCE.to_owned(), "2025-01-01T00:00:00Z".to_owned());
    let keys = [VACANT_SINCE.to_owned(), "a + b/c:d=e_f".to_owned()];
    // Not below the path that is read: when it is written is real time.
    let handover = "/kafka-privatelink/payments/handover/EXTERNAL".into();
    vec![
        say(
            Call::PutParameter,
            door.put_parameter(&handover, "{\"as\": \"JSON & é\"}\n")
                .await,
        ),
        say(Call::GetParameter, door.get_parameter(&handover).await),
        say(
            Call::CreateTargetGroup,
            door.create_target_group(&new_group("kpl-1-new")).await,
        ),
        say(
            Call::ModifyTargetGroup,
            door.modify_target_group(group, &every(30)).await,
        ),
        say(
            Call::ModifyTargetGroupAttributes,
            door.modify_target_group_attributes(group, &delay).await,
        ),
        say(
            Call::RegisterTargets,
            door.register_targets(group, std::slice::from_ref(running))
                .await,
        ),
        say(
            Call::DeregisterTargets,
            door.deregister_targets(group, &registered).await,
        ),
        say(
            Call::CreateListener,
            door.create_listener(load_balancer, port(9094), spare, &tags())
                .await,
        ),
        say(
            Call::ModifyListener,
            door.modify_listener(listener, spare).await,
        ),
        say(
            Call::ModifyListenerAttributes,
            door.modify_listener_attributes(listener, &idle).await,
        ),
        say(Call::AddTags, door.add_tags(group, &since).await),
        say(Call::RemoveTags, door.remove_tags(group, &keys).await),
        say(Call::DeleteListener, door.delete_listener(listener).await),
        say(
            Call::DeleteTargetGroup,
            door.delete_target_group(&format!("{group}-gone").as_str().into())
                .await,
        ),
        say(
            Call::RecordLifecycleActionHeartbeat,
            door.record_lifecycle_action_heartbeat(&SCALING.into(), HOOK, &account.waiting)
                .await,
        ),
        say(
            Call::CompleteLifecycleAction,
            door.complete_lifecycle_action(
                &SCALING.into(),
                HOOK,
                &account.waiting,
                LifecycleResult::Continue,
            )
            .await,
        ),
    ]
}

async fn principals<D: PrincipalWrites>(door: &D, account: &Account) -> Vec<Said> {
    let Account {
        service,
        permission,
        endpoints,
        ..
    } = account;
    let role = "arn:aws:iam::444455556666:role/reader @ =,.+-_".to_owned();
    let new = ["arn:aws:iam::444455556666:root".to_owned(), role];
    let mut asked = endpoints.clone();
    asked.push("vpce-unknown".into());
    vec![
        say(
            Call::ModifyVpcEndpointServicePermissions,
            door.allow_principals(service, &new).await,
        ),
        say(
            Call::CreateTags,
            door.tag_permissions(std::slice::from_ref(permission), &tags())
                .await,
        ),
        say(
            Call::ModifyVpcEndpointServicePermissions,
            door.disallow_principals(service, &new[..1]).await,
        ),
        say(
            Call::AcceptVpcEndpointConnections,
            door.accept_connections(service, &asked).await,
        ),
        say(
            Call::RejectVpcEndpointConnections,
            door.reject_connections(service, &asked[1..]).await,
        ),
    ]
}

/// What was sent long ago is read; what is sent now is younger than what is asked for.
async fn commands<D: Reads + CommandWrites>(door: &D, account: &Account) -> Vec<Said> {
    let (filter, running) = (&sent_before(), &account.running);
    vec![
        say(Call::ListCommands, door.list_commands(filter, None).await),
        say(
            Call::ListCommandInvocations,
            door.list_command_invocations(filter, None).await,
        ),
        say(
            Call::GetCommandInvocation,
            door.get_command_invocation(&account.command, running).await,
        ),
        say(
            Call::GetCommandInvocation,
            door.get_command_invocation(&"unknown".into(), running)
                .await,
        ),
        say(
            Call::DescribeInstanceInformation,
            door.describe_instance_information(&"orders".into(), None)
                .await,
        ),
        say(
            Call::SendCommand,
            door.send_command(&new_command(running)).await,
        ),
    ]
}

/// Alarms, status checks, and what is done to instances.
async fn healing<D: Reads + AlarmReads + HealingWrites>(door: &D, account: &Account) -> Vec<Said> {
    let running = &account.running;
    let both = [running.clone(), account.pending.clone()];
    let keys = [VACANT_SINCE.to_owned(), "a + b/c:d=e_f".to_owned()];
    vec![
        say(Call::DescribeAlarms, door.describe_alarms(None).await),
        say(
            Call::GetResources,
            door.get_resources(&"orders".into(), None).await,
        ),
        say(
            Call::DescribeInstanceStatus,
            door.describe_instance_status(&both).await,
        ),
        say(
            Call::DescribeSpotInstanceRequests,
            door.describe_spot_instance_requests(&account.spot_requests, None)
                .await,
        ),
        say(
            Call::CreateInstanceTags,
            door.tag_instance(running, &tags()).await,
        ),
        say(Call::DeleteTags, door.untag_instance(running, &keys).await),
        say(Call::RebootInstances, door.reboot_instance(running).await),
        say(
            Call::SetInstanceHealth,
            door.set_unhealthy(&account.waiting).await,
        ),
    ]
}

fn say<T: Debug>(call: Call, answer: Answer<T>) -> Said {
    (call, answer.map(|answer| format!("{answer:?}")))
}

fn attributes(key: &str, value: &str) -> Attributes {
    [(key.to_owned(), value.to_owned())].into()
}

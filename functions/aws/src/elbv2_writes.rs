//! ELBv2, writing: target groups, targets, listeners, attributes and tags.

use crate::error;
use crate::fields::Fields;
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ListenerAttribute, ProtocolEnum, Tag, TargetDescription,
    TargetGroupAttribute, TargetTypeEnum,
};
use cloud::call::Call;
use cloud::calls::{Answer, NewTargetGroup};
use fleet::observed::{Attributes, HealthCheck};
use fleet::tags::Tags;
use fleet::words::{InstanceId, ListenerArn, LoadBalancerArn, Port, TargetGroupArn};

pub(crate) async fn create_target_group(
    client: &Client,
    group: &NewTargetGroup,
) -> Answer<TargetGroupArn> {
    let call = Call::CreateTargetGroup;
    let answer = client
        .create_target_group()
        .name(group.name.as_str())
        .vpc_id(group.vpc.as_str())
        .target_type(TargetTypeEnum::Instance)
        .protocol(ProtocolEnum::Tcp)
        .port(group.port.get().into())
        .health_check_protocol(group.health_check.protocol.as_str().into())
        .health_check_port(&group.health_check.port)
        .health_check_interval_seconds(number(group.health_check.interval_seconds))
        .healthy_threshold_count(number(group.health_check.healthy_threshold))
        .unhealthy_threshold_count(number(group.health_check.unhealthy_threshold))
        .set_tags(Some(tagged(&group.tags)))
        .send()
        .await
        .map_err(error::of(call))?;
    let made = answer.target_groups.and_then(|all| all.into_iter().next());
    let arn = made.and_then(|group| group.target_group_arn);
    Ok(TargetGroupArn::new(
        Fields(call).text("TargetGroups.TargetGroupArn", arn)?,
    ))
}

pub(crate) async fn modify_target_group(
    client: &Client,
    group: &TargetGroupArn,
    health_check: &HealthCheck,
) -> Answer<()> {
    client
        .modify_target_group()
        .target_group_arn(group.as_str())
        .health_check_protocol(health_check.protocol.as_str().into())
        .health_check_port(&health_check.port)
        .health_check_interval_seconds(number(health_check.interval_seconds))
        .healthy_threshold_count(number(health_check.healthy_threshold))
        .unhealthy_threshold_count(number(health_check.unhealthy_threshold))
        .send()
        .await
        .map_err(error::of(Call::ModifyTargetGroup))?;
    Ok(())
}

pub(crate) async fn modify_target_group_attributes(
    client: &Client,
    group: &TargetGroupArn,
    attributes: &Attributes,
) -> Answer<()> {
    let wanted = attributes
        .iter()
        .map(|(key, value)| {
            TargetGroupAttribute::builder()
                .key(key)
                .value(value)
                .build()
        })
        .collect();
    client
        .modify_target_group_attributes()
        .target_group_arn(group.as_str())
        .set_attributes(Some(wanted))
        .send()
        .await
        .map_err(error::of(Call::ModifyTargetGroupAttributes))?;
    Ok(())
}

pub(crate) async fn register_targets(
    client: &Client,
    group: &TargetGroupArn,
    instances: &[InstanceId],
) -> Answer<()> {
    let targets = instances
        .iter()
        .map(|instance| TargetDescription::builder().id(instance.as_str()).build())
        .collect();
    client
        .register_targets()
        .target_group_arn(group.as_str())
        .set_targets(Some(targets))
        .send()
        .await
        .map_err(error::of(Call::RegisterTargets))?;
    Ok(())
}

pub(crate) async fn deregister_targets(
    client: &Client,
    group: &TargetGroupArn,
    targets: &[(InstanceId, Port)],
) -> Answer<()> {
    let targets = targets
        .iter()
        .map(|(instance, port)| {
            TargetDescription::builder()
                .id(instance.as_str())
                .port(port.get().into())
                .build()
        })
        .collect();
    client
        .deregister_targets()
        .target_group_arn(group.as_str())
        .set_targets(Some(targets))
        .send()
        .await
        .map_err(error::of(Call::DeregisterTargets))?;
    Ok(())
}

pub(crate) async fn create_listener(
    client: &Client,
    load_balancer: &LoadBalancerArn,
    port: Port,
    forward_to: &TargetGroupArn,
    tags: &Tags,
) -> Answer<ListenerArn> {
    let call = Call::CreateListener;
    let answer = client
        .create_listener()
        .load_balancer_arn(load_balancer.as_str())
        .protocol(ProtocolEnum::Tcp)
        .port(port.get().into())
        .default_actions(forward(forward_to))
        .set_tags(Some(tagged(tags)))
        .send()
        .await
        .map_err(error::of(call))?;
    let made = answer.listeners.and_then(|all| all.into_iter().next());
    let arn = made.and_then(|listener| listener.listener_arn);
    Ok(ListenerArn::new(
        Fields(call).text("Listeners.ListenerArn", arn)?,
    ))
}

pub(crate) async fn modify_listener(
    client: &Client,
    listener: &ListenerArn,
    forward_to: &TargetGroupArn,
) -> Answer<()> {
    client
        .modify_listener()
        .listener_arn(listener.as_str())
        .default_actions(forward(forward_to))
        .send()
        .await
        .map_err(error::of(Call::ModifyListener))?;
    Ok(())
}

pub(crate) async fn modify_listener_attributes(
    client: &Client,
    listener: &ListenerArn,
    attributes: &Attributes,
) -> Answer<()> {
    let wanted = attributes
        .iter()
        .map(|(key, value)| ListenerAttribute::builder().key(key).value(value).build())
        .collect();
    client
        .modify_listener_attributes()
        .listener_arn(listener.as_str())
        .set_attributes(Some(wanted))
        .send()
        .await
        .map_err(error::of(Call::ModifyListenerAttributes))?;
    Ok(())
}

pub(crate) async fn delete_listener(client: &Client, listener: &ListenerArn) -> Answer<()> {
    client
        .delete_listener()
        .listener_arn(listener.as_str())
        .send()
        .await
        .map_err(error::of(Call::DeleteListener))?;
    Ok(())
}

pub(crate) async fn add_tags(client: &Client, group: &TargetGroupArn, tags: &Tags) -> Answer<()> {
    client
        .add_tags()
        .resource_arns(group.as_str())
        .set_tags(Some(tagged(tags)))
        .send()
        .await
        .map_err(error::of(Call::AddTags))?;
    Ok(())
}

pub(crate) async fn remove_tags(
    client: &Client,
    group: &TargetGroupArn,
    keys: &[String],
) -> Answer<()> {
    client
        .remove_tags()
        .resource_arns(group.as_str())
        .set_tag_keys(Some(keys.to_vec()))
        .send()
        .await
        .map_err(error::of(Call::RemoveTags))?;
    Ok(())
}

pub(crate) async fn delete_target_group(client: &Client, group: &TargetGroupArn) -> Answer<()> {
    client
        .delete_target_group()
        .target_group_arn(group.as_str())
        .send()
        .await
        .map_err(error::of(Call::DeleteTargetGroup))?;
    Ok(())
}

/// The wire's numbers are signed; AWS refuses what is above its limits, which are far lower.
fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn forward(group: &TargetGroupArn) -> Action {
    Action::builder()
        .r#type(ActionTypeEnum::Forward)
        .target_group_arn(group.as_str())
        .build()
}

fn tagged(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

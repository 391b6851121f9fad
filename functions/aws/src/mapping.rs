//! What register-brokers writes: the hand-over; target groups, targets, listeners, attributes and tags;
//! lifecycle actions.

use crate::Aws;
use crate::error;
use crate::fields::Fields;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ListenerAttribute, ProtocolEnum, Tag, TargetDescription,
    TargetGroupAttribute, TargetTypeEnum,
};
use cloud::call::Call;
use cloud::calls::{Answer, MappingWrites, NewTargetGroup};
use fleet::observed::{Attributes, HealthCheck, LifecycleResult};
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port,
    TargetGroupArn,
};

impl MappingWrites for Aws {
    // A standard parameter, over what is there.
    async fn put_parameter(&self, name: &ParameterName, value: &str) -> Answer<()> {
        self.ssm
            .put_parameter()
            .name(name.as_str())
            .value(value)
            .r#type(aws_sdk_ssm::types::ParameterType::String)
            .overwrite(true)
            .send()
            .await
            .map_err(error::of(Call::PutParameter))?;
        Ok(())
    }

    async fn create_target_group(&self, group: &NewTargetGroup) -> Answer<TargetGroupArn> {
        let call = Call::CreateTargetGroup;
        let answer = self
            .elbv2
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

    async fn modify_target_group(
        &self,
        group: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> Answer<()> {
        self.elbv2
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

    async fn modify_target_group_attributes(
        &self,
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
        self.elbv2
            .modify_target_group_attributes()
            .target_group_arn(group.as_str())
            .set_attributes(Some(wanted))
            .send()
            .await
            .map_err(error::of(Call::ModifyTargetGroupAttributes))?;
        Ok(())
    }

    async fn register_targets(
        &self,
        group: &TargetGroupArn,
        instances: &[InstanceId],
    ) -> Answer<()> {
        let targets = instances
            .iter()
            .map(|instance| TargetDescription::builder().id(instance.as_str()).build())
            .collect();
        self.elbv2
            .register_targets()
            .target_group_arn(group.as_str())
            .set_targets(Some(targets))
            .send()
            .await
            .map_err(error::of(Call::RegisterTargets))?;
        Ok(())
    }

    async fn deregister_targets(
        &self,
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
        self.elbv2
            .deregister_targets()
            .target_group_arn(group.as_str())
            .set_targets(Some(targets))
            .send()
            .await
            .map_err(error::of(Call::DeregisterTargets))?;
        Ok(())
    }

    async fn create_listener(
        &self,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> Answer<ListenerArn> {
        let call = Call::CreateListener;
        let answer = self
            .elbv2
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

    async fn modify_listener(
        &self,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> Answer<()> {
        self.elbv2
            .modify_listener()
            .listener_arn(listener.as_str())
            .default_actions(forward(forward_to))
            .send()
            .await
            .map_err(error::of(Call::ModifyListener))?;
        Ok(())
    }

    async fn modify_listener_attributes(
        &self,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        let wanted = attributes
            .iter()
            .map(|(key, value)| ListenerAttribute::builder().key(key).value(value).build())
            .collect();
        self.elbv2
            .modify_listener_attributes()
            .listener_arn(listener.as_str())
            .set_attributes(Some(wanted))
            .send()
            .await
            .map_err(error::of(Call::ModifyListenerAttributes))?;
        Ok(())
    }

    async fn delete_listener(&self, listener: &ListenerArn) -> Answer<()> {
        self.elbv2
            .delete_listener()
            .listener_arn(listener.as_str())
            .send()
            .await
            .map_err(error::of(Call::DeleteListener))?;
        Ok(())
    }

    async fn add_tags(&self, group: &TargetGroupArn, tags: &Tags) -> Answer<()> {
        self.elbv2
            .add_tags()
            .resource_arns(group.as_str())
            .set_tags(Some(tagged(tags)))
            .send()
            .await
            .map_err(error::of(Call::AddTags))?;
        Ok(())
    }

    async fn remove_tags(&self, group: &TargetGroupArn, keys: &[String]) -> Answer<()> {
        self.elbv2
            .remove_tags()
            .resource_arns(group.as_str())
            .set_tag_keys(Some(keys.to_vec()))
            .send()
            .await
            .map_err(error::of(Call::RemoveTags))?;
        Ok(())
    }

    async fn delete_target_group(&self, group: &TargetGroupArn) -> Answer<()> {
        self.elbv2
            .delete_target_group()
            .target_group_arn(group.as_str())
            .send()
            .await
            .map_err(error::of(Call::DeleteTargetGroup))?;
        Ok(())
    }

    async fn complete_lifecycle_action(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
        result: LifecycleResult,
    ) -> Answer<()> {
        self.auto_scaling
            .complete_lifecycle_action()
            .auto_scaling_group_name(group.as_str())
            .lifecycle_hook_name(hook)
            .instance_id(instance.as_str())
            .lifecycle_action_result(result.as_str())
            .send()
            .await
            .map_err(error::of(Call::CompleteLifecycleAction))?;
        Ok(())
    }

    async fn record_lifecycle_action_heartbeat(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> Answer<()> {
        self.auto_scaling
            .record_lifecycle_action_heartbeat()
            .auto_scaling_group_name(group.as_str())
            .lifecycle_hook_name(hook)
            .instance_id(instance.as_str())
            .send()
            .await
            .map_err(error::of(Call::RecordLifecycleActionHeartbeat))?;
        Ok(())
    }
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

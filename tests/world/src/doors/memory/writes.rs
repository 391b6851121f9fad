//! What register-brokers writes, into the model.

use super::MemoryDoor;
use cloud::call::Call;
use cloud::calls::{Answer, MappingWrites, NewTargetGroup};
use fleet::observed::{Attributes, HealthCheck, LifecycleResult};
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port,
    TargetGroupArn,
};

impl MappingWrites for MemoryDoor {
    async fn put_parameter(&self, name: &ParameterName, value: &str) -> Answer<()> {
        self.call(Call::PutParameter, |model, now| {
            model.put_parameter(now, name, value).map(|_| ())
        })
        .await
    }

    async fn create_target_group(&self, group: &NewTargetGroup) -> Answer<TargetGroupArn> {
        self.call(Call::CreateTargetGroup, |model, now| {
            model.create_target_group(now, group)
        })
        .await
    }

    async fn modify_target_group(
        &self,
        group: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> Answer<()> {
        self.call(Call::ModifyTargetGroup, |model, now| {
            model.modify_target_group(now, group, health_check)
        })
        .await
    }

    async fn modify_target_group_attributes(
        &self,
        group: &TargetGroupArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        self.call(Call::ModifyTargetGroupAttributes, |model, now| {
            model.modify_target_group_attributes(now, group, attributes)
        })
        .await
    }

    async fn register_targets(
        &self,
        group: &TargetGroupArn,
        instances: &[InstanceId],
    ) -> Answer<()> {
        let targets: Vec<_> = instances.iter().map(|id| (id.clone(), None)).collect();
        self.call(Call::RegisterTargets, |model, now| {
            model.register_targets(now, group, &targets)
        })
        .await
    }

    async fn deregister_targets(
        &self,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Port)],
    ) -> Answer<()> {
        let targets: Vec<_> = targets
            .iter()
            .map(|(id, port)| (id.clone(), Some(*port)))
            .collect();
        self.call(Call::DeregisterTargets, |model, now| {
            model.deregister_targets(now, group, &targets)
        })
        .await
    }

    async fn create_listener(
        &self,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> Answer<ListenerArn> {
        self.call(Call::CreateListener, |model, now| {
            model.create_listener(now, load_balancer, port, forward_to, tags)
        })
        .await
    }

    async fn modify_listener(
        &self,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> Answer<()> {
        self.call(Call::ModifyListener, |model, now| {
            model.modify_listener(now, listener, forward_to)
        })
        .await
    }

    async fn modify_listener_attributes(
        &self,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        self.call(Call::ModifyListenerAttributes, |model, now| {
            model.modify_listener_attributes(now, listener, attributes)
        })
        .await
    }

    async fn delete_listener(&self, listener: &ListenerArn) -> Answer<()> {
        self.call(Call::DeleteListener, |model, now| {
            model.delete_listener(now, listener)
        })
        .await
    }

    async fn add_tags(&self, group: &TargetGroupArn, tags: &Tags) -> Answer<()> {
        self.call(Call::AddTags, |model, now| {
            model.add_tags(now, group.as_str(), tags)
        })
        .await
    }

    async fn remove_tags(&self, group: &TargetGroupArn, keys: &[String]) -> Answer<()> {
        self.call(Call::RemoveTags, |model, now| {
            model.remove_tags(now, group.as_str(), keys)
        })
        .await
    }

    async fn delete_target_group(&self, group: &TargetGroupArn) -> Answer<()> {
        self.call(Call::DeleteTargetGroup, |model, now| {
            model.delete_target_group(now, group)
        })
        .await
    }

    async fn complete_lifecycle_action(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
        result: LifecycleResult,
    ) -> Answer<()> {
        self.call(Call::CompleteLifecycleAction, |model, now| {
            model.complete_lifecycle_action(now, group, hook, instance, result)
        })
        .await
    }

    async fn record_lifecycle_action_heartbeat(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> Answer<()> {
        self.call(Call::RecordLifecycleActionHeartbeat, |model, now| {
            model.record_lifecycle_action_heartbeat(now, group, hook, instance)
        })
        .await
    }
}

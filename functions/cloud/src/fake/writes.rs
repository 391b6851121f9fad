//! What the fake writes down when it is told to change something. It changes nothing.

use super::Fake;
use crate::call::Call;
use crate::calls::{Answer, MappingWrites, NewTargetGroup};
use fleet::observed::{Attributes, HealthCheck, LifecycleResult};
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port,
    TargetGroupArn,
};

/// `key=value` of each.
pub(super) fn pairs(pairs: &Attributes) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(" ")
}

impl MappingWrites for Fake {
    async fn put_parameter(&self, name: &ParameterName, value: &str) -> Answer<()> {
        let of = format!("{name} = {value}");
        self.answer(Call::PutParameter, of, ()).await
    }

    async fn create_target_group(&self, group: &NewTargetGroup) -> Answer<TargetGroupArn> {
        let NewTargetGroup {
            name,
            vpc,
            port,
            health_check,
            tags,
        } = group;
        let every = health_check.interval_seconds;
        let of = format!(
            "{name} in {vpc} on {port}, checked each {every} s: {}",
            pairs(tags)
        );
        let arn = TargetGroupArn::new(format!("arn:new:{name}"));
        self.answer(Call::CreateTargetGroup, of, arn).await
    }

    async fn modify_target_group(
        &self,
        group: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> Answer<()> {
        let of = format!("{group}: check each {} s", health_check.interval_seconds);
        self.answer(Call::ModifyTargetGroup, of, ()).await
    }

    async fn modify_target_group_attributes(
        &self,
        group: &TargetGroupArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        let of = format!("{group}: {}", pairs(attributes));
        self.answer(Call::ModifyTargetGroupAttributes, of, ()).await
    }

    async fn register_targets(
        &self,
        group: &TargetGroupArn,
        instances: &[InstanceId],
    ) -> Answer<()> {
        let ids: Vec<&str> = instances.iter().map(InstanceId::as_str).collect();
        let of = format!("{group}: {}", ids.join(" "));
        self.answer(Call::RegisterTargets, of, ()).await
    }

    async fn deregister_targets(
        &self,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Port)],
    ) -> Answer<()> {
        let targets: Vec<String> = targets
            .iter()
            .map(|(id, port)| format!("{id}:{port}"))
            .collect();
        let of = format!("{group}: {}", targets.join(" "));
        self.answer(Call::DeregisterTargets, of, ()).await
    }

    async fn create_listener(
        &self,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> Answer<ListenerArn> {
        let of = format!("{load_balancer} {port} to {forward_to}: {}", pairs(tags));
        let arn = ListenerArn::new(format!("arn:listener:{port}"));
        self.answer(Call::CreateListener, of, arn).await
    }

    async fn modify_listener(
        &self,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> Answer<()> {
        let of = format!("{listener} to {forward_to}");
        self.answer(Call::ModifyListener, of, ()).await
    }

    async fn modify_listener_attributes(
        &self,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        let of = format!("{listener}: {}", pairs(attributes));
        self.answer(Call::ModifyListenerAttributes, of, ()).await
    }

    async fn delete_listener(&self, listener: &ListenerArn) -> Answer<()> {
        self.answer(Call::DeleteListener, listener.to_string(), ())
            .await
    }

    async fn add_tags(&self, group: &TargetGroupArn, tags: &Tags) -> Answer<()> {
        let of = format!("{group}: {}", pairs(tags));
        self.answer(Call::AddTags, of, ()).await
    }

    async fn remove_tags(&self, group: &TargetGroupArn, keys: &[String]) -> Answer<()> {
        let of = format!("{group}: {}", keys.join(" "));
        self.answer(Call::RemoveTags, of, ()).await
    }

    async fn delete_target_group(&self, group: &TargetGroupArn) -> Answer<()> {
        self.answer(Call::DeleteTargetGroup, group.to_string(), ())
            .await
    }

    async fn complete_lifecycle_action(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
        result: LifecycleResult,
    ) -> Answer<()> {
        let of = format!("{instance} in {group}, {hook}: {}", result.as_str());
        self.answer(Call::CompleteLifecycleAction, of, ()).await
    }

    async fn record_lifecycle_action_heartbeat(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> Answer<()> {
        let of = format!("{instance} in {group}, {hook}");
        let call = Call::RecordLifecycleActionHeartbeat;
        self.answer(call, of, ()).await
    }
}

//! Which client each call of `cloud`'s traits goes through.

use crate::{Aws, auto_scaling, ec2, ec2_network, elbv2_reads, elbv2_writes, lambda, ssm};
use cloud::calls::{
    Answer, InstanceFilter, MappingWrites, NewTargetGroup, Page, PageToken, Probes, Reads,
};
use fleet::observed::{
    Attributes, AutoScalingGroup, EndpointService, HealthCheck, Instance, Listener, LoadBalancer,
    LoadBalancerNode, Parameter, TargetGroup, TargetHealth,
};
use fleet::tags::Tags;
use fleet::words::{
    FunctionName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port, TargetGroupArn,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl Reads for Aws {
    fn take_dates(&self) -> Vec<Timestamp> {
        self.dates.take()
    }

    async fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<Parameter>> {
        ssm::get_parameters_by_path(&self.ssm, path, page).await
    }

    async fn describe_load_balancer(&self, arn: &LoadBalancerArn) -> Answer<LoadBalancer> {
        elbv2_reads::describe_load_balancer(&self.elbv2, arn).await
    }

    async fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        page: Option<PageToken>,
    ) -> Answer<Page<Listener>> {
        elbv2_reads::describe_listeners(&self.elbv2, load_balancer, page).await
    }

    async fn describe_listener_attributes(&self, listener: &ListenerArn) -> Answer<Attributes> {
        elbv2_reads::describe_listener_attributes(&self.elbv2, listener).await
    }

    async fn describe_target_groups(
        &self,
        prefix: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<TargetGroup>> {
        elbv2_reads::describe_target_groups(&self.elbv2, prefix, page).await
    }

    async fn describe_target_group_attributes(&self, group: &TargetGroupArn) -> Answer<Attributes> {
        elbv2_reads::describe_target_group_attributes(&self.elbv2, group).await
    }

    async fn describe_target_health(&self, group: &TargetGroupArn) -> Answer<Vec<TargetHealth>> {
        elbv2_reads::describe_target_health(&self.elbv2, group).await
    }

    async fn describe_tags(&self, arns: &[String]) -> Answer<BTreeMap<String, Tags>> {
        elbv2_reads::describe_tags(&self.elbv2, arns).await
    }

    async fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Instance>> {
        ec2::describe_instances(&self.ec2, filter, page).await
    }

    async fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        auto_scaling::describe_auto_scaling_groups(&self.auto_scaling, page).await
    }

    async fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        page: Option<PageToken>,
    ) -> Answer<Page<LoadBalancerNode>> {
        ec2_network::describe_network_interfaces(&self.ec2, load_balancer, page).await
    }

    async fn describe_endpoint_services(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointService>> {
        ec2_network::describe_endpoint_services(&self.ec2, page).await
    }

    async fn get_parameter(&self, name: &ParameterName) -> Answer<String> {
        ssm::get_parameter(&self.ssm, name).await
    }
}

impl Probes for Aws {
    async fn invoke(&self, function: &FunctionName, payload: &str) -> Answer<String> {
        lambda::invoke(&self.lambda, function, payload).await
    }
}

impl MappingWrites for Aws {
    async fn put_parameter(&self, name: &ParameterName, value: &str) -> Answer<()> {
        ssm::put_parameter(&self.ssm, name, value).await
    }

    async fn create_target_group(&self, group: &NewTargetGroup) -> Answer<TargetGroupArn> {
        elbv2_writes::create_target_group(&self.elbv2, group).await
    }

    async fn modify_target_group(
        &self,
        group: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> Answer<()> {
        elbv2_writes::modify_target_group(&self.elbv2, group, health_check).await
    }

    async fn modify_target_group_attributes(
        &self,
        group: &TargetGroupArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        elbv2_writes::modify_target_group_attributes(&self.elbv2, group, attributes).await
    }

    async fn register_targets(
        &self,
        group: &TargetGroupArn,
        instances: &[InstanceId],
    ) -> Answer<()> {
        elbv2_writes::register_targets(&self.elbv2, group, instances).await
    }

    async fn deregister_targets(
        &self,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Port)],
    ) -> Answer<()> {
        elbv2_writes::deregister_targets(&self.elbv2, group, targets).await
    }

    async fn create_listener(
        &self,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> Answer<ListenerArn> {
        elbv2_writes::create_listener(&self.elbv2, load_balancer, port, forward_to, tags).await
    }

    async fn modify_listener(
        &self,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> Answer<()> {
        elbv2_writes::modify_listener(&self.elbv2, listener, forward_to).await
    }

    async fn modify_listener_attributes(
        &self,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> Answer<()> {
        elbv2_writes::modify_listener_attributes(&self.elbv2, listener, attributes).await
    }

    async fn delete_listener(&self, listener: &ListenerArn) -> Answer<()> {
        elbv2_writes::delete_listener(&self.elbv2, listener).await
    }

    async fn add_tags(&self, group: &TargetGroupArn, tags: &Tags) -> Answer<()> {
        elbv2_writes::add_tags(&self.elbv2, group, tags).await
    }

    async fn remove_tags(&self, group: &TargetGroupArn, keys: &[String]) -> Answer<()> {
        elbv2_writes::remove_tags(&self.elbv2, group, keys).await
    }

    async fn delete_target_group(&self, group: &TargetGroupArn) -> Answer<()> {
        elbv2_writes::delete_target_group(&self.elbv2, group).await
    }
}

//! What the fake answers when it is asked.

use super::Fake;
use crate::call::Call;
use crate::calls::{
    Answer, AutoScalingReads, Dated, Ec2Reads, Elbv2Reads, InstanceFilter, Page, PageToken, Probes,
    SsmReads,
};
use fleet::observed::{
    Attributes, AutoScalingGroup, EndpointConnection, EndpointService, IngressRule, Instance,
    InstanceStatus, LifecycleHook, Listener, LoadBalancer, LoadBalancerNode, Parameter,
    ScalingActivity, ServicePermission, SpotRequest, TargetGroup, TargetHealth,
};
use fleet::tags::{self, Tags};
use fleet::words::{
    AutoScalingGroupName, EndpointServiceId, FunctionName, InstanceId, ListenerArn,
    LoadBalancerArn, ParameterName, SecurityGroupId, SpotRequestId, TargetGroupArn,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl Dated for Fake {
    fn take_dates(&self) -> Vec<Timestamp> {
        self.new_dates()
    }
}

impl Elbv2Reads for Fake {
    async fn describe_load_balancer(&self, arn: &LoadBalancerArn) -> Answer<LoadBalancer> {
        let load_balancer = self.load_balancer.clone().expect("a load balancer");
        let call = Call::DescribeLoadBalancers;
        self.answer(call, arn.to_string(), load_balancer).await
    }

    async fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        page: Option<PageToken>,
    ) -> Answer<Page<Listener>> {
        let page = self.page(&self.listeners, page);
        let call = Call::DescribeListeners;
        self.answer(call, load_balancer.to_string(), page).await
    }

    async fn describe_listener_attributes(&self, listener: &ListenerArn) -> Answer<Attributes> {
        let call = Call::DescribeListenerAttributes;
        let attributes = self.attributes.clone();
        self.answer(call, listener.to_string(), attributes).await
    }

    async fn describe_target_groups(
        &self,
        prefix: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<TargetGroup>> {
        let named = self.groups.iter();
        let named = named.filter(|group| group.name.as_str().starts_with(prefix));
        let page = self.page(&named.cloned().collect::<Vec<_>>(), page);
        let call = Call::DescribeTargetGroups;
        self.answer(call, String::new(), page).await
    }

    async fn describe_target_group_attributes(&self, group: &TargetGroupArn) -> Answer<Attributes> {
        let call = Call::DescribeTargetGroupAttributes;
        let attributes = self.attributes.clone();
        self.answer(call, group.to_string(), attributes).await
    }

    async fn describe_target_health(&self, group: &TargetGroupArn) -> Answer<Vec<TargetHealth>> {
        let health = self.health.get(group).cloned().unwrap_or_default();
        let call = Call::DescribeTargetHealth;
        self.answer(call, group.to_string(), health).await
    }

    async fn describe_tags(&self, arns: &[String]) -> Answer<BTreeMap<String, Tags>> {
        let tagged = self.tags.iter().filter(|(arn, _)| arns.contains(arn));
        let tagged = tagged.map(|(arn, tags)| (arn.clone(), tags.clone()));
        let tagged = tagged.collect();
        let call = Call::DescribeTags;
        self.answer(call, arns.join(" "), tagged).await
    }
}

impl Ec2Reads for Fake {
    async fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Instance>> {
        let (of, matches): (String, Vec<Instance>) = match filter {
            InstanceFilter::Cluster(cluster) => {
                let tagged = |instance: &&Instance| {
                    instance.tags.get(tags::CLUSTER).map(String::as_str) == Some(cluster.as_str())
                };
                let matches = self.instances.iter().filter(tagged).cloned().collect();
                (cluster.to_string(), matches)
            }
            InstanceFilter::Ids(ids) => {
                let known = self.instances.iter().filter(|i| ids.contains(&i.id));
                let texts: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
                (texts.join(" "), known.cloned().collect())
            }
        };
        let page = self.page(&matches, page);
        self.answer(Call::DescribeInstances, of, page).await
    }

    async fn describe_instance_status(
        &self,
        instances: &[InstanceId],
    ) -> Answer<Vec<InstanceStatus>> {
        let known = self.statuses.iter();
        let known = known.filter(|it| instances.contains(&it.instance));
        let ids: Vec<&str> = instances.iter().map(InstanceId::as_str).collect();
        let call = Call::DescribeInstanceStatus;
        self.answer(call, ids.join(" "), known.cloned().collect())
            .await
    }

    async fn describe_spot_instance_requests(
        &self,
        requests: &[SpotRequestId],
        page: Option<PageToken>,
    ) -> Answer<Page<SpotRequest>> {
        let known = self.spot_requests.iter();
        let known: Vec<_> = known
            .filter(|it| requests.contains(&it.id))
            .cloned()
            .collect();
        let page = self.page(&known, page);
        let ids: Vec<&str> = requests.iter().map(SpotRequestId::as_str).collect();
        let call = Call::DescribeSpotInstanceRequests;
        self.answer(call, ids.join(" "), page).await
    }

    async fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        page: Option<PageToken>,
    ) -> Answer<Page<LoadBalancerNode>> {
        let page = self.page(&self.nodes, page);
        let call = Call::DescribeNetworkInterfaces;
        let of = format!("{} in {}", load_balancer.arn, load_balancer.vpc);
        self.answer(call, of, page).await
    }

    async fn describe_endpoint_services(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointService>> {
        let page = self.page(&self.endpoint_services, page);
        let call = Call::DescribeVpcEndpointServiceConfigurations;
        self.answer(call, String::new(), page).await
    }

    async fn describe_service_permissions(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> Answer<Page<ServicePermission>> {
        let page = self.page(&self.permissions, page);
        let call = Call::DescribeVpcEndpointServicePermissions;
        self.answer(call, service.to_string(), page).await
    }

    async fn describe_endpoint_connections(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointConnection>> {
        let page = self.page(&self.connections, page);
        let call = Call::DescribeVpcEndpointConnections;
        self.answer(call, service.to_string(), page).await
    }

    async fn describe_security_group_rules(
        &self,
        groups: &[SecurityGroupId],
        page: Option<PageToken>,
    ) -> Answer<Page<IngressRule>> {
        let of = self
            .rules
            .iter()
            .filter(|rule| groups.contains(&rule.group));
        let page = self.page(&of.cloned().collect::<Vec<_>>(), page);
        let groups: Vec<&str> = groups.iter().map(SecurityGroupId::as_str).collect();
        let call = Call::DescribeSecurityGroupRules;
        self.answer(call, groups.join(" "), page).await
    }
}

impl AutoScalingReads for Fake {
    async fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        let page = self.page(&self.scaling, page);
        let call = Call::DescribeAutoScalingGroups;
        self.answer(call, String::new(), page).await
    }

    async fn describe_lifecycle_hooks(
        &self,
        group: &AutoScalingGroupName,
    ) -> Answer<Vec<LifecycleHook>> {
        let of_group = self.hooks.iter().filter(|hook| hook.group == *group);
        let hooks = of_group.cloned().collect();
        let call = Call::DescribeLifecycleHooks;
        self.answer(call, group.to_string(), hooks).await
    }

    async fn describe_scaling_activities(
        &self,
        group: &AutoScalingGroupName,
        page: Option<PageToken>,
    ) -> Answer<Page<ScalingActivity>> {
        let of_group = self.activities.iter().filter(|it| it.group == *group);
        let page = self.page(&of_group.cloned().collect::<Vec<_>>(), page);
        let call = Call::DescribeScalingActivities;
        self.answer(call, group.to_string(), page).await
    }
}

impl SsmReads for Fake {
    async fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<Parameter>> {
        let page = self.page(&self.parameters, page);
        let call = Call::GetParametersByPath;
        self.answer(call, path.to_owned(), page).await
    }

    async fn get_parameter(&self, name: &ParameterName) -> Answer<String> {
        let secret = self.secrets.get(name).cloned().unwrap_or_default();
        let call = Call::GetParameter;
        self.answer(call, name.to_string(), secret).await
    }
}

impl Probes for Fake {
    async fn invoke(&self, function: &FunctionName, payload: &str) -> Answer<String> {
        let answer = (self.probe)(payload);
        let call = Call::InvokeFunction;
        self.answer(call, function.to_string(), answer).await
    }
}

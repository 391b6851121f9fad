//! What an activation reads, from the model.

use super::MemoryDoor;
use crate::model::{AzIds, Interface, InterfaceFilter, Invoked};
use cloud::call::Call;
use cloud::calls::{Answer, InstanceFilter, Page, PageToken, Probes, Reads};
use cloud::error::CallError;
use fleet::observed::{
    Attributes, AutoScalingGroup, EndpointService, Instance, Listener, LoadBalancer,
    LoadBalancerNode, Parameter, TargetGroup, TargetHealth,
};
use fleet::tags::Tags;
use fleet::words::{FunctionName, ListenerArn, LoadBalancerArn, ParameterName, TargetGroupArn};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl Reads for MemoryDoor {
    fn take_dates(&self) -> Vec<Timestamp> {
        std::mem::take(&mut self.dates.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<Parameter>> {
        self.call(Call::GetParametersByPath, |model, now| {
            let mut page = model.get_parameters_by_path(now, path, page.as_ref())?;
            let shown = page.items.into_iter();
            page.items = shown.map(Parameter::without_cipher_text).collect();
            Ok(page)
        })
        .await
    }

    async fn describe_load_balancer(&self, arn: &LoadBalancerArn) -> Answer<LoadBalancer> {
        self.call(Call::DescribeLoadBalancers, |model, now| {
            model.describe_load_balancer(now, arn)
        })
        .await
    }

    async fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        page: Option<PageToken>,
    ) -> Answer<Page<Listener>> {
        self.call(Call::DescribeListeners, |model, now| {
            model.describe_listeners(now, load_balancer, page.as_ref())
        })
        .await
    }

    async fn describe_listener_attributes(&self, listener: &ListenerArn) -> Answer<Attributes> {
        self.call(Call::DescribeListenerAttributes, |model, now| {
            model.describe_listener_attributes(now, listener)
        })
        .await
    }

    async fn describe_target_groups(
        &self,
        prefix: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<TargetGroup>> {
        let call = Call::DescribeTargetGroups;
        let page = self.call(call, |model, now| {
            model.describe_target_groups(now, page.as_ref())
        });
        let mut page = page.await?;
        page.items
            .retain(|group| group.name.as_str().starts_with(prefix));
        Ok(page)
    }

    async fn describe_target_group_attributes(&self, group: &TargetGroupArn) -> Answer<Attributes> {
        self.call(Call::DescribeTargetGroupAttributes, |model, now| {
            model.describe_target_group_attributes(now, group)
        })
        .await
    }

    async fn describe_target_health(&self, group: &TargetGroupArn) -> Answer<Vec<TargetHealth>> {
        self.call(Call::DescribeTargetHealth, |model, now| {
            model.describe_target_health(now, group)
        })
        .await
    }

    async fn describe_tags(&self, arns: &[String]) -> Answer<BTreeMap<String, Tags>> {
        self.call(Call::DescribeTags, |model, now| {
            model.describe_tags(now, arns)
        })
        .await
    }

    async fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Instance>> {
        self.call(Call::DescribeInstances, |model, now| {
            model.describe_instances(now, filter, page.as_ref())
        })
        .await
    }

    async fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        self.call(Call::DescribeAutoScalingGroups, |model, now| {
            model.describe_auto_scaling_groups(now, page.as_ref())
        })
        .await
    }

    async fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        page: Option<PageToken>,
    ) -> Answer<Page<LoadBalancerNode>> {
        let arn = load_balancer.arn.as_str();
        let end = arn.split_once(":loadbalancer/").map_or(arn, |(_, end)| end);
        let filter = InterfaceFilter {
            description: Some(format!("ELB {end}")),
            kind: Some("network_load_balancer".to_owned()),
            requester_managed: Some(true),
            vpc: Some(load_balancer.vpc.clone()),
        };
        let page = self.call(Call::DescribeNetworkInterfaces, |model, now| {
            let page = model.describe_network_interfaces(now, &filter, page.as_ref())?;
            Ok((page, model.settings().clone()))
        });
        let (page, settings) = page.await?;
        let node = |found: Interface| LoadBalancerNode {
            az_name: settings.zone(&found.az_id).map(|zone| zone.name.clone()),
            az_id: (settings.az_ids != AzIds::Nowhere).then_some(found.az_id),
            address: found.address,
        };
        Ok(Page {
            items: page.items.into_iter().map(node).collect(),
            next: page.next,
        })
    }

    async fn describe_endpoint_services(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointService>> {
        let call = Call::DescribeVpcEndpointServiceConfigurations;
        self.call(call, |model, now| {
            model.describe_endpoint_services(now, page.as_ref())
        })
        .await
    }

    async fn get_parameter(&self, name: &ParameterName) -> Answer<String> {
        self.call(Call::GetParameter, |model, now| {
            model.get_parameter(now, name)
        })
        .await
    }
}

impl Probes for MemoryDoor {
    async fn invoke(&self, function: &FunctionName, payload: &str) -> Answer<String> {
        let call = Call::InvokeFunction;
        let invoked = self.call(call, |model, now| model.invoke(now, function, payload));
        match invoked.await? {
            Invoked::Answered(answer) => {
                self.note_proof(&answer);
                Ok(answer)
            }
            Invoked::Failed(code, message) => Err(CallError::answered(call, 200, &code, &message)),
        }
    }
}

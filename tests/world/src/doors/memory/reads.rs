//! What an activation reads, from the model; of EC2 see `ec2.rs`.

use super::MemoryDoor;
use crate::model::{HalfHeard, Invoked};
use cloud::call::Call;
use cloud::calls::{
    Answer, AutoScalingReads, Dated, Elbv2Reads, Page, PageToken, Probes, SsmReads,
};
use cloud::error::CallError;
use fleet::observed::{
    Attributes, AutoScalingGroup, LifecycleHook, Listener, LoadBalancer, Parameter,
    ScalingActivity, TargetGroup, TargetHealth,
};
use fleet::proof::Inquiry;
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, FunctionName, ListenerArn, LoadBalancerArn, ParameterName, TargetGroupArn,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl Dated for MemoryDoor {
    fn take_dates(&self) -> Vec<Timestamp> {
        std::mem::take(&mut self.dates.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Elbv2Reads for MemoryDoor {
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
}

impl AutoScalingReads for MemoryDoor {
    async fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        self.call(Call::DescribeAutoScalingGroups, |model, now| {
            model.describe_auto_scaling_groups(now, page.as_ref())
        })
        .await
    }

    async fn describe_lifecycle_hooks(
        &self,
        group: &AutoScalingGroupName,
    ) -> Answer<Vec<LifecycleHook>> {
        self.call(Call::DescribeLifecycleHooks, |model, now| {
            model.describe_lifecycle_hooks(now, group)
        })
        .await
    }

    async fn describe_scaling_activities(
        &self,
        group: &AutoScalingGroupName,
        page: Option<PageToken>,
    ) -> Answer<Page<ScalingActivity>> {
        self.call(Call::DescribeScalingActivities, |model, now| {
            model.describe_scaling_activities(now, group, page.as_ref())
        })
        .await
    }
}

impl SsmReads for MemoryDoor {
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
        let invoked = match HalfHeard::is_asked(payload) {
            true => self.invoke_gate(function, payload).await?,
            false => {
                let invoked = self.call(call, |model, now| model.invoke(now, function, payload));
                invoked.await?
            }
        };
        match invoked {
            Invoked::Answered(answer) => {
                // Other questions have no table for an answer.
                if serde_json::from_str::<Inquiry>(payload).is_ok() {
                    self.note_proof(&answer);
                }
                Ok(answer)
            }
            Invoked::Failed(code, message) => Err(CallError::answered(call, 200, &code, &message)),
        }
    }
}

impl MemoryDoor {
    /// The gate hears twice, and time passes in between.
    async fn invoke_gate(&self, function: &FunctionName, payload: &str) -> Answer<Invoked> {
        let call = Call::InvokeFunction;
        let heard = self.call(call, |model, now| model.invoke_gate(now, function, payload));
        let (half, late) = heard.await?;
        let invoked = match half {
            Ok(half) => {
                let pause = half.pause;
                tokio::time::sleep(pause).await;
                let now = self.clock.now();
                self.model().hear_again(now, half, pause)
            }
            Err(invoked) => invoked,
        };
        tokio::time::sleep(late).await;
        Ok(invoked)
    }
}

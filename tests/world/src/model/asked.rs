//! What of a call IAM looks at. What it asks permission for is in `permission.rs`.

use cloud::call::Call;
use cloud::calls::NewTargetGroup;
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, DocumentName, EndpointServiceId, FunctionName, InstanceId,
    LoadBalancerArn, LogGroupName, ParameterName, ServicePermissionId,
};

/// A call, and what of it IAM looks at.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub call: Call,
    pub on: On<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum On<'a> {
    /// No resource at all.
    Nothing,
    /// Parameters below a path, or one parameter.
    Path(&'a str),
    /// A function, by its name or ARN.
    Function(&'a str),
    /// A log group.
    LogGroup(&'a LogGroupName),
    /// A target group or a listener.
    One(&'a str),
    /// Tags onto one.
    Tagged(&'a str, &'a Tags),
    /// Tags off one.
    Untagged(&'a str, &'a [String]),
    NewTargetGroup(&'a NewTargetGroup),
    /// An Auto Scaling group.
    ScalingGroup(&'a AutoScalingGroupName),
    /// An endpoint service.
    Service(&'a EndpointServiceId),
    /// Tags onto permissions of endpoint services.
    TaggedPermissions(&'a [ServicePermissionId], &'a Tags),
    /// This document on this instance.
    Command(&'a DocumentName, &'a InstanceId),
    /// An instance.
    Instance(&'a InstanceId),
    /// Tags onto one.
    TaggedInstance(&'a InstanceId, &'a Tags),
    /// Tags off one.
    UntaggedInstance(&'a InstanceId, &'a [String]),
    /// On this load balancer, with these tags.
    NewListener(&'a LoadBalancerArn, &'a Tags),
}

impl From<Call> for Asked<'_> {
    fn from(call: Call) -> Self {
        let on = On::Nothing;
        Self { call, on }
    }
}

impl<'a> Asked<'a> {
    pub fn below(path: &'a str) -> Self {
        Self::of(Call::GetParametersByPath, On::Path(path))
    }

    pub fn parameter(call: Call, name: &'a ParameterName) -> Self {
        Self::of(call, On::Path(name.as_str()))
    }

    pub fn invoke(function: &'a FunctionName) -> Self {
        Self::of(Call::InvokeFunction, On::Function(function.as_str()))
    }

    pub fn log_group(group: &'a LogGroupName) -> Self {
        Self::of(Call::FilterLogEvents, On::LogGroup(group))
    }

    pub fn on(call: Call, arn: &'a str) -> Self {
        Self::of(call, On::One(arn))
    }

    pub fn scaling_group(call: Call, group: &'a AutoScalingGroupName) -> Self {
        Self::of(call, On::ScalingGroup(group))
    }

    pub fn service(call: Call, id: &'a EndpointServiceId) -> Self {
        Self::of(call, On::Service(id))
    }

    pub fn tag_permissions(ids: &'a [ServicePermissionId], tags: &'a Tags) -> Self {
        Self::of(Call::CreateTags, On::TaggedPermissions(ids, tags))
    }

    pub fn add_tags(arn: &'a str, tags: &'a Tags) -> Self {
        Self::of(Call::AddTags, On::Tagged(arn, tags))
    }

    pub fn remove_tags(arn: &'a str, keys: &'a [String]) -> Self {
        Self::of(Call::RemoveTags, On::Untagged(arn, keys))
    }

    pub fn new_target_group(new: &'a NewTargetGroup) -> Self {
        Self::of(Call::CreateTargetGroup, On::NewTargetGroup(new))
    }

    pub fn command(document: &'a DocumentName, instance: &'a InstanceId) -> Self {
        Self::of(Call::SendCommand, On::Command(document, instance))
    }

    pub fn new_listener(load_balancer: &'a LoadBalancerArn, tags: &'a Tags) -> Self {
        Self::of(Call::CreateListener, On::NewListener(load_balancer, tags))
    }

    pub fn tag_instance(id: &'a InstanceId, tags: &'a Tags) -> Self {
        Self::of(Call::CreateInstanceTags, On::TaggedInstance(id, tags))
    }

    pub fn untag_instance(id: &'a InstanceId, keys: &'a [String]) -> Self {
        Self::of(Call::DeleteTags, On::UntaggedInstance(id, keys))
    }

    pub fn reboot(id: &'a InstanceId) -> Self {
        Self::of(Call::RebootInstances, On::Instance(id))
    }

    /// The health of an instance is authorised on its group; of one that is in none AWS knows no group to ask for.
    pub fn set_health(group: Option<&'a AutoScalingGroupName>) -> Self {
        let on = group.map_or(On::Nothing, On::ScalingGroup);
        Self::of(Call::SetInstanceHealth, on)
    }

    fn of(call: Call, on: On<'a>) -> Self {
        Self { call, on }
    }
}

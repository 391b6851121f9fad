//! What each call asks permission for, and whether the caller's role gives it.
//!
//! Sources: service authorization reference of ELBv2, SSM, EC2, Auto Scaling and Lambda (F44);
//! "ELB API permissions to tag resources during creation"; "Elastic Load Balancing API permissions"
//! (elasticloadbalancing/latest/userguide/elb-api-permissions.html); "How Parameter Store authorizes
//! parameter retrieval"; "Referencing AWS Secrets Manager secrets from Parameter Store parameters". By them
//! - `Describe*` takes no resource; `GetParametersByPath` is authorised on the path that is asked
//!   for, not on what is below it;
//! - `GetParameter` and `PutParameter` are authorised on the parameter, `Invoke` on the function; who
//!   asks for a secret by `/aws/reference/secretsmanager/…` needs `GetSecretValue` on it, too;
//! - `CreateListener` is authorised on the load balancer; tags in a request that creates something
//!   are authorised as `AddTags`, too, with `elasticloadbalancing:CreateAction`;
//! - `CreateTargetGroup` and `RegisterTargets` read EC2 in the caller's name, who needs these reads, too;
//! - of EC2, `ModifyVpcEndpointServicePermissions`, `AcceptVpcEndpointConnections`,
//!   `RejectVpcEndpointConnections` and `DescribeVpcEndpointServicePermissions` are authorised on the
//!   endpoint service, with its tags; `CreateTags` on each permission that it tags, with the tags that
//!   are there and those of the request. `ec2:CreateAction` is only there where the call that makes
//!   something tags it, and the one that makes permissions takes no tags;
//! - `SendCommand` is authorised on the document and on the instance, each with its tags as
//!   `ssm:resourceTag/…` (F49); `ListCommands`, `ListCommandInvocations`, `GetCommandInvocation` and
//!   `DescribeInstanceInformation` take no resource;
//! - `CompleteLifecycleAction` and `RecordLifecycleActionHeartbeat` are authorised on the Auto Scaling
//!   group, with its tags as `autoscaling:ResourceTag/…` and `aws:ResourceTag/…`; Auto Scaling's
//!   `Describe*` take no resource (F56);
//! - of EC2, `CreateTags` and `DeleteTags` on an instance are authorised on it, with the tags that are there and those,
//!   or the keys, of the request; `RebootInstances` on the instance; of Auto Scaling, `SetInstanceHealth` on the group;
//!   `DescribeAlarms`, `GetResources`, `DescribeInstanceStatus` and `DescribeSpotInstanceRequests` take no resource (F62);
//! - of CloudWatch Logs, `FilterLogEvents` is authorised on the log group, whose ARN ends in `:*` in policies
//!   ("CloudWatch Logs resources and operations"); messages of AWS name it `log-group:<name>:log-stream:`;
//! - the other writes are authorised on the one target group or listener that they change, with its
//!   tags: not on the instances that are registered, nor on the group that is forwarded to.
//!
//! Resting on inference, from messages of AWS that people have reported:
//! - what is to be created is `targetgroup/<name>/*` (aws-load-balancer-controller #2692) and
//!   `listener/<load balancer>/*` (terraform-aws-eks-blueprints #717);
//! - the tags of a new listener are authorised there and on its load balancer: the first is what
//!   terraform-aws-eks-blueprints #717 reports, the second aws-load-balancer-controller #3086, so a role
//!   must allow both;
//! - that a read of EC2 is missing is the answer `AccessDenied` of ELB, with the name of the read
//!   (cluster-api-provider-aws #629, for `CreateLoadBalancer`);
//! - `aws:ResourceTag/…` is not there at `SendCommand`, though the reference lists it: "if you use any global
//!   condition keys for the SendCommand action", a role must allow that service's own calls besides
//!   ("Setting up Run Command"), and ours does without;
//! - a path without a slash at its end is `parameter/<path>` (aws-dotnet-extensions-configuration
//!   #108), and one with it keeps the slash;
//! - a reference is the parameter of its own name, and the secret's ARN ends in six characters of its
//!   own; the AWS-managed keys ask for nothing more;
//! - permission comes before existence: what is not there has no tags, so a role that asks for tags
//!   denies a call on it;
//! - creating again what is there asks for the same as creating it.

use super::asked::{Asked, On};
use super::parameters::SECRET_REFERENCE;
use super::{ApiError, Model};
use crate::iam::Request;
use cloud::call::Call;
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, EndpointServiceId, InstanceId, ListenerArn, LoadBalancerArn,
    ServicePermissionId, TargetGroupArn,
};
use std::sync::Arc;

/// The part of a group's ARN before its name.
const GROUP_UUID: &str = "0a1b2c3d-0000-4000-8000-000000000000";

impl Model {
    pub(super) fn authorise(&self, asked: &Asked<'_>) -> Result<(), ApiError> {
        let Some(caller) = self.caller() else {
            return Ok(());
        };
        for request in self.requests(&caller.role, asked) {
            if !caller.may(&request) {
                let Request {
                    action, resource, ..
                } = &request;
                return Err(ApiError::denied_on(asked.call, action, resource));
            }
        }
        Ok(())
    }

    fn requests(&self, by: &Arc<str>, asked: &Asked<'_>) -> Vec<Request> {
        let action = asked.call.action();
        let ask = |resource: &str| Request::new(by, action, resource.to_owned());
        let ask_of_one =
            |arn| ask(arn).on_tagged(self.tags_seen_by_iam(arn).unwrap_or(&Tags::new()));
        let mut all = match asked.on {
            On::Nothing => vec![Request::new(by, action, "*")],
            On::Path(path) => {
                let parameter = ask(&self.settings.arn("ssm", &format!("parameter{path}")));
                let secret = path.strip_prefix(SECRET_REFERENCE).map(|name| {
                    let secret = format!("secret:{name}-AbCdEf");
                    let arn = self.settings.arn("secretsmanager", &secret);
                    Request::new(by, "secretsmanager:GetSecretValue", arn)
                });
                [parameter].into_iter().chain(secret).collect()
            }
            On::Function(function) => {
                let name = function.rsplit_once(":function:");
                let name = name.map_or(function, |(_, name)| name);
                vec![ask(&self
                    .settings
                    .arn("lambda", &format!("function:{name}")))]
            }
            On::LogGroup(group) => {
                let lines = format!("log-group:{group}:log-stream:");
                vec![ask(&self.settings.arn("logs", &lines))]
            }
            On::One(arn) => vec![ask_of_one(arn)],
            On::ScalingGroup(name) => {
                let tags = self.auto_scaling_groups.get(name).map(|found| &found.tags);
                let arn = self.scaling_group_arn(name);
                vec![of_auto_scaling(ask(&arn), tags)]
            }
            On::Service(id) => {
                let arn = self.service_arn(id);
                let tags = self.endpoint_service(id).map(|record| &record.tags);
                let tags = tags.cloned().unwrap_or_default();
                vec![self.of_ec2(ask(&arn).on_tagged(&tags), &tags)]
            }
            On::TaggedPermissions(ids, tags) => {
                let of_one = |id| {
                    let arn = self.permission_arn(id);
                    let there = self.permission_tags_seen_by_iam(id);
                    let request = ask(&arn).on_tagged(&there).with_tags(tags);
                    self.of_ec2(request, &there)
                };
                ids.iter().map(of_one).collect()
            }
            On::Instance(id) => vec![self.of_instance(ask, id)],
            On::TaggedInstance(id, tags) => vec![self.of_instance(ask, id).with_tags(tags)],
            On::UntaggedInstance(id, keys) => {
                vec![self.of_instance(ask, id).with_tag_keys(keys)]
            }
            On::Tagged(arn, tags) => vec![ask_of_one(arn).with_tags(tags)],
            On::Untagged(arn, keys) => vec![ask_of_one(arn).with_tag_keys(keys)],
            On::NewTargetGroup(new) => {
                let resource = format!("targetgroup/{}/*", new.name);
                let arn = self.settings.arn("elasticloadbalancing", &resource);
                let create = ask(&arn).with_tags(&new.tags);
                let tags = [ask(&arn)];
                with_tags(create, tags, "CreateTargetGroup", &new.tags)
            }
            On::Command(document, instance) => {
                let tags = self.documents.get(document).map(|found| &found.tags);
                let arn = self.settings.arn("ssm", &format!("document/{document}"));
                let document = of_ssm(ask(&arn), tags);
                let tags = self.instances.get(instance).map(|found| &found.tags);
                let arn = self.settings.arn("ec2", &format!("instance/{instance}"));
                vec![document, of_ssm(ask(&arn), tags)]
            }
            On::NewListener(lb, tags) => {
                let lb = lb.as_str();
                let listener = lb.replacen(":loadbalancer/", ":listener/", 1) + "/*";
                let create = ask_of_one(lb).with_tags(tags);
                let tagged = [ask(&listener), ask_of_one(lb)];
                with_tags(create, tagged, "CreateListener", tags)
            }
        };
        let reads = reads_of_ec2(asked.call).iter();
        all.extend(reads.map(|read| Request::new(by, *read, "*")));
        all
    }

    /// What EC2 knows of a request on an instance.
    fn of_instance(&self, ask: impl Fn(&str) -> Request, id: &InstanceId) -> Request {
        let tags = self.instances.get(id).map(|record| record.tags.clone());
        let tags = tags.unwrap_or_default();
        let arn = self.settings.arn("ec2", &format!("instance/{id}"));
        self.of_ec2(ask(&arn).on_tagged(&tags), &tags)
    }

    /// What EC2 knows of every request on a resource.
    fn of_ec2(&self, request: Request, tags: &Tags) -> Request {
        let request = request.with("ec2:Region", [self.settings.region.as_str()]);
        tags.iter().fold(request, |request, (key, value)| {
            request.with(format!("ec2:ResourceTag/{key}"), [value])
        })
    }

    fn service_arn(&self, id: &EndpointServiceId) -> String {
        self.settings
            .arn("ec2", &format!("vpc-endpoint-service/{id}"))
    }

    /// With a UUID that nobody needs to know: policies name groups by `*` there.
    fn scaling_group_arn(&self, name: &AutoScalingGroupName) -> String {
        let resource = format!("autoScalingGroup:{GROUP_UUID}:autoScalingGroupName/{name}");
        self.settings.arn("autoscaling", &resource)
    }

    pub(super) fn permission_arn(&self, id: &ServicePermissionId) -> String {
        let resource = format!("vpc-endpoint-service-permission/{id}");
        self.settings.arn("ec2", &resource)
    }

    /// The tags of a target group, listener or load balancer, if there is one.
    pub(super) fn tags_on(&self, arn: &str) -> Option<&Tags> {
        let group = self.target_groups.get(&TargetGroupArn::from(arn));
        let listener = || self.listeners.get(&ListenerArn::from(arn));
        let load_balancer = || self.load_balancers.get(&LoadBalancerArn::from(arn));
        group
            .map(|record| &record.group.tags)
            .or_else(|| listener().map(|record| &record.tags))
            .or_else(|| load_balancer().map(|record| &record.tags))
    }
}

/// What Auto Scaling knows of a request on a group with these tags.
fn of_auto_scaling(request: Request, tags: Option<&Tags>) -> Request {
    let none = Tags::new();
    let tags = tags.unwrap_or(&none);
    tags.iter()
        .fold(request.on_tagged(tags), |request, (key, value)| {
            request.with(format!("autoscaling:ResourceTag/{key}"), [value])
        })
}

/// What Systems Manager knows of a request on something with these tags.
fn of_ssm(request: Request, tags: Option<&Tags>) -> Request {
    let tags = tags.into_iter().flatten();
    tags.fold(request, |request, (key, value)| {
        request.with(format!("ssm:resourceTag/{key}"), [value])
    })
}

/// The request that creates, and one for its tags on each of what they are authorised on.
fn with_tags<const N: usize>(
    create: Request,
    tagged: [Request; N],
    name: &str,
    tags: &Tags,
) -> Vec<Request> {
    if tags.is_empty() {
        return vec![create];
    }
    let add = tagged.map(|on| Request {
        action: Call::AddTags.action().into(),
        ..on.with("elasticloadbalancing:CreateAction", [name])
            .with_tags(tags)
    });
    [create].into_iter().chain(add).collect()
}

/// What ELB reads of EC2 in the caller's name, of the calls that the page lists and we make. The role
/// that it also names for making the first load balancer of an account is there with ours.
fn reads_of_ec2(call: Call) -> &'static [&'static str] {
    match call {
        Call::CreateTargetGroup => &["ec2:DescribeInternetGateways", "ec2:DescribeVpcs"],
        Call::RegisterTargets => &[
            "ec2:DescribeInstances",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        _ => &[],
    }
}

//! What each call asks permission for, and whether the caller's role gives it.
//!
//! Sources: service authorization reference of ELBv2, SSM, EC2, Auto Scaling and Lambda (F44);
//! "ELB API permissions to tag resources during creation"; "How Parameter Store authorizes parameter
//! retrieval"; "Referencing AWS Secrets Manager secrets from Parameter Store parameters". By them
//! - `Describe*` takes no resource; `GetParametersByPath` is authorised on the path that is asked
//!   for, not on what is below it;
//! - `GetParameter` and `PutParameter` are authorised on the parameter, `Invoke` on the function; who
//!   asks for a secret by `/aws/reference/secretsmanager/…` needs `GetSecretValue` on it, too;
//! - `CreateListener` is authorised on the load balancer; tags in a request that creates something
//!   are authorised as `AddTags`, too, with `elasticloadbalancing:CreateAction`;
//! - the other writes are authorised on the one target group or listener that they change, with its
//!   tags: not on the instances that are registered, nor on the group that is forwarded to.
//!
//! Resting on inference, from messages of AWS that people have reported:
//! - what is to be created is `targetgroup/<name>/*` (aws-load-balancer-controller #2692) and
//!   `listener/<load balancer>/*` (terraform-aws-eks-blueprints #717; aws-load-balancer-controller
//!   #3086 reports the load balancer instead, and its maintainers could not confirm that);
//! - a path without a slash at its end is `parameter/<path>` (aws-dotnet-extensions-configuration
//!   #108), and one with it keeps the slash;
//! - a reference is the parameter of its own name, and the secret's ARN ends in six characters of its
//!   own; the AWS-managed keys ask for nothing more;
//! - permission comes before existence: what is not there has no tags, so a role that asks for tags
//!   denies a call on it;
//! - creating again what is there asks for the same as creating it.

use super::parameters::SECRET_REFERENCE;
use super::{ApiError, Model};
use crate::iam::{Caller, Request};
use cloud::call::Call;
use cloud::calls::NewTargetGroup;
use fleet::tags::Tags;
use fleet::words::{FunctionName, ListenerArn, LoadBalancerArn, ParameterName, TargetGroupArn};
use std::sync::Arc;

/// A call, and what of it IAM looks at.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub call: Call,
    on: On<'a>,
}

#[derive(Clone, Copy)]
enum On<'a> {
    /// No resource at all.
    Nothing,
    /// Parameters below a path, or one parameter.
    Path(&'a str),
    /// A function, by its name or ARN.
    Function(&'a str),
    /// A target group or a listener.
    One(&'a str),
    /// Tags onto one.
    Tagged(&'a str, &'a Tags),
    /// Tags off one.
    Untagged(&'a str, &'a [String]),
    NewTargetGroup(&'a NewTargetGroup),
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

    pub fn on(call: Call, arn: &'a str) -> Self {
        Self::of(call, On::One(arn))
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

    pub fn new_listener(load_balancer: &'a LoadBalancerArn, tags: &'a Tags) -> Self {
        Self::of(Call::CreateListener, On::NewListener(load_balancer, tags))
    }

    fn of(call: Call, on: On<'a>) -> Self {
        Self { call, on }
    }
}

impl Model {
    /// From now on every call that is not made by hand needs this caller's permission.
    pub fn assume(&mut self, caller: Arc<Caller>) {
        self.caller = Some(caller);
    }

    /// Who calls, if anybody asks.
    pub fn caller(&self) -> Option<&Arc<Caller>> {
        self.caller.as_ref()
    }

    pub(super) fn authorise(&self, asked: &Asked<'_>) -> Result<(), ApiError> {
        let Some(caller) = &self.caller else {
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
        match asked.on {
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
            On::One(arn) => vec![ask_of_one(arn)],
            On::Tagged(arn, tags) => vec![ask_of_one(arn).with_tags(tags)],
            On::Untagged(arn, keys) => vec![ask_of_one(arn).with_tag_keys(keys)],
            On::NewTargetGroup(new) => {
                let resource = format!("targetgroup/{}/*", new.name);
                let arn = self.settings.arn("elasticloadbalancing", &resource);
                with_tags_of_the_new(ask(&arn), &arn, "CreateTargetGroup", &new.tags)
            }
            On::NewListener(lb, tags) => {
                let arn = lb.as_str().replacen(":loadbalancer/", ":listener/", 1) + "/*";
                with_tags_of_the_new(ask_of_one(lb.as_str()), &arn, "CreateListener", tags)
            }
        }
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

/// The request that creates, and the one that its tags are, if it has any.
fn with_tags_of_the_new(create: Request, arn: &str, name: &str, tags: &Tags) -> Vec<Request> {
    let create = create.with_tags(tags);
    if tags.is_empty() {
        return vec![create];
    }
    let add = Request::new(&create.by, Call::AddTags.action(), arn.to_owned())
        .with("elasticloadbalancing:CreateAction", [name])
        .with_tags(tags);
    vec![create, add]
}

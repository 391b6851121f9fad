//! Every AWS call that we make, by name: one table.

use serde::Serialize;
use std::fmt;

/// Which trait has a call that changes something: one for each function that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// [`MappingWrites`](crate::calls::MappingWrites), of register-brokers.
    Mapping,
    /// [`PrincipalWrites`](crate::calls::PrincipalWrites), of sync-principals.
    Principals,
    /// [`CommandWrites`](crate::calls::CommandWrites), of push-listeners.
    Commands,
    /// [`HealingWrites`](crate::calls::HealingWrites), of heal-brokers.
    Healing,
}

/// Writes [`Call`] from the table below: the name of the call, the service as IAM spells it, whether
/// the call reads or whose writes it belongs to, and what it is about. A name of ours stands before the name of a
/// call that two functions make.
macro_rules! calls {
    ($($name:ident $(is $call:ident)?: $service:literal, $does:ident, $about:literal;)*) => {
        /// One kind of AWS call. Its [`Call::action`] is what a policy must allow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum Call {
            $(#[doc = $about] $name,)*
        }

        impl Call {
            /// Every call.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The action as IAM spells it.
            pub fn action(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($service, ":", calls!(@ name $name $($call)?)),)*
                }
            }

            /// Whose writes the call belongs to; none if it reads.
            pub fn writes(self) -> Option<Writes> {
                match self {
                    $(Self::$name => calls!(@ $does),)*
                }
            }

            /// Whether the call changes something.
            pub fn is_write(self) -> bool {
                self.writes().is_some()
            }
        }
    };
    (@ name $name:ident) => { stringify!($name) };
    (@ name $name:ident $call:ident) => { stringify!($call) };
    (@ read) => { None };
    (@ mapping) => { Some(Writes::Mapping) };
    (@ principals) => { Some(Writes::Principals) };
    (@ commands) => { Some(Writes::Commands) };
    (@ healing) => { Some(Writes::Healing) };
}

calls! {
    GetParametersByPath: "ssm", read, "SSM: the parameters below a path.";
    DescribeLoadBalancers: "elasticloadbalancing", read, "ELBv2: the NLB.";
    DescribeListeners: "elasticloadbalancing", read, "ELBv2: its listeners.";
    DescribeListenerAttributes: "elasticloadbalancing", read, "ELBv2: attributes of a listener.";
    DescribeTargetGroups: "elasticloadbalancing", read, "ELBv2: target groups.";
    DescribeTargetGroupAttributes: "elasticloadbalancing", read, "ELBv2: attributes of a target group.";
    DescribeTargetHealth: "elasticloadbalancing", read, "ELBv2: targets of a target group and their health.";
    DescribeTags: "elasticloadbalancing", read, "ELBv2: tags of up to 20 resources.";
    DescribeInstances: "ec2", read, "EC2: instances.";
    DescribeAutoScalingGroups: "autoscaling", read, "Auto Scaling: groups.";
    DescribeLifecycleHooks: "autoscaling", read, "Auto Scaling: the lifecycle hooks of a group.";
    DescribeScalingActivities: "autoscaling", read, "Auto Scaling: what a group did, and does.";
    DescribeNetworkInterfaces: "ec2", read, "EC2: the NLB's network interfaces.";
    DescribeVpcEndpointServiceConfigurations: "ec2", read, "EC2: endpoint services of this account.";
    GetParameter: "ssm", read, "SSM: one parameter, decrypted.";
    InvokeFunction: "lambda", read, "Lambda: probe-brokers.";
    PutParameter: "ssm", mapping, "SSM: the hand-over.";
    CreateTargetGroup: "elasticloadbalancing", mapping, "ELBv2: a new target group, tags included.";
    ModifyTargetGroup: "elasticloadbalancing", mapping, "ELBv2: the health check of a target group.";
    ModifyTargetGroupAttributes: "elasticloadbalancing", mapping, "ELBv2: attributes of a target group.";
    RegisterTargets: "elasticloadbalancing", mapping, "ELBv2: targets into a group.";
    DeregisterTargets: "elasticloadbalancing", mapping, "ELBv2: targets out of a group.";
    CreateListener: "elasticloadbalancing", mapping, "ELBv2: a new listener, tags included.";
    ModifyListener: "elasticloadbalancing", mapping, "ELBv2: where a listener forwards to.";
    ModifyListenerAttributes: "elasticloadbalancing", mapping, "ELBv2: attributes of a listener.";
    DeleteListener: "elasticloadbalancing", mapping, "ELBv2: a listener away.";
    AddTags: "elasticloadbalancing", mapping, "ELBv2: tags onto a resource.";
    RemoveTags: "elasticloadbalancing", mapping, "ELBv2: tags off a resource.";
    DeleteTargetGroup: "elasticloadbalancing", mapping, "ELBv2: a target group away.";
    CompleteLifecycleAction: "autoscaling", mapping, "Auto Scaling: a waiting instance goes on.";
    RecordLifecycleActionHeartbeat: "autoscaling", mapping, "Auto Scaling: a waiting instance waits longer.";
    DescribeVpcEndpointServicePermissions: "ec2", read, "EC2: who may connect to an endpoint service.";
    DescribeVpcEndpointConnections: "ec2", read, "EC2: the connections to an endpoint service.";
    DescribeSecurityGroupRules: "ec2", read, "EC2: what security groups let in.";
    ModifyVpcEndpointServicePermissions: "ec2", principals, "EC2: principals allowed on an endpoint service, or no longer.";
    CreateTags: "ec2", principals, "EC2: tags onto permissions of an endpoint service.";
    AcceptVpcEndpointConnections: "ec2", principals, "EC2: connections accepted.";
    RejectVpcEndpointConnections: "ec2", principals, "EC2: connections rejected.";
    ListCommands: "ssm", read, "SSM: commands that were sent.";
    ListCommandInvocations: "ssm", read, "SSM: how commands are on each of their hosts.";
    GetCommandInvocation: "ssm", read, "SSM: what a command said on one host.";
    DescribeInstanceInformation: "ssm", read, "SSM: instances whose agent has registered.";
    SendCommand: "ssm", commands, "SSM: a document run on a host.";
    DescribeAlarms: "cloudwatch", read, "CloudWatch: alarms.";
    GetResources: "tag", read, "Resource Groups Tagging: resources of any service, by a tag.";
    DescribeInstanceStatus: "ec2", read, "EC2: status checks of instances.";
    DescribeSpotInstanceRequests: "ec2", read, "EC2: requests for Spot Instances.";
    CreateInstanceTags is CreateTags: "ec2", healing, "EC2: tags onto an instance.";
    DeleteTags: "ec2", healing, "EC2: tags off an instance.";
    RebootInstances: "ec2", healing, "EC2: an instance rebooted.";
    FilterLogEvents: "logs", read, "CloudWatch Logs: lines of a log group.";
    SetInstanceHealth: "autoscaling", healing, "Auto Scaling: an instance unhealthy, so that its group replaces it.";
}

impl fmt::Display for Call {
    /// The bare name, `RegisterTargets`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action();
        f.write_str(action.split_once(':').map_or(action, |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_an_action_of_iam_and_what_changes_something_is_a_write() {
        for (call, action, write) in [
            (Call::GetParametersByPath, "ssm:GetParametersByPath", false),
            (Call::DescribeInstances, "ec2:DescribeInstances", false),
            (
                Call::DescribeAutoScalingGroups,
                "autoscaling:DescribeAutoScalingGroups",
                false,
            ),
            (
                Call::DescribeTags,
                "elasticloadbalancing:DescribeTags",
                false,
            ),
            (
                Call::RegisterTargets,
                "elasticloadbalancing:RegisterTargets",
                true,
            ),
            (
                Call::DeleteTargetGroup,
                "elasticloadbalancing:DeleteTargetGroup",
                true,
            ),
        ] {
            assert_eq!(call.action(), action);
            assert_eq!(call.is_write(), write, "{action}");
        }
        assert_eq!(Call::PutParameter.writes(), Some(Writes::Mapping));
        assert_eq!(Call::CreateTags.writes(), Some(Writes::Principals));
        assert_eq!(Call::SendCommand.writes(), Some(Writes::Commands));
        assert_eq!(Call::ListCommands.writes(), None);
        for call in Call::ALL {
            let action = call.action();
            assert!(action.ends_with(&format!(":{call}")), "{call}");
        }
        assert_eq!(Call::CreateInstanceTags.to_string(), "CreateTags");
        assert_eq!(Call::CreateInstanceTags.writes(), Some(Writes::Healing));
    }
}

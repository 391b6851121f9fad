//! Every AWS call that we make, by name.

use serde::Serialize;
use std::fmt;

/// One kind of AWS call. Its [`Call::action`] is what a policy must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Call {
    /// SSM: the parameters below a path.
    GetParametersByPath,
    /// ELBv2: the NLB.
    DescribeLoadBalancers,
    /// ELBv2: its listeners.
    DescribeListeners,
    /// ELBv2: attributes of a listener.
    DescribeListenerAttributes,
    /// ELBv2: target groups.
    DescribeTargetGroups,
    /// ELBv2: attributes of a target group.
    DescribeTargetGroupAttributes,
    /// ELBv2: targets of a target group and their health.
    DescribeTargetHealth,
    /// ELBv2: tags of up to 20 resources.
    DescribeTags,
    /// EC2: instances.
    DescribeInstances,
    /// Auto Scaling: groups.
    DescribeAutoScalingGroups,
    /// EC2: the NLB's network interfaces.
    DescribeNetworkInterfaces,
    /// EC2: endpoint services of this account.
    DescribeVpcEndpointServiceConfigurations,
    /// SSM: one parameter, decrypted.
    GetParameter,
    /// Lambda: probe-brokers.
    InvokeFunction,
    /// SSM: the hand-over.
    PutParameter,
    /// ELBv2: a new target group, tags included.
    CreateTargetGroup,
    /// ELBv2: the health check of a target group.
    ModifyTargetGroup,
    /// ELBv2: attributes of a target group.
    ModifyTargetGroupAttributes,
    /// ELBv2: targets into a group.
    RegisterTargets,
    /// ELBv2: targets out of a group.
    DeregisterTargets,
    /// ELBv2: a new listener, tags included.
    CreateListener,
    /// ELBv2: where a listener forwards to.
    ModifyListener,
    /// ELBv2: attributes of a listener.
    ModifyListenerAttributes,
    /// ELBv2: a listener away.
    DeleteListener,
    /// ELBv2: tags onto a resource.
    AddTags,
    /// ELBv2: tags off a resource.
    RemoveTags,
    /// ELBv2: a target group away.
    DeleteTargetGroup,
}

impl Call {
    /// The action as IAM spells it.
    pub fn action(self) -> &'static str {
        match self {
            Self::GetParametersByPath => "ssm:GetParametersByPath",
            Self::DescribeLoadBalancers => "elasticloadbalancing:DescribeLoadBalancers",
            Self::DescribeListeners => "elasticloadbalancing:DescribeListeners",
            Self::DescribeListenerAttributes => "elasticloadbalancing:DescribeListenerAttributes",
            Self::DescribeTargetGroups => "elasticloadbalancing:DescribeTargetGroups",
            Self::DescribeTargetGroupAttributes => {
                "elasticloadbalancing:DescribeTargetGroupAttributes"
            }
            Self::DescribeTargetHealth => "elasticloadbalancing:DescribeTargetHealth",
            Self::DescribeTags => "elasticloadbalancing:DescribeTags",
            Self::DescribeInstances => "ec2:DescribeInstances",
            Self::DescribeAutoScalingGroups => "autoscaling:DescribeAutoScalingGroups",
            Self::DescribeNetworkInterfaces => "ec2:DescribeNetworkInterfaces",
            Self::DescribeVpcEndpointServiceConfigurations => {
                "ec2:DescribeVpcEndpointServiceConfigurations"
            }
            Self::GetParameter => "ssm:GetParameter",
            Self::InvokeFunction => "lambda:InvokeFunction",
            Self::PutParameter => "ssm:PutParameter",
            Self::CreateTargetGroup => "elasticloadbalancing:CreateTargetGroup",
            Self::ModifyTargetGroup => "elasticloadbalancing:ModifyTargetGroup",
            Self::ModifyTargetGroupAttributes => "elasticloadbalancing:ModifyTargetGroupAttributes",
            Self::RegisterTargets => "elasticloadbalancing:RegisterTargets",
            Self::DeregisterTargets => "elasticloadbalancing:DeregisterTargets",
            Self::CreateListener => "elasticloadbalancing:CreateListener",
            Self::ModifyListener => "elasticloadbalancing:ModifyListener",
            Self::ModifyListenerAttributes => "elasticloadbalancing:ModifyListenerAttributes",
            Self::DeleteListener => "elasticloadbalancing:DeleteListener",
            Self::AddTags => "elasticloadbalancing:AddTags",
            Self::RemoveTags => "elasticloadbalancing:RemoveTags",
            Self::DeleteTargetGroup => "elasticloadbalancing:DeleteTargetGroup",
        }
    }

    /// Whether the call changes something.
    pub fn is_write(self) -> bool {
        match self {
            Self::GetParametersByPath
            | Self::DescribeLoadBalancers
            | Self::DescribeListeners
            | Self::DescribeListenerAttributes
            | Self::DescribeTargetGroups
            | Self::DescribeTargetGroupAttributes
            | Self::DescribeTargetHealth
            | Self::DescribeTags
            | Self::DescribeInstances
            | Self::DescribeAutoScalingGroups
            | Self::DescribeNetworkInterfaces
            | Self::DescribeVpcEndpointServiceConfigurations
            | Self::GetParameter
            | Self::InvokeFunction => false,
            Self::PutParameter
            | Self::CreateTargetGroup
            | Self::ModifyTargetGroup
            | Self::ModifyTargetGroupAttributes
            | Self::RegisterTargets
            | Self::DeregisterTargets
            | Self::CreateListener
            | Self::ModifyListener
            | Self::ModifyListenerAttributes
            | Self::DeleteListener
            | Self::AddTags
            | Self::RemoveTags
            | Self::DeleteTargetGroup => true,
        }
    }
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
            assert!(action.ends_with(&format!(":{call}")), "{call}");
        }
    }
}

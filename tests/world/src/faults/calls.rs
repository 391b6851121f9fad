//! What a fault does to one call.

use super::{AGENT_GONE, COMMAND_LAG, Fault, Faults, LAG, LONG_LAG};
use crate::model::ApiError;
use cloud::call::Call;
use std::time::Duration;

/// What happens to a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReadFault {
    /// It fails.
    Fails(ApiError),
    /// It is answered from this long ago.
    Old(Duration),
    /// Its page is no longer than this.
    ShortPage(usize),
}

/// What happens to a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WriteFault {
    /// It fails, without effect.
    Fails(ApiError),
    /// It takes effect, and its answer is a server error.
    LosesAnswer,
    /// It takes effect, and no read shows it for this long.
    Late(Duration),
}

impl Faults {
    /// What happens to this read, if anything.
    pub(crate) fn at_read(&mut self, call: Call) -> Option<ReadFault> {
        if let Some(error) = self.failure(call) {
            return Some(ReadFault::Fails(error));
        }
        if call == Call::InvokeFunction {
            let lags = self.strikes(Fault::ProbeLags);
            return lags.then(|| ReadFault::Old(self.up_to(LAG)));
        }
        if self.strikes(Fault::VeryOldReads) {
            return Some(ReadFault::Old(self.up_to(LONG_LAG)));
        }
        if self.strikes(Fault::StaleReads) {
            return Some(ReadFault::Old(self.up_to(LAG)));
        }
        self.strikes(Fault::ShortPages)
            .then(|| ReadFault::ShortPage(self.dice.usize(1..=2)))
    }

    /// What happens to this write, if anything.
    pub(crate) fn at_write(&mut self, call: Call, what: &str) -> Option<WriteFault> {
        if let Some(error) = self.failure(call) {
            return Some(WriteFault::Fails(error));
        }
        if call == Call::RegisterTargets && self.strikes(Fault::PartialRejections) {
            let targets = what.split_once(' ').map_or("", |(_, targets)| targets);
            let message = format!(
                "The following targets are not in a running state and cannot be registered: '{}'",
                targets.replace(' ', "', '")
            );
            let error = ApiError::refused("InvalidTarget", message);
            return Some(WriteFault::Fails(error));
        }
        if self.strikes(Fault::LostAnswers) {
            return Some(WriteFault::LosesAnswer);
        }
        self.strikes(Fault::LateEffects)
            .then(|| WriteFault::Late(self.up_to(LAG)))
    }

    /// For how long IAM does not see the tags of what is made now, if it does not at once.
    pub(crate) fn late_tags(&mut self) -> Option<Duration> {
        self.strikes(Fault::LateTags).then(|| self.up_to(LAG))
    }

    /// For how long nobody shows the command that is sent now, if it is late.
    pub(crate) fn late_command(&mut self) -> Option<Duration> {
        self.strikes(Fault::LateCommands)
            .then(|| self.up_to(COMMAND_LAG))
    }

    /// Whether an agent runs the command that it has now once more.
    pub(crate) fn doubles_command(&mut self) -> bool {
        self.strikes(Fault::CommandsDoubled)
    }

    /// For how long an agent is gone that starts a script now, if it goes.
    pub(crate) fn loses_agent(&mut self) -> Option<Duration> {
        self.strikes(Fault::AgentsGone)
            .then(|| self.up_to(AGENT_GONE))
    }

    /// Whether a connection that could be accepted or rejected is not.
    pub(crate) fn leaves_connection_out(&mut self) -> bool {
        self.strikes(Fault::PartialRejections)
    }

    /// An error in the words of the call's service.
    fn failure(&mut self, call: Call) -> Option<ApiError> {
        if self.strikes(Fault::Throttling) {
            return Some(ApiError::throttled(call));
        }
        if self.strikes(Fault::ServerErrors) {
            return Some(ApiError::internal(call));
        }
        if self.strikes(Fault::Denials) {
            return Some(ApiError::denied(call));
        }
        let code = not_found(call)?;
        self.strikes(Fault::NotFound)
            .then(|| ApiError::refused(code, "One or more of the specified resources do not exist"))
    }
}

/// The code by which a call that names one thing says that there is none. Lists and filters never
/// say so; deleting what is not there is no error.
fn not_found(call: Call) -> Option<&'static str> {
    match call {
        Call::DescribeLoadBalancers | Call::DescribeListeners | Call::CreateListener => {
            Some("LoadBalancerNotFound")
        }
        Call::DescribeListenerAttributes
        | Call::ModifyListener
        | Call::ModifyListenerAttributes => Some("ListenerNotFound"),
        Call::DescribeTargetGroupAttributes
        | Call::DescribeTargetHealth
        | Call::DescribeTags
        | Call::ModifyTargetGroup
        | Call::ModifyTargetGroupAttributes
        | Call::RegisterTargets
        | Call::DeregisterTargets
        | Call::AddTags
        | Call::RemoveTags => Some("TargetGroupNotFound"),
        Call::DescribeVpcEndpointServicePermissions
        | Call::ModifyVpcEndpointServicePermissions
        | Call::AcceptVpcEndpointConnections
        | Call::RejectVpcEndpointConnections => Some("InvalidVpcEndpointServiceId.NotFound"),
        Call::CreateTags => Some("InvalidID"),
        Call::DescribeInstanceStatus
        | Call::CreateInstanceTags
        | Call::DeleteTags
        | Call::RebootInstances => Some("InvalidInstanceID.NotFound"),
        Call::GetParameter => Some("ParameterNotFound"),
        Call::GetCommandInvocation => Some("InvocationDoesNotExist"),
        Call::SendCommand => Some("InvalidInstanceId"),
        Call::InvokeFunction | Call::FilterLogEvents => Some("ResourceNotFoundException"),
        Call::GetParametersByPath
        | Call::DescribeTargetGroups
        | Call::DescribeInstances
        | Call::DescribeSpotInstanceRequests
        | Call::DescribeAutoScalingGroups
        | Call::DescribeLifecycleHooks
        | Call::DescribeScalingActivities
        | Call::DescribeNetworkInterfaces
        | Call::DescribeVpcEndpointServiceConfigurations
        | Call::DescribeVpcEndpointConnections
        | Call::DescribeSecurityGroupRules
        | Call::ListCommands
        | Call::ListCommandInvocations
        | Call::DescribeInstanceInformation
        | Call::PutParameter
        | Call::CreateTargetGroup
        | Call::DeleteListener
        | Call::DeleteTargetGroup
        | Call::CompleteLifecycleAction
        | Call::RecordLifecycleActionHeartbeat
        | Call::DescribeAlarms
        | Call::GetResources
        | Call::SetInstanceHealth => None,
    }
}

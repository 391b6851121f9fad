//! What AWS answers when it says no: its own code, HTTP status and a message like its own.

use cloud::call::Call;
use std::fmt;

/// An error answer of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The code on the wire, such as `TargetGroupNotFound`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The message.
    pub message: String,
}

impl ApiError {
    /// A refusal with status 400, as ELBv2, Auto Scaling and SSM give for nearly everything.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status: 400,
            message: message.into(),
        }
    }

    /// IAM says no, in the words of the call's service (common errors of each API reference).
    pub fn denied(call: Call) -> Self {
        Self::denied_on(call, call.action(), "*")
    }

    /// IAM says no to one of the actions that a call is made of.
    pub(super) fn denied_on(call: Call, action: &str, resource: &str) -> Self {
        let (code, status) = match service(call) {
            Service::Ec2 => ("UnauthorizedOperation", 403),
            Service::Ssm => ("AccessDeniedException", 400),
            Service::Lambda => ("AccessDeniedException", 403),
            Service::LoadBalancing | Service::AutoScaling => ("AccessDenied", 403),
        };
        Self {
            code,
            status,
            message: format!(
                "User is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action"
            ),
        }
    }

    /// Too many calls, in the words of the call's service (P-38).
    pub fn throttled(call: Call) -> Self {
        let (code, status) = match service(call) {
            Service::Ec2 => ("RequestLimitExceeded", 503),
            Service::Ssm => ("ThrottlingException", 400),
            Service::Lambda => ("TooManyRequestsException", 429),
            Service::LoadBalancing | Service::AutoScaling => ("Throttling", 400),
        };
        Self {
            code,
            status,
            message: "Rate exceeded".to_owned(),
        }
    }

    /// The service is in trouble: says nothing about the request.
    pub fn internal(call: Call) -> Self {
        let code = match service(call) {
            Service::Ec2 => "InternalError",
            Service::Ssm => "InternalServerError",
            Service::Lambda => "ServiceException",
            Service::LoadBalancing | Service::AutoScaling => "InternalFailure",
        };
        Self {
            code,
            status: 500,
            message: "an internal error has occurred".to_owned(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.message)
    }
}

impl std::error::Error for ApiError {}

enum Service {
    Ec2,
    LoadBalancing,
    AutoScaling,
    Ssm,
    Lambda,
}

fn service(call: Call) -> Service {
    match call.action().split(':').next() {
        Some("ec2") => Service::Ec2,
        // All of them speak AWS JSON.
        Some("ssm" | "cloudwatch" | "tag") => Service::Ssm,
        Some("autoscaling") => Service::AutoScaling,
        Some("lambda") => Service::Lambda,
        _ => Service::LoadBalancing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_says_no_in_its_own_words() {
        let code = |call| {
            let error = ApiError::denied(call);
            (error.code, error.status)
        };
        assert_eq!(
            code(Call::DescribeInstances),
            ("UnauthorizedOperation", 403)
        );
        assert_eq!(code(Call::RegisterTargets), ("AccessDenied", 403));
        assert_eq!(code(Call::DescribeAutoScalingGroups), ("AccessDenied", 403));
        assert_eq!(
            code(Call::GetParametersByPath),
            ("AccessDeniedException", 400)
        );
        assert_eq!(code(Call::InvokeFunction), ("AccessDeniedException", 403));
        let throttled = ApiError::throttled(Call::DescribeInstances);
        assert_eq!(
            (throttled.code, throttled.status),
            ("RequestLimitExceeded", 503)
        );
    }
}

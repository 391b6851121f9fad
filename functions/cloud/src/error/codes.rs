//! What each AWS error code means for us, once. The codes are those of the API references of EC2
//! ("Error codes for the Amazon EC2 API"), Elastic Load Balancing, Auto Scaling, Systems Manager and
//! Lambda ("Common Errors" or "Common Error Types" and the calls' own), and of Signature Version 4
//! ("Troubleshoot Signature Version 4 signing").

use super::ErrorKind;
use crate::call::Call;

pub(super) fn classify(call: Call, status: u16, code: &str) -> ErrorKind {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "EC2ThrottledException"
        | "SlowDown"
        | "BandwidthLimitExceeded" => ErrorKind::Throttled,
        "AccessDenied"
        | "AccessDeniedException"
        | "NotAuthorized"
        | "UnauthorizedOperation"
        | "UnauthorizedAccess"
        | "KMSAccessDeniedException"
        | "EC2AccessDeniedException" => ErrorKind::Denied,
        // A policy's change would not help.
        "AuthFailure"
        | "Blocked"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSecurity"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "OptInRequired"
        | "PendingVerification"
        | "RequestExpired"
        | "RequestInTheFuture"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "SubscriptionRequiredException"
        | "UnrecognizedClientException" => ErrorKind::Account,
        "TargetGroupNotFound" | "ListenerNotFound" | "LoadBalancerNotFound" => {
            // Deleting what is not there is what we wanted.
            if matches!(call, Call::DeleteListener | Call::DeleteTargetGroup) {
                ErrorKind::AlreadyDone
            } else {
                ErrorKind::NotFound
            }
        }
        "ParameterNotFound" | "ResourceNotFoundException" | "InvalidID" => ErrorKind::NotFound,
        // Run Command: the command is not there yet (P-51); the host's agent is not, or the host is no
        // longer (P-57); the document is not there, or not in this version.
        "InvocationDoesNotExist"
        | "InvalidInstanceId"
        | "InvalidDocument"
        | "InvalidDocumentVersion" => ErrorKind::NotFound,
        // EC2 names what it did not find: "InvalidVpcEndpointId.NotFound".
        _ if code.ends_with(".NotFound") => ErrorKind::NotFound,
        // Some of these come with status 400.
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "ServiceException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "Unavailable" => ErrorKind::Retryable,
        _ if status >= 500 => ErrorKind::Retryable,
        _ => ErrorKind::Refused,
    }
}

//! What each code means, and how an error reads.

use super::*;

#[test]
fn each_kind_of_code_means_one_thing() {
    for (call, status, code, kind) in [
        (
            Call::RegisterTargets,
            400,
            "Throttling",
            ErrorKind::Throttled,
        ),
        (
            Call::DescribeInstances,
            503,
            "RequestLimitExceeded",
            ErrorKind::Throttled,
        ),
        (
            Call::GetParametersByPath,
            400,
            "ThrottlingException",
            ErrorKind::Throttled,
        ),
        (
            Call::DescribeInstances,
            403,
            "UnauthorizedOperation",
            ErrorKind::Denied,
        ),
        (
            Call::GetParametersByPath,
            400,
            "AccessDeniedException",
            ErrorKind::Denied,
        ),
        (Call::CreateListener, 403, "AccessDenied", ErrorKind::Denied),
        (
            Call::DescribeTags,
            400,
            "TargetGroupNotFound",
            ErrorKind::NotFound,
        ),
        (
            Call::DeleteTargetGroup,
            400,
            "TargetGroupNotFound",
            ErrorKind::AlreadyDone,
        ),
        (
            Call::DeleteListener,
            400,
            "ListenerNotFound",
            ErrorKind::AlreadyDone,
        ),
        (
            Call::ModifyListener,
            400,
            "ListenerNotFound",
            ErrorKind::NotFound,
        ),
        (
            Call::DescribeVpcEndpointServicePermissions,
            400,
            "InvalidVpcEndpointServiceId.NotFound",
            ErrorKind::NotFound,
        ),
        (Call::CreateTags, 400, "InvalidID", ErrorKind::NotFound),
        (
            Call::GetCommandInvocation,
            400,
            "InvocationDoesNotExist",
            ErrorKind::NotFound,
        ),
        (
            Call::SendCommand,
            400,
            "InvalidInstanceId",
            ErrorKind::NotFound,
        ),
        (
            Call::SendCommand,
            400,
            "InvalidDocument",
            ErrorKind::NotFound,
        ),
        (
            Call::SendCommand,
            400,
            "InvalidParameters",
            ErrorKind::Refused,
        ),
        (
            Call::SendCommand,
            400,
            "DuplicateInstanceId",
            ErrorKind::Refused,
        ),
        (
            Call::SendCommand,
            400,
            "UnsupportedPlatformType",
            ErrorKind::Refused,
        ),
        (
            Call::SendCommand,
            400,
            "MaxDocumentSizeExceeded",
            ErrorKind::Refused,
        ),
        (
            Call::ListCommands,
            400,
            "InvalidNextToken",
            ErrorKind::Refused,
        ),
        (
            Call::ModifyVpcEndpointServicePermissions,
            400,
            "InvalidPrincipal",
            ErrorKind::Refused,
        ),
        (
            Call::RegisterTargets,
            400,
            "InvalidTarget",
            ErrorKind::Refused,
        ),
        (
            Call::CreateListener,
            400,
            "TooManyListeners",
            ErrorKind::Refused,
        ),
        (
            Call::CreateListener,
            500,
            "InternalFailure",
            ErrorKind::Retryable,
        ),
        (
            Call::CreateListener,
            503,
            "ServiceUnavailable",
            ErrorKind::Retryable,
        ),
        (Call::CreateListener, 502, "", ErrorKind::Retryable),
    ] {
        assert_eq!(
            CallError::answered(call, status, code, "").kind,
            kind,
            "{call} {code}"
        );
    }
}

#[test]
fn p77_a_denied_call_names_the_action_to_allow() {
    let denied = CallError::answered(Call::DescribeTags, 403, "AccessDenied", "no");
    assert_eq!(
        denied.to_string(),
        "permission missing: allow elasticloadbalancing:DescribeTags in the function's role (AccessDenied)"
    );
}

#[test]
fn an_unanswered_call_says_so() {
    let lost = CallError::unanswered(Call::CreateListener, "connection closed");
    assert_eq!(
        lost.to_string(),
        "CreateListener got no answer: connection closed"
    );
    assert_eq!(lost.kind, ErrorKind::Retryable);
}

#[test]
fn every_spelling_of_too_many_and_of_no_is_known() {
    for code in [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "EC2ThrottledException",
        "SlowDown",
        "BandwidthLimitExceeded",
    ] {
        let error = CallError::answered(Call::AddTags, 400, code, "");
        assert_eq!(error.kind, ErrorKind::Throttled, "{code}");
    }
    for code in [
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "NotAuthorized",
        "KMSAccessDeniedException",
        "EC2AccessDeniedException",
    ] {
        let error = CallError::answered(Call::AddTags, 403, code, "");
        assert_eq!(error.kind, ErrorKind::Denied, "{code}");
    }
    for code in [
        "AuthFailure",
        "Blocked",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "OptInRequired",
        "PendingVerification",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ] {
        for status in [400, 401, 403] {
            let error = CallError::answered(Call::AddTags, status, code, "");
            assert_eq!(error.kind, ErrorKind::Account, "{code}");
        }
    }
    for code in [
        "TargetGroupNotFound",
        "ListenerNotFound",
        "LoadBalancerNotFound",
    ] {
        let error = CallError::answered(Call::AddTags, 400, code, "");
        assert_eq!(error.kind, ErrorKind::NotFound, "{code}");
    }
}

#[test]
fn an_unknown_code_is_judged_by_its_status() {
    for (status, kind) in [
        (400, ErrorKind::Refused),
        (499, ErrorKind::Refused),
        (500, ErrorKind::Retryable),
        (503, ErrorKind::Retryable),
    ] {
        let error = CallError::answered(Call::AddTags, status, "Novelty", "");
        assert_eq!(error.kind, kind, "{status}");
    }
}

#[test]
fn p30_a_bad_target_and_a_conflict_are_told_from_other_refusals() {
    for (code, invalid, conflict) in [
        ("InvalidTarget", true, false),
        ("DuplicateListener", false, true),
        ("ResourceInUse", false, true),
        ("TooManyTargets", false, false),
    ] {
        let error = CallError::answered(Call::RegisterTargets, 400, code, "");
        assert_eq!(error.is_invalid_target(), invalid, "{code}");
        assert_eq!(error.is_conflict(), conflict, "{code}");
    }
}

#[test]
fn an_answer_that_says_no_is_passed_on_with_its_words() {
    for (status, code, told) in [
        (400, "Throttling", "AddTags was throttled (Throttling)"),
        (400, "TooManyTags", "AddTags answered TooManyTags: fifty"),
        (
            400,
            "TargetGroupNotFound",
            "AddTags answered TargetGroupNotFound: fifty",
        ),
        (
            500,
            "InternalFailure",
            "AddTags answered InternalFailure: fifty",
        ),
        (502, "", "AddTags got no answer: fifty"),
    ] {
        let error = CallError::answered(Call::AddTags, status, code, "fifty");
        assert_eq!(error.to_string(), told);
    }
}

#[test]
fn f44_a_denied_call_names_the_action_that_aws_names_which_can_be_another_one() {
    let message = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: elasticloadbalancing:AddTags on resource: arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/kpl-a-b/* because no identity-based policy allows the elasticloadbalancing:AddTags action";
    let denied = CallError::answered(Call::CreateTargetGroup, 403, "AccessDenied", message);
    assert_eq!(
        denied.to_string(),
        "permission missing: allow elasticloadbalancing:AddTags in the function's role (AccessDenied)"
    );
}

#[test]
fn an_account_that_aws_does_not_serve_is_no_missing_permission() {
    let message = "Signature expired: 20261122T120000Z is now earlier than 20261122T120500Z";
    let skewed = CallError::answered(Call::DescribeTags, 403, "SignatureDoesNotMatch", message);
    assert_eq!(
        skewed.to_string(),
        format!(
            "DescribeTags was refused because of credentials, clock, account or Region (SignatureDoesNotMatch): {message}"
        )
    );
}

#[test]
fn what_the_state_of_a_thing_forbids_is_told_in_awss_own_words() {
    let message = "Listener is in use by a deletion-protected load balancer";
    let forbidden =
        CallError::answered(Call::DeleteListener, 400, "OperationNotPermitted", message);
    assert_eq!(forbidden.kind, ErrorKind::Refused);
    assert_eq!(
        forbidden.to_string(),
        format!("DeleteListener answered OperationNotPermitted: {message}")
    );
}

#[test]
fn a_message_is_one_line_of_bounded_length_whatever_aws_or_a_server_between_says() {
    let long = format!("forged\nline \u{1b}[8m{}", "x".repeat(1_000_000));
    for error in [
        CallError::answered(Call::AddTags, 400, &long, &long),
        CallError::answered(Call::AddTags, 403, "AccessDenied", &long),
        CallError::unanswered(Call::AddTags, &long),
        CallError::disconnected(Call::AddTags, &long),
    ] {
        let text = error.to_string();
        assert!(text.len() < 1_000, "{}", text.len());
        assert!(!text.chars().any(char::is_control), "{text}");
    }
}

#[test]
fn p80_only_without_an_answer_about_the_request_is_the_outcome_of_a_write_unknown() {
    let call = Call::SendCommand;
    for lost in [
        CallError::unanswered(call, "timed out"),
        CallError::disconnected(call, "closed"),
        CallError::out_of_time(call),
        CallError::answered(call, 500, "InternalServerError", ""),
        CallError::answered(call, 503, "HTTP 503", ""),
    ] {
        assert!(lost.is_outcome_unknown(), "{lost}");
    }
    for (status, code) in [
        (400, "ThrottlingException"),
        (400, "AccessDeniedException"),
        (400, "ExpiredTokenException"),
        (400, "InvalidInstanceId"),
        (400, "InvalidParameters"),
    ] {
        let known = CallError::answered(call, status, code, "");
        assert!(!known.is_outcome_unknown(), "{known}");
    }
}

#[test]
fn a_lifecycle_action_that_is_over_is_what_we_wanted_p20() {
    let kind = |call, message| CallError::answered(call, 400, "ValidationError", message).kind;
    let over = "No active Lifecycle Action found with instance ID i-1";
    for call in [
        Call::CompleteLifecycleAction,
        Call::RecordLifecycleActionHeartbeat,
    ] {
        assert_eq!(kind(call, over), ErrorKind::AlreadyDone);
        let refused = "AutoScalingGroup name not found - brokers";
        assert_eq!(kind(call, refused), ErrorKind::Refused);
    }
    assert_eq!(kind(Call::RegisterTargets, over), ErrorKind::Refused);
}

//! Which service a request is for: the credential scope of its Signature Version 4. The signature
//! itself is not checked.

use super::refusal::Refusal;
use http::HeaderMap;

/// The services that are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    LoadBalancing,
    AutoScaling,
    Ec2,
    Parameters,
    Functions,
}

/// Reads `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`.
pub(super) fn service(headers: &HeaderMap) -> Result<Service, Refusal> {
    let missing = || {
        Refusal::surprising(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )
    };
    let header = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("AWS4-HMAC-SHA256 "))
        .ok_or_else(missing)?;
    let credential = header
        .split(',')
        .find_map(|part| part.trim().strip_prefix("Credential="))
        .ok_or_else(missing)?;
    let parts: Vec<&str> = credential.split('/').collect();
    match parts.as_slice() {
        [_, _, _, "elasticloadbalancing", "aws4_request"] => Ok(Service::LoadBalancing),
        [_, _, _, "autoscaling", "aws4_request"] => Ok(Service::AutoScaling),
        [_, _, _, "ec2", "aws4_request"] => Ok(Service::Ec2),
        [_, _, _, "ssm", "aws4_request"] => Ok(Service::Parameters),
        [_, _, _, "lambda", "aws4_request"] => Ok(Service::Functions),
        _ => Err(Refusal::surprising(
            403,
            "SignatureDoesNotMatch",
            format!("no service here has the credential scope of {credential}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<Service, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", value.parse().unwrap());
        service(&headers)
    }

    #[test]
    fn the_credential_scope_names_the_service() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20260501/us-west-2/ssm/aws4_request, \
                      SignedHeaders=host, Signature=00";
        assert_eq!(of(header).unwrap(), Service::Parameters);
    }

    #[test]
    fn a_request_without_a_scope_or_for_another_service_is_refused() {
        assert!(service(&HeaderMap::new()).is_err());
        assert!(of("Bearer x").is_err());
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20260501/us-west-2/sqs/aws4_request";
        let refusal = of(header).unwrap_err();
        assert!(refusal.message().contains("/sqs/"));
        assert!(refusal.is_surprise());
    }
}

//! Who asks, and which service: the access key and the credential scope of a request's Signature
//! Version 4. The signature itself is not checked.

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
    Monitoring,
    Tagging,
    Logs,
}

/// What a request is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    pub(super) access_key: &'a str,
    pub(super) service: Service,
}

/// Reads `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`.
pub(super) fn credential(headers: &HeaderMap) -> Result<Credential<'_>, Refusal> {
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
    let unknown = || {
        let message = format!("no service here has the credential scope of {credential}");
        Refusal::surprising(403, "SignatureDoesNotMatch", message)
    };
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key, _, _, service, "aws4_request"] = parts[..] else {
        return Err(unknown());
    };
    let service = match service {
        "elasticloadbalancing" => Service::LoadBalancing,
        "autoscaling" => Service::AutoScaling,
        "ec2" => Service::Ec2,
        "ssm" => Service::Parameters,
        "lambda" => Service::Functions,
        "monitoring" => Service::Monitoring,
        "tagging" => Service::Tagging,
        "logs" => Service::Logs,
        _ => return Err(unknown()),
    };
    Ok(Credential {
        access_key,
        service,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<(String, Service), Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", value.parse().unwrap());
        let credential = credential(&headers)?;
        Ok((credential.access_key.to_owned(), credential.service))
    }

    #[test]
    fn the_credential_names_who_asks_and_the_service() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20260501/us-west-2/ssm/aws4_request, \
                      SignedHeaders=host, Signature=00";
        let expected = ("AKIA".to_owned(), Service::Parameters);
        assert_eq!(of(header).unwrap(), expected);
    }

    #[test]
    fn a_request_without_a_scope_or_for_another_service_is_refused() {
        assert!(credential(&HeaderMap::new()).is_err());
        assert!(of("Bearer x").is_err());
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20260501/us-west-2/sqs/aws4_request";
        let refusal = of(header).unwrap_err();
        assert!(refusal.message().contains("/sqs/"));
        assert!(refusal.is_surprise());
    }
}

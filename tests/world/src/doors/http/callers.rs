//! Who asks at the door: callers by their access keys.

use super::refusal::Refusal;
use super::scope::{Credential, Service};
use crate::iam::Caller;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Callers by their access keys.
pub type Callers = BTreeMap<String, Arc<Caller>>;

/// Who asks. Of everybody at a door without callers nothing is known; at another, a key that nobody has
/// is refused in the service's own words.
pub(super) fn caller<'a>(
    callers: Option<&'a Callers>,
    credential: &Credential<'_>,
) -> Result<Option<&'a Arc<Caller>>, Refusal> {
    let Some(callers) = callers else {
        return Ok(None);
    };
    let caller = callers.get(credential.access_key);
    caller.map(Some).ok_or_else(|| unknown(credential.service))
}

/// The codes: "Common Errors" of the API references of ELBv2 and Auto Scaling; "Error codes for the Amazon
/// EC2 API"; spring-boot-parameter-store-integration #3 for Systems Manager, iamlive #58 for Lambda.
fn unknown(service: Service) -> Refusal {
    const TOKEN: &str = "The security token included in the request is invalid.";
    match service {
        Service::LoadBalancing | Service::AutoScaling => {
            Refusal::surprising(403, "InvalidClientTokenId", TOKEN)
        }
        Service::Ec2 => Refusal::surprising(
            401,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Service::Parameters | Service::Monitoring | Service::Tagging | Service::Logs => {
            Refusal::surprising(400, "UnrecognizedClientException", TOKEN)
        }
        Service::Functions => Refusal::surprising(403, "UnrecognizedClientException", TOKEN),
    }
}

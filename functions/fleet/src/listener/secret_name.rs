//! Where a secret stands: only below names that the roles of the functions may read.

use crate::refusal::Refusals;
use crate::words::ParameterName;

/// Reads the name. The error never shows what may be the secret itself.
pub fn secret_name(name: &str) -> Result<ParameterName, Refusals> {
    if is_readable(name) {
        return Ok(ParameterName::new(name));
    }
    // Who writes no name may have written the secret itself.
    let is_name = name.starts_with('/') || name.starts_with("arn:");
    Err(Refusals::of(
        if is_name { name } else { "" },
        "\"secret\" must be /kafka-privatelink/<cluster>/secrets/<name>, a SecureString, or /aws/reference/secretsmanager/kafka-privatelink/<cluster>/<name>",
    ))
}

/// Whether the function's role may read it, if the cluster's name in it is right.
fn is_readable(secret: &str) -> bool {
    let of_ours = secret.strip_prefix("/kafka-privatelink/");
    of_ours.is_some_and(|rest| rest.split('/').nth(1) == Some("secrets"))
        || secret.starts_with("/aws/reference/secretsmanager/kafka-privatelink/")
}

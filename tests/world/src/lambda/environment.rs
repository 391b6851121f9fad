//! The environment variables that Lambda gives to a function (Lambda developer guide, "Defined
//! runtime environment variables"), and the one that sends the SDK to the world.

use crate::template::FunctionSettings;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Where the world's AWS is, and who the function is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The Region.
    pub region: String,
    /// The account's number.
    pub account: String,
    /// `AWS_ENDPOINT_URL`: the HTTP door.
    pub endpoint_url: String,
}

impl Account {
    /// The function's ARN.
    pub fn function_arn(&self, name: &str) -> String {
        format!(
            "arn:aws:lambda:{}:{}:function:{name}",
            self.region, self.account
        )
    }
}

/// The access key of a function's role: `ASIA` begins the keys of roles (IAM user guide, "IAM
/// identifiers", unique ID prefixes). Each function has one of its own, by which AWS knows who calls.
pub fn access_key(function: &FunctionSettings) -> String {
    format!("ASIA{}", function.name.to_ascii_uppercase())
}

/// Everything that the process sees; nothing of the world's own environment.
pub fn environment(
    function: &FunctionSettings,
    account: &Account,
    runtime_api: SocketAddr,
) -> BTreeMap<String, String> {
    let format = if function.json_logs { "JSON" } else { "Text" };
    let mut all: BTreeMap<String, String> = [
        ("_HANDLER", "bootstrap".to_owned()),
        ("AWS_ACCESS_KEY_ID", access_key(function)),
        ("AWS_DEFAULT_REGION", account.region.clone()),
        ("AWS_ENDPOINT_URL", account.endpoint_url.clone()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_rust".to_owned()),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            function.memory_mib.to_string(),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_FORMAT", format.to_owned()),
        (
            "AWS_LAMBDA_LOG_GROUP_NAME",
            function
                .log_group
                .clone()
                .unwrap_or_else(|| format!("/aws/lambda/{}", function.name)),
        ),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "world".to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string()),
        ("AWS_REGION", account.region.clone()),
        ("AWS_SECRET_ACCESS_KEY", "not-checked".to_owned()),
        ("AWS_SESSION_TOKEN", "not-checked".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend(function.environment.clone());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_functions_own_variables_stand_beside_lambdas() {
        let function = FunctionSettings {
            name: "F".into(),
            binary: "f".into(),
            timeout: Duration::from_secs(55),
            memory_mib: 128,
            role: "arn:role".into(),
            log_group: Some("/log/of/f".into()),
            json_logs: true,
            environment: [("CLUSTER".to_owned(), "orders".to_owned())].into(),
        };
        let account = Account {
            region: "us-west-2".into(),
            account: "111122223333".into(),
            endpoint_url: "http://127.0.0.1:1".into(),
        };
        let all = environment(&function, &account, ([127, 0, 0, 1], 9).into());
        assert_eq!(all["CLUSTER"], "orders");
        assert_eq!(all["AWS_LAMBDA_RUNTIME_API"], "127.0.0.1:9");
        assert_eq!(all["AWS_LAMBDA_LOG_FORMAT"], "JSON");
        assert_eq!(all["AWS_ENDPOINT_URL"], "http://127.0.0.1:1");
        assert_eq!(all["AWS_ACCESS_KEY_ID"], "ASIAF");
        assert_eq!(all["AWS_LAMBDA_LOG_GROUP_NAME"], "/log/of/f");
    }
}

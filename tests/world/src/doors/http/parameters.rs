//! SSM `GetParametersByPath` in AWS JSON 1.1.

use super::refusal::Refusal;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::Parameter;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParametersByPath {
    path: String,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    with_decryption: bool,
    max_results: Option<u32>,
    next_token: Option<String>,
}

/// The action in `X-Amz-Target: AmazonSSM.<action>`.
pub(super) fn action(headers: &HeaderMap) -> Result<String, Refusal> {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let action = target.strip_prefix("AmazonSSM.");
    action
        .map(str::to_owned)
        .ok_or_else(|| Refusal::surprising(400, "UnknownOperationException", target))
}

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    body: &[u8],
) -> Result<Value, Refusal> {
    if action != "GetParametersByPath" {
        return Err(Refusal::surprising(
            400,
            "UnknownOperationException",
            action,
        ));
    }
    let asked: GetParametersByPath =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_parameter(error.to_string()))?;
    for (wrong, what) in [
        (!asked.recursive, "without Recursive"),
        (asked.with_decryption, "with WithDecryption"),
        (
            asked.max_results.is_some_and(|size| size != PAGE),
            "with another MaxResults than 10",
        ),
    ] {
        if wrong {
            return Err(Refusal::bad_parameter(format!(
                "{action} {what} is not known here"
            )));
        }
    }
    let token = asked.next_token.map(PageToken);
    let page = model.get_parameters_by_path(now, &asked.path, token.as_ref())?;
    let settings = model.settings();
    let arn = format!(
        "arn:aws:ssm:{}:{}:parameter",
        settings.region, settings.account
    );
    let mut answer = json!({
        "Parameters": page.items.iter().map(|p| shape(p, &arn)).collect::<Vec<_>>(),
    });
    if let Some(PageToken(next)) = page.next {
        answer["NextToken"] = Value::String(next);
    }
    Ok(answer)
}

fn shape(parameter: &Parameter, arn: &str) -> Value {
    // Dates are epoch seconds with a fraction.
    let modified = parameter.last_modified.as_millisecond() as f64 / 1000.0;
    json!({
        "Name": parameter.name,
        "Type": "String",
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": modified,
        "ARN": format!("{arn}{}", parameter.name),
        "DataType": "text",
    })
}

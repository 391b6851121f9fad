//! SSM Parameter Store in AWS JSON 1.1: `GetParametersByPath`, `GetParameter`, `PutParameter`. Run Command, of the
//! same service, is in `commands.rs`.

use super::commands;
use super::refusal::Refusal;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::Parameter;
use fleet::words::ParameterName;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameter {
    name: ParameterName,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PutParameter {
    name: ParameterName,
    value: String,
    r#type: Option<String>,
    #[serde(default)]
    overwrite: bool,
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
    match action {
        "GetParametersByPath" => by_path(model, now, read(body)?),
        "GetParameter" => one(model, now, &read(body)?),
        "PutParameter" => put(model, now, &read(body)?),
        "SendCommand" => commands::send(model, now, read(body)?),
        "ListCommands" => commands::list(model, now, read(body)?),
        "ListCommandInvocations" => commands::list_invocations(model, now, read(body)?),
        "GetCommandInvocation" => commands::get(model, now, &read(body)?),
        "DescribeInstanceInformation" => commands::instances(model, now, read(body)?),
        _ => Err(Refusal::surprising(
            400,
            "UnknownOperationException",
            action,
        )),
    }
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad_parameter(error.to_string()))
}

pub(super) fn refuse_if(wrong: bool, what: &str) -> Result<(), Refusal> {
    match wrong {
        true => Err(Refusal::bad_parameter(format!("{what} is not known here"))),
        false => Ok(()),
    }
}

fn by_path(
    model: &mut Model,
    now: Timestamp,
    asked: GetParametersByPath,
) -> Result<Value, Refusal> {
    refuse_if(!asked.recursive, "GetParametersByPath without Recursive")?;
    refuse_if(
        asked.with_decryption,
        "GetParametersByPath with WithDecryption",
    )?;
    refuse_if(
        asked.max_results.is_some_and(|size| size != PAGE),
        "another MaxResults than 10",
    )?;
    let token = asked.next_token.map(PageToken);
    let page = model.get_parameters_by_path(now, &asked.path, token.as_ref())?;
    let parameters = page.items.iter().map(|found| shape(model, found));
    let mut answer = json!({ "Parameters": parameters.collect::<Vec<_>>() });
    if let Some(PageToken(next)) = page.next {
        answer["NextToken"] = Value::String(next);
    }
    Ok(answer)
}

fn one(model: &mut Model, now: Timestamp, asked: &GetParameter) -> Result<Value, Refusal> {
    refuse_if(
        !asked.with_decryption,
        "GetParameter without WithDecryption",
    )?;
    let value = model.get_parameter(now, &asked.name)?;
    Ok(json!({"Parameter": {"Name": asked.name, "Value": value, "DataType": "text"}}))
}

fn put(model: &mut Model, now: Timestamp, asked: &PutParameter) -> Result<Value, Refusal> {
    refuse_if(!asked.overwrite, "PutParameter without Overwrite")?;
    let kind = asked.r#type.as_deref();
    refuse_if(
        kind != Some("String"),
        "PutParameter of another Type than String",
    )?;
    let version = model.put_parameter(now, &asked.name, &asked.value)?;
    Ok(json!({"Version": version, "Tier": "Standard"}))
}

fn shape(model: &Model, parameter: &Parameter) -> Value {
    let settings = model.settings();
    let (region, account, name) = (&settings.region, &settings.account, &parameter.name);
    // Dates are epoch seconds with a fraction.
    let modified = parameter.last_modified.as_millisecond() as f64 / 1000.0;
    json!({
        "Name": name,
        "Type": parameter.kind.as_str(),
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": modified,
        "ARN": format!("arn:aws:ssm:{region}:{account}:parameter{name}"),
        "DataType": "text",
    })
}

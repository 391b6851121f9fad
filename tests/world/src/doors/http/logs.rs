//! CloudWatch Logs in AWS JSON 1.1: one action.

use super::parameters::read;
use super::refusal::Refusal;
use crate::model::Model;
use cloud::calls::{PageToken, REPORTS};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FilterLogEvents {
    log_group_name: LogGroupName,
    start_time: i64,
    filter_pattern: String,
    next_token: Option<String>,
}

/// The action in `X-Amz-Target`.
pub(super) fn action(headers: &HeaderMap) -> Result<String, Refusal> {
    let target = headers.get("x-amz-target");
    let target = target.and_then(|it| it.to_str().ok()).unwrap_or_default();
    match target {
        "Logs_20140328.FilterLogEvents" => Ok("FilterLogEvents".to_owned()),
        _ => Err(Refusal::surprising(
            400,
            "UnknownOperationException",
            target,
        )),
    }
}

pub(super) fn answer(model: &mut Model, now: Timestamp, body: &[u8]) -> Result<Value, Refusal> {
    let asked: FilterLogEvents = read(body)?;
    if asked.filter_pattern != REPORTS {
        return Err(Refusal::bad_parameter(
            "another filter pattern is not known here",
        ));
    }
    let since = Timestamp::from_millisecond(asked.start_time)
        .map_err(|_| Refusal::bad_parameter("startTime is no time"))?;
    let token = asked.next_token.map(PageToken);
    let group = &asked.log_group_name;
    let page = model.filter_log_events(now, group, since, token.as_ref())?;
    let events = page.items.iter().map(event);
    let mut answer = json!({
        "events": events.collect::<Vec<_>>(),
        // AWS has no longer anything to say there.
        "searchedLogStreams": [],
    });
    if let Some(PageToken(next)) = page.next {
        answer["nextToken"] = Value::String(next);
    }
    Ok(answer)
}

fn event(event: &LogEvent) -> Value {
    let at = event.at.as_millisecond();
    json!({
        "logStreamName": "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
        "timestamp": at,
        "message": event.message,
        "ingestionTime": at,
        "eventId": "00000000000000000000000000000000000000000000000000000000",
    })
}

//! CloudWatch Logs: the reports in a log group.

use crate::Aws;
use crate::error::{nonsense, without};
use crate::plain::Service;
use cloud::call::Call;
use cloud::calls::{Answer, LogReads, Page, PageToken, REPORTS};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use jiff::Timestamp;
use serde_json::{Value, json};

/// CloudWatch Logs speaks AWS JSON 1.1.
pub(crate) const LOGS: Service = Service {
    name: "logs",
    target: "Logs_20140328",
    json: "1.1",
};

impl LogReads for Aws {
    async fn filter_log_events(
        &self,
        group: &LogGroupName,
        since: Timestamp,
        page: Option<PageToken>,
    ) -> Answer<Page<LogEvent>> {
        let call = Call::FilterLogEvents;
        let mut asked = json!({
            "logGroupName": group,
            "startTime": since.as_millisecond(),
            "filterPattern": REPORTS,
        });
        if let Some(PageToken(next)) = page {
            asked["nextToken"] = Value::String(next);
        }
        let answer = self.logs.call(call, "FilterLogEvents", &asked).await?;
        let events = answer["events"].as_array();
        let events = events.ok_or_else(|| without(call, "events"))?;
        let next = answer["nextToken"].as_str();
        Ok(Page {
            items: events.iter().map(event).collect::<Answer<_>>()?,
            next: next.map(|next| PageToken(next.to_owned())),
        })
    }
}

fn event(found: &Value) -> Answer<LogEvent> {
    let call = Call::FilterLogEvents;
    let message = found["message"].as_str();
    let at = &found["timestamp"];
    let milliseconds = at.as_i64().map(Timestamp::from_millisecond);
    Ok(LogEvent {
        at: match milliseconds {
            Some(Ok(at)) => at,
            Some(Err(_)) | None => return Err(nonsense(call, "events.timestamp", at)),
        },
        message: message
            .ok_or_else(|| without(call, "events.message"))?
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_moment_and_its_text() {
        let mut found =
            json!({ "timestamp": 1_795_348_800_250_i64, "message": "{}", "eventId": "1" });
        let expected = LogEvent {
            at: "2026-11-22T12:00:00.25Z".parse().unwrap(),
            message: "{}".to_owned(),
        };
        assert_eq!(event(&found), Ok(expected));
        found["timestamp"] = json!("noon");
        let said = event(&found).unwrap_err().message;
        assert_eq!(said, "answer with events.timestamp \"noon\"");
        found["message"] = Value::Null;
        found["timestamp"] = json!(0);
        let said = event(&found).unwrap_err().message;
        assert_eq!(said, "answer without events.message");
    }
}

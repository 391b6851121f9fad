//! What an activation was asked for. Any body on the queue is a wake: `source` and `detail-type` are
//! read for counting, and nothing else, so nothing can be malformed, forged, stale or out of order.
//! A person's own invocation is the plan, what was observed, the doctor, or refused: a slip never writes, and
//! shows no more than was asked for.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `{"action":"plan"}`, whatever else stands beside it: plan, change nothing.
    Plan,
    /// `{"action":"observe"}`, alone or with `"masked"`: show what is observed, change nothing.
    Observe {
        /// Whether accounts, addresses, ids and names are replaced.
        masked: bool,
    },
    /// `{"action":"doctor"}`, whatever else stands beside it: say what stands between a consumer and a working
    /// connection, change nothing.
    Doctor,
    /// Look now.
    Wake(Wakes),
}

/// The wakes of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wakes {
    /// How many of each kind came, by `source/detail-type`.
    pub kinds: BTreeMap<String, u64>,
    /// When they stood on their queue; `None` if that is not known of each of them.
    pub queued: Option<Queued>,
}

impl Wakes {
    /// Whether they are events of instances and Auto Scaling groups, and nothing else.
    pub fn are_events(&self) -> bool {
        let is_event =
            |kind: &String| kind.starts_with("aws.ec2/") || kind.starts_with("aws.autoscaling/");
        !self.kinds.is_empty() && self.kinds.keys().all(is_event)
    }
}

/// When a batch stood on its queue, by the queue's own clock and not by what bodies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// When the newest of its messages was sent.
    pub newest_sent: Timestamp,
    /// A moment at which the batch had been received, so whatever is done for it comes later. A
    /// message that is delivered again tells of its first receive only.
    pub received: Timestamp,
}

/// A payload that is neither a batch of an SQS queue nor an action. Nothing is done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    found: String,
}

/// The function that answers `{"action":"doctor"}`: it sees the whole path.
pub(crate) const DOCTOR: &str = "register-brokers";

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the payload is {}; nothing was read or written. {{\"action\":\"plan\"}} shows the plan; {{\"action\":\"observe\"}} shows what it is made from, and {{\"action\":\"observe\",\"masked\":true}} the same with other names; {{\"action\":\"doctor\"}}, to {DOCTOR}, says what stands between a consumer and a working connection; a message on the function's queue, with any body, starts a run",
            self.found
        )
    }
}

impl Request {
    /// Reads the payload of an invocation.
    pub fn of(payload: &Value) -> Result<Self, Refused> {
        match (payload.get("action"), payload.get("Records")) {
            (Some(Value::String(action)), _) if action == "plan" => Ok(Self::Plan),
            (Some(Value::String(action)), _) if action == "observe" => observe(payload),
            (Some(Value::String(action)), _) if action == "doctor" => Ok(Self::Doctor),
            (None, Some(Value::Array(records))) if is_batch(records) => {
                let mut wakes = Wakes::default();
                let Ok(batch) = SqsEvent::deserialize(payload) else {
                    // It came off the queue, so it wakes, whatever else it is.
                    let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
                    wakes.kinds.insert("unreadable".to_owned(), count);
                    return Ok(Self::Wake(wakes));
                };
                for record in &batch.records {
                    let kind = kind(record.body.as_deref());
                    *wakes.kinds.entry(kind).or_default() += 1;
                }
                wakes.queued = queued(&batch.records);
                Ok(Self::Wake(wakes))
            }
            _ => Err(Refused {
                found: found(payload),
            }),
        }
    }
}

/// Reads the fields beside `"action":"observe"`. A slip in `masked` must not show names, so nothing else
/// may stand there.
fn observe(payload: &Value) -> Result<Request, Refused> {
    let mut fields = payload.as_object().into_iter().flatten();
    let other = fields.find(|(name, _)| !["action", "masked"].contains(&name.as_str()));
    let refused = |found: String| Err(Refused { found });
    match (other, payload.get("masked")) {
        (Some((name, _)), _) => refused(format!(
            "the action observe with a field \"{}\", and the only field that it takes is \"masked\"",
            short(name)
        )),
        (None, None) => Ok(Request::Observe { masked: false }),
        (None, Some(Value::Bool(masked))) => Ok(Request::Observe { masked: *masked }),
        (None, Some(other)) => refused(format!(
            "the action observe, and its \"masked\" is {}, neither true nor false",
            short(&other.to_string())
        )),
    }
}

/// Whether Lambda took these off an SQS queue (Lambda developer guide, "Using Lambda with Amazon
/// SQS": each record names its source).
fn is_batch(records: &[Value]) -> bool {
    let is_message =
        |record: &Value| record.get("eventSource").and_then(Value::as_str) == Some("aws:sqs");
    !records.is_empty() && records.iter().all(is_message)
}

/// What a payload is, in a few words.
fn found(payload: &Value) -> String {
    match payload {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => {
            "a JSON string; send the object itself, without quotes around it".to_owned()
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(fields) if fields.is_empty() => "an empty object".to_owned(),
        Value::Object(fields) => {
            const MOST: usize = 5;
            let names = fields.keys().take(MOST).map(|name| short(name));
            let names = names.collect::<Vec<_>>().join(", ");
            let action = fields.get("action");
            let action = action.map_or_else(String::new, |action| {
                format!(", and its action is {}", short(&action.to_string()))
            });
            format!("an object with {names}{action}")
        }
    }
}

fn queued(records: &[SqsMessage]) -> Option<Queued> {
    let times = |name: &str| -> Option<Timestamp> {
        let times = records.iter().map(|record| {
            let milliseconds = record.attributes.get(name)?.parse().ok()?;
            Timestamp::from_millisecond(milliseconds).ok()
        });
        times.collect::<Option<Vec<_>>>()?.into_iter().max()
    };
    Some(Queued {
        newest_sent: times("SentTimestamp")?,
        received: times("ApproximateFirstReceiveTimestamp")?,
    })
}

/// The two fields of an EventBridge envelope that are counted.
#[derive(Deserialize)]
struct Envelope {
    source: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
}

/// A name that tells kinds of wakes apart in the log, short whatever was sent.
fn kind(body: Option<&str>) -> String {
    let Some(Ok(envelope)) = body.map(serde_json::from_str::<Envelope>) else {
        return "unreadable".to_owned();
    };
    format!(
        "{}/{}",
        short(&envelope.source),
        short(&envelope.detail_type)
    )
}

fn short(text: &str) -> String {
    const LONGEST: usize = 64;
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn batch(bodies: &[&str]) -> Value {
        let record =
            |body: &&str| json!({ "messageId": "m", "body": body, "eventSource": "aws:sqs" });
        json!({ "Records": bodies.iter().map(record).collect::<Vec<_>>() })
    }

    fn wakes(payload: &Value) -> BTreeMap<String, u64> {
        match Request::of(payload) {
            Ok(Request::Wake(wakes)) => wakes.kinds,
            other => panic!("taken as {other:?}"),
        }
    }

    #[test]
    fn a_batch_is_counted_by_source_and_detail_type() {
        let event = r#"{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{}}"#;
        let counted = wakes(&batch(&[event, event, "{", "", "[]", r#"{"source":7}"#]));
        assert_eq!(counted["aws.ec2/EC2 Instance State-change Notification"], 2);
        assert_eq!(counted["unreadable"], 4);
    }

    #[test]
    fn a_huge_batch_is_one_activation_with_every_wake_counted() {
        let garbage = "\u{0}{[".repeat(10_000);
        let bodies = vec![garbage.as_str(); 2_000];
        assert_eq!(
            wakes(&batch(&bodies)),
            BTreeMap::from([("unreadable".to_owned(), 2_000)])
        );
    }

    #[test]
    fn whatever_stands_on_the_queue_is_a_wake() {
        let odd = json!({ "eventSource": "aws:sqs", "body": 7, "attributes": [] });
        let bodies = batch(&[r#"{"action":"plan"}"#, "null"]);
        assert_eq!(wakes(&bodies)["unreadable"], 2);
        assert_eq!(wakes(&json!({ "Records": [odd] }))["unreadable"], 1);
    }

    #[test]
    fn a_payload_that_is_neither_a_batch_nor_the_plan_is_refused_with_what_works() {
        let message = json!({ "eventSource": "aws:sqs", "body": "" });
        for (payload, found) in [
            (json!(null), "null"),
            (json!(true), "true or false"),
            (json!(7), "a number"),
            (json!("plan"), "a JSON string"),
            (json!(r#"{"action":"plan"}"#), "a JSON string"),
            (json!([]), "a list"),
            (json!([{"action": "plan"}]), "a list"),
            (json!({}), "an empty object"),
            (json!({"Action": "plan"}), "an object with Action"),
            (json!({"action": "Plan"}), "its action is \"Plan\""),
            (json!({"action": "apply"}), "its action is \"apply\""),
            (json!({"action": ["plan"]}), "its action is [\"plan\"]"),
            (json!({"action": null}), "its action is null"),
            (
                json!({"action": "apply", "Records": [message]}),
                "its action is \"apply\"",
            ),
            (
                json!({"source": "aws.ec2", "detail-type": "x", "detail": {}}),
                "an object with",
            ),
            (json!({"Records": 3}), "an object with Records"),
            (json!({"Records": []}), "an object with Records"),
            (
                json!({"Records": [{"EventSource": "aws:sns", "Sns": {}}]}),
                "an object with Records",
            ),
            (
                json!({"Records": [{"eventSource": "aws:s3"}]}),
                "an object with Records",
            ),
            (
                json!({"Records": [message, {"eventSource": "aws:s3"}]}),
                "an object with Records",
            ),
            (json!({"Records": [message, 3]}), "an object with Records"),
        ] {
            let refused = Request::of(&payload).expect_err("refused").to_string();
            assert!(refused.contains(found), "{payload}: {refused}");
            assert!(refused.contains("nothing was read or written"), "{refused}");
            assert!(refused.contains(r#"{"action":"plan"}"#), "{refused}");
            assert!(
                refused.contains("a message on the function's queue"),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_refusal_is_short_and_in_one_line_whatever_was_sent() {
        let long = "x\n\u{1b}[8m".repeat(100_000);
        let fields = (0..1_000).map(|n| (format!("{n}{long}"), json!(1)));
        let mut payload = Value::Object(fields.collect());
        payload["action"] = json!(long);
        let refused = Request::of(&payload).expect_err("refused").to_string();
        assert!(refused.len() < 1_000, "{}", refused.len());
        assert!(!refused.chars().any(char::is_control), "{refused}");
    }

    #[test]
    fn the_plan_action_plans_whatever_else_stands_beside_it() {
        for payload in [
            json!({"action": "plan"}),
            json!({"action": "plan", "widgetContext": {"dashboardName": "kafka"}}),
            json!({"action": "plan", "Records": 3, "describe": true}),
        ] {
            assert_eq!(Request::of(&payload), Ok(Request::Plan));
        }
    }

    #[test]
    fn the_observe_action_is_taken_alone_or_with_masked() {
        for (payload, masked) in [
            (json!({"action": "observe"}), false),
            (json!({"action": "observe", "masked": false}), false),
            (json!({"masked": true, "action": "observe"}), true),
        ] {
            assert_eq!(Request::of(&payload), Ok(Request::Observe { masked }));
        }
    }

    #[test]
    fn a_slip_beside_observe_is_refused_by_its_name_and_shows_nothing() {
        let message = json!({ "eventSource": "aws:sqs", "body": "" });
        for (payload, found) in [
            (
                json!({"action": "observe", "mask": true}),
                "a field \"mask\"",
            ),
            (
                json!({"action": "observe", "Masked": true}),
                "a field \"Masked\"",
            ),
            (
                json!({"action": "observe", "masked": true, "describe": true}),
                "a field \"describe\"",
            ),
            (
                json!({"action": "observe", "Records": [message]}),
                "a field \"Records\"",
            ),
            (
                json!({"action": "observe", "masked": "true"}),
                "its \"masked\" is \"true\", neither true nor false",
            ),
            (
                json!({"action": "observe", "masked": 1}),
                "its \"masked\" is 1, neither",
            ),
            (
                json!({"action": "observe", "masked": null}),
                "its \"masked\" is null, neither",
            ),
            (json!({"action": "Observe"}), "its action is \"Observe\""),
            (json!({"masked": true}), "an object with masked"),
        ] {
            let refused = Request::of(&payload).expect_err("refused").to_string();
            assert!(refused.contains(found), "{payload}: {refused}");
            let works = r#"{"action":"observe","masked":true}"#;
            assert!(refused.contains(works), "{refused}");
        }
    }

    #[test]
    fn the_doctor_is_asked_whatever_else_stands_beside_it_and_a_refusal_says_whom() {
        for payload in [
            json!({"action": "doctor"}),
            json!({"action": "doctor", "group": "EXTERNAL", "Records": 3}),
        ] {
            assert_eq!(Request::of(&payload), Ok(Request::Doctor));
        }
        let refused = Request::of(&json!({"action": "Doctor"})).expect_err("refused");
        let works = r#"{"action":"doctor"}, to register-brokers, says what stands between"#;
        assert!(refused.to_string().contains(works), "{refused}");
    }

    #[test]
    fn a_batch_was_on_its_queue_until_the_last_of_it_was_received() {
        let record = |sent: &str, received: &str| {
            json!({ "messageId": "m", "body": "", "eventSource": "aws:sqs", "attributes": {
                "SentTimestamp": sent, "ApproximateFirstReceiveTimestamp": received } })
        };
        let queued = |records: &[Value]| match Request::of(&json!({ "Records": records })) {
            Ok(Request::Wake(wakes)) => wakes.queued,
            other => panic!("taken as {other:?}"),
        };
        let known = [record("2000", "7000"), record("1000", "6500")];
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(
            queued(&known),
            Some(Queued {
                newest_sent: at(2),
                received: at(7),
            })
        );
        let unknown = [
            json!({ "messageId": "m", "body": "", "eventSource": "aws:sqs" }),
            record("soon", "7000"),
            record("1000", "99999999999999999"),
        ];
        for unknown in unknown {
            assert_eq!(queued(&[record("1000", "6500"), unknown]), None);
        }
    }

    #[test]
    fn a_forged_name_cannot_fill_the_log() {
        let long = "x".repeat(100_000);
        let body = format!(r#"{{"source":"{long}","detail-type":"{long}"}}"#);
        let counted = wakes(&batch(&[&body]));
        assert!(counted.keys().all(|kind| kind.len() < 200));
    }
}

//! What an activation was asked for. Any body is a wake: `source` and `detail-type` are read for
//! counting, and nothing else, so nothing can be malformed, forged, stale or out of order.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `{"action":"plan"}`: plan, change nothing.
    Plan,
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

/// When a batch stood on its queue, by the queue's own clock and not by what bodies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// When the newest of its messages was sent.
    pub newest_sent: Timestamp,
    /// A moment at which the batch had been received, so whatever is done for it comes later. A
    /// message that is delivered again tells of its first receive only.
    pub received: Timestamp,
}

impl Request {
    /// Reads any payload at all.
    pub fn of(payload: &Value) -> Self {
        if payload.get("action").and_then(Value::as_str) == Some("plan") {
            return Self::Plan;
        }
        let mut wakes = Wakes::default();
        match SqsEvent::deserialize(payload) {
            Ok(batch) if payload.get("Records").is_some() => {
                for record in &batch.records {
                    let kind = kind(record.body.as_deref());
                    *wakes.kinds.entry(kind).or_default() += 1;
                }
                wakes.queued = queued(&batch.records);
            }
            Ok(_) | Err(_) => {
                wakes.kinds.insert("direct".to_owned(), 1);
            }
        }
        Self::Wake(wakes)
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
    const LONGEST: usize = 64;
    let Some(Ok(envelope)) = body.map(serde_json::from_str::<Envelope>) else {
        return "unreadable".to_owned();
    };
    let short = |text: String| text.chars().take(LONGEST).collect::<String>();
    format!("{}/{}", short(envelope.source), short(envelope.detail_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn batch(bodies: &[&str]) -> Value {
        json!({ "Records": bodies.iter().map(|body| json!({ "messageId": "m", "body": body })).collect::<Vec<_>>() })
    }

    fn wakes(payload: &Value) -> BTreeMap<String, u64> {
        match Request::of(payload) {
            Request::Wake(wakes) => wakes.kinds,
            Request::Plan => panic!("taken as a plan"),
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
    fn anything_else_is_one_wake() {
        for payload in [
            json!(null),
            json!(7),
            json!("x"),
            json!([]),
            json!({}),
            json!({"Records": 3}),
        ] {
            assert_eq!(
                wakes(&payload),
                BTreeMap::from([("direct".to_owned(), 1)]),
                "{payload}"
            );
        }
        assert_eq!(wakes(&json!({"Records": []})), BTreeMap::new());
    }

    #[test]
    fn only_the_plan_action_plans() {
        assert_eq!(Request::of(&json!({"action": "plan"})), Request::Plan);
        assert_ne!(Request::of(&json!({"action": "apply"})), Request::Plan);
        assert_ne!(
            Request::of(&batch(&[r#"{"action":"plan"}"#])),
            Request::Plan
        );
    }

    #[test]
    fn a_batch_was_on_its_queue_until_the_last_of_it_was_received() {
        let record = |sent: &str, received: &str| {
            json!({ "messageId": "m", "body": "", "attributes": {
                "SentTimestamp": sent, "ApproximateFirstReceiveTimestamp": received } })
        };
        let queued = |records: &[Value]| match Request::of(&json!({ "Records": records })) {
            Request::Wake(wakes) => wakes.queued,
            Request::Plan => panic!("taken as a plan"),
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
            json!({ "messageId": "m", "body": "" }),
            record("soon", "7000"),
            record("1000", "99999999999999999"),
        ];
        for unknown in unknown {
            assert_eq!(queued(&[record("1000", "6500"), unknown]), None);
        }
        assert_eq!(queued(&[]), None);
    }

    #[test]
    fn a_forged_name_cannot_fill_the_log() {
        let long = "x".repeat(100_000);
        let body = format!(r#"{{"source":"{long}","detail-type":"{long}"}}"#);
        let counted = wakes(&batch(&[&body]));
        assert!(counted.keys().all(|kind| kind.len() < 200));
    }
}

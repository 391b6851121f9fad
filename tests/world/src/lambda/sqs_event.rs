//! A batch as Lambda delivers it (Lambda developer guide, "Using Lambda with Amazon SQS", example
//! FIFO queue message event).

use crate::events::message::{Message, md5_of_body};
use serde_json::{Value, json};

/// The event of a batch.
pub fn sqs_event(batch: &[Message], queue_arn: &str) -> Value {
    // arn:<partition>:sqs:<region>:<account>:<name>
    let region = queue_arn.split(':').nth(3).unwrap_or_default();
    let records: Vec<Value> = batch
        .iter()
        .map(|message| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.receipt_handle,
                "body": message.body,
                "attributes": {
                    "ApproximateReceiveCount": message.receive_count.to_string(),
                    "SentTimestamp": message.sent.as_millisecond().to_string(),
                    "SequenceNumber": message.sequence_number,
                    "MessageGroupId": message.group,
                    "SenderId": "AROAWORLD:world",
                    "MessageDeduplicationId": message.deduplication_id,
                    "ApproximateFirstReceiveTimestamp":
                        message.first_received.as_millisecond().to_string(),
                },
                "messageAttributes": {},
                "md5OfBody": md5_of_body(&message.body),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": region,
            })
        })
        .collect();
    json!({ "Records": records })
}

//! Run Command in JSON: shapes as the API reference has them, and requests that nobody here makes.

use super::*;
use crate::model::{CommandDocument, DocumentParameter, Launch};
use fleet::tags::{CLUSTER, Tags};
use fleet::words::InstanceId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::Duration;

fn ssm(door: &Door, action: &str, body: &Value) -> (u16, Value) {
    let request = signed("ssm")
        .header("x-amz-target", format!("AmazonSSM.{action}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let response = at_once(door, &request);
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body)
}

/// A door to a model with a document and an instance that runs.
fn with_host() -> (Door, InstanceId) {
    let door = door(Settings::default());
    let id = {
        let mut model = lock(&door.model);
        let document = CommandDocument {
            name: "inspect".into(),
            tags: Tags::new(),
            parameters: [("payload".to_owned(), DocumentParameter::default())].into(),
            script: "true".to_owned(),
            execution_timeout: Duration::from_secs(600),
        };
        let before = at_start() - SignedDuration::from_mins(1);
        model.put_document(before, document);
        let launch = Launch::in_zone("usw2-az1").tag(CLUSTER, "orders");
        model.run_instance(before, launch).unwrap()
    };
    (door, id)
}

fn sending(id: &InstanceId) -> Value {
    json!({
        "DocumentName": "inspect",
        "DocumentVersion": "$DEFAULT",
        "InstanceIds": [id],
        "Parameters": {"payload": ["abc"]},
        "Comment": "look",
        "TimeoutSeconds": 60,
    })
}

fn listing() -> Value {
    json!({
        "Filters": [
            {"key": "DocumentName", "value": "inspect"},
            {"key": "InvokedAfter", "value": "2026-05-01T00:00:00Z"},
        ],
        "MaxResults": 50,
    })
}

#[tokio::test(start_paused = true)]
async fn a_command_is_answered_and_shown_in_awss_shapes() {
    let (door, id) = with_host();
    let (status, sent) = ssm(&door, "SendCommand", &sending(&id));
    assert_eq!(status, 200, "{sent}");
    let command = &sent["Command"];
    assert_eq!(command["StatusDetails"], "Pending");
    assert_eq!(command["RequestedDateTime"], 1_777_636_800.25);
    assert_eq!(command["ExpiresAfter"], 1_777_637_460.25);
    let now = at_start() + SignedDuration::from_secs(30);
    lock(&door.model).advance(now);
    let (_, list) = ssm(&door, "ListCommands", &listing());
    assert_eq!(list["Commands"][0]["CommandId"], command["CommandId"]);
    let (_, list) = ssm(&door, "ListCommandInvocations", &listing());
    let shown = &list["CommandInvocations"][0];
    assert_eq!(
        (&shown["InstanceId"], &shown["Status"]),
        (&json!(id), &json!("Success"))
    );
    let asked = json!({"CommandId": command["CommandId"], "InstanceId": id});
    let (_, got) = ssm(&door, "GetCommandInvocation", &asked);
    assert_eq!(
        (&got["ResponseCode"], &got["StatusDetails"]),
        (&json!(0), &json!("Success"))
    );
    let asked = json!({
        "Filters": [{"Key": "tag:kafka-privatelink:cluster", "Values": ["orders"]}],
        "MaxResults": 50,
    });
    let (_, list) = ssm(&door, "DescribeInstanceInformation", &asked);
    assert_eq!(list["InstanceInformationList"][0]["PingStatus"], "Online");
    assert_eq!(door.surprises(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_is_its_own_no_and_no_surprise() {
    let (door, id) = with_host();
    let mut asked = sending(&id);
    asked["TimeoutSeconds"] = json!(29);
    let (status, body) = ssm(&door, "SendCommand", &asked);
    assert_eq!(
        (status, &body["__type"]),
        (400, &json!("ValidationException"))
    );
    let asked = json!({"CommandId": "c-1", "InstanceId": id});
    let (status, body) = ssm(&door, "GetCommandInvocation", &asked);
    assert_eq!(
        (status, &body["__type"]),
        (400, &json!("InvocationDoesNotExist"))
    );
    assert_eq!(door.surprises(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_nobody_here_asks_is_a_surprise() {
    let (door, id) = with_host();
    let with = |body: Value, key: &str, value: Value| {
        let mut body = body;
        body[key] = value;
        body
    };
    let other = [
        ("SendCommand", with(sending(&id), "InstanceIds", json!([]))),
        (
            "SendCommand",
            with(sending(&id), "InstanceIds", json!([id, id])),
        ),
        (
            "SendCommand",
            with(sending(&id), "DocumentVersion", json!("1")),
        ),
        ("SendCommand", with(sending(&id), "MaxErrors", json!("1"))),
        ("SendCommand", with(sending(&id), "Targets", json!([]))),
        ("ListCommands", json!({})),
        ("ListCommands", with(listing(), "MaxResults", json!(10))),
        ("ListCommands", with(listing(), "InstanceId", json!(id))),
        (
            "ListCommandInvocations",
            with(listing(), "Details", json!(true)),
        ),
        (
            "ListCommands",
            with(
                listing(),
                "Filters",
                json!([{"key": "Status", "value": "Pending"}]),
            ),
        ),
        ("DescribeInstanceInformation", json!({"Filters": []})),
        ("CancelCommand", json!({"CommandId": "c-1"})),
    ];
    for (number, (action, body)) in (1..).zip(&other) {
        let (status, answer) = ssm(&door, action, body);
        assert_eq!(status, 400, "{action} {body}: {answer}");
        assert_eq!(door.surprises().len(), number, "{action} {body}");
    }
    assert_eq!(lock(&door.model).commands().count(), 0);
}

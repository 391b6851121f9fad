//! A batch of ten with garbage in it.

use serde_json::json;
use tests::handler::{Handler, SCALE, with_one_sweep};
use world::model::Settings;

const STATE_CHANGE: &str = "EC2 Instance State-change Notification";

fn state_change(account: &str, time: &str, instance: &str) -> String {
    json!({
        "version": "0",
        "id": format!("event of {instance}"),
        "detail-type": STATE_CHANGE,
        "source": "aws.ec2",
        "account": account,
        "time": time,
        "region": "us-west-2",
        "resources": [format!("arn:aws:ec2:us-west-2:{account}:instance/{instance}")],
        "detail": { "instance-id": instance, "state": "running" },
    })
    .to_string()
}

#[tokio::test]
async fn a_batch_of_ten_with_garbage_in_it_is_one_run_and_nothing_of_it_comes_back() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.drained().await;
    // Without its events and without sweeps, only the batch can tell of broker 4.
    handler.aws.bus().lose("aws.ec2");
    let fourth = handler.broker("4", "usw2-az1");
    handler
        .until(|aws| {
            let model = aws.model();
            let state = model.instance(&fourth).map(|instance| &instance.state);
            match state {
                Some(fleet::observed::InstanceState::Running) => Ok(()),
                other => Err(format!("broker 4 is {other:?}")),
            }
        })
        .await;
    let bodies = [
        "{".to_owned(),
        " ".to_owned(),
        "[]".to_owned(),
        r#"{"source":7,"detail-type":null}"#.to_owned(),
        r#"{"action":"plan"}"#.to_owned(),
        "\u{1}[".repeat(125 * 1024),
        r#"{"source":"com.example","detail-type":"x"}"#.to_owned(),
        state_change(
            "999988887777",
            "2026-11-22T12:00:00Z",
            "i-0feedfacefeedface",
        ),
        state_change(
            "123456789012",
            "2026-11-21T12:00:00Z",
            "i-00000000000000001",
        ),
        state_change("123456789012", "2026-11-22T12:00:00Z", fourth.as_str()),
    ];
    handler.put(bodies);
    let counts = handler.drained().await;

    let batches = handler.batches();
    let [_sweep, batch] = &batches[..] else {
        panic!("{} batches", batches.len());
    };
    let receives: Vec<u32> = batch.batch.iter().map(|m| m.receive_count).collect();
    assert_eq!(receives, [1; 10]);
    let report = batch.answer.as_ref().expect("a report");
    assert_eq!(
        report["wakes"],
        json!({
            "aws.ec2/EC2 Instance State-change Notification": 3,
            "com.example/x": 1,
            "unreadable": 6,
        })
    );
    let actions = report["actions"].to_string();
    assert!(actions.contains("broker 4"), "{report}");
    assert_eq!((counts.sent, counts.deleted), (11, 11));
    assert_eq!(handler.dead_letters().sent, 0);

    // Once it is healthy, any next message puts it into bootstrap.
    let wanted = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    handler
        .until(|aws| match aws.mapped(&wanted) {
            Err(no) if no.contains("is initial") || no.contains("is unused") => Err(no),
            Ok(()) | Err(_) => Ok(()),
        })
        .await;
    handler.put(["look".to_owned()]);
    handler.settled(&wanted).await;
}

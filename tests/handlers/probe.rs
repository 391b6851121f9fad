//! The real probe-brokers behind the door's Invoke, on the environment that the template gives it.

use serde_json::json;
use tests::built::binary;
use tests::handler::{Handler, SCALE, with_one_sweep};
use world::model::Settings;

/// Nothing outside of the VPC may be dialled, so loopback is the one thing that a test can ask it.
#[tokio::test]
async fn the_real_probe_refuses_what_the_template_does_not_allow_and_lives_on() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    let probe = tokio::task::spawn_blocking(|| binary("probe-brokers"));
    let probe = handler.aws.load_probe(&probe.await.expect("built"), None);
    let question = |address: &str, port: u16| json!({"group": "EXTERNAL", "path": "bootstrap", "address": address, "port": port});
    let way = json!({"protocol": "PLAINTEXT", "parameter": "/kafka-privatelink/orders/listeners/EXTERNAL", "endpoints": {"1": {"host": "b1", "port": 9093}}});
    let inquiry = json!({
        "groups": {"EXTERNAL": way},
        "questions": [question("127.0.0.1", 9092), question("10.0.0.5", 22)],
    });
    let rows = probe.invoke(inquiry).await.expect("rows");
    for (row, variable) in [(0, "ADDRESS_RANGES"), (1, "PORTS")] {
        let why = rows[row]["why"].as_str().unwrap_or_default();
        assert_eq!(rows[row]["verdict"], "not-provable", "{rows}");
        assert!(why.contains(variable), "{rows}");
    }
    let refused = probe
        .invoke(json!({"hello": 1}))
        .await
        .expect_err("refused");
    assert!(refused.to_string().contains("NotAnInquiry"), "{refused}");
    assert_eq!(probe.starts(), 1);
}

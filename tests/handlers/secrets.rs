//! No secret at any log level: both real binaries, with everything on that makes their libraries
//! talk, read, send and use a password.

use serde_json::json;
use tests::built::binary;
use tests::handler::{Handler, SCALE, with_one_sweep};
use world::deployment::REGISTER_BROKERS;
use world::model::Settings;

const PASSWORD: &str = "hunter2-of-this-test";
const PLACE: &str = "/kafka-privatelink/orders/secrets/probe";
/// Ports that nobody has, and that the probe may dial.
const GROUP: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>", "bootstrap_port": 9120,
    "broker_ports": "9121-9129", "bind_port": 39093, "protocol": "SASL_SSL",
    "secret": "/kafka-privatelink/orders/secrets/probe"}"#;

/// What a person may set in the console, and what a library reads by itself.
const LOUD: &str = "        Variables:
          AWS_LAMBDA_LOG_LEVEL: TRACE
          RUST_LOG: trace
";

#[tokio::test]
async fn at_the_loudest_level_no_password_is_in_any_line() {
    let template = with_one_sweep().replace("        Variables:\n", LOUD);
    let handler = Handler::deploy(Settings::default(), &template, SCALE).await;
    handler.drained().await;
    let probe = tokio::task::spawn_blocking(|| binary("probe-brokers"));
    let probe = handler.aws.load_probe(&probe.await.expect("built"), None);
    let secret = json!({"mechanism": "SCRAM-SHA-512", "username": "probe", "password": PASSWORD});
    {
        let now = handler.aws.clock.now();
        let mut model = handler.aws.model();
        let written = model.put_secret(now, &PLACE.into(), &secret.to_string());
        written.expect("a secret");
    }
    let put = handler.aws.put_parameter("listeners/EXTERNAL2", GROUP);
    put.expect("a group");
    let function = handler.aws.function(REGISTER_BROKERS).expect("a function");
    let answer = function.invoke(json!({"action": "plan"})).await;
    let answer = answer.expect("a plan").to_string();

    // It was read, sent and taken: each row of the group tells of a connection that was tried.
    assert!(answer.contains("EXTERNAL2"), "{answer}");
    assert!(!answer.contains(PASSWORD), "{answer}");
    assert_eq!(probe.starts(), 1);
    // A payload that is no inquiry is not quoted either.
    let refused = probe.invoke(json!({"secret": secret})).await;
    let refused = refused.expect_err("refused").to_string();
    assert!(!refused.contains(PASSWORD), "{refused}");
    let journal = handler.aws.journal();
    assert!(!journal.log.is_empty());
    for line in &journal.log {
        assert!(!line.text.contains(PASSWORD), "{}", line.text);
    }
}

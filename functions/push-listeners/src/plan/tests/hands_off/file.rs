//! A file that cannot be edited, must not be, or needs lines that only the operator can write.

use super::says;
use crate::look::{FILE, Look};
use fleet::tags::PROTOCOL;
use serde_json::json;

#[test]
fn a_file_that_cannot_be_edited_is_told_with_its_line() {
    let mut look = Look::alone();
    for (old, new) in [
        ("0.0.0.0:29092\n", "0.0.0.0:29092,EXTERNAL://:9094\n"),
        (
            "CONTROLLER:PLAINTEXT\n",
            "CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT\n",
        ),
    ] {
        look.file = look.file.replace(old, new);
    }
    let look = look.inspected();
    says(
        &look,
        "the file of broker 1, /opt/kafka/config/server.properties, is not edited: line 5",
    );
}

#[test]
fn what_kafka_itself_overrides_is_not_edited() {
    let look = Look::alone().showing_itself(|it| it.advertised.is_overridden = true);
    says(
        &look,
        "an override of advertised.listeners that no edit of its file changes; delete it: kafka-configs.sh",
    );
}

#[test]
fn a_file_that_everybody_can_write_is_not_touched() {
    for (mode, is_fine) in [
        ("644", true),
        ("640", true),
        ("666", false),
        ("4755", false),
    ] {
        let look = Look::alone().host("/file/mode", json!(mode)).inspected();
        assert_eq!(look.steps().len(), usize::from(is_fine), "{mode}");
        if !is_fine {
            says(&look, &format!("(mode {mode}); chmod 644 it"));
        }
    }
}

#[test]
fn a_secure_listener_waits_for_the_lines_that_only_the_operator_can_write() {
    let sasl = r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "protocol": "SASL_PLAINTEXT"}"#;
    let secure = || {
        let mut look = Look::alone().with("listeners/EXTERNAL", sasl);
        let mut groups = look.observed.target_groups.iter_mut().flatten();
        let tags = &mut groups.next().expect("one").tags;
        tags.insert(PROTOCOL.to_owned(), "SASL_PLAINTEXT".to_owned());
        look
    };
    let enabled = "listener.name.external.sasl.enabled.mechanisms=SCRAM-SHA-512\n";
    let jaas = "listener.name.external.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;\n";
    let with = |lines: &[&str]| Look {
        file: format!("{FILE}{}", lines.concat()),
        ..secure()
    };
    let look = with(&[]).inspected();
    let quoted = |line: &str| format!("\"{}\"", line.trim_end());
    let both = format!("{}, {}", quoted(enabled), quoted(jaas));
    says(&look, &both);
    assert_eq!(look.held(), ["Beside"]);
    says(&with(&[enabled]).inspected(), &quoted(jaas));
    // A JAAS file may have it, which is told.
    let look = with(&[enabled])
        .host("/broker/jaas", json!(true))
        .inspected();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let picture = look.plan().picture.to_string();
    assert!(picture.contains("external.KafkaServer"), "{picture}");
    let look = with(&[enabled, jaas]).inspected();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let retired = r#"{"retired": true}"#;
    // A group that leaves waits only if the broker would not come back.
    let other = "listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,OTHER://0.0.0.0:39099\nadvertised.listeners=INTERNAL://10.0.0.1:9092,OTHER://b1:9199\nlistener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT\n";
    let leaving = |file: &str| {
        let look = with(&[file]).with("listeners/OTHER", retired);
        look.inspected()
    };
    assert_eq!(
        leaving(other).steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let listed = other
        .replace("39099\n", "39099,EXTERNAL://0.0.0.0:39092\n")
        .replace(
            "OTHER:PLAINTEXT\n",
            "OTHER:PLAINTEXT,EXTERNAL:SASL_PLAINTEXT\n",
        );
    assert_eq!(leaving(&listed).held(), ["Beside"]);
}

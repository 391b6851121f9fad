//! User and password.

use super::{BOTH, EXTERNAL, Secured};
use crate::inside::scenes;
use fleet::listener::Protocol::{Plaintext, SaslPlaintext, SaslSsl};
use world::kafka::INTERNAL_PORT;

scenes!(Secured:
    the_right_password_proves_by_every_mechanism,
    a_wrong_password_is_named_with_its_parameter,
    a_mechanism_that_is_not_enabled_is_named_with_those_that_are,
    a_listener_with_sasl_and_one_without_are_told_apart,
);

const MECHANISMS: [(&str, &str); 3] = [
    ("PLAIN", "plain"),
    ("SCRAM-SHA-256", "of-256"),
    ("SCRAM-SHA-512", "of-512"),
];

fn secret(mechanism: &str, username: &str, password: &str) -> String {
    format!(
        r#"{{"mechanism":"{mechanism}","username":"{username}","password":"{password}","plain_without_tls":true}}"#
    )
}

async fn the_right_password_proves_by_every_mechanism(secured: &mut Secured) {
    let (group, port) = EXTERNAL;
    for (mechanism, password) in MECHANISMS {
        let secret = secret(mechanism, "probe", password);
        let asked = secured.ask(group, SaslPlaintext, &secret, port);
        asked.until(&["direct 1: proven"]).await;
    }
}

async fn a_wrong_password_is_named_with_its_parameter(secured: &mut Secured) {
    let (group, port) = EXTERNAL;
    for (mechanism, _) in MECHANISMS {
        for user in ["probe", "a-stranger"] {
            let asked = secured.ask(
                group,
                SaslPlaintext,
                &secret(mechanism, user, "wrong"),
                port,
            );
            let [says] = &asked.says().await[..] else {
                panic!("one row");
            };
            println!("{says}");
            let begins =
                format!("direct 1: not provable, because authentication by {mechanism} failed: ");
            assert!(says.starts_with(&begins), "{says}");
            assert!(says.ends_with("(parameter /secrets/EXTERNAL)"), "{says}");
            assert!(!says.contains("wrong"), "{says}");
        }
    }
}

async fn a_mechanism_that_is_not_enabled_is_named_with_those_that_are(secured: &mut Secured) {
    let (group, port) = BOTH;
    let right =
        r#"{"mechanism":"SCRAM-SHA-512","username":"probe","password":"of-512","ca":"OUR_CA"}"#;
    let wrong = r#"{"mechanism":"PLAIN","username":"probe","password":"plain","ca":"OUR_CA"}"#;
    let asked = secured.ask(group, SaslSsl, right, port);
    asked.now(&["BOTH direct 1: proven"]).await;
    let asked = secured.ask(group, SaslSsl, wrong, port);
    asked
        .now(&[
            "BOTH direct 1: not provable, because the listener does not offer PLAIN: it offers \
                SCRAM-SHA-512; see sasl.enabled.mechanisms (parameter /secrets/BOTH)",
        ])
        .await;
}

async fn a_listener_with_sasl_and_one_without_are_told_apart(secured: &mut Secured) {
    let (group, port) = EXTERNAL;
    let says = secured.ask(group, Plaintext, "", port).says().await;
    println!("PLAINTEXT at SASL_PLAINTEXT: {says:?}");
    assert!(
        says[0].contains("a listener that expects SASL does so"),
        "{says:?}"
    );
    let asked = secured.ask(
        group,
        SaslPlaintext,
        &secret("PLAIN", "probe", "plain"),
        INTERNAL_PORT,
    );
    asked
        .now(&[
            "direct 1: not provable, because the listener asks for no authentication: its \
                protocol is PLAINTEXT or SSL, not SASL",
        ])
        .await;
}

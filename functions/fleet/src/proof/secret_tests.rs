//! What is accepted as a secret, and that nothing ever shows it.

use super::*;
use crate::listener::Protocol::{self, SaslPlaintext, SaslSsl, Ssl};

#[test]
fn a_secret_is_read_for_its_protocol_and_never_shown() {
    let text = r#"{"mechanism":"SCRAM-SHA-512","username":"probe","password":"hunter2"}"#;
    let secret = Secret::read(text, SaslPlaintext).expect("a secret");
    let user = secret.credentials().expect("a user");
    assert_eq!((user.username, user.password), ("probe", "hunter2"));
    assert_eq!(format!("{secret:?} {user:?}"), "*** ***");
    for (text, protocol) in [
        (r#"{"username":"probe","password":"hunter2"}"#, SaslSsl),
        (r#"{"username":"probe","password":"hunter2","#, SaslSsl),
        (r#"{"user":"probe","password":"hunter2"}"#, Ssl),
    ] {
        let error = Secret::read(text, protocol)
            .expect_err("refused")
            .to_string();
        assert!(
            !error.contains("hunter2") && !error.contains("probe"),
            "{error}"
        );
        assert!(error.contains("\"mechanism\""), "{error}");
    }
    let trusted = Secret::read(r#"{"ca":"pem"}"#, Ssl).expect("a secret");
    assert_eq!(trusted.ca(), Some("pem"));
}

fn refused(text: &str, protocol: Protocol) -> String {
    let refused = Secret::read(text, protocol).expect_err("refused");
    assert!(!format!("{refused} {refused:?}").contains("hunter2"));
    refused.to_string()
}

#[test]
fn a_password_that_would_travel_without_tls_must_be_said_to() {
    let plain = r#"{"mechanism":"PLAIN","username":"probe","password":"hunter2"}"#;
    let says = refused(plain, SaslPlaintext);
    assert!(says.contains("\"plain_without_tls\": true"), "{says}");
    Secret::read(plain, SaslSsl).expect("inside of TLS");
    let accepted = plain.replace('}', r#","plain_without_tls":true}"#);
    Secret::read(&accepted, SaslPlaintext).expect("accepted");
    let not = plain.replace('}', r#","plain_without_tls":false}"#);
    assert_eq!(refused(&not, SaslPlaintext), says);
    let scram = plain.replace("PLAIN", "SCRAM-SHA-256");
    Secret::read(&scram, SaslPlaintext).expect("a password that does not travel");
}

#[test]
fn a_clients_certificate_comes_with_its_key() {
    let both = r#"{"certificate":"chain","key":"hunter2"}"#;
    let secret = Secret::read(both, Ssl).expect("both");
    let shown = secret.client_certificate().expect("a certificate");
    assert_eq!((shown.chain, shown.key), ("chain", "hunter2"));
    assert_eq!(format!("{shown:?} {secret:?}"), "*** ***");
    let says = refused(r#"{"certificate":"hunter2"}"#, Ssl);
    assert_eq!(says, "has a \"certificate\" and no \"key\"");
    let says = refused(r#"{"key":"hunter2"}"#, Ssl);
    assert_eq!(says, "has a \"key\" and no \"certificate\"");
}

#[test]
fn whatever_is_wrong_with_a_secret_its_text_is_not_quoted() {
    for text in [
        "hunter2",
        r#""hunter2""#,
        r#"["hunter2"]"#,
        r#"{"mechanism":"hunter2"}"#,
        r#"{"username":["hunter2"]}"#,
        r#"{"hunter2":"password"}"#,
        r#"{"plain_without_tls":"hunter2"}"#,
        r#"{"password":"hunter2","password":"hunter2"}"#,
        "mechanism: SCRAM-SHA-512, password: hunter2",
    ] {
        for protocol in [Ssl, SaslSsl, SaslPlaintext] {
            let says = refused(text, protocol);
            assert!(says.starts_with("is not the JSON"), "{text}: {says}");
        }
    }
}

#[test]
fn a_secret_travels_to_the_probe_and_not_into_a_text() {
    let text = r#"{"mechanism":"PLAIN","username":"probe","password":"hunter2","ca":"pem","certificate":"chain","key":"hunter2","plain_without_tls":true}"#;
    let secret = Secret::read(text, SaslPlaintext).expect("a secret");
    assert_eq!(serde_json::to_string(&secret).expect("json"), text);
}

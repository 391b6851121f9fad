//! Certificates.

use super::{EXTERNAL, MUTUAL, OLD, Secured, TLS};
use crate::inside::scenes;
use fleet::listener::Protocol::{Plaintext, Ssl};
use serde_json::json;

scenes!(Secured:
    a_certificate_with_the_wanted_name_proves_and_another_is_named,
    an_authority_that_nobody_named_is_unknown,
    a_listener_that_wants_a_clients_certificate_is_proven_by_the_secrets_own,
    tls_and_plain_text_are_told_apart,
);

const OURS: &str = r#"{"ca":"OUR_CA"}"#;

async fn a_certificate_with_the_wanted_name_proves_and_another_is_named(secured: &mut Secured) {
    let (group, port) = TLS;
    let asked = secured.ask(group, Ssl, OURS, port);
    asked.now(&["TLS direct 1: proven"]).await;
    let (group, port) = OLD;
    let asked = secured.ask(group, Ssl, OURS, port);
    asked
        .now(&[
            "OLD direct 1: not provable, because TLS: the broker's certificate is not for \
                b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com, but for \
                b1.usw2-az1.old.us-west-2.aws.3199015.tidbcloud.com: add the name that clients \
                are told to it",
        ])
        .await;
}

async fn an_authority_that_nobody_named_is_unknown(secured: &mut Secured) {
    let (group, port) = TLS;
    let stranger = super::Authority::new("a stranger")
        .pem()
        .replace('\n', "\\n");
    let stranger = format!(r#"{{"ca":"{stranger}"}}"#);
    let says = secured.ask(group, Ssl, &stranger, port).says().await;
    println!("{says:?}");
    assert!(
        says[0].contains("is signed by an unknown authority"),
        "{says:?}"
    );
    assert!(says[0].ends_with("(parameter /secrets/TLS)"), "{says:?}");
}

async fn a_listener_that_wants_a_clients_certificate_is_proven_by_the_secrets_own(
    secured: &mut Secured,
) {
    let (group, port) = MUTUAL;
    let (certificate, key) = secured.authority.sign("probe");
    let secret = json!({"ca": "OUR_CA", "certificate": certificate, "key": key}).to_string();
    let asked = secured.ask(group, Ssl, &secret, port);
    asked.until(&["MUTUAL direct 1: proven"]).await;
    let says = secured.ask(group, Ssl, OURS, port).says().await;
    assert!(says[0].contains("ssl.client.auth=required"), "{says:?}");
    assert!(says[0].ends_with("(parameter /secrets/MUTUAL)"), "{says:?}");
}

async fn tls_and_plain_text_are_told_apart(secured: &mut Secured) {
    let plain_at_tls = secured.ask("TLS", Plaintext, "", TLS.1).says().await;
    let tls_at_plain = secured.ask("TLS", Ssl, OURS, EXTERNAL.1).says().await;
    println!("{plain_at_tls:?}\n{tls_at_plain:?}");
    assert!(plain_at_tls[0].contains("TLS"), "{plain_at_tls:?}");
    assert!(
        tls_at_plain[0].contains("PLAINTEXT or SASL_PLAINTEXT"),
        "{tls_at_plain:?}"
    );
}

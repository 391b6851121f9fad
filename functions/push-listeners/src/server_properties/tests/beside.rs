//! What a secure listener needs beside the three keys.

use super::*;
use crate::server_properties::{Elsewhere, Remark, beside, mask};

const MECHANISMS: &str = "listener.name.external.sasl.enabled.mechanisms";
const SCRAM: &str = "listener.name.external.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;";
const STORE: [&str; 2] = [
    "listener.name.external.ssl.keystore.location=<file>",
    "listener.name.external.ssl.keystore.password=<password>",
];

fn speaking(protocol: Protocol) -> Wanted {
    let mut wish = external();
    wish.protocol = protocol;
    wish
}

/// What is missing, of the file and of what leaves its host.
fn missing(protocol: Protocol, lines: &str, elsewhere: &Elsewhere) -> (Vec<String>, Vec<Remark>) {
    let file = format!("{FILE}{lines}\n");
    let of = |file: &[u8]| beside(file, &[speaking(protocol)], elsewhere, OLD).expect("a file");
    let found = of(file.as_bytes());
    assert_eq!(of(&mask(file.as_bytes())), found, "{lines}");
    (found.lines, found.remarks)
}

fn lines(protocol: Protocol, lines: &str) -> Vec<String> {
    let (found, remarks) = missing(protocol, lines, &Elsewhere::default());
    assert_eq!(remarks, [], "{lines}");
    found
}

#[test]
fn a_listener_without_sasl_and_tls_needs_nothing() {
    assert_eq!(lines(Protocol::Plaintext, ""), [""; 0]);
}

#[test]
fn sasl_needs_mechanisms_and_jaas_for_each_of_them() {
    let sasl = |has: &str| lines(Protocol::SaslPlaintext, has);
    let enabled = |names: &str| format!("{MECHANISMS}={names}");
    assert_eq!(sasl(""), [&enabled("SCRAM-SHA-512"), SCRAM]);
    assert_eq!(sasl(&enabled("SCRAM-SHA-512")), [SCRAM]);
    assert_eq!(sasl(SCRAM), [enabled("SCRAM-SHA-512")]);
    assert_eq!(
        sasl(&format!("sasl.enabled.mechanisms=SCRAM-SHA-512\n{SCRAM}")),
        [""; 0]
    );
    // That of the listener counts, not that of all.
    let both = format!(
        "{}\nsasl.enabled.mechanisms=GSSAPI\n{SCRAM}",
        enabled("SCRAM-SHA-512")
    );
    assert_eq!(sasl(&both), [""; 0]);
    let two = format!("{}\n{SCRAM}", enabled("SCRAM-SHA-512, PLAIN"));
    let plain = "listener.name.external.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_<name>=\"<password>\";";
    assert_eq!(sasl(&two), [plain]);
    let kerberos = "listener.name.external.gssapi.sasl.jaas.config=a";
    assert_eq!(sasl(kerberos), [""; 0]);
    // JAAS of another listener, or of all, is not read for this one (K-19).
    for other in [
        SCRAM.replace("external", "internal"),
        SCRAM.replace("listener.name.external.", ""),
    ] {
        assert_eq!(
            sasl(&format!("{}\n{other}", enabled("SCRAM-SHA-512"))),
            [SCRAM]
        );
    }
    // Which mechanisms a provider gives is not known here; one of them is enough for us.
    let provided = enabled("${env:MECHANISMS}");
    assert_eq!(sasl(&format!("{provided}\n{SCRAM}")), [""; 0]);
    assert!(sasl(&provided)[0].contains("<mechanism>.sasl.jaas.config"));
}

#[test]
fn tls_needs_a_certificate() {
    let tls = |has: &str| lines(Protocol::Ssl, has);
    assert_eq!(tls(""), STORE);
    assert_eq!(
        tls("listener.name.internal.ssl.keystore.location=/k"),
        STORE
    );
    for has in [
        "ssl.keystore.location=/k",
        "listener.name.external.ssl.keystore.key=k",
        "listener.name.external.ssl.keystore.certificate.chain=c",
        "ssl.engine.factory.class=a.Factory",
    ] {
        assert_eq!(tls(has), [""; 0], "{has}");
    }
    assert_eq!(lines(Protocol::SaslSsl, SCRAM).len(), 3);
}

#[test]
fn what_the_process_has_from_elsewhere_is_told_and_not_missed() {
    let file = Elsewhere {
        has_jaas_file: true,
        keys: Vec::new(),
    };
    let sasl = |lines: &str, elsewhere| missing(Protocol::SaslPlaintext, lines, elsewhere);
    let group = GroupName::new("EXTERNAL");
    let none = (Vec::new(), vec![Remark::NoMechanisms(group.clone())]);
    assert_eq!(sasl("", &file), none);
    let enabled = format!("{MECHANISMS}=SCRAM-SHA-512");
    let of_file = (Vec::new(), vec![Remark::NoJaas(group)]);
    assert_eq!(sasl(&enabled, &file), of_file);
    assert_eq!(
        sasl(&format!("{enabled}\n{SCRAM}"), &file),
        (vec![], vec![])
    );
    let jaas = SCRAM.split('=').next().expect("a key").to_owned();
    let overridden = Elsewhere {
        has_jaas_file: false,
        keys: vec![MECHANISMS.to_owned(), jaas],
    };
    assert_eq!(sasl("", &overridden), (vec![], vec![]));
}

#[test]
fn a_listener_that_is_in_the_file_already_keeps_its_broker_from_any_restart() {
    let secure = speaking(Protocol::SaslPlaintext);
    let wish = [secure];
    let found = |file: &str| beside(file.as_bytes(), &wish, &Elsewhere::default(), OLD);
    assert!(!found(FILE).expect("a file").is_listed);
    let (after, _) = edited(FILE, &wish).expect("an edit");
    assert!(found(&after).expect("a file").is_listed);
    let complete = format!("{after}{MECHANISMS}=SCRAM-SHA-512\n{SCRAM}\n");
    assert!(!found(&complete).expect("a file").is_listed);
}

//! What a listener group's secret holds: who we say we are, and whom we trust. Its text is never
//! printed, and never quoted by an error.

use crate::listener::Protocol;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The JSON of a secret: `{"mechanism":"SCRAM-SHA-512","username":…,"password":…,"ca":…}`, for a
/// listener with `ssl.client.auth=required` also `"certificate"` and `"key"`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mechanism: Option<Mechanism>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Whoever may tag an instance, or stands between, gets a password that is sent without TLS. So
    /// this must be said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    plain_without_tls: bool,
}

/// What we show to a listener that asks for a client's certificate.
#[derive(Clone, Copy)]
pub struct ClientCertificate<'a> {
    /// PEM: the certificate, then those of the authorities that the brokers do not have.
    pub chain: &'a str,
    /// PEM: its private key, without a passphrase.
    pub key: &'a str,
}

/// A user of Kafka.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// How the password is shown.
    pub mechanism: Mechanism,
    /// The user's name.
    pub username: &'a str,
    /// The user's password.
    pub password: &'a str,
}

/// The SASL mechanisms that TiDB Cloud and we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// The password as it is.
    #[serde(rename = "PLAIN")]
    Plain,
    /// RFC 7677.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// The same with SHA-512.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// What is wrong with a secret; never what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError(&'static str);

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Secret {
    /// Reads a secret's text for a protocol.
    pub fn read(text: &str, protocol: Protocol) -> Result<Self, SecretError> {
        // An error of serde_json would quote what it found.
        let secret: Self = serde_json::from_str(text).map_err(|_| {
            SecretError(
                "is not the JSON {\"mechanism\": \"SCRAM-SHA-512\" (or \"SCRAM-SHA-256\", \"PLAIN\"), \"username\": …, \"password\": …, \"ca\": PEM, \"certificate\": PEM, \"key\": PEM} with what is needed of it",
            )
        })?;
        if protocol.is_sasl() && secret.credentials().is_none() {
            return Err(SecretError(
                "lacks \"mechanism\", \"username\" or \"password\", which SASL needs",
            ));
        }
        if protocol == Protocol::SaslPlaintext
            && secret.mechanism == Some(Mechanism::Plain)
            && !secret.plain_without_tls
        {
            return Err(SecretError(
                "sends its password without TLS: use SCRAM or SASL_SSL, or write \"plain_without_tls\": true into it (whoever may tag an instance gets that password)",
            ));
        }
        match (&secret.certificate, &secret.key) {
            (Some(_), None) => Err(SecretError("has a \"certificate\" and no \"key\"")),
            (None, Some(_)) => Err(SecretError("has a \"key\" and no \"certificate\"")),
            (Some(_), Some(_)) | (None, None) => Ok(secret),
        }
    }

    /// The user, if all of it is there.
    pub fn credentials(&self) -> Option<Credentials<'_>> {
        Some(Credentials {
            mechanism: self.mechanism?,
            username: self.username.as_deref()?,
            password: self.password.as_deref()?,
        })
    }

    /// What to show to a listener that asks for a certificate, if all of it is there.
    pub fn client_certificate(&self) -> Option<ClientCertificate<'_>> {
        Some(ClientCertificate {
            chain: self.certificate.as_deref()?,
            key: self.key.as_deref()?,
        })
    }

    /// PEM certificates to trust instead of the system's.
    pub fn ca(&self) -> Option<&str> {
        self.ca.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for ClientCertificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

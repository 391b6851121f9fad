//! The parameter `admin`: the listener on which brokers are asked what they show, and how they are.

use crate::foreign::clean;
use crate::listener::{Protocol, secret_name};
use crate::observed::Parameter;
use crate::refusal::Refusals;
use crate::words::{ParameterName, Port};
use serde::Deserialize;

/// The admin listener: the one by which brokers speak to each other. EXTERNAL cannot be it: a broker that
/// has no EXTERNAL yet is asked, too, and what EXTERNAL shows of a cluster is a part (K-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// Its port, on each broker's private address.
    pub port: Port,
    /// Kafka's security protocol on it.
    pub protocol: Protocol,
    /// Where the user or the certificate stands that may ask; none for `PLAINTEXT`.
    pub secret: Option<ParameterName>,
}

/// What works.
const FORM: &str = r#"write {"port": 9092, "protocol": "PLAINTEXT"}, and "secret": "/kafka-privatelink/<cluster>/secrets/<name>" for a protocol that needs one"#;

/// Everything that may stand in the JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    port: Option<Port>,
    protocol: Option<Protocol>,
    secret: Option<String>,
}

impl Admin {
    /// The listener of TiDB Cloud's document, INTERNAL: port 9092, without encryption or users.
    pub fn of_document() -> Option<Self> {
        Some(Self {
            port: Port::new(9092)?,
            protocol: Protocol::Plaintext,
            secret: None,
        })
    }

    /// Reads the parameter; a field that is not there has the document's value.
    pub fn read(parameter: &Parameter) -> Result<Self, Refusals> {
        let Some(text) = parameter.text() else {
            return Err(Refusals::because(format!(
                "it is a {}, which is not read here; write it as a String: {}",
                clean(parameter.kind.as_str(), 40),
                parameter.as_string(r#"'{"port": 9092}'"#)
            )));
        };
        // serde_json names line and column; the text may hold what should be a secret, and is not shown.
        let fields: Fields =
            serde_json::from_str(text).map_err(|error| refused(&clean(&error.to_string(), 200)))?;
        let default = Self::of_document().ok_or_else(|| refused("it has no port"))?;
        let admin = Self {
            port: fields.port.unwrap_or(default.port),
            protocol: fields.protocol.unwrap_or(default.protocol),
            secret: fields.secret.as_deref().map(secret_name).transpose()?,
        };
        match (admin.protocol.is_sasl(), &admin.secret) {
            (true, None) => Err(refused(&format!(
                "\"protocol\" {} needs a \"secret\"",
                admin.protocol.as_str()
            ))),
            (true, Some(_)) | (false, _) => Ok(admin),
        }
    }
}

fn refused(why: &str) -> Refusals {
    Refusals::because(format!("{why}; {FORM}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::parameter;

    fn read(text: &str) -> Result<Admin, String> {
        Admin::read(&parameter("admin", text, 60)).map_err(|refusals| refusals.to_string())
    }

    #[test]
    fn what_is_not_said_is_as_in_the_document() {
        let document = Admin::of_document().expect("a port");
        assert_eq!(
            (document.port.get(), document.protocol),
            (9092, Protocol::Plaintext)
        );
        assert_eq!(read("{}"), Ok(document.clone()));
        assert_eq!(
            read(r#" {"port": 9092, "protocol": "PLAINTEXT"} "#),
            Ok(document)
        );
        let secured = r#"{"port": 9095, "protocol": "SASL_SSL",
            "secret": "/kafka-privatelink/orders/secrets/admin"}"#;
        let secured = read(secured).expect("an admin listener");
        assert_eq!(
            (secured.port.get(), secured.protocol),
            (9095, Protocol::SaslSsl)
        );
        let secret = secured.secret.expect("a secret");
        assert_eq!(secret.as_str(), "/kafka-privatelink/orders/secrets/admin");
    }

    #[test]
    fn what_is_wrong_is_told_with_the_way_out_and_never_with_a_secret() {
        for (text, told) in [
            ("", "EOF while parsing a value"),
            ("9092", "invalid type: integer"),
            (r#"{"port": 0}"#, "port"),
            (r#"{"port": 70000}"#, "70000"),
            (r#"{"port": 9092, "port": 9093}"#, "duplicate field `port`"),
            (r#"{"protocol": "TLS"}"#, "unknown variant `TLS`"),
            (r#"{"password": "hunter2"}"#, "unknown field `password`"),
            (
                r#"{"protocol": "SASL_PLAINTEXT"}"#,
                "\"protocol\" SASL_PLAINTEXT needs a \"secret\"",
            ),
            (
                r#"{"secret": "hunter2"}"#,
                "\"secret\" must be /kafka-privatelink/",
            ),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains(told), "{text:?}: {refused}");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }
}

//! One element of `listener.security.protocol.map`: `NAME:PROTOCOL`.

use fleet::listener::Protocol;

/// How one listener speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The listener's name in capital letters, as Kafka compares it.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
}

/// All protocols. Kafka's own map has each under its own name.
pub const PROTOCOLS: [Protocol; 4] = [
    Protocol::Plaintext,
    Protocol::Ssl,
    Protocol::SaslPlaintext,
    Protocol::SaslSsl,
];

impl Mapping {
    /// A mapping of a name.
    pub fn new(name: &str, protocol: Protocol) -> Self {
        let name = name.to_ascii_uppercase();
        Self { name, protocol }
    }

    /// Reads an element; `None` if Kafka does not, or has no such protocol.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, protocol) = text.rsplit_once(':')?;
        let trim = |text: &str| text.trim_matches(|c| c <= ' ').to_ascii_uppercase();
        let (name, protocol) = (trim(name), protocol_of(&trim(protocol))?);
        Some(Self { name, protocol })
    }

    /// The element.
    pub fn element(&self) -> String {
        format!("{}:{}", self.name, self.protocol.as_str())
    }
}

/// The protocol of a name in capital letters.
pub(super) fn protocol_of(name: &str) -> Option<Protocol> {
    PROTOCOLS.into_iter().find(|it| it.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_protocols_count_without_case_and_without_blanks() {
        for (text, expected) in [
            (
                "EXTERNAL:PLAINTEXT",
                Some(("EXTERNAL", Protocol::Plaintext)),
            ),
            ("external : sasl_ssl", Some(("EXTERNAL", Protocol::SaslSsl))),
            ("a:b:SSL", Some(("A:B", Protocol::Ssl))),
            (":SSL", Some(("", Protocol::Ssl))),
            ("EXTERNAL:TLS", None),
            ("EXTERNAL", None),
            ("EXTERNAL:", None),
        ] {
            let expected = expected.map(|(name, protocol)| Mapping::new(name, protocol));
            assert_eq!(Mapping::parse(text), expected, "{text}");
        }
    }
}

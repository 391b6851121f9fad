//! Error codes of brokers, with the names that Kafka's own logs and documents use.

use kafka_protocol::error::ResponseError;
use std::fmt;

/// An error that a broker answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerError {
    /// The code of the protocol; never 0.
    pub code: i16,
    /// The broker's own words, cut to [`BrokerError::LONGEST`] characters; many errors come
    /// without.
    pub message: Option<String>,
}

impl BrokerError {
    /// What the principal may not do on the cluster: CLUSTER_AUTHORIZATION_FAILED.
    pub const CLUSTER_DENIED: i16 = 31;
    /// Longest message that is kept, in characters.
    pub const LONGEST: usize = 200;

    /// None for code 0.
    pub(crate) fn from_answer(code: i16, message: Option<&str>) -> Option<Self> {
        let message = message.filter(|text| !text.is_empty()).map(brief);
        (code != 0).then_some(Self { code, message })
    }

    /// The name of the code, as in Kafka's protocol guide.
    pub fn name(&self) -> String {
        match ResponseError::try_from_code(self.code) {
            Some(ResponseError::Unknown(_)) | None => "a code unknown to us".to_owned(),
            Some(known) => screaming(&format!("{known:?}")),
        }
    }

    /// Whether an authorizer said no: an ACL is missing.
    pub fn is_denied(&self) -> bool {
        matches!(self.code, 29..=31 | 53 | 65)
    }
}

impl fmt::Display for BrokerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error {} ({})", self.code, self.name())?;
        match &self.message {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

/// Text of a stranger, fit for one line of a report.
pub(crate) fn brief(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(BrokerError::LONGEST).collect()
}

/// As many of a stranger's names as fit into a sentence: five, and a count of the others.
pub(crate) fn few<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Vec<String> {
    const MOST: usize = 5;
    const LONGEST: usize = 120;
    let all = names.len();
    let mut length = 0;
    let mut shown: Vec<String> = names
        .take(MOST)
        .map(brief)
        .take_while(|name| {
            length += name.chars().count();
            length <= LONGEST || length == name.chars().count()
        })
        .collect();
    match all - shown.len() {
        0 => {}
        1 => shown.push("and 1 other".to_owned()),
        others => shown.push(format!("and {others} others")),
    }
    shown
}

/// `NotController` as `NOT_CONTROLLER`.
fn screaming(camel: &str) -> String {
    let mut name = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_protocol_guide() {
        let name = |code| BrokerError::from_answer(code, None).unwrap().name();
        assert_eq!(name(31), "CLUSTER_AUTHORIZATION_FAILED");
        assert_eq!(name(58), "SASL_AUTHENTICATION_FAILED");
        assert_eq!(name(3), "UNKNOWN_TOPIC_OR_PARTITION");
        assert_eq!(name(-1), "UNKNOWN_SERVER_ERROR");
        assert_eq!(name(4711), "a code unknown to us");
    }

    #[test]
    fn denials_are_told_from_other_errors() {
        let denied = |code| BrokerError::from_answer(code, None).unwrap().is_denied();
        assert!(denied(29) && denied(31) && !denied(28) && !denied(42));
    }

    #[test]
    fn a_message_is_one_line_of_bounded_length() {
        let long = "x\n".repeat(1000);
        let error = BrokerError::from_answer(42, Some(&long)).unwrap();
        assert_eq!(error.message.unwrap().chars().count(), BrokerError::LONGEST);
        assert_eq!(BrokerError::from_answer(0, Some("fine")), None);
    }
}

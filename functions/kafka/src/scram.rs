//! What a SCRAM server says, checked before rsasl 2.3 parses it: its parser indexes attributes
//! without looking at their length (a one-byte attribute panics), and it would hash as often as the
//! server pleases.

use crate::code::brief;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;

/// Rounds of hashing that a server may ask for. Kafka creates users with 4096 to 16384 and its
/// client refuses fewer, since few make a stolen proof cheap to guess; many would hold our only
/// core for as long as a stranger likes.
pub(crate) const ITERATIONS: RangeInclusive<u32> = 4096..=65536;

/// How a server wants the password to be salted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Salting {
    /// Its bytes.
    pub salt: Vec<u8>,
    /// One of [`ITERATIONS`].
    pub rounds: NonZeroU32,
}

/// Every attribute is a letter, "=", and a value (RFC 5802, section 5.1); the iteration count is
/// one of [`ITERATIONS`]. Some if it is a message that asks for a salted password.
pub(crate) fn check(message: &[u8]) -> Result<Option<Salting>, String> {
    let (mut salt, mut rounds) = (None, None);
    for attribute in message.split(|byte| *byte == b',') {
        match attribute {
            [b'i', b'=', digits @ ..] => rounds = Some(iterations(digits)?),
            [b's', b'=', text @ ..] => {
                let decoded = STANDARD.decode(text);
                salt = Some(decoded.map_err(|_| "the salt of SCRAM is not base64".to_owned())?);
            }
            [letter, b'=', ..] if letter.is_ascii_alphabetic() => {}
            _ => {
                return Err(
                    "a SCRAM message has an attribute that is not a letter, \"=\" and a value"
                        .to_owned(),
                );
            }
        }
    }
    let salting = salt.zip(rounds);
    Ok(salting.map(|(salt, rounds)| Salting { salt, rounds }))
}

/// The reason of a server that refuses us in SCRAM's own words. Kafka uses error 58 instead.
pub(crate) fn refusal(message: &[u8]) -> Option<String> {
    let reason = message.strip_prefix(b"e=")?;
    Some(brief(&reason.escape_ascii().to_string()))
}

fn iterations(digits: &[u8]) -> Result<NonZeroU32, String> {
    let count = std::str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse::<NonZeroU32>().ok());
    match count {
        Some(count) if ITERATIONS.contains(&count.get()) => Ok(count),
        _ => Err(format!(
            "SCRAM asks for {} rounds of hashing; {} to {} are accepted",
            brief(&digits.escape_ascii().to_string()),
            ITERATIONS.start(),
            ITERATIONS.end()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Credentials, Mechanism, sasl::session};
    use proptest::prelude::*;
    use std::sync::Arc;

    #[test]
    fn what_kafka_says_passes() {
        check(b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096").unwrap();
        check(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        check(b"e=invalid-proof").unwrap();
    }

    #[test]
    fn what_would_panic_or_take_for_ever_does_not() {
        let bad = [
            "",
            "v",
            "r=a,s",
            "r=a,s=b,i=1",
            "r=a,s=b,i=4294967295",
            "r=a,s=b,i=",
            "r=a,,i=4096",
            "r=a,s=no base64,i=4096",
            "\u{e9}=x",
        ];
        for message in bad {
            check(message.as_bytes()).unwrap_err();
        }
    }

    const LONG: &str = "a very long nonce of somebody else";

    /// The first words of a server: right, nearly right, and wrong. `OURS` stands for our nonce.
    fn first() -> impl Strategy<Value = String> {
        let nonce = prop_oneof![
            Just("r=OURS".to_owned()),
            Just("r=OURSmore".to_owned()),
            Just(LONG.to_owned())
        ];
        let salt = prop_oneof![
            Just("s=QSXCR+Q6sek8bf92".to_owned()),
            "s=[a-zA-Z0-9+/=]{0,9}"
        ];
        let count = prop_oneof![Just("i=4096".to_owned()), "i=[0-9]{0,11}"];
        let right =
            (nonce, salt, count).prop_map(|(nonce, salt, count)| format!("{nonce},{salt},{count}"));
        let wrong = proptest::collection::vec("[a-z]?=?[ -~]{0,5}", 0..5);
        prop_oneof![3 => right, 1 => wrong.prop_map(|parts| parts.join(","))]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_passes_the_check_does_not_make_rsasl_panic(
            first in first(),
            last in prop_oneof!["v=[a-zA-Z0-9+/=]{0,50}", "[a-z]?=?[ -~]{0,9}", ".{0,9}"],
        ) {
            let who = Credentials {
                mechanism: Mechanism::ScramSha256,
                username: "kim".to_owned(),
                password: "secret".to_owned(),
            };
            let mut session = session(&who, Arc::default()).unwrap();
            let mut sent = Vec::new();
            session.step(None, &mut sent).unwrap();
            let sent = String::from_utf8(sent).unwrap();
            let (_, nonce) = sent.split_once("r=").unwrap();
            for said in [first.replace("OURS", nonce), last] {
                let checked = check(said.as_bytes());
                if checked.is_err() || session.step(Some(said.as_bytes()), &mut Vec::new()).is_err() {
                    break;
                }
            }
        }
    }
}

//! Cases of `listener.security.protocol.map`.

use super::{ABSENT, MAP, Row, ours, refuses, takes};
use crate::server_properties::refusal::Rule;

pub(super) fn all() -> Vec<Row> {
    vec![
        refuses(
            Rule::NoProtocol,
            "a listener without a protocol",
            &[(MAP, "CONTROLLER:PLAINTEXT")],
        ),
        refuses(
            Rule::NoProtocol,
            "a controller without a protocol",
            &[(MAP, "INTERNAL:PLAINTEXT")],
        ),
        refuses(Rule::NoProtocol, "an empty map", &[(MAP, "")]),
        refuses(Rule::NoProtocol, "no map", &[(MAP, ABSENT)]),
        refuses(
            Rule::Mapping,
            "a protocol that is none",
            &[(MAP, "INTERNAL:TLS,CONTROLLER:PLAINTEXT")],
        ),
        refuses(
            Rule::Mapping,
            "a mapping without a colon",
            &[(MAP, "INTERNAL,CONTROLLER:PLAINTEXT")],
        ),
        refuses(
            Rule::Mapping,
            "two commas in the map",
            &[(MAP, "INTERNAL:PLAINTEXT,,CONTROLLER:PLAINTEXT")],
        ),
        refuses(
            Rule::Mapping,
            "a comma before the map",
            &[(MAP, ",INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT")],
        ),
        takes(
            "commas behind the map",
            &[(MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,,")],
        ),
        ours(
            Rule::TwoProtocols,
            "a name with two protocols",
            &[(MAP, "INTERNAL:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT")],
        ),
    ]
}

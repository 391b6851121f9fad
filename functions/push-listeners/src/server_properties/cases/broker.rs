//! Cases of a broker that is no controller.

use super::{ABSENT, ADVERTISED, INTER_BROKER, LISTENERS, MAP, NODE, Row, refuses, takes};
use crate::server_properties::refusal::Rule;

pub(super) fn all() -> Vec<Row> {
    vec![
        takes("a broker alone", &[]),
        takes(
            "a broker without a map",
            &[
                (LISTENERS, "PLAINTEXT://10.0.0.14:9092"),
                (ADVERTISED, ABSENT),
                (MAP, ABSENT),
                (INTER_BROKER, ABSENT),
            ],
        ),
        refuses(
            Rule::NoProtocol,
            "a secure broker without a map",
            &[
                (LISTENERS, "SSL://10.0.0.14:9092"),
                (ADVERTISED, ABSENT),
                (MAP, ABSENT),
                (INTER_BROKER, "SSL"),
            ],
        ),
        refuses(
            Rule::ControllerListens,
            "a broker that listens for controllers",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
            )],
        ),
        refuses(
            Rule::NoProtocol,
            "a broker without the controllers' protocol",
            &[(MAP, "INTERNAL:PLAINTEXT")],
        ),
        refuses(Rule::Voters, "a broker that is a voter", &[(NODE, "1")]),
    ]
}

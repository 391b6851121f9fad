//! Cases of `listeners` and `advertised.listeners`.

use super::{ABSENT, ADVERTISED, INTER_BROKER, LISTENERS, MAP, Row, now, ours, refuses, takes};
use crate::server_properties::refusal::Rule;

pub(super) fn all() -> Vec<Row> {
    vec![
        takes("a combined node", &[]),
        takes(
            "no value but the roles",
            &[
                (LISTENERS, "PLAINTEXT://:9092,CONTROLLER://:29092"),
                (ADVERTISED, ABSENT),
                (MAP, ABSENT),
                (INTER_BROKER, ABSENT),
            ],
        ),
        takes(
            "small letters",
            &[
                (
                    LISTENERS,
                    "internal://0.0.0.0:9092,Controller://0.0.0.0:29092",
                ),
                (MAP, "Internal:plaintext,CONTROLLER:PLAINTEXT"),
                (INTER_BROKER, "internal"),
            ],
        ),
        takes(
            "blanks around commas",
            &[
                (
                    LISTENERS,
                    "INTERNAL://0.0.0.0:9092 , CONTROLLER://0.0.0.0:29092",
                ),
                (MAP, "INTERNAL : PLAINTEXT , CONTROLLER:PLAINTEXT"),
            ],
        ),
        takes(
            "an IPv6 address",
            &[(LISTENERS, "INTERNAL://[::1]:9092,CONTROLLER://::1:29092")],
        ),
        refuses(
            Rule::SameName,
            "a name twice",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092,internal://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
            )],
        ),
        refuses(
            Rule::SameName,
            "a name advertised twice",
            &[(
                ADVERTISED,
                "INTERNAL://10.0.0.11:9092,INTERNAL://10.0.0.12:9092",
            )],
        ),
        refuses(
            Rule::SamePort,
            "a port twice",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092,CONTROLLER://10.0.0.11:9092",
            )],
        ),
        takes(
            "a port for an IPv4 and an IPv6 address",
            &[(
                LISTENERS,
                "INTERNAL://127.0.0.1:9092,CONTROLLER://[::1]:9092",
            )],
        ),
        refuses(
            Rule::SamePort,
            "a port for an address and a name",
            &[(
                LISTENERS,
                "INTERNAL://localhost:9092,CONTROLLER://[::1]:9092",
            )],
        ),
        takes(
            "port 0 twice",
            &[
                (
                    LISTENERS,
                    "INTERNAL://0.0.0.0:0,CONTROLLER://0.0.0.0:29092,X://0.0.0.0:0",
                ),
                (MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL"),
            ],
        ),
        takes(
            "an advertised port twice",
            &[
                (
                    LISTENERS,
                    "INTERNAL://0.0.0.0:9092,X://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
                ),
                (ADVERTISED, "INTERNAL://10.0.0.11:9092,X://10.0.0.11:9092"),
                (MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL"),
            ],
        ),
        ours(
            Rule::PortNumber,
            "port 70000",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:70000,CONTROLLER://0.0.0.0:29092",
            )],
        ),
        ours(
            Rule::PortNumber,
            "port -1",
            &[(ADVERTISED, "INTERNAL://10.0.0.11:-1")],
        ),
        refuses(
            Rule::AdvertisedOnly,
            "advertised without listening",
            &[
                (ADVERTISED, "INTERNAL://10.0.0.11:9092,EXTERNAL://h:1"),
                (
                    MAP,
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT",
                ),
            ],
        ),
        refuses(Rule::Nothing, "nothing is advertised", &[(ADVERTISED, "")]),
        refuses(Rule::Nothing, "no listener", &[(LISTENERS, "")]),
        refuses(
            Rule::MetaAddress,
            "0.0.0.0 advertised",
            &[(ADVERTISED, "INTERNAL://0.0.0.0:9092")],
        ),
        refuses(
            Rule::MetaAddress,
            "0.0.0.0 advertised for want of the key",
            &[(ADVERTISED, ABSENT)],
        ),
        takes(
            "an empty host advertised",
            &[(ADVERTISED, "INTERNAL://:9092")],
        ),
        refuses(
            Rule::Endpoint,
            "a placeholder of a guide",
            &[(ADVERTISED, "INTERNAL://<broker>:9092")],
        ),
        refuses(
            Rule::Placeholder,
            "a placeholder of a program",
            &[(ADVERTISED, "INTERNAL://${env:HOST}:9092")],
        ),
        refuses(
            Rule::NotAscii,
            "a letter outside ASCII",
            &[(ADVERTISED, "INTERNAL://b\\u00e4r:9092")],
        ),
        now(
            Rule::EmptyElement,
            "a comma behind listeners",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,",
            )],
        ),
        now(
            Rule::EmptyElement,
            "two commas in listeners",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092,,CONTROLLER://0.0.0.0:29092",
            )],
        ),
        now(
            Rule::EmptyElement,
            "a comma before advertised.listeners",
            &[(ADVERTISED, ",INTERNAL://10.0.0.11:9092")],
        ),
    ]
}

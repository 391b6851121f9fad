//! Cases of roles, and of the listeners that belong to the cluster itself.

use super::{
    ABSENT, ADVERTISED, CONTROLLERS, INTER_BROKER, LISTENERS, MAP, NODE, ROLES, Row, VOTERS, once,
    ours, refuses, takes,
};
use crate::server_properties::refusal::Rule;

pub(super) fn all() -> Vec<Row> {
    vec![
        refuses(
            Rule::InterBroker,
            "the inter-broker listener is not advertised",
            &[
                (
                    LISTENERS,
                    "INTERNAL://0.0.0.0:9092,X://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
                ),
                (ADVERTISED, "X://10.0.0.11:9093"),
                (MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:PLAINTEXT"),
            ],
        ),
        refuses(
            Rule::ControllerSilent,
            "a comma is missing",
            &[(
                LISTENERS,
                "INTERNAL://0.0.0.0:9092CONTROLLER://0.0.0.0:29092",
            )],
        ),
        refuses(
            Rule::InterBrokerTwice,
            "both ways to name the inter-broker listener",
            &[("security.inter.broker.protocol", "PLAINTEXT")],
        ),
        refuses(
            Rule::InterBroker,
            "neither way to name the inter-broker listener",
            &[(INTER_BROKER, ABSENT)],
        ),
        refuses(
            Rule::InterBroker,
            "the inter-broker listener is the controllers'",
            &[(INTER_BROKER, "CONTROLLER")],
        ),
        refuses(
            Rule::ControllerSilent,
            "the controllers' listener is not there",
            &[(LISTENERS, "INTERNAL://0.0.0.0:9092")],
        ),
        refuses(
            Rule::ControllerSilent,
            "the controllers' name in small letters",
            &[(CONTROLLERS, "controller")],
        ),
        once(
            Rule::EmptyElement,
            "a blank in the controllers' names",
            &[
                (CONTROLLERS, "CONTROLLER, X"),
                (
                    LISTENERS,
                    "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,X://0.0.0.0:9",
                ),
                (MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL"),
            ],
        ),
        refuses(
            Rule::NoControllerName,
            "no name for the controllers' listener",
            &[(CONTROLLERS, ABSENT)],
        ),
        once(
            Rule::ControllerAdvertised,
            "the controllers' listener advertised",
            &[(
                ADVERTISED,
                "INTERNAL://10.0.0.11:9092,CONTROLLER://10.0.0.11:29092",
            )],
        ),
        ours(
            Rule::ControllerOnly,
            "a controller alone",
            &[
                (ROLES, "controller"),
                (LISTENERS, "CONTROLLER://0.0.0.0:29092"),
                (ADVERTISED, ABSENT),
                (INTER_BROKER, ABSENT),
            ],
        ),
        refuses(
            Rule::Roles,
            "a role that is none",
            &[(ROLES, "broker,observer")],
        ),
        refuses(
            Rule::NodeIdentity,
            "node.id differs from broker.id",
            &[("broker.id", "2")],
        ),
        takes("only broker.id", &[(NODE, ABSENT), ("broker.id", "1")]),
        refuses(
            Rule::Voters,
            "a controller that is no voter",
            &[(VOTERS, "2@localhost:29092")],
        ),
        once(
            Rule::Voters,
            "no voter, and servers to ask",
            &[
                (VOTERS, ABSENT),
                ("controller.quorum.bootstrap.servers", "localhost:29092"),
            ],
        ),
        once(
            Rule::ControlPlane,
            "a listener of ZooKeeper's control plane",
            &[("control.plane.listener.name", "CONTROLLER")],
        ),
    ]
}

//! Cases of a broker with ZooKeeper.

use super::{
    ABSENT, ADVERTISED, CONTROLLERS, INTER_BROKER, LISTENERS, MAP, NODE, Row, VOTERS, refused,
    took, we_refused,
};
use crate::server_properties::refusal::Rule;

const ID: &str = "broker.id";
const PLANE: &str = "control.plane.listener.name";
const MIGRATION: &str = "zookeeper.metadata.migration.enable";

pub(super) fn all() -> Vec<Row> {
    vec![
        took("with ZooKeeper", &[]),
        took(
            "with ZooKeeper, and none of the three keys",
            &[
                (LISTENERS, ABSENT),
                (ADVERTISED, ABSENT),
                (MAP, ABSENT),
                (INTER_BROKER, ABSENT),
            ],
        ),
        took("node.id instead of broker.id", &[(ID, ABSENT), (NODE, "1")]),
        took("voters that nobody reads", &[(VOTERS, "7@localhost:29092")]),
        took("no migration", &[(MIGRATION, "false")]),
        refused(
            Rule::ZooKeeper,
            "neither roles nor ZooKeeper",
            &[("zookeeper.connect", ABSENT)],
        ),
        refused(
            Rule::ControllersOfKraft,
            "names of listeners for controllers",
            &[(CONTROLLERS, "CONTROLLER")],
        ),
        we_refused(
            Rule::Migration,
            "a migration",
            &[
                (MIGRATION, "true"),
                (CONTROLLERS, "KRAFT"),
                (VOTERS, "7@localhost:29093"),
                (
                    MAP,
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,KRAFT:PLAINTEXT",
                ),
                ("inter.broker.protocol.version", "3.7"),
            ],
        ),
        we_refused(
            Rule::NodeIdentity,
            "a number that Kafka gives",
            &[(ID, "-1")],
        ),
        we_refused(
            Rule::NodeIdentity,
            "no number, so that Kafka gives one",
            &[(ID, ABSENT)],
        ),
        refused(
            Rule::NodeIdentity,
            "a number of those that Kafka gives",
            &[(ID, "1001")],
        ),
        took(
            "a great number where Kafka gives none",
            &[(ID, "1001"), ("broker.id.generation.enable", "false")],
        ),
        took(
            "a great number below those that Kafka gives",
            &[(ID, "1001"), ("reserved.broker.max.id", "2000")],
        ),
        refused(
            Rule::NodeIdentity,
            "broker.id differs from node.id",
            &[(NODE, "2")],
        ),
        took(
            "a listener of the control plane",
            &[
                (PLANE, "control"),
                (LISTENERS, "INTERNAL://0.0.0.0:9092,CONTROL://0.0.0.0:9094"),
                (
                    ADVERTISED,
                    "INTERNAL://10.0.0.11:9092,CONTROL://10.0.0.11:9094",
                ),
                (MAP, "INTERNAL:PLAINTEXT,CONTROL:PLAINTEXT"),
            ],
        ),
        refused(
            Rule::ControlPlane,
            "a listener of the control plane that is not advertised",
            &[
                (PLANE, "CONTROL"),
                (LISTENERS, "INTERNAL://0.0.0.0:9092,CONTROL://0.0.0.0:9094"),
                (MAP, "INTERNAL:PLAINTEXT,CONTROL:PLAINTEXT"),
            ],
        ),
        refused(
            Rule::ControlPlane,
            "a listener of the control plane that is the brokers' own",
            &[(PLANE, "INTERNAL")],
        ),
        refused(
            Rule::InterBroker,
            "with ZooKeeper, the inter-broker listener is not advertised",
            &[
                (LISTENERS, "INTERNAL://0.0.0.0:9092,X://0.0.0.0:9093"),
                (ADVERTISED, "X://10.0.0.11:9093"),
                (MAP, "INTERNAL:PLAINTEXT,X:PLAINTEXT"),
            ],
        ),
    ]
}

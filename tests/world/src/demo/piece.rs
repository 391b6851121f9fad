//! What can be played: the whole mapping on three brokers, or the listeners of one.

use super::chapter::Chapter;
use super::steps::{self, one_broker};
use crate::kafka::Kafka;
use crate::local::{KafkaCluster, LocalAws};

/// What is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Piece {
    /// Three brokers that have EXTERNAL, and the mapping that follows them.
    #[default]
    ThreeBrokers,
    /// One broker that has no EXTERNAL, gets it and gives it back.
    OneBroker,
}

impl Piece {
    /// What stands on the hosts.
    pub(super) fn cluster(self, kafka: Kafka) -> KafkaCluster {
        match self {
            Self::ThreeBrokers => KafkaCluster::three(kafka),
            Self::OneBroker => KafkaCluster::one(kafka),
        }
    }

    /// Its chapters.
    pub(super) fn chapters(self) -> &'static [Chapter] {
        match self {
            Self::ThreeBrokers => &[Chapter::HandedOver, Chapter::Followed, Chapter::Sum],
            Self::OneBroker => &[Chapter::OneBroker],
        }
    }

    /// What there is, for somebody who has not seen it.
    pub(super) fn stage(self, version: &str) -> String {
        match self {
            Self::ThreeBrokers => format!(
                "Apache Kafka {version} on hosts of its own, an NLB in three zones, a consumer in another VPC that\n\
                 reaches only its endpoint, a producer and a consumer beside the brokers, and the real register-brokers,\n\
                 sync-principals, push-listeners and probe-brokers. A minute of AWS time takes 1.5 s; Kafka, TCP and\n\
                 the functions run in real time."
            ),
            Self::OneBroker => format!(
                "One broker of Apache Kafka {version} that has no listener for consumers, an NLB in three zones, a consumer\n\
                 in another VPC that reaches only its endpoint, and the real functions. What push-listeners orders by\n\
                 Run Command, its own scripts do on the broker's host. A minute of AWS time takes 6 s; Kafka, TCP,\n\
                 the functions and the scripts run in real time."
            ),
        }
    }

    /// The parameters and instances with which it begins.
    pub(super) fn set_the_scene(self, world: &LocalAws) -> Result<(), String> {
        match self {
            Self::ThreeBrokers => steps::set_the_scene(world),
            Self::OneBroker => one_broker::set_the_scene(world),
        }
    }
}

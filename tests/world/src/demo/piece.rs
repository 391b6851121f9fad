//! What can be played: the whole mapping on three brokers, or the listeners of one.

use super::play::Play;
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

    /// AWS time runs this many times as fast. A host does what it is told within 90 s of it, in which a JVM has
    /// to start, in real time.
    pub(super) fn scale(self) -> u32 {
        match self {
            Self::ThreeBrokers => 40,
            Self::OneBroker => 10,
        }
    }

    /// How many steps there are, with the summary.
    pub(super) fn number_of_steps(self) -> usize {
        match self {
            Self::ThreeBrokers => 12,
            Self::OneBroker => 7,
        }
    }

    /// What there is, for somebody who has not seen it.
    pub(super) fn stage(self, version: &str) -> String {
        match self {
            Self::ThreeBrokers => format!(
                "Apache Kafka {version} on hosts of its own, an NLB in three zones, a consumer in another VPC that\n\
                 reaches only its endpoint, and the real register-brokers, sync-principals, push-listeners and\n\
                 probe-brokers. A minute of AWS time takes 1.5 s; Kafka, TCP and the functions run in real time."
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

    /// Plays every step.
    pub(super) async fn steps(self, play: &mut Play<'_>) {
        match self {
            Self::ThreeBrokers => steps::all(play).await,
            Self::OneBroker => one_broker::all(play).await,
        }
    }
}

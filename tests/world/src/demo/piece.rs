//! What can be played: the whole mapping on three brokers, or the listeners of one.

use super::chapter::{Chapter, Chapters};
use super::steps::{self, one_broker};
use crate::kafka::Kafka;
use crate::local::{KafkaCluster, LocalAws};

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Three brokers that get EXTERNAL, and the mapping that follows them.
    ThreeBrokers(Chapters),
    /// One broker that has no EXTERNAL, gets it and gives it back.
    OneBroker,
}

impl Default for Piece {
    fn default() -> Self {
        Self::ThreeBrokers(Chapters::default())
    }
}

impl Piece {
    /// How it is asked for on the command line.
    pub(super) fn options(self) -> Vec<String> {
        match self {
            Self::ThreeBrokers(chapters) => chapters.options(),
            Self::OneBroker => vec![super::ONE_BROKER.to_owned()],
        }
    }

    /// What stands on the hosts.
    pub(super) fn cluster(self, kafka: Kafka) -> KafkaCluster {
        match self {
            Self::ThreeBrokers(_) => KafkaCluster::bare(kafka),
            Self::OneBroker => KafkaCluster::one(kafka),
        }
    }

    /// Its chapters.
    pub(super) fn chapters(self) -> Vec<Chapter> {
        match self {
            Self::ThreeBrokers(chapters) => chapters.played(),
            Self::OneBroker => vec![Chapter::OneBroker],
        }
    }

    /// What there is, for somebody who has not seen it.
    pub(super) fn stage(self, version: &str) -> String {
        match self {
            Self::ThreeBrokers(_) => format!(
                "Three brokers of Apache Kafka {version} on hosts of their own, which only their own VPC can reach: their\n\
                 listeners are INTERNAL and CONTROLLER. An NLB in three zones, a consumer in another VPC that reaches\n\
                 only its endpoint, a producer and a consumer beside the brokers, and the real functions. What\n\
                 push-listeners orders by Run Command, its own scripts do on the brokers' hosts. A minute of AWS time\n\
                 takes 6 s in a roll, else 1.5 s; Kafka, TCP, the functions and the scripts run in real time."
            ),
            Self::OneBroker => format!(
                "One broker of Apache Kafka {version} that has no listener for consumers, an NLB in three zones, a consumer\n\
                 in another VPC that reaches only its endpoint, and the real functions. What push-listeners orders by\n\
                 Run Command, its own scripts do on the broker's host. A minute of AWS time takes 6 s; Kafka, TCP,\n\
                 the functions and the scripts run in real time."
            ),
        }
    }

    /// What its operator writes in its steps, for a world without steps.
    pub(super) fn written(self, world: &LocalAws) -> Result<(), String> {
        match self {
            Self::ThreeBrokers(_) => steps::written(world),
            Self::OneBroker => Ok(()),
        }
    }

    /// The parameters and instances with which it begins.
    pub(super) fn set_the_scene(self, world: &LocalAws) -> Result<(), String> {
        match self {
            Self::ThreeBrokers(_) => steps::set_the_scene(world),
            Self::OneBroker => one_broker::set_the_scene(world),
        }
    }
}

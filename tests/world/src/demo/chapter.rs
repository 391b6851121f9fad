//! The chapters of the demo, and which of them are played.

use super::stage::Stage;
use super::steps;
use std::future::Future;
use std::pin::Pin;

/// A step: what it shows, and the doing, which checks it.
pub(super) struct Step<'a> {
    pub(super) title: &'static str,
    pub(super) done: Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>,
}

/// A step of this title.
pub(super) fn step<'a>(
    title: &'static str,
    done: impl Future<Output = Result<(), String>> + 'a,
) -> Step<'a> {
    let done = Box::pin(done);
    Step { title, done }
}

/// Steps that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chapter {
    /// Three brokers are handed over to a consumer.
    HandedOver,
    /// The mapping follows brokers, and is proven.
    Followed,
    /// What became of every message.
    Sum,
    /// One broker that has no EXTERNAL gets it, and gives it back.
    OneBroker,
}

impl Chapter {
    /// How it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::HandedOver => "Three brokers are handed over to a consumer",
            Self::Followed => "Whatever happens, every port is proven and put right",
            Self::Sum => "The sum",
            Self::OneBroker => "One broker gets its listener, and gives it back",
        }
    }

    /// AWS time runs this many times as fast. A host does what it is told within 90 s of it, in which a JVM has to
    /// start, in real time.
    pub(super) fn scale(self) -> u32 {
        match self {
            Self::HandedOver | Self::Followed | Self::Sum => 40,
            Self::OneBroker => 10,
        }
    }

    /// Its steps.
    pub(super) fn steps<'a>(self, stage: &'a Stage<'a>) -> Vec<Step<'a>> {
        match self {
            Self::HandedOver => steps::handed_over(stage),
            Self::Followed => steps::followed(stage),
            Self::Sum => steps::sum(stage),
            Self::OneBroker => steps::one_broker::all(stage),
        }
    }
}

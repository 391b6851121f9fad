//! What can go wrong at one point of a scenario.

use crate::play::Played;
use crate::wakes::Delivery;
use world::doors::memory::{Called, Strike};

/// One fault; calls and wakes are counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// At this call.
    Call(usize, Strike),
    /// To this wake.
    Wake(usize, Delivery),
}

/// The kinds of faults, in the order in which they are counted.
pub const KINDS: [&str; 8] = [
    "ended before",
    "ended after",
    "answer lost",
    "refused",
    "old answer",
    "wake lost",
    "wake doubled",
    "wake late",
];

impl Fault {
    /// Every fault that can happen in a scenario that goes like this when nothing does.
    pub fn all(calm: &Played) -> Vec<Self> {
        let mut all = Vec::new();
        for (nth, Called { call, older }) in (1..).zip(&calm.calls) {
            let strikes = [Strike::EndBefore, Strike::EndAfter, Strike::LoseAnswer];
            let refused = call.is_write().then_some(Strike::Refuse);
            let strikes = strikes.into_iter().chain(refused);
            let old = older.iter().map(|version| Strike::OldAnswer(*version));
            let strikes = strikes.chain(old);
            all.extend(strikes.map(|strike| Self::Call(nth, strike)));
        }
        for (nth, _) in (1..).zip(&calm.wakes) {
            let deliveries = [Delivery::Lost, Delivery::Doubled, Delivery::Late];
            all.extend(deliveries.map(|delivery| Self::Wake(nth, delivery)));
        }
        all
    }

    /// Its place in [`KINDS`].
    pub fn kind(self) -> usize {
        match self {
            Self::Call(_, Strike::EndBefore) => 0,
            Self::Call(_, Strike::EndAfter) => 1,
            Self::Call(_, Strike::LoseAnswer) => 2,
            Self::Call(_, Strike::Refuse) => 3,
            Self::Call(_, Strike::OldAnswer(_)) => 4,
            Self::Wake(_, Delivery::Lost) => 5,
            Self::Wake(_, Delivery::Doubled) => 6,
            Self::Wake(_, Delivery::Late) => 7,
        }
    }

    /// The fault, if it is one of a call.
    pub fn of_a_call(self) -> Option<(usize, Strike)> {
        match self {
            Self::Call(nth, strike) => Some((nth, strike)),
            Self::Wake(..) => None,
        }
    }

    /// The fault, if it is one of a wake.
    pub fn of_a_wake(self) -> Option<(usize, Delivery)> {
        match self {
            Self::Wake(nth, delivery) => Some((nth, delivery)),
            Self::Call(..) => None,
        }
    }

    /// Whether the function's process ends by it.
    pub fn ends_the_process(self) -> bool {
        matches!(self, Self::Call(_, Strike::EndBefore | Strike::EndAfter))
    }

    /// The fault and where it strikes.
    pub fn sentence(self, calm: &Played) -> String {
        let nth = |nth: usize| nth - 1;
        match self {
            Self::Call(call, strike) => {
                format!("{strike:?} at call {call}, {}", calm.calls[nth(call)].call)
            }
            Self::Wake(wake, delivery) => {
                format!("{delivery:?} wake {wake}, {}", calm.wakes[nth(wake)])
            }
        }
    }
}

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
    /// Three brokers get a listener for a consumer, and are handed over.
    Rolled,
    /// The mapping follows brokers, and is proven.
    Followed,
    /// The consumer's names change.
    Renamed,
    /// A second listener group comes and goes.
    Second,
    /// A port is taken on the first broker's host.
    Taken,
    /// What became of every message.
    Sum,
    /// One broker that has no EXTERNAL gets it, and gives it back.
    OneBroker,
}

/// All of three brokers, in their order.
const ALL: [Chapter; 6] = [
    Chapter::Rolled,
    Chapter::Followed,
    Chapter::Renamed,
    Chapter::Second,
    Chapter::Taken,
    Chapter::Sum,
];

/// Which chapters of three brokers are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Chapters {
    /// The first, the second and the last.
    #[default]
    Some,
    /// All of them.
    All,
    /// This one, after what it needs, and the sum.
    Only(Chapter),
}

impl Chapters {
    /// The one with this number, counted from 1.
    pub(super) fn only(number: &str) -> Option<Self> {
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        ALL.get(index).copied().map(Self::Only)
    }

    /// Their numbers, in their order.
    pub(super) fn played(self) -> Vec<Chapter> {
        let is_played = |chapter: &Chapter| match self {
            Self::Some => matches!(chapter, Chapter::Rolled | Chapter::Followed | Chapter::Sum),
            Self::All => true,
            Self::Only(one) => *chapter == one || matches!(chapter, Chapter::Rolled | Chapter::Sum),
        };
        ALL.into_iter().filter(is_played).collect()
    }

    /// How it is asked for on the command line.
    pub(super) fn options(self) -> Vec<String> {
        match self {
            Self::Some => Vec::new(),
            Self::All => vec!["--all".to_owned()],
            Self::Only(one) => {
                let number = one.number().unwrap_or_default();
                vec!["--only".to_owned(), number.to_string()]
            }
        }
    }
}

impl Chapter {
    /// Its number; one broker's chapter has none.
    pub(super) fn number(self) -> Option<usize> {
        ALL.iter().position(|it| *it == self).map(|index| index + 1)
    }

    /// How it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Rolled => "Three brokers get a listener for a consumer, one after the other",
            Self::Followed => "Whatever happens, every port is proven and put right",
            Self::Renamed => "The consumer's names change",
            Self::Second => "A second listener group comes and goes",
            Self::Taken => "A port is taken on the first broker's host",
            Self::Sum => "The sum",
            Self::OneBroker => "One broker gets its listener, and gives it back",
        }
    }

    /// AWS time runs this many times as fast. A host does what it is told within 90 s of it, in which a JVM has to
    /// start, in real time.
    pub(super) fn scale(self) -> u32 {
        match self {
            Self::Followed | Self::Sum => 40,
            Self::Rolled | Self::Renamed | Self::Second | Self::Taken => 20,
            Self::OneBroker => 10,
        }
    }

    /// Its steps.
    pub(super) fn steps<'a>(self, stage: &'a Stage<'a>) -> Vec<Step<'a>> {
        match self {
            Self::Rolled => steps::rolled(stage),
            Self::Followed => steps::followed(stage),
            Self::Renamed => steps::renamed(stage),
            Self::Second => steps::second(stage),
            Self::Taken => steps::taken(stage),
            Self::Sum => steps::sum(stage),
            Self::OneBroker => steps::one_broker::all(stage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chapter_is_played_after_what_it_needs_and_asked_for_again_by_its_number() {
        use Chapter::{Followed, Renamed, Rolled, Second, Sum, Taken};
        assert_eq!(Chapters::default().played(), [Rolled, Followed, Sum]);
        let all = [Rolled, Followed, Renamed, Second, Taken, Sum];
        assert_eq!(Chapters::All.played(), all);
        for (number, chapter) in (1..).zip(all) {
            let text = format!("{number}");
            let only = Chapters::only(&text).unwrap();
            assert_eq!(only, Chapters::Only(chapter));
            assert_eq!(only.options(), ["--only", &text]);
        }
        let fourth = Chapters::only("4").unwrap();
        assert_eq!(fourth.played(), [Rolled, Second, Sum]);
        for wrong in ["0", "7", "-1", "four", ""] {
            assert_eq!(Chapters::only(wrong), None, "{wrong}");
        }
    }
}

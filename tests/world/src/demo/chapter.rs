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
    /// Brokers fall ill.
    Healed,
    /// An Auto Scaling group with our hooks launches a broker, replaces it, and terminates it again.
    Scaled,
    /// What became of every message.
    Sum,
    /// Instead of the sum: what the first chapter cost a producer, beside restarts by hand.
    ByHand,
}

/// All that have a number, in the order in which they are played: the second one brings further brokers, each of which every roll
/// after it would restart, too.
const ALL: [Chapter; 8] = [
    Chapter::Rolled,
    Chapter::Renamed,
    Chapter::Second,
    Chapter::Taken,
    Chapter::Healed,
    Chapter::Scaled,
    Chapter::Followed,
    Chapter::Sum,
];

/// Which chapters are played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Chapters {
    /// The first, the second and the last.
    #[default]
    Some,
    /// All of them.
    All,
    /// These, after what they need, and the sum.
    Only(Vec<Chapter>),
    /// The first, and a comparison.
    ByHand,
}

impl Chapters {
    /// Those with these numbers, with commas between them.
    pub(super) fn only(numbers: &str) -> Result<Self, String> {
        let takes = "--only takes some of 2 to 7, with commas between them";
        let one = |number: &str| {
            let is_it = |it: &Chapter| it.number().is_some_and(|it| it.to_string() == number);
            match ALL.into_iter().find(is_it) {
                Some(Chapter::Rolled | Chapter::Sum) => Err(format!(
                    "chapter {number} is played with each of the others; {takes}"
                )),
                Some(one) => Ok(one),
                None => Err(format!("there is no chapter {number}; {takes}")),
            }
        };
        let chapters: Vec<Chapter> = numbers.split(',').map(one).collect::<Result<_, _>>()?;
        Ok(Self::Only(chapters))
    }

    /// They, in the order in which they are played.
    pub(super) fn played(&self) -> Vec<Chapter> {
        let is_played = |chapter: &Chapter| match self {
            Self::Some => matches!(chapter, Chapter::Rolled | Chapter::Followed | Chapter::Sum),
            Self::All => true,
            Self::Only(some) => {
                some.contains(chapter) || matches!(chapter, Chapter::Rolled | Chapter::Sum)
            }
            Self::ByHand => *chapter == Chapter::Rolled,
        };
        let mut played: Vec<Chapter> = ALL.into_iter().filter(is_played).collect();
        played.extend((*self == Self::ByHand).then_some(Chapter::ByHand));
        played
    }

    /// How it is asked for on the command line.
    pub(super) fn options(&self) -> Vec<String> {
        match self {
            Self::Some => Vec::new(),
            Self::All => vec!["--all".to_owned()],
            Self::Only(some) => {
                let numbers = some.iter().filter_map(|it| it.number());
                let numbers: Vec<String> = numbers.map(|it| it.to_string()).collect();
                vec!["--only".to_owned(), numbers.join(",")]
            }
            Self::ByHand => vec!["--by-hand".to_owned()],
        }
    }
}

impl Chapter {
    /// Its number; a comparison has none.
    pub(super) fn number(self) -> Option<u8> {
        match self {
            Self::Rolled => Some(1),
            Self::Followed => Some(2),
            Self::Renamed => Some(3),
            Self::Second => Some(4),
            Self::Taken => Some(5),
            Self::Healed => Some(6),
            Self::Scaled => Some(7),
            Self::Sum => Some(8),
            Self::ByHand => None,
        }
    }

    /// How it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Rolled => "Three brokers get a listener for a consumer, one after the other",
            Self::Followed => "Whatever happens, every port is proven and put right",
            Self::Renamed => "The consumer's names change",
            Self::Second => "A second listener group comes and goes",
            Self::Taken => "A port is taken on the first broker's host",
            Self::Healed => "Brokers fall ill, and are healed, or not",
            Self::Scaled => "An Auto Scaling group adds a broker, replaces it, and takes it away",
            Self::Sum => "The sum",
            Self::ByHand => "By hand, for comparison",
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
            Self::Healed => steps::healed(stage),
            Self::Scaled => steps::scaled(stage),
            Self::Sum => steps::sum(stage),
            Self::ByHand => steps::by_hand(stage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chapter_is_played_after_what_it_needs_and_asked_for_again_by_its_number() {
        use Chapter::{Followed, Healed, Renamed, Rolled, Scaled, Second, Sum, Taken};
        assert_eq!(Chapters::default().played(), [Rolled, Followed, Sum]);
        let all = [
            Rolled, Renamed, Second, Taken, Healed, Scaled, Followed, Sum,
        ];
        assert_eq!(Chapters::All.played(), all);
        let numbered = [Followed, Renamed, Second, Taken, Healed, Scaled];
        for (number, chapter) in (2..).zip(numbered) {
            let text = format!("{number}");
            let only = Chapters::only(&text).unwrap();
            assert_eq!(only, Chapters::Only(vec![chapter]));
            assert_eq!(only.options(), ["--only", &text]);
        }
        let fourth = Chapters::only("4").unwrap();
        assert_eq!(fourth.played(), [Rolled, Second, Sum]);
        let some = Chapters::only("7,6").unwrap();
        assert_eq!(some.played(), [Rolled, Healed, Scaled, Sum]);
        assert_eq!(some.options(), ["--only", "7,6"]);
        assert_eq!(Chapters::ByHand.played(), [Rolled, Chapter::ByHand]);
        for wrong in [
            "0", "1", "8", "9", "-1", "04", "four", "", "2,", "2,8", "2-4",
        ] {
            assert!(Chapters::only(wrong).is_err(), "{wrong}");
        }
    }
}

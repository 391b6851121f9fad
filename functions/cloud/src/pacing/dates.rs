//! The `Date` headers of AWS's answers: the only clock of an activation. One wrong `Date` must not
//! end a reservation, so dates that disagree are no time at all.

use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Answers of one activation lie within a minute of each other. This is more than AWS's clocks differ
/// by, which takes no request that is off by five minutes (Signature Version 4), and less than the
/// shortest time that anything is decided by.
const APART: SignedDuration = SignedDuration::from_mins(10);

/// The dates of one activation's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates(Option<Seen>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    first: Timestamp,
    earliest: Timestamp,
    latest: Timestamp,
}

/// Why nobody knows what time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTime {
    /// No answer carried a `Date` header.
    Undated,
    /// Two answers are too far apart.
    Apart(Timestamp, Timestamp),
}

impl Dates {
    /// Notes further dates, oldest answer first.
    pub(super) fn note(&mut self, dates: Vec<Timestamp>) {
        for date in dates {
            let seen = self.0.get_or_insert(Seen {
                first: date,
                earliest: date,
                latest: date,
            });
            seen.earliest = seen.earliest.min(date);
            seen.latest = seen.latest.max(date);
        }
    }

    /// The first one, if all agree.
    pub fn now(&self) -> Result<Timestamp, NoTime> {
        let seen = self.0.ok_or(NoTime::Undated)?;
        if seen.latest.duration_since(seen.earliest) > APART {
            return Err(NoTime::Apart(seen.earliest, seen.latest));
        }
        Ok(seen.first)
    }
}

impl fmt::Display for NoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undated => f.write_str("no answer of AWS carried a Date header"),
            Self::Apart(earliest, latest) => write!(
                f,
                "answers of AWS disagree: one says {earliest}, another one {latest}; nothing is decided by time until they agree"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).expect("a time")
    }

    fn now(dates: &[i64]) -> Result<Timestamp, NoTime> {
        let mut seen = Dates::default();
        for date in dates {
            seen.note(vec![at(*date)]);
        }
        seen.now()
    }

    #[test]
    fn the_time_is_that_of_the_first_answer() {
        assert_eq!(now(&[]), Err(NoTime::Undated));
        assert_eq!(now(&[7, 5, 60]), Ok(at(7)));
        assert_eq!(now(&[600, 0]), Ok(at(600)));
    }

    #[test]
    fn one_date_of_yesterday_or_of_next_year_is_believed_no_more_than_the_others() {
        const DAY: i64 = 86_400;
        for (wrong, apart) in [(-DAY, (-DAY, 1)), (365 * DAY, (0, 365 * DAY))] {
            let no_time = Err(NoTime::Apart(at(apart.0), at(apart.1)));
            assert_eq!(now(&[wrong, 0, 1]), no_time);
            assert_eq!(now(&[0, wrong, 1]), no_time);
            assert_eq!(now(&[0, 1, wrong]), no_time);
        }
        assert_eq!(now(&[0, 601]), Err(NoTime::Apart(at(0), at(601))));
    }
}

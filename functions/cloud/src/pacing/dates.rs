//! The `Date` headers of AWS's answers: the only clock of an activation. One wrong `Date` must not
//! end a reservation, so dates that disagree are no time at all.

use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Time does not run back: an answer is no older than one before it, but for the clocks of different
/// servers. AWS itself takes no request whose clock is off by more than that (Signature Version 4).
const BACK: SignedDuration = SignedDuration::from_mins(5);
/// And no activation takes that long.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// The dates of one activation's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates(Option<Seen>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    first: Timestamp,
    latest: Timestamp,
    /// Two that do not agree, the earlier one first.
    apart: Option<(Timestamp, Timestamp)>,
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
                latest: date,
                apart: None,
            });
            if seen.latest.duration_since(date) > BACK {
                seen.apart.get_or_insert((date, seen.latest));
            } else if date.duration_since(seen.first) > LONG {
                seen.apart.get_or_insert((seen.first, date));
            }
            seen.latest = seen.latest.max(date);
        }
    }

    /// The first one, if all agree.
    pub fn now(&self) -> Result<Timestamp, NoTime> {
        let seen = self.0.ok_or(NoTime::Undated)?;
        match seen.apart {
            Some((earlier, later)) => Err(NoTime::Apart(earlier, later)),
            None => Ok(seen.first),
        }
    }

    /// The newest one, if all agree.
    pub fn latest(&self) -> Result<Timestamp, NoTime> {
        let seen = self.0.ok_or(NoTime::Undated)?;
        self.now().map(|_| seen.latest)
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
        let mut seen = Dates::default();
        assert_eq!(seen.latest(), Err(NoTime::Undated));
        seen.note(vec![at(7), at(60), at(59)]);
        assert_eq!(seen.latest(), Ok(at(60)));
        assert_eq!(now(&[300, 0]), Ok(at(300)));
        assert_eq!(now(&[0, 3600]), Ok(at(0)));
    }

    #[test]
    fn one_date_of_yesterday_or_of_next_year_is_believed_no_more_than_the_others() {
        const DAY: i64 = 86_400;
        for wrong in [-DAY, -3601, 3601, DAY, 365 * DAY] {
            let no_time = Err(NoTime::Apart(at(wrong.min(0)), at(wrong.max(0))));
            assert_eq!(now(&[wrong, 0, 1]), no_time, "{wrong}");
            assert_eq!(now(&[0, wrong, 0]), no_time, "{wrong}");
            assert_eq!(now(&[0, 0, wrong]), no_time, "{wrong}");
        }
        assert_eq!(now(&[301, 0]), Err(NoTime::Apart(at(0), at(301))));
        assert_eq!(now(&[0, 301, 0]), Err(NoTime::Apart(at(0), at(301))));
    }
}

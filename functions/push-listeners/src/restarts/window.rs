//! One window of time that comes back each week: `Sat,Sun 02:00-05:00 UTC`.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};
use std::fmt;

/// From one time of the day to another, on some days of the week, by the clock on a wall somewhere. It
/// belongs to the day on which it begins, and may end on the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// On which days it begins, Monday first.
    days: [bool; 7],
    from: Time,
    to: Time,
    zone: TimeZone,
    /// The zone's name.
    zone_name: String,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// A week, and a day before and after it for windows that go over midnight and for zones.
const NEAR: i64 = 8;

impl Window {
    /// Reads one line; the error says what is wrong with it.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let line = line.replace(['–', '—', '−'], "-");
        let line = line.trim_start_matches(['•', '*', ' ']);
        let words: Vec<&str> = line.split([' ', '\t', ',']).collect();
        let mut words = words.into_iter().filter(|word| !word.is_empty()).peekable();
        let mut days = [false; 7];
        let mut is_any = false;
        while let Some(word) = words.next_if(|word| !word.contains(':')) {
            is_any = true;
            add_days(&mut days, word)?;
        }
        let times: String = std::iter::from_fn(|| words.next_if(|it| is_of_times(it))).collect();
        let zone_name = words.next().unwrap_or_default();
        if !is_any || times.is_empty() {
            return Err("it has days, times and a time zone: Sat,Sun 02:00-05:00 UTC".to_owned());
        }
        if let Some(more) = words.next() {
            return Err(format!(
                "nothing follows the time zone, but \"{more}\" does"
            ));
        }
        let (from, to) = read_times(&times)?;
        let zone = read_zone(zone_name)?;
        let zone_name = zone.iana_name().unwrap_or(zone_name).to_owned();
        Ok(Self {
            days,
            from,
            to,
            zone,
            zone_name,
        })
    }

    /// When it is, from a week before a moment to a week after it. Where a clock is put forward over a
    /// window, it is shorter that day, or is not at all.
    pub(super) fn around(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let today = now.to_zoned(self.zone.clone()).date();
        let dates = (-NEAR..=NEAR).filter_map(move |day| {
            let date = today.checked_add(Span::new().days(day)).ok()?;
            self.days[position(date.weekday())].then_some(date)
        });
        dates.filter_map(|date| {
            let from = self.moment(date.to_datetime(self.from))?;
            let to = self.moment(self.end(date)?)?;
            (from < to).then_some((from, to))
        })
    }

    /// Where it ends that begins on a date.
    fn end(&self, date: Date) -> Option<DateTime> {
        let date = if self.to <= self.from {
            date.tomorrow().ok()?
        } else {
            date
        };
        Some(date.to_datetime(self.to))
    }

    /// When the clock on the wall shows this. What it skips as it is put forward is the moment at which it
    /// is; of what it shows twice the first is meant.
    fn moment(&self, at: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(at);
        match ambiguous.offset() {
            AmbiguousOffset::Gap { after, .. } => {
                let before = after.to_timestamp(at).ok()?;
                let mut changes = self.zone.following(before);
                changes.next().map(|change| change.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
                ambiguous.compatible().ok()
            }
        }
    }
}

/// `Sat`, `saturday`, `Mon-Fri`, `daily`.
fn add_days(days: &mut [bool; 7], word: &str) -> Result<(), String> {
    if word.eq_ignore_ascii_case("daily") {
        *days = [true; 7];
        return Ok(());
    }
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (day(first)?, day(last)?);
    let mut at = first;
    loop {
        days[at] = true;
        if at == last {
            return Ok(());
        }
        at = (at + 1) % days.len();
    }
}

fn day(word: &str) -> Result<usize, String> {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_ascii_lowercase();
    let is_it = |name: &str| word.len() >= 3 && name.starts_with(&word);
    let found = NAMES.iter().position(|name| is_it(name));
    found.ok_or_else(|| format!("\"{word}\" is no day; days are Mon to Sun, or daily"))
}

/// Whether a word belongs to the times: digits, colons and what stands between two times.
fn is_of_times(word: &str) -> bool {
    word.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '-'))
}

fn read_times(text: &str) -> Result<(Time, Time), String> {
    let Some((from, to)) = text.split_once('-') else {
        return Err(format!(
            "\"{text}\" is no window; write from and to, 02:00-05:00"
        ));
    };
    // The end of a day is the beginning of the next.
    let to = if to == "24:00" { "00:00" } else { to };
    let is_whole = from == "00:00" && to == "00:00";
    let (from, to) = (read_time(from)?, read_time(to)?);
    if from == to && !is_whole {
        return Err("it ends when it begins; a whole day is 00:00-24:00".to_owned());
    }
    Ok((from, to))
}

fn read_time(text: &str) -> Result<Time, String> {
    let number = |text: &str| {
        let is_two = text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
        is_two.then(|| text.parse::<i8>().ok()).flatten()
    };
    let parts = text.split_once(':');
    let parts = parts.and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    let time = parts.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| format!("\"{text}\" is no time; write two digits each, 02:00"))
}

/// By the names that are built in: no file and no variable of whoever runs this has a say.
fn read_zone(name: &str) -> Result<TimeZone, String> {
    const WAY: &str = "write UTC, or a name such as Europe/Berlin";
    if name.is_empty() {
        return Err(format!("its time zone is missing; {WAY}"));
    }
    let found = TimeZoneDatabase::bundled().get(name);
    found.map_err(|_| format!("\"{name}\" is no time zone; {WAY}"))
}

/// Monday is 0.
fn position(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> = DAYS
            .into_iter()
            .zip(self.days)
            .filter_map(|(name, is_one)| is_one.then_some(name))
            .collect();
        let (from, zone) = (self.from, &self.zone_name);
        write!(
            f,
            "{} {:02}:{:02}-",
            days.join(","),
            from.hour(),
            from.minute()
        )?;
        match (self.to.hour(), self.to.minute()) {
            (0, 0) => f.write_str("24:00")?,
            (hour, minute) => write!(f, "{hour:02}:{minute:02}")?,
        }
        write!(f, " {zone}")
    }
}

//! What heal-brokers did to an instance, written on it to be found again: there is no other memory.

use super::Rung;
use crate::observed::Instance;
use crate::tags;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// How long a healing counts.
pub const COUNTS: SignedDuration = SignedDuration::from_hours(24);
/// How long after a reboot a start belongs to it.
const BELONGS: SignedDuration = SignedDuration::from_hours(1);
/// How long a reboot takes at most: EC2 waits minutes for a clean one, and AWS does not say whether a check that failed
/// before fails since then or since the reboot (F94).
const REBOOTS: SignedDuration = SignedDuration::from_mins(10);

/// What was done to an instance within the last day: the tag `kafka-privatelink:healed-at`, as a time and a word for
/// each, with blanks between, the oldest first. What belongs together has one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Healed(pub Vec<(Timestamp, Rung)>);

impl Healed {
    /// What was done to an instance; none if its tag is none of ours.
    pub fn of(instance: &Instance) -> Option<Self> {
        match instance.tags.get(tags::HEALED_AT) {
            Some(text) => Self::read(text),
            None => Some(Self::default()),
        }
    }

    /// Reads the tag; none if it is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let pair = |pair: &[&str]| {
            let [at, word] = pair else { return None };
            let mut rungs = Rung::ALL.into_iter();
            Some((at.parse().ok()?, rungs.find(|it| it.word() == *word)?))
        };
        let read: Option<Vec<_>> = words.chunks(2).map(pair).collect();
        read.map(Self)
    }

    /// The last one.
    pub fn last(&self) -> Option<(Timestamp, Rung)> {
        self.0.iter().copied().max_by_key(|(at, _)| *at)
    }

    /// When the instance was rebooted, if that was the last thing done to it, within the last hour: a broker that ended
    /// with it was not stopped on purpose. The start after a reboot has the reboot's time. Who is down an hour later may
    /// have been up meanwhile, and stopped.
    pub fn rebooted_at(&self, now: Timestamp) -> Option<Timestamp> {
        let is_it = |(at, rung): &(Timestamp, Rung)| {
            *rung == Rung::Reboot && now.duration_since(*at) < BELONGS
        };
        self.last().filter(is_it).map(|(at, _)| at)
    }

    /// When the instance was rebooted last for a failure that began then, whatever was tried since. What begins to fail
    /// once the reboot is over is another illness. A reboot counts that EC2 refused, since it is noted before it is made.
    pub fn rebooted_for(&self, since: Timestamp) -> Option<Timestamp> {
        let is_it =
            |(at, rung): &&(Timestamp, Rung)| *rung == Rung::Reboot && since < *at + REBOOTS;
        self.0.iter().filter(is_it).map(|(at, _)| *at).max()
    }

    /// With one more, and without those that count no longer.
    pub fn and(&self, at: Timestamp, rung: Rung, now: Timestamp) -> Self {
        let counts = |(at, _): &&(Timestamp, Rung)| now.duration_since(*at) < COUNTS;
        let mut all: Vec<_> = self.0.iter().filter(counts).copied().collect();
        all.push((at, rung));
        all.sort();
        Self(all)
    }
}

impl fmt::Display for Healed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (time, rung)) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { " " };
            write!(f, "{between}{time:.0} {rung}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{instance, noon};
    use crate::observed::InstanceState;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_is_read_again_and_fits_into_a_tag() {
        let mut healed = Healed::default();
        for (hours, rung) in [(0, Rung::Start), (1, Rung::Reboot), (2, Rung::Replace)] {
            let at = noon() + SignedDuration::from_hours(hours);
            healed = healed.and(at, rung, at);
        }
        let text = healed.to_string();
        assert_eq!(Healed::read(&text).as_ref(), Some(&healed));
        assert!(text.len() <= 256, "{text}");
    }

    #[test]
    fn what_is_older_than_a_day_goes() {
        let now = noon() + COUNTS;
        let healed = Healed::default().and(noon(), Rung::Start, noon());
        let healed = healed.and(now, Rung::Reboot, now);
        assert_eq!(healed.0, [(now, Rung::Reboot)]);
        assert_eq!(healed.last(), Some((now, Rung::Reboot)));
    }

    #[test]
    fn the_start_after_a_reboot_belongs_to_it_and_a_later_one_does_not() {
        let mut one = instance("i-1", 1, InstanceState::Running);
        let rebooted = |it: &Instance| {
            Healed::of(it)
                .and_then(|it| it.rebooted_at(noon() + BELONGS - SignedDuration::from_secs(1)))
        };
        assert_eq!(rebooted(&one), None);
        let later = noon() + SignedDuration::from_hours(2);
        let healed = Healed::default().and(noon(), Rung::Reboot, noon());
        let started = healed.and(noon(), Rung::Start, noon());
        let again = started.and(later, Rung::Start, later);
        for (healed, at) in [
            (healed, Some(noon())),
            (started, Some(noon())),
            (again, None),
        ] {
            let key = tags::HEALED_AT.to_owned();
            one.tags.insert(key, healed.to_string());
            assert_eq!(rebooted(&one), at, "{healed}");
            let late = Healed::of(&one)
                .expect("ours")
                .rebooted_at(noon() + BELONGS);
            assert_eq!(late, None, "{healed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,60}") {
            let _ = Healed::read(&text);
        }
    }
}

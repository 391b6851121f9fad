//! CloudWatch: what an alarm on metrics comes to, by its own rules.
//!
//! If as many values are there as periods are evaluated, the newest of these decide; if fewer are there, the missing ones
//! are filled, as few as possible (F63). Resting on inference: two periods more are looked at than are
//! evaluated, as in the examples there; a period ends at the full minute of the evaluation.

use super::alarms::AlarmState;
use super::metrics::{MetricId, Metrics, Statistic};
use jiff::{SignedDuration, Timestamp};

/// How many periods more are looked at than are evaluated.
const FURTHER: usize = 2;

/// What an alarm on metrics watches, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricAlarm {
    /// What is compared.
    pub expression: Expression,
    /// How long a period is, in seconds.
    pub period_seconds: u32,
    /// How many periods are evaluated.
    pub evaluation_periods: usize,
    /// How many of them have to be breaching.
    pub datapoints_to_alarm: usize,
    /// What a value is compared with.
    pub threshold: i64,
    /// How.
    pub comparison: Comparison,
    /// What stands for data that is not there.
    pub missing: Missing,
}

/// What is compared with the threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A metric.
    Metric(MetricId, Statistic),
    /// One metric minus another one; missing where one of them is.
    Difference([(MetricId, Statistic); 2]),
}

/// `ComparisonOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `GreaterThanThreshold`.
    Greater,
    /// `GreaterThanOrEqualToThreshold`.
    GreaterOrEqual,
}

/// `TreatMissingData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// `breaching`.
    Breaching,
    /// `notBreaching`.
    NotBreaching,
    /// `ignore`: the alarm stays as it is.
    Ignore,
}

impl MetricAlarm {
    /// The metrics that it watches.
    pub fn metrics(&self) -> Vec<&MetricId> {
        match &self.expression {
            Expression::Metric(id, _) => vec![id],
            Expression::Difference([(one, _), (other, _)]) => vec![one, other],
        }
    }

    /// The state at a full minute; none if it stays.
    pub(super) fn evaluated(&self, metrics: &Metrics, at: Timestamp) -> Option<AlarmState> {
        let range = 0..self.evaluation_periods + FURTHER;
        let breaches = range.map(|back| self.breaches(metrics, at, back));
        self.judged(&breaches.collect::<Vec<_>>())
    }

    /// By what the last periods were, the newest first.
    fn judged(&self, newest_first: &[Option<bool>]) -> Option<AlarmState> {
        let real = newest_first.iter().flatten().copied();
        let real: Vec<bool> = real.take(self.evaluation_periods).collect();
        let breaching = real.iter().filter(|it| **it).count();
        let filled = self.evaluation_periods - real.len();
        let least = self.datapoints_to_alarm;
        let state = |is_alarm| {
            Some(if is_alarm {
                AlarmState::Alarm
            } else {
                AlarmState::Ok
            })
        };
        match self.missing {
            Missing::Breaching => state(breaching + filled >= least),
            Missing::NotBreaching => state(breaching >= least),
            Missing::Ignore if breaching >= least => state(true),
            Missing::Ignore if breaching + filled < least => state(false),
            Missing::Ignore => None,
        }
    }

    /// Whether a period is breaching; none without data.
    fn breaches(&self, metrics: &Metrics, at: Timestamp, back: usize) -> Option<bool> {
        let period = SignedDuration::from_secs(self.period_seconds.into());
        let back = i32::try_from(back).ok()?;
        let until = at.checked_sub(period * back).ok()?;
        let from = until.checked_sub(period).ok()?;
        let of = |(id, statistic): &(MetricId, Statistic)| metrics.of(id, *statistic, from, until);
        let value = match &self.expression {
            Expression::Metric(id, statistic) => metrics.of(id, *statistic, from, until)?,
            Expression::Difference([one, other]) => of(one)? - of(other)?,
        };
        Some(match self.comparison {
            Comparison::Greater => value > self.threshold,
            Comparison::GreaterOrEqual => value >= self.threshold,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(missing: Missing) -> MetricAlarm {
        let id = MetricId {
            namespace: "N".to_owned(),
            name: "M".to_owned(),
            dimensions: [].into(),
        };
        MetricAlarm {
            expression: Expression::Metric(id, Statistic::Maximum),
            period_seconds: 60,
            evaluation_periods: 3,
            datapoints_to_alarm: 3,
            threshold: 0,
            comparison: Comparison::Greater,
            missing,
        }
    }

    /// The table of the user guide, for three of three: `X` is breaching, `0` is not, `-` is missing; the oldest first.
    #[test]
    fn missing_data_is_treated_as_in_the_table_of_the_user_guide() {
        let (ok, on, stays) = (Some(AlarmState::Ok), Some(AlarmState::Alarm), None);
        for (points, ignore, breaching, not_breaching) in [
            ("0-X-X", ok, ok, ok),
            ("0----", ok, ok, ok),
            ("-----", stays, on, ok),
            ("0XX-X", on, on, on),
            ("--X--", stays, on, ok),
        ] {
            let newest_first: Vec<Option<bool>> = points
                .chars()
                .rev()
                .map(|point| (point != '-').then_some(point == 'X'))
                .collect();
            for (missing, state) in [
                (Missing::Ignore, ignore),
                (Missing::Breaching, breaching),
                (Missing::NotBreaching, not_breaching),
            ] {
                let judged = alarm(missing).judged(&newest_first);
                assert_eq!(judged, state, "{points} {missing:?}");
            }
        }
    }
}

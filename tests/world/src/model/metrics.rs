//! CloudWatch: metrics that functions write into their logs, in the Embedded Metric Format (F64). A line is one observation
//! for each metric that it names, at the time that it names.
//!
//! Resting on inference: a value is there as soon
//! as its line is written, and counts in the minute that it names.

use super::Model;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// How long values are kept here: alarms look back half an hour at most.
const KEPT: SignedDuration = SignedDuration::from_hours(3);

/// Which metric: a name, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricId {
    /// Such as `KafkaPrivatelink`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions, all of them.
    pub dimensions: BTreeMap<String, String>,
}

/// How the values of a period become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The smallest.
    Minimum,
    /// The greatest.
    Maximum,
}

/// A line that is no observation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not in the Embedded Metric Format ({why}): {line}")]
pub struct NoMetric {
    why: &'static str,
    line: String,
}

/// Values by metric and time.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics(BTreeMap<MetricId, BTreeMap<Timestamp, Vec<i64>>>);

impl Model {
    /// A function writes these lines into its log.
    ///
    /// # Errors
    /// A line has no metrics, or values that are no whole numbers: ours have none.
    pub fn write_metrics(&mut self, now: Timestamp, lines: &str) -> Result<(), NoMetric> {
        self.advance(now);
        for line in lines.lines() {
            let read = read(line).map_err(|why| NoMetric {
                why,
                line: line.to_owned(),
            })?;
            for (id, at, value) in read {
                let values = self.metrics.0.entry(id).or_default();
                values.entry(at).or_default().push(value);
                values.retain(|at, _| now.duration_since(*at) < KEPT);
            }
        }
        self.settle();
        Ok(())
    }

    /// Every metric that was ever written.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricId> {
        self.metrics.0.keys()
    }
}

impl Metrics {
    /// The value of a metric in a period; none without data.
    pub(super) fn of(
        &self,
        id: &MetricId,
        statistic: Statistic,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<i64> {
        let values = self.0.get(id)?.range(from..until);
        let values = values.flat_map(|(_, values)| values).copied();
        match statistic {
            Statistic::Minimum => values.min(),
            Statistic::Maximum => values.max(),
        }
    }
}

fn read(line: &str) -> Result<Vec<(MetricId, Timestamp, i64)>, &'static str> {
    let line: Value = serde_json::from_str(line).map_err(|_| "JSON")?;
    let about = &line["_aws"];
    let at = about["Timestamp"].as_i64().ok_or("Timestamp")?;
    let at = Timestamp::from_millisecond(at).map_err(|_| "Timestamp")?;
    let mut all = Vec::new();
    for directive in list(&about["CloudWatchMetrics"], "CloudWatchMetrics")? {
        let namespace = directive["Namespace"].as_str().ok_or("Namespace")?;
        for set in list(&directive["Dimensions"], "Dimensions")? {
            let names = list(set, "Dimensions")?.iter();
            let dimension = |name: &Value| {
                let name = name.as_str()?;
                Some((name.to_owned(), line[name].as_str()?.to_owned()))
            };
            let dimensions = names.map(dimension).collect::<Option<BTreeMap<_, _>>>();
            let dimensions = dimensions.ok_or("the value of a dimension")?;
            for metric in list(&directive["Metrics"], "Metrics")? {
                let name = metric["Name"].as_str().ok_or("Name")?;
                let id = MetricId {
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                    dimensions: dimensions.clone(),
                };
                all.push((id, at, line[name].as_i64().ok_or("the value of a metric")?));
            }
        }
    }
    Ok(all)
}

fn list<'a>(value: &'a Value, what: &'static str) -> Result<&'a Vec<Value>, &'static str> {
    value.as_array().ok_or(what)
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    const LINE: &str = r#"{"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Cluster"]],"Metrics":[{"Name":"Held"},{"Name":"Gaps"}]}],"Timestamp":60000},"Cluster":"orders","Held":3,"Gaps":0}"#;

    #[test]
    fn a_line_is_one_value_of_each_metric_at_its_time() {
        let mut model = world();
        let line = LINE.replace("60000", &at(60).as_millisecond().to_string());
        let second = line.replace("\"Held\":3", "\"Held\":1");
        model
            .write_metrics(at(70), &format!("{line}\n{second}"))
            .expect("EMF");
        let held = MetricId {
            namespace: "N".to_owned(),
            name: "Held".to_owned(),
            dimensions: [("Cluster".to_owned(), "orders".to_owned())].into(),
        };
        let of = |statistic, from, until| model.metrics.of(&held, statistic, at(from), at(until));
        assert_eq!(of(Statistic::Minimum, 60, 120), Some(1));
        assert_eq!(of(Statistic::Maximum, 60, 120), Some(3));
        assert_eq!(of(Statistic::Maximum, 0, 60), None);
        assert_eq!(model.metrics().count(), 2);
    }

    #[test]
    fn what_is_no_such_line_is_refused_with_its_reason() {
        for (line, why) in [
            ("{", "JSON"),
            ("{}", "Timestamp"),
            (
                &*LINE.replace("\"Held\":3", "\"Held\":\"3\""),
                "the value of a metric",
            ),
            (
                &*LINE.replace(",\"Cluster\":\"orders\"", ""),
                "the value of a dimension",
            ),
            (&*LINE.replace("\"Namespace\":\"N\",", ""), "Namespace"),
        ] {
            let error = world().write_metrics(at(1), line).expect_err(line);
            assert_eq!(error.why, why);
        }
    }
}

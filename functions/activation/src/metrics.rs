//! Metrics by the Embedded Metric Format: CloudWatch reads them from the log, so they need no client and
//! no permission. Dimensions are cluster and listener group only (F47).

use crate::activate::ActivatedOf;
use crate::coalescing::Covered;
use crate::duty::{Counts, Duty, Metric, Ran};
use fleet::words::{ClusterName, GroupName};
use jiff::Timestamp;
use metrique_writer_core::format::Format;
use metrique_writer_core::stream::IoStreamError;
use metrique_writer_core::{Entry, EntryWriter};
use metrique_writer_format_emf::Emf;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

const NAMESPACE: &str = "KafkaPrivatelink";
const CLUSTER: &str = "Cluster";
const LISTENER_GROUP: &str = "ListenerGroup";

/// The metrics of one run as lines of EMF.
pub fn of_run<D: Duty>(duty: &D, activated: &ActivatedOf<D>) -> Result<String, IoStreamError> {
    let report = &activated.report;
    let failed = report.actions.iter();
    let failed = failed.filter(|taken| taken.outcome.is_failure());
    let counts = Counts {
        wakes: report.wakes.values().sum(),
        writes: activated.tally.writes(),
        failed: count(failed.count()),
        held: count(report.held.len()),
        gaps: count(report.gaps.len()),
    };
    let ran = Ran {
        now: activated.now,
        plan: &activated.plan,
    };
    let metrics = duty.metrics(&counts, Some(ran));
    lines(activated.now, duty.cluster(), &metrics)
}

/// The metrics of a batch without a run: its wakes are counted.
pub fn of_covered<D: Duty>(duty: &D, covered: &Covered) -> Result<String, IoStreamError> {
    let counts = Counts {
        wakes: covered.wakes.values().sum(),
        ..Counts::default()
    };
    let metrics = duty.metrics(&counts, None);
    lines(covered.covered_by, duty.cluster(), &metrics)
}

/// One line for the cluster, and one for each listener group.
fn lines(
    at: Timestamp,
    cluster: &ClusterName,
    metrics: &[Metric],
) -> Result<String, IoStreamError> {
    let mut of: BTreeMap<Option<&GroupName>, Vec<&Metric>> = BTreeMap::new();
    for metric in metrics {
        of.entry(metric.group.as_ref()).or_default().push(metric);
    }
    let mut out = Vec::new();
    for (group, metrics) in of {
        let line = Line {
            at,
            cluster,
            group,
            metrics,
        };
        let dimensions = match group {
            None => emf(&[CLUSTER]),
            Some(_) => emf(&[CLUSTER, LISTENER_GROUP]),
        };
        { dimensions }.format(&line, &mut out)?;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn emf(dimensions: &[&str]) -> Emf {
    let dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
    Emf::all_validations(NAMESPACE.to_owned(), vec![dimensions])
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

struct Line<'m> {
    at: Timestamp,
    cluster: &'m ClusterName,
    group: Option<&'m GroupName>,
    metrics: Vec<&'m Metric>,
}

impl Entry for Line<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        let seconds = u64::try_from(self.at.as_second()).unwrap_or_default();
        writer.timestamp(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        writer.value(CLUSTER, self.cluster.as_str());
        if let Some(group) = self.group {
            writer.value(LISTENER_GROUP, group.as_str());
        }
        for metric in &self.metrics {
            writer.value(metric.name, &metric.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn told(metrics: &[Metric]) -> Vec<Value> {
        let at = "2026-11-22T12:00:00.250Z".parse().expect("a time");
        let lines = lines(at, &"orders".into(), metrics).expect("lines");
        let lines = lines.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().expect("JSON")
    }

    #[test]
    fn metrics_are_lines_of_emf_with_cluster_and_group_as_only_dimensions() {
        let group = "EXTERNAL".into();
        let lines = told(&[
            Metric::new("Wakes", 3),
            Metric::new("BrokersWanted", 2).of(&group),
            Metric::new("Held", 1),
        ]);
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["Wakes"], &lines[0]["Held"]),
            (&3.into(), &1.into())
        );
        assert_eq!(lines[1]["BrokersWanted"], 2);
        assert_eq!(lines[1]["ListenerGroup"], "EXTERNAL");
        let dimensions = [r#"[["Cluster"]]"#, r#"[["Cluster","ListenerGroup"]]"#];
        for (line, dimensions) in lines.iter().zip(dimensions) {
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(directive["Namespace"], NAMESPACE);
            assert_eq!(directive["Dimensions"].to_string(), dimensions);
            assert_eq!(line["Cluster"], "orders");
            assert_eq!(line["_aws"]["Timestamp"], 1_795_348_800_000_i64);
        }
    }

    #[test]
    fn without_a_metric_there_is_no_line() {
        assert_eq!(told(&[]), [] as [Value; 0]);
    }
}

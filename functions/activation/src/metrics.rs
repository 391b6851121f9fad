//! Ten metrics by the Embedded Metric Format: CloudWatch reads them from the log, so they
//! need no client and no permission. Dimensions are cluster and listener group only (F47).

use crate::activate::Activated;
use crate::coalescing::Covered;
use fleet::naming::Owner;
use fleet::plan::RowState;
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

/// The metrics of one activation as lines of EMF.
/// `unproven`: seconds since the port that was proven longest ago was so.
pub fn lines(activated: &Activated, unproven: u64) -> Result<String, IoStreamError> {
    let report = &activated.report;
    let failed = report
        .actions
        .iter()
        .filter(|taken| taken.outcome.is_failure());
    let at = system_time(activated.now);
    let whole = ForCluster {
        at,
        cluster: &report.cluster,
        wakes: report.wakes.values().sum(),
        writes: activated.tally.writes(),
        failed: count(failed.count()),
        held: count(report.held.len()),
        gaps: count(report.gaps.len()),
        ports_proven: count(report.proof.ports_proven),
        ports_wrong: count(report.proof.ports_wrong),
        unproven,
    };
    let mut out = Vec::new();
    emf(&[CLUSTER]).format(&whole, &mut out)?;
    let mut groups: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in &report.mapping {
        let is_away = matches!(row.state, RowState::Reserved | RowState::Warm);
        if row.owner == Owner::Bootstrap || is_away {
            continue;
        }
        let (wanted, serving) = groups.entry(row.group.as_str()).or_default();
        *wanted += 1;
        *serving += u64::from(row.state == RowState::Serving);
    }
    for (group, (wanted, serving)) in groups {
        let entry = ForGroup {
            at,
            cluster: &report.cluster,
            group,
            wanted,
            serving,
        };
        emf(&[CLUSTER, LISTENER_GROUP]).format(&entry, &mut out)?;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The metrics of a batch without a run: its wakes are counted, and nothing is said that only a
/// run can know.
pub fn of_covered(covered: &Covered) -> Result<String, IoStreamError> {
    let entry = WithoutRun {
        at: system_time(covered.covered_by),
        cluster: covered.cluster.as_str(),
        wakes: covered.wakes.values().sum(),
    };
    let mut out = Vec::new();
    emf(&[CLUSTER]).format(&entry, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default())
}

fn emf(dimensions: &[&str]) -> Emf {
    let dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
    Emf::all_validations(NAMESPACE.to_owned(), vec![dimensions])
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

struct ForCluster<'a> {
    at: SystemTime,
    cluster: &'a str,
    wakes: u64,
    writes: u64,
    failed: u64,
    held: u64,
    gaps: u64,
    ports_proven: u64,
    ports_wrong: u64,
    unproven: u64,
}

impl Entry for ForCluster<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        let Self {
            at,
            cluster,
            wakes,
            writes,
            failed,
            held,
            gaps,
            ports_proven,
            ports_wrong,
            unproven,
        } = self;
        writer.timestamp(*at);
        writer.value(CLUSTER, cluster);
        writer.value("Wakes", wakes);
        writer.value("Writes", writes);
        writer.value("Failed", failed);
        writer.value("Held", held);
        writer.value("Gaps", gaps);
        writer.value("PortsProven", ports_proven);
        writer.value("PortsWrong", ports_wrong);
        writer.value("SecondsSinceProof", unproven);
    }
}

struct WithoutRun<'a> {
    at: SystemTime,
    cluster: &'a str,
    wakes: u64,
}

impl Entry for WithoutRun<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        let Self { at, cluster, wakes } = self;
        writer.timestamp(*at);
        writer.value(CLUSTER, cluster);
        writer.value("Wakes", wakes);
    }
}

struct ForGroup<'a> {
    at: SystemTime,
    cluster: &'a str,
    group: &'a str,
    wanted: u64,
    serving: u64,
}

impl Entry for ForGroup<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        let Self {
            at,
            cluster,
            group,
            wanted,
            serving,
        } = self;
        writer.timestamp(*at);
        writer.value(CLUSTER, cluster);
        writer.value(LISTENER_GROUP, group);
        writer.value("BrokersWanted", wanted);
        writer.value("BrokersServing", serving);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud::pacing::Tally;
    use fleet::plan::{Plan, Row};
    use fleet::report::{Proof, Report};
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn row(port: u16, owner: Owner, state: RowState) -> Row {
        Row {
            group: "EXTERNAL".into(),
            port: fleet::words::Port::new(port).expect("a port"),
            owner,
            endpoint: None,
            instances: BTreeSet::new(),
            az_id: None,
            state,
        }
    }

    #[test]
    fn a_batch_without_a_run_counts_its_wakes_and_says_nothing_else() {
        let covered = Covered {
            function: "register-brokers".to_owned(),
            cluster: "orders".into(),
            wakes: BTreeMap::from([("aws.ec2/x".to_owned(), 7), ("unreadable".to_owned(), 3)]),
            covered_by: "2026-11-22T12:00:00.250Z".parse().expect("a time"),
        };
        let line: Value =
            serde_json::from_str(&of_covered(&covered).expect("a line")).expect("JSON");
        assert_eq!(line["Wakes"], 10);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        assert_eq!(metrics.as_array().map(Vec::len), Some(1));
        assert_eq!(line["_aws"]["Timestamp"], 1_795_348_800_000_i64);
    }

    fn broker(node: u32) -> Owner {
        Owner::Broker(fleet::words::NodeId::new(node).expect("a node"))
    }

    #[test]
    fn metrics_are_lines_of_emf_with_cluster_and_group_as_only_dimensions() {
        let activated = Activated {
            now: "2026-11-22T12:00:00Z".parse().expect("a time"),
            plan: Plan::default(),
            tally: Tally::default(),
            report: Report {
                function: "register-brokers".to_owned(),
                cluster: "orders".to_owned(),
                wakes: BTreeMap::from([("aws.ec2/x".to_owned(), 3)]),
                paused: None,
                actions: Vec::new(),
                held: Vec::new(),
                gaps: Vec::new(),
                mapping: vec![
                    row(9092, Owner::Bootstrap, RowState::Serving),
                    row(9093, broker(1), RowState::Serving),
                    row(9094, broker(2), RowState::Waiting),
                    row(9095, broker(3), RowState::Reserved),
                ],
                without: Vec::new(),
                proof: Proof {
                    proven: 3,
                    ports_proven: 1,
                    ports_wrong: 1,
                    rows: Vec::new(),
                },
                calls: BTreeMap::new(),
                milliseconds: 1,
            },
        };
        let lines = lines(&activated, 120).expect("lines");
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["Wakes"], 3);
        assert_eq!(lines[0]["PortsProven"], 1);
        assert_eq!(lines[0]["PortsWrong"], 1);
        assert_eq!(lines[0]["SecondsSinceProof"], 120);
        assert_eq!(
            lines[1]["BrokersWanted"], 2,
            "a reserved port wants no broker"
        );
        assert_eq!(lines[1]["BrokersServing"], 1);
        let directives: Vec<&Value> = lines
            .iter()
            .map(|line| &line["_aws"]["CloudWatchMetrics"][0])
            .collect();
        let dimensions = [r#"[["Cluster"]]"#, r#"[["Cluster","ListenerGroup"]]"#];
        let mut names = 0;
        for (directive, dimensions) in directives.iter().zip(dimensions) {
            assert_eq!(directive["Namespace"], NAMESPACE);
            assert_eq!(directive["Dimensions"].to_string(), dimensions);
            names += directive["Metrics"].as_array().expect("metrics").len();
        }
        assert!(names <= 10, "{names} metrics (F47)");
        assert_eq!(lines[0]["_aws"]["Timestamp"], 1_795_348_800_000_i64);
    }
}

//! The metrics of the mapping, eleven with those of every run (F47).

use crate::last_proof::LastProof;
use crate::mapping::{Mapping, Proof, RowState};
use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};
use fleet::naming::Owner;
use fleet::words::GroupName;
use std::collections::BTreeMap;

/// A batch without a run counts its wakes, and says nothing that only a run can know.
pub(crate) fn of(
    counts: &Counts,
    ran: Option<Ran<'_, Plan>>,
    last_proof: &LastProof,
) -> Vec<Metric> {
    let mut metrics = vec![Metric::new("Wakes", counts.wakes)];
    let Some(Ran { now, plan }) = ran else {
        return metrics;
    };
    let proof = Proof::of(&plan.picture.proof);
    metrics.extend([
        Metric::new("Writes", counts.writes),
        Metric::new("Failed", counts.failed),
        Metric::new("Held", counts.held),
        Metric::new("Gaps", counts.gaps),
        Metric::new("PortsProven", count(proof.ports_proven)),
        Metric::new("PortsWrong", count(proof.ports_wrong)),
        Metric::new("SecondsSinceProof", last_proof.note(now, plan)),
        Metric::new("HooksHeld", hooks_held(&plan.picture)),
    ]);
    for (group, (wanted, serving)) in brokers(&plan.picture) {
        metrics.push(Metric::new("BrokersWanted", wanted).of(&group));
        metrics.push(Metric::new("BrokersServing", serving).of(&group));
    }
    metrics
}

/// Of each listener group how many brokers are wanted, and how many of them serve. A reserved port wants
/// no broker.
fn brokers(mapping: &Mapping) -> BTreeMap<GroupName, (u64, u64)> {
    let mut groups: BTreeMap<GroupName, (u64, u64)> = BTreeMap::new();
    for row in &mapping.mapping {
        let is_away = matches!(row.state, RowState::Reserved | RowState::Warm);
        if row.owner == Owner::Bootstrap || is_away {
            continue;
        }
        let (wanted, serving) = groups.entry(row.group.clone()).or_default();
        *wanted += 1;
        *serving += u64::from(row.state == RowState::Serving);
    }
    groups
}

/// Instances that have waited long for a lifecycle hook of ours.
fn hooks_held(mapping: &Mapping) -> u64 {
    count(mapping.waiting.iter().filter(|it| it.is_long()).count())
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Row;
    use fleet::look::{noon, owner, port};
    use std::collections::BTreeSet;

    const COUNTS: Counts = Counts {
        wakes: 3,
        writes: 4,
        failed: 5,
        held: 6,
        gaps: 7,
    };

    fn row(number: u16, owner: Owner, state: RowState) -> Row {
        Row {
            group: "EXTERNAL".into(),
            port: port(number),
            owner,
            endpoint: None,
            instances: BTreeSet::new(),
            az_id: None,
            state,
        }
    }

    #[test]
    fn a_batch_without_a_run_counts_its_wakes_and_says_nothing_else() {
        let metrics = of(&COUNTS, None, &LastProof::default());
        assert_eq!(metrics, [Metric::new("Wakes", 3)]);
    }

    #[test]
    fn a_run_has_eleven_metrics_at_most_and_a_reserved_port_wants_no_broker() {
        let mut plan = Plan::default();
        plan.picture.mapping = vec![
            row(9092, Owner::Bootstrap, RowState::Serving),
            row(9093, owner(1), RowState::Serving),
            row(9094, owner(2), RowState::Waiting),
            row(9095, owner(3), RowState::Reserved),
            row(9096, owner(4), RowState::Warm),
        ];
        let ran = Ran {
            now: noon(),
            plan: &plan,
        };
        let metrics = of(&COUNTS, Some(ran), &LastProof::default());
        let group = GroupName::from("EXTERNAL");
        assert_eq!(
            metrics,
            [
                Metric::new("Wakes", 3),
                Metric::new("Writes", 4),
                Metric::new("Failed", 5),
                Metric::new("Held", 6),
                Metric::new("Gaps", 7),
                Metric::new("PortsProven", 0),
                Metric::new("PortsWrong", 0),
                Metric::new("SecondsSinceProof", 0),
                Metric::new("HooksHeld", 0),
                Metric::new("BrokersWanted", 2).of(&group),
                Metric::new("BrokersServing", 1).of(&group),
            ]
        );
    }
}

//! Where the data of a broker lies that does not run, and whether somebody stopped it on purpose.

use super::inspection::{Inspection, Packed, Phase};
use crate::words::NodeId;
use serde::Deserialize;

/// One of its log directories, or that of the cluster's metadata.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Disk {
    /// Its path.
    pub path: Packed,
    /// Whether it is the cluster's metadata alone that lies there (`metadata.log.dir`).
    #[serde(default)]
    pub metadata: bool,
    /// Whether there is such a folder.
    pub there: bool,
    /// Whether it has a `meta.properties`: `kafka-storage.sh format` wrote one, or a broker with ZooKeeper.
    pub formatted: bool,
    /// Whose it is by that.
    pub node: Option<NodeId>,
    /// Of which Kafka cluster it is by that.
    pub cluster: Option<String>,
    /// How many partitions lie there, that of the cluster's metadata apart.
    pub partitions: u64,
    /// Whether a broker has begun there before: it writes `recovery-point-offset-checkpoint` into each log directory at
    /// once (K-26).
    #[serde(default)]
    pub used: bool,
    /// Whether a node that took part in the quorum has its state there (`quorum-state`, K-26).
    #[serde(default)]
    pub quorum: bool,
    /// Whether the broker closed it when it ended (`.kafka_cleanshutdown`); a start takes the mark away.
    pub closed: bool,
}

impl Inspection {
    /// The folders in which no broker has begun yet: what was there is gone, if there was anything.
    pub fn empty(&self) -> impl Iterator<Item = &Disk> {
        let is_empty = |disk: &&Disk| disk.partitions == 0 && !disk.used && !disk.quorum;
        self.disks.iter().filter(is_empty)
    }

    /// Whether what it knew of the quorum is there still.
    pub fn knows_its_quorum(&self) -> bool {
        self.disks.iter().any(|disk| disk.quorum)
    }

    /// Whether somebody stopped the broker on purpose: its process is gone, and ended cleanly, or its unit says so;
    /// and it was no command of ours that stopped it.
    pub fn was_stopped_by_others(&self) -> bool {
        let mut data = self.disks.iter().filter(|disk| !disk.metadata).peekable();
        let closed = data.peek().is_some() && data.all(|disk| disk.closed);
        self.was_stopped_by_its_unit() || self.is_gone_by_others() && closed
    }

    /// The same, if its unit says so: who exits because of its file may close its folders, too, and its unit has failed
    /// then.
    pub fn was_stopped_by_its_unit(&self) -> bool {
        let unit = self.unit.as_ref();
        let stopped = unit.is_some_and(|it| it.active == "inactive" && it.result == "success");
        self.is_gone_by_others() && stopped
    }

    /// Whether its process is gone, and no command of ours stopped it.
    fn is_gone_by_others(&self) -> bool {
        let ours = self.state.as_ref().is_some_and(|state| match state.phase {
            Phase::Down | Phase::Stopping | Phase::Stopped | Phase::Starting => true,
            Phase::Prepared
            | Phase::Replaced
            | Phase::Started
            | Phase::Done
            | Phase::Back
            | Phase::Held => false,
        });
        self.matches == 0 && self.broker.is_none() && !ours
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn inspection(change: impl FnOnce(&mut Value)) -> Inspection {
        let disk = json!({
            "path": "L2RhdGE=", "there": true, "formatted": true, "node": 1, "cluster": "Ab", "partitions": 0, "used": true,
            "closed": true,
        });
        let unit = json!({
            "name": "a2Fma2E=", "restarts": 0, "stop_seconds": 330, "ours": false, "active": "failed", "result": "signal",
        });
        let mut told = json!({
            "nonce": "0123456789abcdef", "clock": 1, "outcome": "inspected", "matches": 0, "broker": null,
            "disks": [disk, disk], "unit": unit, "state": null,
        });
        change(&mut told);
        serde_json::from_value(told).expect("an inspection")
    }

    #[test]
    fn a_folder_is_empty_if_no_broker_has_begun_there() {
        let empty = |change: fn(&mut Value)| inspection(change).empty().count();
        assert_eq!(empty(|_| {}), 0);
        assert_eq!(empty(|it| it["disks"] = json!([])), 0);
        let unused = |it: &mut Value| it["disks"][1]["used"] = json!(false);
        assert_eq!(empty(unused), 1);
        let metadata = |it: &mut Value| {
            it["disks"][1]["used"] = json!(false);
            it["disks"][1]["quorum"] = json!(true);
        };
        assert_eq!(empty(metadata), 0);
        assert!(inspection(metadata).knows_its_quorum());
        assert!(!inspection(unused).knows_its_quorum());
        let full = |it: &mut Value| {
            it["disks"][1]["used"] = json!(false);
            it["disks"][1]["partitions"] = json!(3);
        };
        assert_eq!(empty(full), 0);
    }

    #[test]
    fn the_folder_of_the_metadata_is_never_closed() {
        let metadata = |it: &mut Value| {
            it["disks"][1]["metadata"] = json!(true);
            it["disks"][1]["closed"] = json!(false);
        };
        assert!(inspection(metadata).was_stopped_by_others());
        let only = |it: &mut Value| {
            metadata(it);
            it["disks"].as_array_mut().expect("disks").remove(0);
        };
        assert!(!inspection(only).was_stopped_by_others());
    }

    #[test]
    fn who_ended_cleanly_was_stopped_on_purpose_unless_by_us() {
        assert!(inspection(|_| {}).was_stopped_by_others());
        let killed = |it: &mut Value| it["disks"][1]["closed"] = json!(false);
        assert!(!inspection(killed).was_stopped_by_others());
        let by_unit = |it: &mut Value| {
            killed(it);
            it["unit"]["active"] = json!("inactive");
            it["unit"]["result"] = json!("success");
        };
        assert!(inspection(by_unit).was_stopped_by_others());
        assert!(inspection(by_unit).was_stopped_by_its_unit());
        assert!(!inspection(|_| {}).was_stopped_by_its_unit());
        let by_us = |phase: &'static str| {
            inspection(move |it| {
                it["state"] = json!({
                    "phase": phase, "heading": "forth", "mode": "stop", "nonce": "0123456789abcdef", "generation": "",
                    "revision": "", "old-sha256": "", "new-sha256": "", "outcome": "stopped", "kept": [],
                });
            })
        };
        assert!(!by_us("down").was_stopped_by_others());
        assert!(by_us("done").was_stopped_by_others());
        assert!(!inspection(|it| it["matches"] = json!(1)).was_stopped_by_others());
    }
}

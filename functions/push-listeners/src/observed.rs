//! What push-listeners saw.

use fleet::documents::Document;
use fleet::gate::{GateQuestion, Holdings, Verdict};
use fleet::observed::{
    AutoScalingGroup, Command, CommandOutput, Gap, GroupLifecycle, Instance, ManagedInstance,
    Parameter, Seen, SpotRequest, TargetGroup,
};
use fleet::shown::AdminAnswer;
use fleet::words::{ClusterName, CommandId, InstanceId, NodeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything one run saw. The plan is a pure function of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// AWS's time: the `Date` header of its first answer.
    #[serde(with = "fleet::observed::seen")]
    pub now: Seen<Timestamp>,
    /// AWS's time when the brokers and their hosts had been looked at; the same of an older release's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// The cluster that this stack serves.
    pub cluster: ClusterName,
    /// All parameters below `/kafka-privatelink/<cluster>/`.
    #[serde(with = "fleet::observed::seen")]
    pub parameters: Seen<Vec<Parameter>>,
    /// The cluster's instances.
    #[serde(with = "fleet::observed::seen")]
    pub instances: Seen<Vec<Instance>>,
    /// The requests of those of them that are Spot Instances and run.
    #[serde(
        with = "fleet::observed::seen",
        default = "none",
        skip_serializing_if = "is_none"
    )]
    pub spot_requests: Seen<Vec<SpotRequest>>,
    /// All Auto Scaling groups.
    #[serde(with = "fleet::observed::seen")]
    pub auto_scaling_groups: Seen<Vec<AutoScalingGroup>>,
    /// All target groups whose name has the prefix of this cluster: the ledger.
    #[serde(with = "fleet::observed::seen")]
    pub target_groups: Seen<Vec<TargetGroup>>,
    /// The cluster's instances whose agent has registered.
    #[serde(with = "fleet::observed::seen")]
    pub managed: Seen<Vec<ManagedInstance>>,
    /// The commands of our documents: inspections of the last hours, all others of the last 30 days.
    #[serde(with = "fleet::observed::seen")]
    pub commands: Seen<Vec<Command>>,
    /// What those commands said that the plan asks about ([`asked`](crate::plan::asked)); none if AWS does
    /// not know of it yet.
    #[serde(with = "fleet::observed::seen::each")]
    pub outputs: BTreeMap<CommandId, Seen<Option<CommandOutput>>>,
    /// What each running broker shows on its admin listener.
    #[serde(with = "fleet::observed::seen")]
    pub shown: Seen<Vec<AdminAnswer>>,
    /// Hooks and activities of the Auto Scaling groups in which an instance of the cluster waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycles: Vec<GroupLifecycle>,
    /// What the cluster has of each broker that comes or leaves and of which that has to be known.
    #[serde(
        with = "fleet::observed::seen::each",
        default,
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub holdings: BTreeMap<NodeId, Seen<Holdings>>,
    /// What the gate says of the broker that would be restarted next; none if it was not asked. Records of
    /// older releases do not have it.
    #[serde(with = "fleet::observed::seen", default = "unasked")]
    pub gate: Seen<Option<GateAnswer>>,
}

/// What one look is not enough for (P-15).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The disk of this broker is empty, and the cluster can do without what was there.
    Empty(NodeId),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(node) => write!(
                f,
                "the disk of broker {node} seems to be empty, and nobody seems to miss what was there"
            ),
        }
    }
}

/// What the gate answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateAnswer {
    /// What was asked. What it says of another broker, or of another one restarted, is not asked at all.
    pub question: GateQuestion,
    /// AWS's time at the answer.
    pub answered_at: Timestamp,
    /// The answer.
    pub verdict: Verdict,
}

fn none() -> Seen<Vec<SpotRequest>> {
    Ok(Vec::new())
}

fn is_none(requests: &Seen<Vec<SpotRequest>>) -> bool {
    requests.as_ref().is_ok_and(Vec::is_empty)
}

fn unasked() -> Seen<Option<GateAnswer>> {
    Ok(None)
}

impl Observed {
    /// Everything that could not be read.
    pub fn gaps(&self) -> Vec<Gap> {
        let single = [
            self.now.as_ref().err(),
            self.parameters.as_ref().err(),
            self.instances.as_ref().err(),
            self.spot_requests.as_ref().err(),
            self.auto_scaling_groups.as_ref().err(),
            self.target_groups.as_ref().err(),
            self.managed.as_ref().err(),
            self.commands.as_ref().err(),
            self.shown.as_ref().err(),
            self.gate.as_ref().err(),
        ];
        let lifecycles = self.lifecycles.iter();
        let lifecycles =
            lifecycles.flat_map(|it| [it.hooks.as_ref().err(), it.activities.as_ref().err()]);
        let outputs = self.outputs.values().filter_map(|seen| seen.as_ref().err());
        let holdings = self.holdings.values();
        let holdings = holdings.filter_map(|seen| seen.as_ref().err());
        let all = single.into_iter().chain(lifecycles).flatten();
        let gaps: BTreeSet<&Gap> = all.chain(outputs).chain(holdings).collect();
        gaps.into_iter().cloned().collect()
    }

    /// The newest command of a document on an instance.
    pub(crate) fn newest(&self, instance: &InstanceId, document: Document) -> Option<&Command> {
        let name = document.name(&self.cluster);
        let commands = self.commands.iter().flatten();
        let of_it = commands.filter(|it| it.document == name && it.instances.contains(instance));
        of_it.max_by_key(|it| (it.requested_at, &it.id))
    }
}

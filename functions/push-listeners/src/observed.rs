//! What push-listeners saw.

use crate::documents::Document;
use fleet::gate::{GateQuestion, Verdict};
use fleet::observed::{
    AutoScalingGroup, Command, CommandOutput, Gap, Instance, ManagedInstance, Parameter, Seen,
    TargetGroup,
};
use fleet::shown::AdminAnswer;
use fleet::words::{ClusterName, CommandId, InstanceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything one run saw. The plan is a pure function of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// AWS's time: the `Date` header of its first answer.
    #[serde(with = "fleet::observed::seen")]
    pub now: Seen<Timestamp>,
    /// The cluster that this stack serves.
    pub cluster: ClusterName,
    /// All parameters below `/kafka-privatelink/<cluster>/`.
    #[serde(with = "fleet::observed::seen")]
    pub parameters: Seen<Vec<Parameter>>,
    /// The cluster's instances.
    #[serde(with = "fleet::observed::seen")]
    pub instances: Seen<Vec<Instance>>,
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
    /// What the gate says of the broker that would be restarted next; none if it was not asked. Records of
    /// older releases do not have it.
    #[serde(with = "fleet::observed::seen", default = "unasked")]
    pub gate: Seen<Option<GateAnswer>>,
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
            self.auto_scaling_groups.as_ref().err(),
            self.target_groups.as_ref().err(),
            self.managed.as_ref().err(),
            self.commands.as_ref().err(),
            self.shown.as_ref().err(),
            self.gate.as_ref().err(),
        ];
        let outputs = self.outputs.values().filter_map(|seen| seen.as_ref().err());
        let gaps: BTreeSet<&Gap> = single.into_iter().flatten().chain(outputs).collect();
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

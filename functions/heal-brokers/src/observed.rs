//! What heal-brokers saw, and what one look leaves in doubt.

use fleet::gate::Holdings;
use fleet::healing::Rung;
use fleet::interruption::interrupted;
use fleet::observed::{
    Alarm, AutoScalingGroup, Command, CommandOutput, Gap, Instance, InstanceStatus, Parameter,
    ScalingActivity, Seen, SpotRequest, TaggedResource, TargetGroup, TargetHealth,
};
use fleet::shown::AdminAnswer;
use fleet::words::{
    AutoScalingGroupName, ClusterName, CommandId, InstanceId, NodeId, TargetGroupArn,
};
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
    /// The account's alarms that are on.
    #[serde(with = "fleet::observed::seen")]
    pub alarms: Seen<Vec<Alarm>>,
    /// Alarms and instances with the cluster's tag.
    #[serde(with = "fleet::observed::seen")]
    pub tagged: Seen<Vec<TaggedResource>>,
    /// The brokers; none if no alarm of the cluster is on and nothing of ours is under way.
    pub ward: Option<Ward>,
}

/// What was seen of the brokers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ward {
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
    /// All target groups whose name has the prefix of this cluster.
    #[serde(with = "fleet::observed::seen")]
    pub target_groups: Seen<Vec<TargetGroup>>,
    /// The commands of our documents of the last two hours, and of two hours before an instance fell ill.
    #[serde(with = "fleet::observed::seen")]
    pub commands: Seen<Vec<Command>>,
    /// What each running broker shows on its admin listener.
    #[serde(with = "fleet::observed::seen")]
    pub shown: Seen<Vec<AdminAnswer>>,
    /// The status checks of the instances whose broker does not answer.
    #[serde(with = "fleet::observed::seen")]
    pub statuses: Seen<Vec<InstanceStatus>>,
    /// Targets of the ports of brokers that do not answer.
    #[serde(with = "fleet::observed::seen::each")]
    pub health: BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
    /// What the Auto Scaling groups of the cluster's brokers did in the last six weeks.
    #[serde(with = "fleet::observed::seen::each")]
    pub activities: BTreeMap<AutoScalingGroupName, Seen<Vec<ScalingActivity>>>,
    /// What those commands said that the plan asks about ([`asked`](crate::plan::asked)); none if AWS does not know of
    /// it yet.
    #[serde(with = "fleet::observed::seen::each")]
    pub outputs: BTreeMap<CommandId, Seen<Option<CommandOutput>>>,
    /// What the other brokers have of the one that would be replaced; none if nobody asked.
    #[serde(with = "fleet::observed::seen")]
    pub holdings: Seen<Option<HoldingsAnswer>>,
}

fn none() -> Seen<Vec<SpotRequest>> {
    Ok(Vec::new())
}

fn is_none(requests: &Seen<Vec<SpotRequest>>) -> bool {
    requests.as_ref().is_ok_and(Vec::is_empty)
}

/// What the other brokers have of one broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldingsAnswer {
    /// The broker.
    pub node: NodeId,
    /// What they have of it.
    pub holdings: Holdings,
}

impl Observed {
    /// Everything that could not be read.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps: BTreeSet<&Gap> = BTreeSet::new();
        gaps.extend(self.now.as_ref().err());
        gaps.extend(self.alarms.as_ref().err());
        gaps.extend(self.tagged.as_ref().err());
        if let Some(ward) = &self.ward {
            gaps.extend(ward.parameters.as_ref().err());
            gaps.extend(ward.instances.as_ref().err());
            gaps.extend(ward.spot_requests.as_ref().err());
            gaps.extend(ward.auto_scaling_groups.as_ref().err());
            gaps.extend(ward.target_groups.as_ref().err());
            gaps.extend(ward.commands.as_ref().err());
            gaps.extend(ward.shown.as_ref().err());
            gaps.extend(ward.statuses.as_ref().err());
            gaps.extend(ward.health.values().filter_map(|it| it.as_ref().err()));
            gaps.extend(ward.activities.values().filter_map(|it| it.as_ref().err()));
            gaps.extend(ward.outputs.values().filter_map(|it| it.as_ref().err()));
            gaps.extend(ward.holdings.as_ref().err());
        }
        gaps.into_iter().cloned().collect()
    }
}

impl Ward {
    /// The instances that AWS takes back.
    pub(crate) fn interrupted(&self, now: Timestamp) -> BTreeSet<InstanceId> {
        let instances = self.instances.as_deref().unwrap_or_default();
        let requests = self.spot_requests.as_deref().unwrap_or_default();
        interrupted(instances, requests, now).into_keys().collect()
    }
}

/// One look is not evidence enough that a broker is ill (P-15).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// This broker on this instance would be healed so.
    Heal {
        /// The broker.
        node: NodeId,
        /// Its instance.
        instance: InstanceId,
        /// How.
        rung: Rung,
    },
    /// It seems to hang.
    Hangs {
        /// The broker.
        node: NodeId,
        /// Its instance.
        instance: InstanceId,
    },
}

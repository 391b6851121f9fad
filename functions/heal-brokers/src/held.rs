//! What a plan declines to do; `sentences` says why, and the way out.

mod sentences;

use crate::plan::condition::Condition;
pub use crate::plan::condition::{Purpose, Unclear};
use fleet::brokers::Broker;
use fleet::healing::Rung;
use fleet::refusal::Refusals;
use fleet::wishes::Healing;
use fleet::words::{
    AutoScalingGroupName, ClusterName, InstanceId, NodeId, ParameterName, VolumeId,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Something that is not done, in a sentence that a person understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Something could not be read that everything depends on.
    Blind {
        /// What.
        what: &'static str,
    },
    /// A parameter cannot be used.
    ParameterRefused {
        /// Its name.
        parameter: ParameterName,
        /// What is wrong with it.
        refusals: Refusals,
    },
    /// Our tag on an instance was changed by other hands.
    Scribbled {
        /// The instance.
        instance: InstanceId,
    },
    /// An alarm that is on is suppressed.
    Suppressed {
        /// The alarm.
        alarm: String,
        /// By what.
        by: String,
    },
    /// The alarms that are on are to do nothing.
    Disabled {
        /// The alarms.
        alarms: Vec<String>,
    },
    /// An alarm is on, and every broker is up.
    NobodyIll {
        /// The alarms.
        alarms: Vec<String>,
    },
    /// Nobody can be asked about brokers that are known.
    Away {
        /// These.
        nodes: BTreeSet<NodeId>,
    },
    /// push-listeners has a broker in hand.
    InHand {
        /// What was written about its command.
        comment: String,
    },
    /// Several brokers are ill, or may be.
    Several {
        /// These.
        nodes: BTreeSet<NodeId>,
    },
    /// AWS takes the Spot Instances of brokers back.
    Interrupted {
        /// These.
        nodes: BTreeSet<NodeId>,
    },
    /// Another broker is being healed.
    Busy {
        /// That one.
        node: NodeId,
    },
    /// It needs every other broker, and some are not up.
    OthersDown {
        /// The broker.
        node: NodeId,
        /// What it needs.
        rung: Rung,
        /// Who is not up.
        down: BTreeSet<NodeId>,
    },
    /// It has not been ill for long enough.
    Waits {
        /// The broker.
        node: NodeId,
        /// What is done then.
        rung: Rung,
        /// Why.
        reason: String,
        /// When.
        from: Timestamp,
    },
    /// It was healed within the last hour.
    Recently {
        /// The broker.
        node: NodeId,
        /// How.
        rung: Rung,
        /// When it may be healed again.
        again: Timestamp,
    },
    /// Brokers of the cluster were healed or replaced as often as they may be healed in a day.
    Spent {
        /// The broker.
        node: NodeId,
        /// When the next one may be healed.
        again: Timestamp,
    },
    /// The parameter does not allow it.
    NoConsent {
        /// The broker.
        node: NodeId,
        /// What it needs.
        rung: Rung,
        /// Why.
        reason: String,
        /// What the parameter says.
        healing: Healing,
        /// The parameter.
        parameter: ParameterName,
    },
    /// Its instance is not replaced.
    NotReplaced {
        /// The broker.
        node: NodeId,
        /// Its instance.
        instance: InstanceId,
        /// What is lacking.
        lacks: Lacks,
    },
    /// It was stopped on purpose.
    OnPurpose {
        /// The broker.
        node: NodeId,
        /// Its instance.
        instance: InstanceId,
        /// How that is known.
        purpose: Purpose,
    },
    /// It is starting or recovering.
    Starting {
        /// The broker.
        node: NodeId,
        /// The parameter without which nobody knows whether it hangs, if that is missing.
        missing: Option<ParameterName>,
    },
    /// Its Auto Scaling group puts its instance into service.
    Entering {
        /// The broker.
        node: NodeId,
    },
    /// It is not known what ails it.
    Unclear {
        /// The broker.
        node: NodeId,
        /// Its instance.
        instance: InstanceId,
        /// Why.
        why: Unclear,
    },
    /// It does not tell what it is asked.
    Untold {
        /// The broker.
        node: NodeId,
    },
}

/// What is lacking for a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Nobody named the volume of its data.
    Disk,
    /// The named volume is not attached to it.
    Attached {
        /// The volume.
        volume: VolumeId,
    },
    /// The volume goes with the instance.
    Kept {
        /// The volume.
        volume: VolumeId,
    },
    /// It is in no Auto Scaling group.
    Group,
    /// Its group has other brokers, too.
    GroupOfSeveral {
        /// The group.
        group: AutoScalingGroupName,
    },
    /// Its group does not have the cluster's tag itself, and takes nothing from us.
    Untagged {
        /// The group.
        group: AutoScalingGroupName,
        /// The cluster.
        cluster: ClusterName,
    },
    /// A process of its group is suspended by which it would be replaced.
    Suspended {
        /// The group.
        group: AutoScalingGroupName,
        /// The process.
        process: &'static str,
    },
    /// Its group replaces only instances that are in service.
    OutOfService {
        /// The group.
        group: AutoScalingGroupName,
        /// Its lifecycle state there.
        state: String,
    },
    /// The other brokers did not tell what they have of it.
    Word,
    /// Partitions have no other replica in sync, or no other leader.
    Others {
        /// The first ones.
        partitions: BTreeSet<String>,
    },
    /// Partitions have too few other replicas in sync.
    MinIsr {
        /// The first ones.
        partitions: BTreeSet<String>,
    },
}

impl Held {
    /// Whether it waits for time, or for nobody; all else waits for a person, and is counted (F47).
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Suppressed { .. }
            | Self::NobodyIll { .. }
            | Self::Away { .. }
            | Self::InHand { .. }
            | Self::Interrupted { .. }
            | Self::Busy { .. }
            | Self::Waits { .. }
            | Self::Starting { .. }
            | Self::Entering { .. } => true,
            Self::Blind { .. }
            | Self::ParameterRefused { .. }
            | Self::Scribbled { .. }
            | Self::Disabled { .. }
            | Self::Several { .. }
            | Self::OthersDown { .. }
            | Self::Recently { .. }
            | Self::Spent { .. }
            | Self::NoConsent { .. }
            | Self::NotReplaced { .. }
            | Self::OnPurpose { .. }
            | Self::Unclear { .. }
            | Self::Untold { .. } => false,
        }
    }

    /// What a broker's condition has to say for itself; nothing if it is up, or ill in a way that is known.
    pub(crate) fn of(
        broker: &Broker,
        condition: &Condition,
        missing: Option<ParameterName>,
    ) -> Option<Self> {
        let (node, instance) = (broker.node, broker.instance.clone());
        match condition {
            Condition::Up | Condition::Ill(_) => None,
            Condition::Untold => Some(Self::Untold { node }),
            Condition::Starting => Some(Self::Starting { node, missing }),
            Condition::Entering => Some(Self::Entering { node }),
            Condition::OnPurpose(purpose) => Some(Self::OnPurpose {
                node,
                instance,
                purpose: *purpose,
            }),
            Condition::Unclear(why) => Some(Self::Unclear {
                node,
                instance,
                why: *why,
            }),
        }
    }
}

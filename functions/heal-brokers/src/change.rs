//! What a plan can do: notes on instances, a reboot, a replacement.

use fleet::healing::Request;
use fleet::healing::Rung;
use fleet::plan;
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, NodeId};
use serde::Serialize;
use std::fmt;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The broker.
    pub node: NodeId,
    /// Its instance.
    pub instance: InstanceId,
    /// What is done to that.
    #[serde(flatten)]
    pub action: Action,
}

/// What is done to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Tags onto it: what is asked of push-listeners, what is about to be done, since when it is ill.
    Tag {
        /// The tags.
        tags: Tags,
        /// What is begun thereby, if something is.
        begins: Option<Rung>,
    },
    /// Tags off it that have done their service.
    Untag {
        /// Their keys.
        keys: Vec<String>,
    },
    /// EC2 reboots it.
    Reboot,
    /// Its Auto Scaling group is told that it is unhealthy, and replaces it.
    Replace,
}

impl plan::Change for Change {
    fn expects(&self) -> &'static str {
        match &self.action {
            Action::Tag { .. } | Action::Untag { .. } => "the instance is there",
            Action::Reboot => "the instance runs",
            Action::Replace => "the instance is in its Auto Scaling group",
        }
    }

    /// What is done is noted first: what is not noted is not done, or it would be done again and again.
    fn carries(&self, later: &Self) -> bool {
        let is_note = matches!(self.action, Action::Tag { .. });
        let acts = matches!(later.action, Action::Reboot | Action::Replace);
        is_note && acts && self.instance == later.instance
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            instance,
            action,
        } = self;
        match action {
            Action::Tag { tags, begins } => {
                let asks = tags.get(tags::RESTART);
                let asks = asks.and_then(|it| Request::read(it, instance).ok());
                match (asks, begins) {
                    (Some(_), Some(rung)) => {
                        write!(
                            f,
                            "ask push-listeners to {rung} broker {node} on {instance}"
                        )
                    }
                    (None, Some(rung)) => {
                        write!(
                            f,
                            "note that {instance} of broker {node} has its {}",
                            rung.noun()
                        )
                    }
                    (_, None) => write!(f, "note since when broker {node} on {instance} hangs"),
                }
            }
            Action::Untag { keys } => write!(
                f,
                "take {} off {instance} of broker {node}",
                keys.join(" and ")
            ),
            Action::Reboot => write!(f, "reboot {instance} of broker {node}"),
            Action::Replace => write!(
                f,
                "have {instance} of broker {node} replaced by its Auto Scaling group"
            ),
        }
    }
}

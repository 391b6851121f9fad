//! What a plan can do to the mapping, and to who waits for a lifecycle hook. A change names all that it
//! needs; making it twice is harmless, and each says what it expects to find.

use fleet::listener::Protocol;
use fleet::naming::{Owner, PortOf};
use fleet::observed::{Attributes, HealthCheck, LifecycleResult};
use fleet::plan;
use fleet::words::{
    AutoScalingGroupName, GroupName, InstanceId, ListenerArn, ParameterName, Port, TargetGroupArn,
    TargetGroupName, VpcId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One change of the mapping, or of who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The port or bootstrap that it is about; none if it is about an instance.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
}

/// A broker's port, or bootstrap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The target group.
    pub target_group: TargetGroupName,
    /// Its listener group.
    pub group: GroupName,
    /// Whose it is.
    pub owner: Owner,
}

impl plan::Change for Change {
    fn expects(&self) -> &'static str {
        self.action.expects()
    }

    fn carries(&self, later: &Self) -> bool {
        self.place.is_some() && self.place == later.place && self.action.carries(&later.action)
    }

    fn is_made_while_paused(&self) -> bool {
        matches!(self.action, Action::RecordLifecycleActionHeartbeat { .. })
    }
}

/// What to do with a target group, or with an instance that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action")]
pub enum Action {
    /// Make the target group, with its tags: from here on the port is given.
    CreateTargetGroup {
        /// The VPC of its targets.
        vpc: VpcId,
        /// The NLB port that it stands for.
        port: Port,
        /// The port on which targets are reached.
        bind_port: Port,
        /// The protocol, for the ledger.
        protocol: Protocol,
    },
    /// Put the health check right.
    ModifyTargetGroup {
        /// The wanted one.
        health_check: HealthCheck,
    },
    /// Set these attributes.
    ModifyTargetGroupAttributes {
        /// Those that differ.
        attributes: Attributes,
    },
    /// Register these instances.
    RegisterTargets {
        /// All running.
        instances: BTreeSet<InstanceId>,
    },
    /// Make the listener that forwards to the group, and set its attributes.
    CreateListener {
        /// Its port.
        port: Port,
        /// Its attributes.
        attributes: Attributes,
    },
    /// Point the listener at the group.
    ModifyListener {
        /// The listener.
        listener: ListenerArn,
        /// Its port.
        port: Port,
        /// Where it forwards to instead.
        from: Vec<TargetGroupArn>,
    },
    /// Set these attributes of the listener.
    ModifyListenerAttributes {
        /// The listener.
        listener: ListenerArn,
        /// Its port.
        port: Port,
        /// Those that differ.
        attributes: Attributes,
    },
    /// Deregister these instances, each with the port it was registered with (F15).
    DeregisterTargets {
        /// Instance and port.
        targets: BTreeMap<InstanceId, Port>,
    },
    /// Take the listener away.
    DeleteListener {
        /// The listener.
        listener: ListenerArn,
        /// Its port.
        port: Port,
    },
    /// Note something on the target group: since when it is so, or which instances it is about.
    AddTag {
        /// The tag's key; [`tags`](crate::tags) has them.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// Take that note away.
    RemoveTag {
        /// The tag's key.
        key: &'static str,
    },
    /// Write the hand-over.
    PutParameter {
        /// Its full name.
        parameter: ParameterName,
        /// Its value.
        value: String,
    },
    /// Take the target group away: the port is free again.
    DeleteTargetGroup,
    /// Let an instance that waits go on, or be terminated.
    CompleteLifecycleAction {
        /// Its Auto Scaling group.
        scaling_group: AutoScalingGroupName,
        /// The hook that it waits for.
        hook: String,
        /// The instance.
        instance: InstanceId,
        /// What comes next.
        result: LifecycleResult,
    },
    /// Let it wait longer.
    RecordLifecycleActionHeartbeat {
        /// Its Auto Scaling group.
        scaling_group: AutoScalingGroupName,
        /// The hook that it waits for.
        hook: String,
        /// The instance.
        instance: InstanceId,
    },
}

impl Action {
    /// What must be so for the action to be right; AWS refuses it otherwise.
    pub fn expects(&self) -> &'static str {
        match self {
            Self::CreateTargetGroup { .. } => "no target group of this name with other settings",
            Self::ModifyTargetGroup { .. }
            | Self::ModifyTargetGroupAttributes { .. }
            | Self::AddTag { .. }
            | Self::RemoveTag { .. } => "the target group is there",
            Self::RegisterTargets { .. } => "every instance is running",
            Self::CreateListener { .. } => "no listener on this port",
            Self::ModifyListener { .. }
            | Self::ModifyListenerAttributes { .. }
            | Self::DeleteListener { .. } => "the listener is there and ours",
            Self::PutParameter { .. } => "nobody else writes it",
            Self::DeregisterTargets { .. } => "another target serves, or these cannot",
            Self::DeleteTargetGroup => "no listener forwards to the target group",
            Self::CompleteLifecycleAction { .. } | Self::RecordLifecycleActionHeartbeat { .. } => {
                "the instance waits for the hook"
            }
        }
    }

    /// Whether `later`, a step about the same target group, must not be taken when this one did
    /// not succeed. What fails alone, stops alone: a step that only tidies carries nothing, so it
    /// keeps no broker off its port and on none.
    pub fn carries(&self, later: &Self) -> bool {
        match self {
            // Every other step needs the target group.
            Self::CreateTargetGroup { .. } => true,
            // What is taken away comes after the note of why or since when.
            Self::AddTag { .. } => later.removes(),
            // A listener without a target fails open (F6), and nothing leaves before its
            // replacement is there.
            Self::RegisterTargets { .. } => later.listens() || later.removes(),
            Self::CreateListener { .. } | Self::ModifyListener { .. } => later.removes(),
            // A target group with a listener cannot be deleted.
            Self::DeleteListener { .. } => matches!(later, Self::DeleteTargetGroup),
            Self::ModifyTargetGroup { .. }
            | Self::ModifyTargetGroupAttributes { .. }
            | Self::ModifyListenerAttributes { .. }
            | Self::RemoveTag { .. }
            | Self::PutParameter { .. }
            | Self::DeregisterTargets { .. }
            | Self::DeleteTargetGroup
            | Self::CompleteLifecycleAction { .. }
            | Self::RecordLifecycleActionHeartbeat { .. } => false,
        }
    }

    /// Whether it makes a listener lead to the target group.
    fn listens(&self) -> bool {
        matches!(
            self,
            Self::CreateListener { .. } | Self::ModifyListener { .. }
        )
    }

    /// Whether it takes away something that may serve.
    fn removes(&self) -> bool {
        matches!(
            self,
            Self::DeregisterTargets { .. } | Self::DeleteListener { .. } | Self::DeleteTargetGroup
        )
    }
}

impl Action {
    /// The same about an instance, which stands nowhere or anywhere.
    pub(crate) fn of_an_instance(self) -> Change {
        Change {
            place: None,
            action: self,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_ref();
        let group = place.map_or("", |place| place.group.as_str());
        let of = place.map_or_else(String::new, |Place { group, owner, .. }| {
            let owner = *owner;
            PortOf { group, owner }.to_string()
        });
        match &self.action {
            Action::CreateTargetGroup {
                port, bind_port, ..
            } => {
                write!(
                    f,
                    "create target group of {of} (port {port}, targets on {bind_port})"
                )
            }
            Action::ModifyTargetGroup { .. } => write!(f, "set the health check of {of}"),
            Action::ModifyTargetGroupAttributes { attributes } => {
                write!(f, "set {} attributes of {of}", attributes.len())
            }
            Action::RegisterTargets { instances } => {
                write!(f, "register {} with {of}", list(instances))
            }
            Action::CreateListener { port, .. } => write!(f, "create listener {port} for {of}"),
            Action::ModifyListener { port, .. } => write!(f, "point listener {port} at {of}"),
            Action::ModifyListenerAttributes { port, .. } => {
                write!(f, "set attributes of listener {port}")
            }
            Action::DeregisterTargets { targets } => {
                write!(f, "deregister {} from {of}", list(targets.keys()))
            }
            Action::DeleteListener { port, .. } => write!(f, "delete listener {port} of {of}"),
            Action::AddTag { key, value } => write!(f, "tag {of} with {key}={value}"),
            Action::RemoveTag { key } => write!(f, "remove tag {key} of {of}"),
            Action::PutParameter { parameter, .. } => {
                write!(f, "write the hand-over of {group}, {parameter}")
            }
            Action::DeleteTargetGroup => write!(f, "delete target group of {of}"),
            Action::CompleteLifecycleAction {
                scaling_group,
                hook,
                instance,
                result,
            } => write!(
                f,
                "complete {hook} of {instance} in {scaling_group}: {}",
                result.as_str()
            ),
            Action::RecordLifecycleActionHeartbeat {
                scaling_group,
                hook,
                instance,
            } => write!(f, "keep {instance} waiting for {hook} in {scaling_group}"),
        }
    }
}

fn list<'a>(instances: impl IntoIterator<Item = &'a InstanceId>) -> String {
    let ids: Vec<&str> = instances.into_iter().map(InstanceId::as_str).collect();
    ids.join(", ")
}

#[cfg(test)]
mod tests;

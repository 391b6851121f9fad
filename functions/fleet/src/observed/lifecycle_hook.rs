//! Lifecycle hooks of Auto Scaling groups, and the activities in which instances wait for them.

use super::Seen;
use super::spelled::spelled;
use crate::words::{AutoScalingGroupName, InstanceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A lifecycle hook, as `DescribeLifecycleHooks` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleHook {
    /// Its Auto Scaling group.
    pub group: AutoScalingGroupName,
    /// Its name, one of its group.
    pub name: String,
    /// Whom it makes wait.
    pub transition: LifecycleTransition,
    /// Seconds after the last heart-beat until its action times out.
    pub heartbeat_timeout_seconds: u32,
    /// Seconds for which an instance can be made to wait, whatever heart-beats say: the smaller of 48 h
    /// and 100 × the time-out (F34).
    pub global_timeout_seconds: u32,
    /// What an action comes to that times out: `CONTINUE` or `ABANDON`.
    pub default_result: String,
    /// What its events carry, and what its owner tells us.
    pub notification_metadata: Option<String>,
}

/// On which way an instance waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifecycleTransition {
    /// Into its group.
    Launching,
    /// Out of it.
    Terminating,
    /// A way that AWS added later: nobody waits on it for us.
    Unknown(String),
}

impl LifecycleTransition {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "autoscaling:EC2_INSTANCE_LAUNCHING" => Self::Launching,
            "autoscaling:EC2_INSTANCE_TERMINATING" => Self::Terminating,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Launching => "autoscaling:EC2_INSTANCE_LAUNCHING",
            Self::Terminating => "autoscaling:EC2_INSTANCE_TERMINATING",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(LifecycleTransition);

/// What we make of a lifecycle action (`LifecycleActionResult`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LifecycleResult {
    /// The instance goes on.
    Continue,
    /// It is terminated, and other hooks are waited for no longer (P-18).
    Abandon,
}

impl LifecycleResult {
    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }
}

/// A scaling activity, as `DescribeScalingActivities` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalingActivity {
    /// Its Auto Scaling group.
    pub group: AutoScalingGroupName,
    /// The instance that it is about, where its description names one: AWS has no field for it (F55).
    pub instance: Option<InstanceId>,
    /// What happens: `Terminating EC2 instance: i-…`.
    pub description: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it has.
    pub ended_at: Option<Timestamp>,
    /// Its status: `MidLifecycleAction`, `Successful`…
    pub status: String,
    /// Why, in AWS's words; none in records of older releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

impl ScalingActivity {
    /// Whether it ends an instance.
    pub fn ends(&self) -> bool {
        self.description.starts_with("Terminating EC2 instance")
    }

    /// Whether it makes the group smaller, so that nothing comes for its instance (F66).
    pub fn shrinks(&self) -> bool {
        let cause = self.cause.as_deref().unwrap_or_default();
        cause.contains("shrinking the capacity")
    }

    /// The instance that a description names: `Launching a new EC2 instance: i-0123`.
    pub fn instance_in(description: &str) -> Option<InstanceId> {
        let mut words = description.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let is_id = |word: &&str| {
            let digits = word.strip_prefix("i-").unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
        };
        words.find(is_id).map(InstanceId::from)
    }
}

/// What was read of one Auto Scaling group in which an instance waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupLifecycle {
    /// The group.
    pub group: AutoScalingGroupName,
    /// Its hooks, other people's among them.
    #[serde(with = "super::seen")]
    pub hooks: Seen<Vec<LifecycleHook>>,
    /// Its activities, those under way among them; none if it has no hook of ours.
    #[serde(with = "super::seen")]
    pub activities: Seen<Vec<ScalingActivity>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_its_instance_or_none() {
        for (description, instance) in [
            ("Launching a new EC2 instance: i-0a1b2c", Some("i-0a1b2c")),
            ("Terminating EC2 instance: i-0a1b2c", Some("i-0a1b2c")),
            (
                "Launching a new EC2 instance from warm pool: i-0a.  Status Reason: none",
                Some("i-0a"),
            ),
            (
                "Terminating EC2 instance: i-0a - Waiting For ELB connection draining",
                Some("i-0a"),
            ),
            ("Launching a new EC2 instance", None),
            ("Updating load balancers: Successful. i-", None),
            ("", None),
        ] {
            let named = ScalingActivity::instance_in(description);
            assert_eq!(named, instance.map(InstanceId::from), "{description}");
        }
    }

    #[test]
    fn a_transition_keeps_its_spelling() {
        for text in [
            "autoscaling:EC2_INSTANCE_LAUNCHING",
            "autoscaling:EC2_INSTANCE_TERMINATING",
            "autoscaling:LATER",
        ] {
            assert_eq!(LifecycleTransition::parse(text).as_str(), text);
        }
    }
}

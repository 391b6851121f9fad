//! How the brokers are: the picture that heal-brokers keeps true.

use activation::duty::Picture;
use fleet::words::{InstanceId, NodeId};
use serde::Serialize;
use std::fmt;

/// The alarms that are on, and every broker, if somebody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Care {
    /// The cluster's alarms that are on.
    pub alarms: Vec<String>,
    /// By `node.id`; none if no alarm is on.
    pub brokers: Vec<Row>,
    /// How much of what is held waits for a person.
    #[serde(skip)]
    pub waits_for_you: u64,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its `node.id`.
    pub node: NodeId,
    /// Its instance.
    pub instance: InstanceId,
    /// How it is.
    pub state: State,
    /// Whether push-listeners is asked to start or restart it.
    pub asked: bool,
    /// What was done for it last, within a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healed: Option<String>,
}

/// How a broker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It answers as itself.
    Up,
    /// It answers, and does not tell what it is asked.
    Untold,
    /// Its process is gone.
    Gone,
    /// Its process hangs.
    Hangs,
    /// Its instance fails its own status check.
    Unwell,
    /// Its instance fails the system status check.
    Cut,
    /// It is starting or recovering.
    Starting,
    /// Its Auto Scaling group puts its instance into service.
    Entering,
    /// Somebody stopped it on purpose.
    OnPurpose,
    /// It does not answer, and why is not known.
    Unclear,
}

impl State {
    /// As a person reads it.
    pub fn told(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Untold => "answers, and does not tell what it is asked",
            Self::Gone => "its process is gone",
            Self::Hangs => "its process hangs",
            Self::Unwell => "its instance fails its own status check",
            Self::Cut => "its instance fails the system status check",
            Self::Starting => "starting or recovering",
            Self::Entering => "its instance enters its Auto Scaling group",
            Self::OnPurpose => "stopped on purpose",
            Self::Unclear => "silent, and why is not known",
        }
    }
}

impl Picture for Care {
    type Told = Self;

    fn told(&self) -> Self {
        self.clone()
    }
}

impl fmt::Display for Care {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.alarms.is_empty() {
            true => writeln!(f, "No alarm is on.")?,
            false => writeln!(f, "Alarms that are on: {}", self.alarms.join(", "))?,
        }
        if self.brokers.is_empty() {
            return Ok(());
        }
        writeln!(f, "How brokers are:")?;
        for row in &self.brokers {
            write!(
                f,
                "  broker {} on {}: {}",
                row.node,
                row.instance,
                row.state.told()
            )?;
            if let Some(healed) = &row.healed {
                write!(f, "; {healed}")?;
            }
            let asked = match row.asked {
                true => "; push-listeners is asked",
                false => "",
            };
            writeln!(f, "{asked}")?;
        }
        Ok(())
    }
}

//! What heal-brokers tells: the alarms that are on, and how the brokers are.

use crate::fields::{Fields, Word};
use crate::reports::Function;
use crate::told::Picture;
use serde::Deserialize;

/// How brokers are.
#[derive(Debug, Default)]
pub(crate) struct Care {
    /// The cluster's alarms that are on.
    pub(crate) alarms: Vec<String>,
    /// Every broker, if an alarm is on.
    pub(crate) brokers: Vec<Patient>,
}

/// One broker.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Patient {
    pub(crate) node: Word,
    pub(crate) instance: Word,
    pub(crate) state: Word,
    pub(crate) asked: bool,
    pub(crate) healed: Option<String>,
}

impl Picture for Care {
    const FUNCTION: Function = Function::HealBrokers;

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            alarms: fields.list("alarms"),
            brokers: fields.list("brokers"),
        }
    }
}

impl Patient {
    /// Whether it is as it should be.
    pub(crate) fn is_up(&self) -> bool {
        self.state.as_str() == "up"
    }

    /// Whether something is done for it now.
    pub(crate) fn is_in_hand(&self) -> bool {
        !self.is_up() && (self.asked || self.healed.is_some())
    }

    /// How it is, as heal-brokers says it in its plan; a word of another release as it is.
    pub(crate) fn state(&self) -> &str {
        match self.state.as_str() {
            "up" => "up",
            "untold" => "answers, and does not tell what it is asked",
            "gone" => "its process is gone",
            "hangs" => "its process hangs",
            "unwell" => "its instance fails its own status check",
            "cut" => "its instance fails the system status check",
            "starting" => "starting or recovering",
            "entering" => "its instance enters its Auto Scaling group",
            "on-purpose" => "stopped on purpose",
            "unclear" => "silent, and why is not known",
            "" => "not told",
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heal_brokers::care::State;

    #[test]
    fn every_state_is_told_as_the_function_tells_it_and_an_unknown_one_as_it_is() {
        for state in [
            State::Up,
            State::Untold,
            State::Gone,
            State::Hangs,
            State::Unwell,
            State::Cut,
            State::Starting,
            State::Entering,
            State::OnPurpose,
            State::Unclear,
        ] {
            let json = serde_json::json!({ "node": 1, "state": state });
            let patient: Patient = serde_json::from_value(json).expect("a broker");
            assert_eq!(patient.state(), state.told());
            assert_eq!(patient.is_up(), state == State::Up);
        }
        let other = Patient {
            state: Word("asleep".to_owned()),
            ..Patient::default()
        };
        assert_eq!(other.state(), "asleep");
    }
}

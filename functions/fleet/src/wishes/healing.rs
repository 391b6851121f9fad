//! The parameter `healing`: how far brokers may be healed. Nobody's broker is touched because a stack was
//! deployed, so without it the answer is not at all.

use super::parameter_path;
use crate::foreign::{clean, is_invisible};
use crate::observed::Parameter;
use crate::refusal::Refusals;
use crate::words::{ClusterName, ParameterName};
use std::fmt;

/// How far brokers may be healed; each step includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Healing {
    /// Not at all: what would be done is only said.
    #[default]
    Off,
    /// A process that is gone is started.
    Start,
    /// A process that hangs is restarted, and an instance that fails its status checks is rebooted.
    Restart,
    /// An instance that stays ill is replaced by its Auto Scaling group.
    Replace,
}

/// What works.
const FORM: &str = "write off, start, restart or replace, each of which includes those before it";
/// How much of a text is shown.
const SHOWN: usize = 40;

impl Healing {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Off, Self::Start, Self::Restart, Self::Replace];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Start => "start",
            Self::Restart => "restart",
            Self::Replace => "replace",
        }
    }

    /// Reads the parameter of a cluster; without one nobody is healed.
    pub fn of(cluster: &ClusterName, parameters: &[Parameter]) -> Result<Self, Refusals> {
        written(cluster, parameters).map_or(Ok(Self::Off), Self::read)
    }

    /// Whether anybody has written the parameter, whatever it says. Without it brokers that are up are not inspected, so
    /// nobody can tell that a process that hangs was up before.
    pub fn is_written(cluster: &ClusterName, parameters: &[Parameter]) -> bool {
        written(cluster, parameters).is_some()
    }

    /// Reads the parameter.
    pub fn read(parameter: &Parameter) -> Result<Self, Refusals> {
        let Some(text) = parameter.text() else {
            return Err(Refusals::because(format!(
                "it is a {}, which is not read here; write it as a String: {}",
                clean(parameter.kind.as_str(), SHOWN),
                parameter.as_string(Self::Start.word())
            )));
        };
        let is_around = |c: char| c.is_whitespace() || is_invisible(c);
        let word = text.trim_matches(is_around);
        let mut all = Self::ALL.into_iter();
        all.find(|it| it.word() == word)
            .ok_or_else(|| Refusals::of(&clean(text, SHOWN), FORM))
    }
}

impl fmt::Display for Healing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

fn written<'a>(cluster: &ClusterName, parameters: &'a [Parameter]) -> Option<&'a Parameter> {
    let name = healing_parameter(cluster);
    parameters.iter().find(|it| it.name == name.as_str())
}

/// `/kafka-privatelink/<cluster>/healing`.
pub fn healing_parameter(cluster: &ClusterName) -> ParameterName {
    ParameterName::new(format!("{}/healing", parameter_path(cluster)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{ORDERS, parameter};
    use crate::observed::ParameterKind;

    fn read(text: &str) -> Result<Healing, String> {
        let all = [
            parameter("restarts", "never", 60),
            parameter("healing", text, 60),
        ];
        Healing::of(&ORDERS.into(), &all).map_err(|it| it.to_string())
    }

    #[test]
    fn each_word_is_a_step_and_without_one_nobody_is_healed() {
        for healing in Healing::ALL {
            assert_eq!(read(healing.word()), Ok(healing));
            assert_eq!(read(&format!(" {healing}\u{200B}\n")), Ok(healing));
        }
        assert_eq!(Healing::of(&ORDERS.into(), &[]), Ok(Healing::Off));
        assert!(Healing::ALL.is_sorted());
    }

    #[test]
    fn another_word_is_refused_with_those_that_work() {
        for text in ["", "on", "Start", "true", "start restart", "stop"] {
            let why = read(text).expect_err(text);
            assert!(why.ends_with(FORM), "{why}");
        }
        let mut secret = parameter("healing", "start", 60);
        secret.kind = ParameterKind::SecureString;
        let why = Healing::read(&secret).expect_err("a secret").to_string();
        assert!(
            why.starts_with("it is a SecureString, which is not read here; "),
            "{why}"
        );
    }
}

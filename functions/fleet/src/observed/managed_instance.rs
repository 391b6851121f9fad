//! Instances whose agent has registered with Systems Manager.

use super::spelled::spelled;
use crate::words::InstanceId;
use serde::{Deserialize, Serialize};

/// An instance that Systems Manager knows (API reference, `InstanceInformation`). One that it does not
/// list takes no command (P-57).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedInstance {
    /// The instance.
    pub id: InstanceId,
    /// Whether its agent has been heard of lately.
    pub ping: PingStatus,
    /// The version of its agent, `3.3.2746.0`; empty if AWS does not say it.
    pub agent_version: String,
    /// Its operating system: `Linux`, `Windows`, `MacOS`; empty if AWS does not say it.
    pub platform: String,
}

/// Whether AWS has heard of an agent (API reference, `InstanceInformation`, field `PingStatus`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PingStatus {
    /// Lately. It may be away for some minutes already (P-57).
    Online,
    /// Not for a while.
    ConnectionLost,
    /// Deprecated, "no longer in use".
    Inactive,
    /// A status that AWS added later, or none.
    Unknown(String),
}

impl PingStatus {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "Online" => Self::Online,
            "ConnectionLost" => Self::ConnectionLost,
            "Inactive" => Self::Inactive,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Online => "Online",
            Self::ConnectionLost => "ConnectionLost",
            Self::Inactive => "Inactive",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(PingStatus);

/// The first agent that gives a script its parameters as environment variables (P-49).
const BY_ENVIRONMENT: [u32; 4] = [3, 3, 2746, 0];

impl ManagedInstance {
    /// Whether its agent is there, as far as AWS knows.
    pub fn is_online(&self) -> bool {
        self.ping == PingStatus::Online
    }

    /// Whether its agent gives a script its parameters as environment variables; an older one writes
    /// their text into the script (P-49). `None` if the version is none that can be read.
    pub fn gives_parameters_by_environment(&self) -> Option<bool> {
        let parts = self.agent_version.split('.').map(str::parse);
        let version: Vec<u32> = parts.collect::<Result<_, _>>().ok()?;
        (version.len() == BY_ENVIRONMENT.len()).then(|| version.as_slice() >= &BY_ENVIRONMENT[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(agent_version: &str, ping: &str) -> ManagedInstance {
        ManagedInstance {
            id: "i-1".into(),
            ping: PingStatus::parse(ping),
            agent_version: agent_version.to_owned(),
            platform: "Linux".to_owned(),
        }
    }

    #[test]
    fn p49_an_agent_knows_environment_variables_from_a_version_on() {
        for (version, knows) in [
            ("3.3.2746.0", Some(true)),
            ("3.3.2746.1", Some(true)),
            ("3.10.1.0", Some(true)),
            ("4.0.0.0", Some(true)),
            ("3.3.2745.9", Some(false)),
            ("3.2.9999.0", Some(false)),
            ("2.3.1319.0", Some(false)),
            ("", None),
            ("3.3", None),
            ("3.3.x.0", None),
        ] {
            let instance = with(version, "Online");
            assert_eq!(instance.gives_parameters_by_environment(), knows);
        }
    }

    #[test]
    fn an_instance_is_online_only_if_aws_says_so_and_is_the_same_after_it_was_saved() {
        for (ping, online) in [
            ("Online", true),
            ("ConnectionLost", false),
            ("Inactive", false),
            ("Hovering", false),
            ("", false),
        ] {
            let instance = with("3.3.2746.0", ping);
            assert_eq!(instance.is_online(), online, "{ping}");
            let json = serde_json::to_value(&instance).expect("JSON");
            assert_eq!(json["ping"], ping);
            let read: ManagedInstance = serde_json::from_value(json).expect("read");
            assert_eq!(read, instance);
        }
    }
}

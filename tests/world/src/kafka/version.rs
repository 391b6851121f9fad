//! The versions of Kafka that run here.

use super::error::KafkaError;
use std::env;
use std::fmt;

/// The environment variable that names another version than that of TiDB Cloud's document.
pub const VARIABLE: &str = "KAFKA_VERSION";

/// A version of Kafka.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// That of TiDB Cloud's document.
    #[default]
    V3_7_1,
    /// The last one that knows ZooKeeper; no cluster of the local world runs it.
    V3_9_2,
    /// The newest.
    V4_2_1,
}

impl Version {
    /// Those whose brokers run here.
    pub const ALL: [Self; 2] = [Self::V3_7_1, Self::V4_2_1];

    /// The one that the environment names, or that of TiDB Cloud's document.
    pub fn chosen() -> Result<Self, KafkaError> {
        match env::var_os(VARIABLE) {
            Some(text) => Self::parse(&text.to_string_lossy()),
            None => Ok(Self::default()),
        }
    }

    fn parse(text: &str) -> Result<Self, KafkaError> {
        let found = Self::ALL.into_iter().find(|v| v.as_str() == text);
        found.ok_or_else(|| {
            let all = Self::ALL.map(Self::as_str).join(" or ");
            KafkaError::says(format!(
                "{VARIABLE}={text}: this world runs Kafka {all}; without the variable it is {}",
                Self::default()
            ))
        })
    }

    /// Its number.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3_7_1 => "3.7.1",
            Self::V3_9_2 => "3.9.2",
            Self::V4_2_1 => "4.2.1",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_known_by_its_number() {
        for version in Version::ALL {
            assert_eq!(Version::parse(version.as_str()), Ok(version));
        }
    }

    #[test]
    fn another_version_is_refused_with_the_list() {
        for text in ["3.9.2", "", "latest"] {
            assert_eq!(
                Version::parse(text).unwrap_err().to_string(),
                format!(
                    "KAFKA_VERSION={text}: this world runs Kafka 3.7.1 or 4.2.1; without the variable it is 3.7.1"
                )
            );
        }
    }
}

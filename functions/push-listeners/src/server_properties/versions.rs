//! What Kafka's versions read differently.

use serde::Serialize;
use std::fmt;

/// A version of Kafka, as far as listeners differ between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Version {
    /// The 3 of 3.7.1.
    pub major: u16,
    /// The 7 of 3.7.1.
    pub minor: u16,
}

/// What some versions take and others refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freedom {
    /// Two commas in a row, or one at an end, in `listeners` and `advertised.listeners`.
    EmptyElements,
    /// One IPv4 address and one IPv6 address listen on the same port.
    PortOfTwoFamilies,
    /// A controller's listener speaks PLAINTEXT if nothing says how it speaks.
    PlainControllers,
    /// A controller's listener in `advertised.listeners`.
    AdvertisedControllers,
    /// Controllers that are found by `controller.quorum.bootstrap.servers`, without voters.
    BootstrapServers,
    /// Blanks around the commas of `controller.listener.names`.
    SpacedControllers,
    /// `control.plane.listener.name` beside `process.roles`, where it then means nothing.
    ControlPlane,
    /// Brokers with ZooKeeper.
    ZooKeeper,
}

/// Since when, and until before when, each is taken (K-10, K-18).
const TABLE: [(Freedom, Option<Version>, Option<Version>); 8] = [
    (Freedom::EmptyElements, None, Version::of(4, 2)),
    (Freedom::PortOfTwoFamilies, Version::of(3, 6), None),
    (Freedom::PlainControllers, Version::of(3, 1), None),
    (Freedom::AdvertisedControllers, Version::of(3, 9), None),
    (Freedom::BootstrapServers, Version::of(3, 9), None),
    (Freedom::SpacedControllers, Version::of(4, 2), None),
    (Freedom::ControlPlane, Version::of(4, 0), None),
    (Freedom::ZooKeeper, None, Version::of(4, 0)),
];

impl Version {
    const fn of(major: u16, minor: u16) -> Option<Self> {
        Some(Self { major, minor })
    }

    /// Reads `3.7`, or `3.7.1` and whatever follows. Confluent's jars have the number of its platform: its 7.6 is
    /// Kafka 3.6, its 8.1 is 4.1 (Confluent, "Supported Versions and Interoperability").
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.splitn(3, '.');
        let mut number = || numbers.next()?.parse().ok();
        let (major, minor): (u16, u16) = (number()?, number()?);
        let is_platform = text.ends_with("-ccs") || text.ends_with("-ce");
        let major = match is_platform {
            // What came before 7.0 was never meant to run without ZooKeeper.
            true => major.checked_sub(4).filter(|major| *major >= 3)?,
            false => major,
        };
        Some(Self { major, minor })
    }
}

impl Freedom {
    /// Whether a version takes it. A version that is not known takes nothing that another refuses.
    pub fn is_in(self, version: Option<Version>) -> bool {
        let taken = |version: Version| {
            TABLE.iter().any(|&(freedom, since, until)| {
                freedom == self
                    && since.is_none_or(|since| version >= since)
                    && until.is_none_or(|until| version < until)
            })
        };
        version.is_some_and(taken)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_its_first_two_numbers() {
        for (text, version) in [
            ("3.7.1", Version::of(3, 7)),
            ("4.2", Version::of(4, 2)),
            ("3.9.0-rc3", Version::of(3, 9)),
            ("3.10.0", Version::of(3, 10)),
            ("7.6.1-ccs", Version::of(3, 6)),
            ("8.1.0-ce", Version::of(4, 1)),
            ("6.2.0-ccs", None),
            ("3", None),
            ("3.x", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
    }

    #[test]
    fn a_freedom_has_its_versions_and_an_unknown_version_has_none() {
        for (freedom, in_3_0, in_3_7, in_3_9, in_4_2) in [
            (Freedom::EmptyElements, true, true, true, false),
            (Freedom::PortOfTwoFamilies, false, true, true, true),
            (Freedom::PlainControllers, false, true, true, true),
            (Freedom::AdvertisedControllers, false, false, true, true),
            (Freedom::BootstrapServers, false, false, true, true),
            (Freedom::SpacedControllers, false, false, false, true),
            (Freedom::ControlPlane, false, false, false, true),
            (Freedom::ZooKeeper, true, true, true, false),
        ] {
            let taken = |major, minor| freedom.is_in(Version::of(major, minor));
            let found = [taken(3, 0), taken(3, 7), taken(3, 9), taken(4, 2)];
            assert_eq!(found, [in_3_0, in_3_7, in_3_9, in_4_2], "{freedom:?}");
            assert!(!freedom.is_in(None));
        }
    }
}

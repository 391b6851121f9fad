//! The doctor before one look at a cluster, drawn by hand: whole until something is broken.

mod changes;
mod connections;
mod gaps;
mod groups;
mod law;
mod network;
mod opened;
mod proofs;
mod retired;
mod scaling;
mod setups;
mod well;

use super::{Examination, Finding, Station, Walk, examine};
use crate::look::{Look, all_proven};
use crate::observed::Access;
use fleet::naming::Owner;
use fleet::observed::{
    ConnectionState, EndpointConnection, Gap, InstanceState, PrincipalType, ServicePermission,
};
use fleet::tags::Tags;

/// A cluster with a consumer: what a run looks at, and what only the doctor does.
#[derive(Clone)]
struct Patient {
    look: Look,
    access: Access,
}

impl Patient {
    /// These brokers, handed over to a consumer that is connected.
    fn of(nodes: &[u32]) -> Self {
        Self::with(Look::of(nodes))
    }

    /// The same consumer, of a cluster that looks like this.
    fn with(look: Look) -> Self {
        Self {
            look,
            access: Access {
                permissions: Ok(vec![allowed("111111111111")]),
                connections: Ok(vec![connection("111111111111", ConnectionState::Available)]),
                rules: Ok(Vec::new()),
            },
        }
    }

    /// Three brokers that are tagged and run; nothing is written, and nothing is mapped.
    fn new() -> Self {
        let look = Look::of(&[])
            .unmapped(Owner::Bootstrap)
            .without_parameter("listeners/EXTERNAL")
            .without_parameter("handover/EXTERNAL");
        let look = (1..=3).fold(look, |look, node| {
            look.and(&format!("i-{node}"), node, InstanceState::Running)
        });
        Self::with(look)
    }

    /// Something is different about the cluster.
    fn but(self, change: impl FnOnce(Look) -> Look) -> Self {
        let look = change(self.look);
        Self { look, ..self }
    }

    /// Something is different about its consumers.
    fn access(mut self, change: impl FnOnce(&mut Access)) -> Self {
        change(&mut self.access);
        self
    }

    /// What the doctor says. If no proof was drawn, every connection proves what it should.
    fn examined(&self) -> Examination {
        let mut observed = self.look.0.clone();
        if observed.proof == Ok(Vec::new()) {
            observed.proof = Ok(all_proven(&observed));
        }
        examine(&observed, &self.look.1, &self.access)
    }

    /// What it finds at a station of the only walk.
    fn at(&self, station: Station) -> Finding {
        let examined = self.examined();
        let [walk] = &examined.walks[..] else {
            panic!("{examined}");
        };
        found(walk, station)
    }

    /// Requires that this is wrong, with this and that to be done next.
    fn is_wrong(&self, station: Station, what: &str, next: &str) {
        match self.at(station) {
            Finding::Wrong { says, next: does } => {
                assert!(says.contains(what), "{says}");
                assert!(does.contains(next), "{does}");
            }
            other => panic!("{station}: {other:?}"),
        }
        assert!(!self.examined().is_well());
    }

    /// Requires that a station waits for another one.
    fn waits(&self, station: Station, on: Station) {
        assert_eq!(self.at(station), Finding::Waits { on });
    }

    /// Requires that a station is well.
    fn is_well(&self, station: Station) {
        let found = self.at(station);
        assert!(found.is_well(), "{station}: {found:?}");
    }
}

fn found(walk: &Walk, station: Station) -> Finding {
    let mut stations = walk.stations.iter();
    let found = stations.find(|found| found.station == station);
    found.expect("each station").finding.clone()
}

/// What could not be read.
fn gap() -> Gap {
    Gap {
        read: "SomeCall".to_owned(),
        reason: "permission missing".to_owned(),
    }
}

/// The permission of all of an account.
fn allowed(account: &str) -> ServicePermission {
    ServicePermission {
        id: "vpce-svc-perm-1".into(),
        principal: format!("arn:aws:iam::{account}:root"),
        kind: PrincipalType::Account,
        tags: Tags::new(),
    }
}

/// A consumer's endpoint.
fn connection(account: &str, state: ConnectionState) -> EndpointConnection {
    EndpointConnection {
        endpoint: "vpce-1".into(),
        owner: account.into(),
        state,
        created: None,
        region: None,
    }
}

impl Examination {
    /// Whether nothing stands in the way, as far as it can be seen.
    fn is_well(&self) -> bool {
        let mut stations = self.walks.iter().flat_map(|walk| &walk.stations);
        stations.all(|found| found.finding.is_well())
    }
}

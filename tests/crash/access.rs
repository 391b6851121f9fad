//! sync-principals as the function that is disturbed: it keeps who may connect.

use crate::subject::{Standing, Subject};
use fleet::observed::ConnectionState;
use fleet::tags;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use tests::Stage;
use tests::principals::{Principals, SYNC_PRINCIPALS};
use world::doors::memory::MemoryDoor;

impl Subject for Principals {
    const NAME: &'static str = SYNC_PRINCIPALS;
    const QUIET: SignedDuration = SignedDuration::from_mins(2);

    fn begin(stage: &mut Stage) -> Self {
        Self::on(stage)
    }

    fn door<'a>(&'a self, _: &'a Stage) -> &'a MemoryDoor {
        self.process.door()
    }

    async fn run(&self, stage: &Stage) -> bool {
        let synced = Self::run(self, stage).await;
        let mut connections = synced.report.picture.connections.iter();
        synced.report.actions.is_empty()
            && synced.report.gaps.is_empty()
            && synced.plan.doubts.is_empty()
            && !connections.any(|row| row.state == ConnectionState::Pending)
    }

    /// Sentences about each permission and each connection, and of which time the newest list is that is
    /// known to be in force. By which tag, on which permission, is not compared.
    fn end(stage: &Stage) -> Vec<String> {
        let service = stage.service();
        let mut sentences: Vec<String> = stage
            .model()
            .service_permissions(&service)
            .map(|permission| {
                let tags = permission
                    .tags
                    .iter()
                    .filter(|(key, _)| key.as_str() != tags::IN_FORCE)
                    .map(|(key, value)| match key.as_str() {
                        tags::LISTED_AT => format!("{key}=some time"),
                        _ => format!("{key}={value}"),
                    });
                let tags: Vec<String> = tags.collect();
                format!(
                    "{} is allowed, tagged {}",
                    permission.principal,
                    tags.join(", ")
                )
            })
            .collect();
        let in_force = stage
            .model()
            .service_permissions(&service)
            .flat_map(|permission| {
                [tags::LISTED_AT, tags::IN_FORCE].map(|tag| permission.tags.get(tag).cloned())
            })
            .max()
            .flatten();
        sentences.push(format!("the list of {in_force:?} is in force"));
        let connected = stage.connected().into_iter();
        sentences.extend(
            connected
                .map(|(endpoint, (account, state))| format!("{endpoint} of {account} is {state}")),
        );
        sentences.sort();
        sentences
    }

    /// Who is allowed, and whose traffic goes through.
    fn standing(stage: &Stage) -> Standing {
        let allowed: BTreeSet<String> = stage.allowed().into_iter().collect();
        let now = stage.now();
        let carrying = stage.model().carrying(now);
        let carrying = carrying.into_iter();
        // Cut and there again is not all along.
        let carrying = carrying.map(|(endpoint, cuts)| format!("{endpoint}, cut {cuts} times"));
        Standing::from([
            ("among those allowed".to_owned(), allowed),
            ("among those connected".to_owned(), carrying.collect()),
        ])
    }
}

/// [`everywhere`](crate::everywhere::everywhere), for sync-principals.
pub fn everywhere(scenario: &str, setup: impl AsyncFn(&Stage)) {
    crate::everywhere::everywhere::<Principals>(scenario, setup);
}

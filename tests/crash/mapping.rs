//! register-brokers as the function that is disturbed: it keeps the mapping.

use crate::end::end;
use crate::subject::{Standing, Subject};
use jiff::SignedDuration;
use register_brokers::mapping::{Row, RowState};
use tests::Stage;
use world::deployment::REGISTER_BROKERS;
use world::doors::memory::MemoryDoor;

/// Its process is that of the stage.
pub struct Mapping;

impl Subject for Mapping {
    const NAME: &'static str = REGISTER_BROKERS;
    /// Each run looks at a part of the listeners only.
    const QUIET: SignedDuration = SignedDuration::from_mins(4);

    fn begin(stage: &mut Stage) -> Self {
        stage.restart();
        Self
    }

    fn door<'a>(&'a self, stage: &'a Stage) -> &'a MemoryDoor {
        stage.door()
    }

    async fn run(&self, stage: &Stage) -> bool {
        let report = stage.activate().await.report;
        // Without any broker, bootstrap waits for ever.
        let waiting = |row: &Row| row.state == RowState::Waiting && !row.instances.is_empty();
        report.actions.is_empty()
            && report.gaps.is_empty()
            && !report.picture.mapping.iter().any(waiting)
    }

    fn end(stage: &Stage) -> Vec<String> {
        let mut end = end(stage);
        let model = stage.model();
        for group in model.auto_scaling_groups() {
            let members = group.members.values();
            let states: Vec<&str> = members.map(|it| it.lifecycle_state.as_str()).collect();
            end.push(format!("Auto Scaling group {} has {states:?}", group.name));
        }
        end
    }

    /// What stands behind each port.
    fn standing(stage: &Stage) -> Standing {
        let mapping = stage.mapping().into_iter();
        mapping
            .map(|(port, instances)| {
                let instances = instances.iter().map(ToString::to_string);
                (format!("behind {port}"), instances.collect())
            })
            .collect()
    }
}

/// [`everywhere`](crate::everywhere::everywhere), for register-brokers.
pub fn everywhere(scenario: &str, setup: impl AsyncFn(&Stage)) {
    crate::everywhere::everywhere::<Mapping>(scenario, setup);
}

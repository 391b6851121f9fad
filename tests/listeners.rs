//! push-listeners on the stage: a process of its own.

use crate::{CLUSTER, Process, Stage};
use activation::activate::Activated;
use activation::request::{Request, Wakes};
use push_listeners::rollout::Told;
use push_listeners::{Plan, PushListeners, Scope};
use world::doors::memory::MemoryDoor;

/// A finished run of push-listeners.
pub type Pushed = Activated<Plan, Told>;

/// The name of its binary.
pub const PUSH_LISTENERS: &str = "push-listeners";

/// A process of push-listeners on a stage.
pub struct Listeners {
    /// The process.
    pub process: Process,
    scope: Scope,
}

impl Listeners {
    /// A new process.
    pub fn on(stage: &Stage) -> Self {
        Self {
            process: stage.process(PUSH_LISTENERS),
            scope: Scope {
                cluster: CLUSTER.into(),
                probe: stage.scope.probe.clone(),
            },
        }
    }

    /// What it does.
    pub fn duty(&self) -> PushListeners<'_, MemoryDoor> {
        PushListeners {
            aws: self.process.aws(),
            scope: &self.scope,
        }
    }

    /// One run.
    pub async fn run(&self, stage: &Stage) -> Pushed {
        stage
            .run(&self.duty(), Request::Wake(Wakes::default()))
            .await
    }
}

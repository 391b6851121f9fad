//! Runs a history: after each activation every law is looked at, and at the end the world settles.

use crate::laws;
use crate::memory::Memory;
use crate::step::{Broken, Step};
use register_brokers::action::Action;
use std::time::Duration;
use tests::Activated;
use tests::history::event::{Event, History};
use tests::history::happen::World;
use tests::history::look::{Look, Write};
use tests::history::settled;

/// Plays a history to its end; the error names the law that it breaks.
pub fn play(history: &History) -> Result<(), Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut run = Run {
            world: World::new(history),
            memory: Memory::default(),
        };
        for event in &history.events {
            run.world.happen(event).await;
            if let Event::Activate = event {
                run.activate().await?;
            }
        }
        run.world.mend(history.mends).await;
        run.settle().await
    })
}

struct Run {
    world: World,
    memory: Memory,
}

impl Run {
    async fn activate(&mut self) -> Result<Activated, Broken> {
        let stage = &self.world.stage;
        let before = Look::at(stage);
        stage.forget_calls();
        let activated = stage.activate().await;
        let step = Step {
            world: &self.world,
            before: &before,
            after: &Look::at(stage),
            writes: &Write::all(stage),
            activated: &activated,
        };
        laws::check(&step)?;
        self.memory.check(&step)?;
        Ok(activated)
    }

    /// Law 1: faults are over and time passes; soon there is nothing left to do.
    async fn settle(&mut self) -> Result<(), Broken> {
        self.wait(1200).await;
        let mut quiet = 0;
        for _ in 0..12 {
            let activated = self.activate().await?;
            // A heart-beat is due as long as somebody waits.
            let mut steps = activated.plan.steps.iter();
            let beats = |step: &register_brokers::Step| {
                let action = &step.change.action;
                matches!(action, Action::RecordLifecycleActionHeartbeat { .. })
            };
            let done = steps.all(beats);
            // A reservation or a grace that runs out meanwhile is a new event.
            let late = |step: &register_brokers::Step| {
                ["ReservationOver", "Retired"].contains(&step.reason.kind.as_str())
                    && matches!(
                        step.change.action,
                        Action::DeleteTargetGroup | Action::DeleteListener { .. }
                    )
            };
            let new_event = activated.plan.steps.iter().any(late);
            if quiet > 0 && !done && !new_event {
                return Err(format!(
                    "law 1, a plan after its own success is empty: after a quiet activation comes {:?}",
                    activated.report.actions
                ));
            }
            quiet = if done { quiet + 1 } else { 0 };
            if quiet == 4 {
                return settled::check(
                    &self.world,
                    &Look::at(&self.world.stage),
                    &activated.report.held,
                );
            }
            self.wait(if quiet > 0 { 60 } else { 300 }).await;
        }
        let last = self.activate().await?;
        Err(format!(
            "law 1, a plan after its own success is empty: 12 activations after the last event it is {:?}",
            last.report.actions
        ))
    }

    async fn wait(&self, seconds: u64) {
        self.world.stage.pass(Duration::from_secs(seconds)).await;
    }
}

//! The second phase: faults have stopped. Within a stated time the mapping is the wanted one, and
//! then nothing is written any more.

use crate::figures::Last;
use crate::function::Run;
use crate::run::Simulation;
use fleet::plan::Said;
use std::time::Duration;
use tests::history::Broken;
use tests::history::look::Look;
use tests::history::settled;
use world::faults::Faults;

/// Activations in a row that write nothing before it counts as settled: each looks at a part of
/// the listeners' attributes only.
const QUIET: usize = 4;
/// More activations, which write nothing either.
const AFTERWARDS: usize = 3;

/// What may stay held in the end though no hand explains it: odd launches, and more brokers than ports or
/// zones.
const EXPLAINED: [&str; 10] = [
    "Misfit",
    "OtherVpc",
    "NotRunning",
    "RangeFull",
    "ParameterRefused",
    "ParameterDeleted",
    "Retiring",
    "NoPattern",
    "BootstrapShut",
    "HandoverWaits",
];

impl Simulation<'_> {
    /// How long it may take in AWS time until the mapping is the wanted one: a message of a killed
    /// process is visible again, an instance is replaced and boots, a sweep registers it, AWS
    /// takes its time, the next sweep brings it into bootstrap; two minutes for pacing.
    pub fn bound(&self) -> Duration {
        let settings = &self.setup.settings;
        let visible = self
            .stack
            .queues
            .last()
            .map(|queue| queue.settings.visibility_timeout);
        let sweep = Duration::from_secs(60);
        visible.unwrap_or_default()
            + settings.replacement_delay
            + settings.boot_time
            + sweep
            + settings.registration_time
            + sweep * 2
            + Duration::from_secs(120)
    }

    /// Sweeps in a row that write nothing before it counts as settled: a target that was registered
    /// in the last one that wrote enters bootstrap when AWS has taken its time.
    fn quiet_sweeps(&self) -> usize {
        let registration = self.setup.settings.registration_time.as_secs().div_ceil(60);
        QUIET + usize::try_from(registration).unwrap_or_default()
    }

    /// Ends the faults, waits, and looks at what there is.
    pub async fn calm_down(&mut self) -> Result<(), Broken> {
        self.figures.struck(self.world.stage.model().faults());
        self.figures.struck(Some(self.setup.courier.faults()));
        self.setup.courier.set_faults(Faults::new(0));
        self.trace("calm", format_args!("faults end"));
        self.world.mend(self.setup.mends).await;
        self.note();
        let (begin, bound) = (self.world.stage.now(), self.bound());
        let mut right = None;
        let (mut quiet, mut passed, mut drained) = (0, Duration::ZERO, Duration::ZERO);
        // Something may still be on its way: an instance that boots, and then a target of bootstrap.
        let at_rest = bound + self.setup.settings.registration_time;
        while quiet < self.quiet_sweeps() || passed < at_rest {
            let Some(settled) = self.sweep().await? else {
                continue;
            };
            let now = self.world.stage.now();
            passed = now.duration_since(begin).unsigned_abs();
            // Behind a backlog sweeps are rare, and which listeners they look at goes by the minute.
            if self.has_backlog()? {
                drained = passed;
            }
            let quietly = settled.writes == 0 && drained < passed;
            quiet = if quietly { quiet + 1 } else { 0 };
            match &settled.wrong {
                None => right = right.or(Some(passed)),
                Some(_) => right = None,
            }
            if let (Some(wrong), true) = (&settled.wrong, passed > bound) {
                return Err(format!(
                    "not right {passed:?} after the last fault (bound {bound:?}): {wrong}"
                ));
            }
            if passed > at_rest.max(drained) + Duration::from_secs(1800) {
                return Err(format!("still writes {passed:?} after the last fault"));
            }
        }
        self.figures.right_after.extend(right);
        self.trace("calm", format_args!("right after {right:?}"));
        self.stay_calm().await
    }

    /// Nothing is written any more, except what follows from a reservation or a grace that runs out.
    async fn stay_calm(&mut self) -> Result<(), Broken> {
        let (mut restless, mut left) = (0, AFTERWARDS);
        while left > 0 {
            let Some(settled) = self.sweep().await? else {
                continue;
            };
            if settled.late {
                // Its port may be another one's now, and so on, until that is quiet too.
                (restless, left) = (self.quiet_sweeps(), AFTERWARDS);
            } else if restless > 0 {
                restless = if settled.writes > 0 {
                    self.quiet_sweeps()
                } else {
                    restless - 1
                };
            } else if settled.writes > 0 {
                return Err("three more activations write nothing".to_owned());
            } else {
                left -= 1;
            }
        }
        Ok(())
    }

    fn has_backlog(&mut self) -> Result<bool, Broken> {
        let now = self.world.stage.now();
        let queue = self.bus.queue(&self.stack.mapping.queue);
        let counts = queue.map_err(|error| error.to_string())?.counts(now);
        Ok(counts.visible > 0)
    }

    /// Some seconds pass, and an activation runs to its end if the queue has a batch.
    async fn sweep(&mut self) -> Result<Option<Settled>, Broken> {
        self.pass(Duration::from_secs(5)).await?;
        self.deliver_all()?;
        if self.runs.is_empty() {
            self.start().await?;
        }
        let started = !self.runs.is_empty();
        while !self.runs.is_empty() {
            if self.runs.iter().map(Run::waiting).sum::<usize>() > 0 {
                self.pass_a_call().await?;
            } else {
                self.pass(Duration::from_millis(125)).await?;
            }
        }
        self.after_step()?;
        let Some(Last { held, writes, late }) = self.figures.last.take().filter(|_| started) else {
            return Ok(None);
        };
        let look = Look::at(&self.world.stage);
        let wrong = settled::check(&self.world, &look, &held).err();
        let wrong = wrong.or_else(|| self.unexplained(&held));
        Ok(Some(Settled {
            writes,
            late,
            wrong,
        }))
    }

    /// What is held although nobody's hand explains it.
    fn unexplained(&self, held: &[Said]) -> Option<Broken> {
        if self.setup.people || !self.setup.mends {
            return None;
        }
        let strange = held
            .iter()
            .find(|held| !EXPLAINED.contains(&held.kind.as_str()));
        strange.map(|held| format!("nobody's hand explains what is held: {held}"))
    }
}

/// An activation in the calm.
struct Settled {
    writes: usize,
    late: bool,
    wrong: Option<Broken>,
}

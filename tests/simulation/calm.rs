//! The second phase: faults have stopped. Within a stated time all is as it is wanted, and then no
//! function writes anything any more.

use crate::function::{Function, Last};
use crate::part::End;
use crate::run::Simulation;
use std::time::Duration;
use tests::history::Broken;
use world::faults::Faults;

/// Activations in a row that write nothing before it counts as settled: each looks at a part of
/// the listeners' attributes only.
const QUIET: usize = 4;
/// More activations, which write nothing either.
const AFTERWARDS: usize = 3;

/// An activation in the calm.
struct Settled {
    /// The place of its function.
    of: usize,
    writes: usize,
    is_late: bool,
    /// What is not as it is wanted.
    wrong: Option<Broken>,
}

impl Simulation<'_> {
    /// How long it may take in AWS time until all is as it is wanted: a message of a killed process is
    /// visible again, an instance is replaced and boots, a sweep registers it, AWS takes its time, the
    /// next sweep brings it into bootstrap and another one hands the group over; the next one of
    /// another function accepts connections; two minutes for pacing.
    pub fn bound(&self) -> Duration {
        let settings = &self.setup.settings;
        let visible = self.functions.iter().map(Function::visible_after).max();
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
        // What ended before is no news.
        self.settled();
        self.world.mend(self.setup.mends).await;
        self.note();
        let (begin, bound) = (self.world.stage.now(), self.bound());
        let mut right = None;
        let (mut passed, mut drained) = (Duration::ZERO, Duration::ZERO);
        // What is due because a time has run out is an event of its own: whoever waited for it comes after it.
        let mut late = Duration::ZERO;
        let mut quiet = vec![0; self.functions.len()];
        let mut wrong = vec![Some("it has not run yet".to_owned()); self.functions.len()];
        // Something may still be on its way: an instance that boots, and then a target of bootstrap.
        let at_rest = bound + self.setup.settings.registration_time;
        let mut timed_out = None;
        while quiet.iter().any(|quiet| *quiet < self.quiet_sweeps()) || passed < at_rest {
            for settled in self.sweep().await? {
                let now = self.world.stage.now();
                passed = now.duration_since(begin).unsigned_abs();
                // Behind a backlog sweeps are rare, and which listeners they look at goes by the minute. A
                // target whose instance is gone is taken out by AWS in the end, whoever is held.
                if self.has_backlog()? || self.past.last().has_targets_of_nobody() {
                    drained = passed;
                }
                if settled.is_late {
                    late = passed;
                }
                let quietly = settled.writes == 0 && drained < passed;
                let of = settled.of;
                quiet[of] = if quietly { quiet[of] + 1 } else { 0 };
                wrong[of] = settled.wrong;
                // A wait that was not kept alive before may end in the first minutes.
                if passed > bound {
                    let now = self.world.stage.model().timed_out_actions();
                    if *timed_out.get_or_insert(now) != now {
                        return Err("a hook is completed before it times out".to_owned());
                    }
                }
                match wrong.iter().flatten().next() {
                    None => right = right.or(Some(passed)),
                    Some(wrong) if passed > late + bound => {
                        return Err(format!(
                            "not right {passed:?} after the last fault (bound {bound:?}): {wrong}"
                        ));
                    }
                    Some(_) => right = None,
                }
                if passed > at_rest.max(drained).max(late) + Duration::from_secs(1800) {
                    return Err(format!("still writes {passed:?} after the last fault"));
                }
            }
        }
        self.figures.right_after.extend(right);
        self.trace("calm", format_args!("right after {right:?}"));
        self.stay_calm().await
    }

    /// Nothing is written any more, except what follows from a reservation or a grace that runs out.
    async fn stay_calm(&mut self) -> Result<(), Broken> {
        let all = |sweeps| vec![sweeps; self.functions.len()];
        let (restless_again, left_again) = (all(self.quiet_sweeps()), all(AFTERWARDS));
        let (mut restless, mut left) = (all(0), left_again.clone());
        while left.iter().any(|left| *left > 0) {
            for Settled {
                of,
                writes,
                is_late,
                ..
            } in self.sweep().await?
            {
                if is_late {
                    // Its port may be another one's now, and so on, until that is quiet too.
                    (restless, left) = (restless_again.clone(), left_again.clone());
                } else if restless.iter().any(|left| *left > 0) {
                    restless[of] = restless[of].saturating_sub(1);
                    if writes > 0 {
                        restless.clone_from(&restless_again);
                    }
                } else if writes > 0 {
                    let name = self.functions[of].name();
                    return Err(format!("three more activations of {name} write nothing"));
                } else {
                    left[of] = left[of].saturating_sub(1);
                }
            }
        }
        Ok(())
    }

    fn has_backlog(&mut self) -> Result<bool, Broken> {
        let now = self.world.stage.now();
        for function in &self.functions {
            let queue = function.queue(&mut self.bus);
            let counts = queue.map_err(|error| error.to_string())?.counts(now);
            if counts.visible > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Some seconds pass, and an activation of each function runs to its end if its queue has a batch,
    /// side by side with those of the others. Answers those that have ended.
    async fn sweep(&mut self) -> Result<Vec<Settled>, Broken> {
        self.pass(Duration::from_secs(5)).await?;
        self.deliver_all()?;
        for of in 0..self.functions.len() {
            if self.functions[of].runs.is_empty() {
                self.start(of).await?;
            }
        }
        let mut settled = self.settled();
        while self.is_running() {
            match self.waiting() {
                0 => self.pass(Duration::from_millis(125)).await?,
                _ => self.pass_a_call().await?,
            }
            settled.extend(self.settled());
        }
        self.after_step()?;
        Ok(settled)
    }

    /// The activations that have ended since this was asked last.
    fn settled(&mut self) -> Vec<Settled> {
        let ended = self
            .functions
            .iter_mut()
            .map(|function| function.last.take());
        let ended: Vec<Option<Last>> = ended.collect();
        let settled = ended.into_iter().enumerate().filter_map(|(of, last)| {
            let last = last?;
            let end = End {
                world: &self.world,
                window: &self.past.window(last.started, self.lag),
                held: &last.held,
                mends: self.setup.mends,
            };
            Some(Settled {
                of,
                writes: last.writes,
                is_late: last.is_late,
                wrong: self.functions[of].part.settled(&end).err(),
            })
        });
        settled.collect()
    }
}

//! The end of a history in which brokers fell ill: people put everything in order, nobody heals any more, and a day
//! later each illness that can be healed is.

use super::super::history::History;
use jiff::SignedDuration;
use std::time::Duration;
use tests::PATTERN;
use tests::history::Broken;
use tests::listeners::alone;
use world::faults::Faults;
use world::model::FailedChecks;

/// No healing counts any longer than a day.
const DAY: Duration = Duration::from_secs(25 * 3600);
/// Sweeps until everything is quiet: a listener that is missing is brought by a roll.
const QUIET_WITHIN: usize = 240;
/// Quiet sweeps in a row.
const QUIET: usize = 5;
/// Sweeps until a broker is up again whom nobody has to wait for but us: two inspections, five minutes, and a start.
const UP_WITHIN: usize = 30;
/// Between two healings, so that nobody waits for the one before.
const BETWEEN: Duration = Duration::from_secs(3700);

/// How a broker falls ill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Illness {
    Gone,
    Hangs,
    Fails,
}

impl History<'_> {
    /// Ends the faults, and looks whether healing goes on as it should.
    pub(in super::super) async fn recover(&mut self) -> Result<(), Broken> {
        self.tell("calm", "faults end");
        self.is_calm = true;
        self.flips = 0;
        self.stage.model().set_faults(Faults::new(0));
        self.stage.model().end_faults();
        self.well_again();
        self.be_quiet("everything is in order").await?;
        self.pass(DAY).await;
        self.well_again();
        self.be_quiet("a day has passed").await?;
        let turn = self.setup.dice.usize(..self.brokers.len());
        for (nth, how) in [Illness::Gone, Illness::Hangs, Illness::Fails]
            .into_iter()
            .enumerate()
        {
            // Of two voters the other one alone has no controller, so that no gate opens.
            if how == Illness::Hangs && self.brokers.len() < 3 {
                continue;
            }
            self.heal((turn + nth) % self.brokers.len(), how).await?;
        }
        Ok(())
    }

    fn well_again(&mut self) {
        self.stage.alarm(false);
        self.all_well();
        let written = [
            self.put("listeners/EXTERNAL", PATTERN),
            self.put("restarts", &alone("any-time")),
            self.put("healing", "replace"),
            self.take_away("paused"),
        ];
        self.tell("calm", &written.join("; "));
        self.look();
    }

    /// Sweeps until brokers are up and nobody has anything to do.
    async fn be_quiet(&mut self, when: &str) -> Result<(), Broken> {
        let mut quiet = 0;
        for _ in 0..QUIET_WITHIN {
            self.pass(Duration::from_secs(60)).await;
            self.sweep().await;
            self.restart_if_told();
            let are_up = self.brokers.iter().all(|it| it.is_up);
            let is_quiet = are_up && self.last.iter().all(|it| it.is_quiet);
            quiet = if is_quiet { quiet + 1 } else { 0 };
            if quiet == QUIET {
                return Ok(());
            }
        }
        let held: Vec<String> = self
            .last
            .iter()
            .flat_map(|it| &it.held)
            .map(ToString::to_string)
            .collect();
        Err(format!(
            "quiet: it has not come to rest when {when}: {held:#?}"
        ))
    }

    /// A broker falls ill, and is up again before long.
    async fn heal(&mut self, at: usize, how: Illness) -> Result<(), Broken> {
        let what = match how {
            Illness::Gone => self.dies(at),
            Illness::Hangs => self.hangs(at),
            Illness::Fails => {
                self.set_checks(at, |now| FailedChecks {
                    reachability: Some(now),
                    ..FailedChecks::default()
                });
                format!("broker {} fails its own check", self.brokers[at].node)
            }
        };
        self.tell("calm", &what);
        self.alarm_rings();
        self.look();
        let began = self.stage.now();
        let mut sweeps = 0;
        while sweeps < UP_WITHIN && (sweeps == 0 || !self.brokers.iter().all(|it| it.is_up)) {
            self.minute().await;
            sweeps += 1;
        }
        if !self.brokers.iter().all(|it| it.is_up) {
            let held: Vec<String> = self
                .last
                .iter()
                .flat_map(|it| &it.held)
                .map(ToString::to_string)
                .collect();
            return Err(format!(
                "healed: broker {} was ill ({how:?}) at {began} and is not up: {held:#?}",
                self.brokers[at].node
            ));
        }
        let took = self.stage.now().duration_since(began);
        self.figures.right_after.push(took.unsigned_abs());
        self.stage.alarm(false);
        self.be_quiet("a broker was healed").await?;
        let is_asked = self
            .care_since(self.stage.now() - SignedDuration::from_secs(1))
            .next();
        if is_asked.is_some_and(|it| it.patients[at].asked.is_some()) {
            return Err(format!(
                "asked: broker {} is up, and push-listeners is asked for it still",
                self.brokers[at].node
            ));
        }
        self.pass(BETWEEN).await;
        self.be_quiet("an hour has passed").await
    }
}

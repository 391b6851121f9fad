//! The end of a history in which brokers came and went: faults stop, and whoever can come or leave does so within
//! minutes, whoever else is held; who is held comes or leaves once people do what is told, or when its time ends.

use super::super::history::History;
use fleet::observed::InstanceState;
use fleet::words::InstanceId;
use jiff::SignedDuration;
use std::time::Duration;
use tests::PATTERN;
use tests::history::Broken;
use tests::listeners::alone;
use world::faults::Faults;

/// From when on it can until it is done: two looks, an inspection, what settles, a gate, a command, a port that drains,
/// and what failed just before and is tried again ten minutes later.
const WITHIN: SignedDuration = SignedDuration::from_mins(20);
/// Sweeps until everything is as groups want it.
const REST_WITHIN: usize = 300;
/// Sweeps after which people do what is told.
const TOLD_AFTER: usize = 30;
/// Quiet sweeps in a row.
const QUIET: usize = 3;

impl History<'_> {
    /// Ends the faults, and looks whether everybody comes and leaves as it should.
    pub(in super::super) async fn come_to_rest(&mut self) -> Result<(), Broken> {
        self.tell("calm", "faults end");
        self.is_calm = true;
        self.stage.model().set_faults(Faults::new(0));
        self.stage.model().end_faults();
        let told = [
            self.put("listeners/EXTERNAL", PATTERN),
            self.put("restarts", &alone("any-time")),
            self.take_away("paused"),
        ];
        self.tell("calm", &told.join("; "));
        self.look();
        self.settle_groups("faults have ended").await?;
        self.wave().await?;
        self.settle_groups("people have moved what was left").await
    }

    /// Sweeps until groups have what they want and nobody has anything to do; after a while people do what is told.
    pub(super) async fn settle_groups(&mut self, when: &str) -> Result<(), Broken> {
        let begin = self.stage.now();
        let mut quiet = 0;
        for sweep in 0..REST_WITHIN {
            if sweep == TOLD_AFTER {
                self.do_what_groups_need();
            }
            self.calm_minute().await?;
            let is_over = self.all_at_rest() && self.last.iter().all(|it| it.is_quiet);
            quiet = if is_over { quiet + 1 } else { 0 };
            if quiet == QUIET {
                let took = self.stage.now().duration_since(begin);
                self.figures.right_after.push(took.unsigned_abs());
                return Ok(());
            }
        }
        let held = self.last.iter().flat_map(|it| &it.held);
        let held: Vec<String> = held.map(ToString::to_string).collect();
        Err(format!("(rest) not at rest when {when}: {held:#?}"))
    }

    /// A sweep of both functions; people keep hosts in order, and whoever is late is told.
    pub(super) async fn calm_minute(&mut self) -> Result<(), Broken> {
        for at in 0..self.brokers.len() {
            self.agent_of(at, 3);
        }
        self.people_start();
        self.look();
        self.minute_of_both().await;
        for at in 0..self.brokers.len() {
            self.check_leaver(at)?;
            self.check_comer(at)?;
        }
        Ok(())
    }

    /// Whoever may leave is stopped, and whoever is stopped goes.
    fn check_leaver(&mut self, at: usize) -> Result<(), Broken> {
        let (id, node) = (self.brokers[at].id.clone(), self.brokers[at].node);
        let broker = self.of_brokers()[at];
        let runs = self.runs(&id);
        let may_stop = broker.scaled.may_leave && broker.can_stop;
        self.in_time(
            &id,
            "(left) it leaves, and nobody stops it",
            may_stop && runs,
        )?;
        self.in_time(
            &id,
            "(gone) it has been stopped, and its group is not told",
            broker.scaled.leaves && !runs,
        )
        .map_err(|how| format!("{how} (broker {node})"))
    }

    /// Whoever can be started is started, and whoever was started enters.
    fn check_comer(&mut self, at: usize) -> Result<(), Broken> {
        let own = self.brokers[at].id.clone();
        let id = self.lives.next.get(&at).cloned().unwrap_or(own);
        let waits = self
            .members(at)
            .get(&id)
            .is_some_and(|it| it == "Pending:Wait");
        let (is_running, is_empty) = self
            .record(&id, |it| {
                let host = it.kafka.host.as_ref();
                let is_empty = host.is_some_and(|host| host.is_empty);
                (it.state == InstanceState::Running, is_empty)
            })
            .unwrap_or_default();
        let (_, is_alone, votes) = self.has_of(self.brokers[at].node);
        let is_fit = !is_empty || !votes && !is_alone;
        let runs = self.runs(&id);
        let is_alone_here = !self.lives.next.contains_key(&at);
        let may_start = waits && is_running && is_alone_here && is_fit;
        self.in_time(
            &id,
            "(started) it comes, and nobody starts it",
            may_start && !runs,
        )?;
        self.in_time(
            &id,
            "(entered) it runs, and its group is not told",
            waits && runs,
        )
    }

    /// Whether what has been so without a break is not so for too long.
    fn in_time(&mut self, id: &InstanceId, law: &'static str, is_so: bool) -> Result<(), Broken> {
        let (now, key) = (self.stage.now(), (id.clone(), law));
        if !is_so {
            self.lives.due.remove(&key);
            return Ok(());
        }
        let since = *self.lives.due.entry(key).or_insert(now);
        if now.duration_since(since) <= WITHIN {
            return Ok(());
        }
        let held = self.last.iter().flat_map(|it| &it.held);
        let held: Vec<String> = held.map(ToString::to_string).collect();
        Err(format!("{law}: {id} since {since}; held is {held:#?}"))
    }

    pub(super) fn runs(&self, id: &InstanceId) -> bool {
        self.record(id, |it| self.pid_of(it).is_some()) == Some(true)
    }

    /// Whether every group has what it wants, and each broker is up.
    fn all_at_rest(&self) -> bool {
        let all = 0..self.brokers.len();
        let mut at_rest = all.map(|at| match self.is_wanted(at) {
            true => self.is_in_service(at) && self.members(at).len() == 1,
            false => self.members(at).is_empty(),
        });
        at_rest.all(|it| it)
    }

    /// People take away the votes and the replicas of whoever leaves for good, or is gone.
    pub(super) fn do_what_groups_need(&mut self) {
        for at in 0..self.brokers.len() {
            if self.is_in_service(at) || self.comes_back(at) {
                continue;
            }
            let node = self.brokers[at].node;
            self.stage
                .edit_cluster(|cluster| cluster.voters.remove(&node));
            let what = self.move_away(at);
            self.tell("calm", &format!("broker {node} votes no more, and {what}"));
        }
        self.look();
    }

    /// Whether it is wanted, and finds what it has.
    fn comes_back(&self, at: usize) -> bool {
        let is_kept = self.lives.kept.contains(&at) || self.keeps_disk(at);
        self.is_wanted(at) && (is_kept || self.runs(&self.brokers[at].id) && !self.leaves(at))
    }

    /// Some time passes in which only register-brokers is awake.
    pub(super) async fn wait_long(&mut self, time: Duration) {
        self.pass(time).await;
        self.wake(1).await;
        self.play(usize::MAX).await;
    }
}

//! The end: faults stop, and all brokers show what is wanted, or a sentence says why not. People do what they
//! are told, and it is so; what is retired leaves the first file. Then three runs of each function do nothing.

use super::happening::{RETIRED, SECOND};
use super::history::History;
use fleet::documents::was_silent;
use std::time::Duration;
use tests::PATTERN;
use tests::history::Broken;
use tests::listeners::{alone, kafka};
use world::faults::Faults;

const MINUTE: Duration = Duration::from_secs(60);
/// Between two of the runs that do nothing: what failed is tried again after ten minutes, and the ports of a
/// retired group go after fifteen.
const QUIET: Duration = Duration::from_secs(330);
/// Runs in a row that do nothing: all of what is due later is so after these.
const QUIET_RUNS: u32 = 4;
/// Three more do nothing, either.
const AFTERWARDS: u32 = 3;
/// What says that a person has to do something.
const FOR_PEOPLE: [&str; 14] = [
    "Failed",
    "NotShown",
    "Undone",
    "Silent",
    "Exited",
    "Stopping",
    "Theirs",
    "ParameterRefused",
    "NoPort",
    "Host",
    "PortUsed",
    "File",
    "RollWaits",
    "GroupDeleted",
];

impl History<'_> {
    /// How long it may take until all is as it is wanted: an inspection is good for an hour, and what failed is
    /// tried again ten minutes later; then each broker recovers its log (20 minutes at most), is caught up with,
    /// looked at, restarted and waited for.
    fn bound(&self) -> Duration {
        let brokers = u32::try_from(self.brokers.len()).unwrap_or(u32::MAX);
        MINUTE * 70 + (MINUTE * 30) * brokers
    }

    /// Ends the faults, and looks at what there is.
    pub async fn calm_down(&mut self) -> Result<(), Broken> {
        self.tell("calm", "faults end");
        self.flips = 0;
        self.is_calm = true;
        self.figures.stops_in_time = self.figures.stops;
        self.stage.model().set_faults(Faults::new(0));
        self.put_hosts_in_order();
        let written = [
            self.put("listeners/EXTERNAL", PATTERN),
            self.put("restarts", &alone("any-time")),
            self.take_away("paused"),
        ];
        self.tell("calm", &written.join("; "));
        self.look();
        if let Some(at) = self.setup.lost_agent {
            self.tell(
                "calm",
                &format!("the agent of broker {} stays away", self.brokers[at].node),
            );
            self.edit_agent(at, 0);
            self.look();
            self.rest(
                "one agent is away",
                &[&FOR_PEOPLE[..], &["Unmanaged"]].concat(),
            )
            .await?;
            self.edit_agent(at, 3);
            self.look();
        }
        self.rest("people have not been told yet", &FOR_PEOPLE)
            .await?;
        // What is told in the end may follow from what people did.
        for _ in 0..2 {
            if self.last[0].held.is_empty() {
                break;
            }
            self.tell("calm", "people do what they are told");
            self.do_what_is_told();
            self.rest("people did what they were told", &FOR_PEOPLE)
                .await?;
        }
        self.rest("everything is wanted", &[]).await?;
        self.check_external()?;
        for _ in 0..AFTERWARDS {
            self.sweep().await;
            if !self.last.iter().all(|it| it.is_quiet) {
                return Err("three more runs do nothing".to_owned());
            }
        }
        self.end_groups().await
    }

    /// All groups are retired: brokers get their first files back, and ports go.
    async fn end_groups(&mut self) -> Result<(), Broken> {
        self.tell("calm", "everything is retired");
        for name in ["listeners/EXTERNAL", "listeners/EXTERNAL2"] {
            if self.has(name) {
                self.put(name, RETIRED);
            }
        }
        self.look();
        self.rest("everything is retired", &FOR_PEOPLE).await?;
        // What nobody had to end as long as all was as it was wanted.
        self.restart_if_told();
        self.rest("nothing is left to retire", &[]).await?;
        for broker in &self.brokers {
            let file = self.stage.file_of(&broker.id);
            if !broker.is_edited && file != broker.first {
                let (node, first) = (broker.node, &broker.first);
                return Err(format!(
                    "(d) the first file of broker {node} was\n{first}\nnot\n{file}"
                ));
            }
        }
        match self.has_ports() {
            true => Err("ports of retired groups stay".to_owned()),
            false => Ok(()),
        }
    }

    pub(super) fn check_external(&self) -> Result<(), Broken> {
        for broker in &self.brokers {
            let shown = self.stage.on_host(&broker.id, |host, now| {
                let process = host.living(now).filter(|it| it.serves_from <= now);
                let external = process.and_then(|it| it.open.get("EXTERNAL"));
                external.and_then(|it| it.advertised.clone())
            });
            if !shown.is_some_and(|name| name.contains(".abc.")) {
                return Err(format!("broker {} has no EXTERNAL", broker.node));
            }
        }
        match self.has("handover/EXTERNAL") {
            true => Ok(()),
            false => Err("EXTERNAL is not handed over".to_owned()),
        }
    }

    fn do_what_is_told(&mut self) {
        for at in 0..self.brokers.len() {
            self.start_if_gone(at);
            if let Some((from, to)) = self.brokers[at].moved.take() {
                self.exchange(at, &to, &from);
                self.stage.on_host(&self.brokers[at].id, kafka::start);
            }
        }
        self.look();
        self.restart_if_told();
        self.put("listeners/EXTERNAL", PATTERN);
        match self.last[0].held.iter().any(|it| it.kind == "GroupDeleted") {
            true => _ = self.put("listeners/EXTERNAL2", SECOND),
            false => self.again("listeners/EXTERNAL2"),
        }
        self.look();
    }

    pub(super) fn restart_if_told(&mut self) {
        let told = |kind: &str| ["Stopping", "Theirs"].contains(&kind);
        for at in 0..self.brokers.len() {
            let about = format!("broker {}", self.brokers[at].node);
            let mut held = self.last[0].held.iter();
            if held.any(|it| told(&it.kind) && it.sentence.contains(&about)) {
                self.stage.on_host(&self.brokers[at].id, kafka::start);
                self.look();
            }
        }
    }

    /// Both functions run until neither has anything to do, and push-listeners says nothing but these.
    async fn rest(&mut self, when: &str, explained: &[&str]) -> Result<(), Broken> {
        let (begin, bound) = (self.stage.now(), self.bound());
        let (mut quiet, mut right_after) = (0, Duration::ZERO);
        while quiet < QUIET_RUNS {
            self.pass(if quiet == 0 { MINUTE } else { QUIET }).await;
            self.sweep().await;
            let is_told = |kind: &str| explained.contains(&kind);
            let is_over = self.last.iter().all(|it| it.is_quiet)
                && self.last[0].held.iter().all(|it| is_told(&it.kind))
                && !self
                    .stage
                    .model()
                    .commands()
                    .any(|it| it.status.is_in_flight() && !was_silent(&it.comment));
            if quiet == 0 {
                right_after = self.stage.now().duration_since(begin).unsigned_abs();
            }
            quiet = if is_over { quiet + 1 } else { 0 };
            if right_after > bound {
                let held: Vec<String> = self.last[0].held.iter().map(ToString::to_string).collect();
                return Err(format!("it has not come to rest when {when}: {held:#?}"));
            }
        }
        self.figures.right_after.push(right_after);
        Ok(())
    }

    /// A run of each function, to its end.
    pub(super) async fn sweep(&mut self) {
        for of in 0..self.functions.len() {
            self.wake(of).await;
        }
        self.play(usize::MAX).await;
    }
}

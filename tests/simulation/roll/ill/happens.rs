//! What happens to the health of brokers, by whosever hand.

use super::super::history::History;
use cloud::call::Call;
use fleet::tags;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tests::healing::ALARM;
use tests::listeners::kafka;
use world::model::{AlarmRecord, ApiError, FailedChecks, KafkaState};

/// Reads without which nobody is healed.
const READS: [Call; 9] = [
    Call::DescribeAlarms,
    Call::GetResources,
    Call::DescribeInstances,
    Call::DescribeInstanceStatus,
    Call::DescribeScalingActivities,
    Call::DescribeTargetHealth,
    Call::ListCommands,
    Call::GetCommandInvocation,
    Call::GetParametersByPath,
];

impl History<'_> {
    /// One step of a history in which brokers fall ill.
    pub(in super::super) async fn ill_step(&mut self) {
        match self.setup.dice.u32(..100) {
            0..24 => {
                let calls = self.setup.dice.usize(1..=24);
                self.play(calls).await;
            }
            24..34 => self.wake(2).await,
            34..42 => self.wake(0).await,
            42..44 => self.wake(1).await,
            44..54 => self.pass_some().await,
            54..66 => self.fall_ill(),
            66..67 => self.kill(),
            _ => self.minute().await,
        }
    }

    /// A sweep wakes those who heal, and they come to their end.
    pub(super) async fn minute(&mut self) {
        self.pass(Duration::from_secs(60)).await;
        self.wake(2).await;
        self.wake(0).await;
        self.play(usize::MAX).await;
    }

    fn fall_ill(&mut self) {
        // What takes its time is left alone now and then.
        if self.stage.now() < self.cares.quiet_until {
            return;
        }
        self.figures.happened += 1;
        let at = self.setup.dice.usize(..self.brokers.len());
        let what = match self.setup.dice.u32(..56) {
            0..6 => self.dies(at),
            6..11 => self.hangs(at),
            11..13 => self.is_stopped(at),
            13 => self.is_kept_stopped(at),
            14 | 15 => self.recovers(at),
            16..20 => self.fails(at),
            20..24 => self.alarm(),
            24..27 => self.word_of_healing(),
            27 => self.paused(),
            28 | 29 => self.next_wish(),
            30 => self.agent(),
            31 => self.odd_tag(at),
            32 => self.other_disk(at),
            33 => self.volume(at),
            34 => self.blind_healing(),
            35 => {
                self.start_if_gone(at);
                format!(
                    "people start broker {} if it does not run",
                    self.brokers[at].node
                )
            }
            _ => self.recovery(),
        };
        if self.setup.dice.u32(..3) == 0 {
            let minutes = self.setup.dice.i64(10..90);
            self.cares.quiet_until = self.stage.now() + SignedDuration::from_mins(minutes);
        }
        self.tell("happens", &what);
        self.look();
    }

    pub(super) fn dies(&mut self, at: usize) -> String {
        self.on_host(at, kafka::kill);
        format!("broker {} is killed", self.brokers[at].node)
    }

    /// A process that serves hangs from now on.
    pub(super) fn hangs(&mut self, at: usize) -> String {
        let (id, node, now) = (
            self.brokers[at].id.clone(),
            self.brokers[at].node,
            self.stage.now(),
        );
        let pid = self.brokers[at].pid.filter(|_| self.brokers[at].is_up);
        let Some(pid) = pid else {
            return format!("broker {node} is not up, and cannot begin to hang");
        };
        self.becomes(at, KafkaState::Hangs);
        self.cares.hangs.insert(id, (pid, now));
        format!("broker {node} hangs")
    }

    /// People stop it, in an orderly way.
    fn is_stopped(&mut self, at: usize) -> String {
        if self.brokers[at].pid.is_some() {
            self.on_host(at, kafka::exit);
            let id = self.brokers[at].id.clone();
            self.cares.on_purpose.insert(id);
        }
        format!("people stop broker {}", self.brokers[at].node)
    }

    /// People take it out of service by a tag, and end it somehow; or it may run again.
    fn is_kept_stopped(&mut self, at: usize) -> String {
        let id = self.brokers[at].id.clone();
        self.stage.retag(&id, tags::KEEP_STOPPED, "");
        self.on_host(at, kafka::kill);
        format!("broker {} is kept stopped", self.brokers[at].node)
    }

    /// It dies and is started at once, and recovers its logs for long.
    fn recovers(&mut self, at: usize) -> String {
        let time = Duration::from_secs(self.setup.dice.u64(100..2400));
        let id = self.brokers[at].id.clone();
        self.stage.on_host(&id, |host, now| {
            host.recovers_for = time;
            kafka::kill(host);
            kafka::start(host, now);
        });
        format!(
            "broker {} recovers its logs for {time:?}",
            self.brokers[at].node
        )
    }

    fn fails(&mut self, at: usize) -> String {
        let is_system = self.setup.dice.u32(..4) == 0;
        let stays = self.setup.dice.bool();
        self.set_checks(at, |now| FailedChecks {
            system: is_system.then_some(now),
            reachability: (!is_system).then_some(now),
            stays,
        });
        let which = if is_system { "the system" } else { "its own" };
        format!(
            "broker {}'s instance fails {which} check; a reboot helps: {}",
            self.brokers[at].node, !stays
        )
    }

    pub(super) fn set_checks(&self, at: usize, failed: impl FnOnce(Timestamp) -> FailedChecks) {
        let id = &self.brokers[at].id;
        let set = self
            .stage
            .edit(|model, now| model.fail_checks(now, id, failed(now)));
        set.expect("an instance");
    }

    fn alarm(&mut self) -> String {
        let what = self.setup.dice.u32(..8);
        let edit = |edit: &dyn Fn(&mut AlarmRecord)| {
            self.stage.edit(|model, now| {
                model.edit_alarm(now, ALARM, |mut it| {
                    edit(&mut it);
                    Some(it)
                });
            });
        };
        match what {
            0 => {
                self.stage.alarm(false);
                "the alarm ends".to_owned()
            }
            1 => {
                edit(&|it| it.suppressed_by = Some("Alarm".to_owned()));
                "the alarm is suppressed".to_owned()
            }
            2 => {
                edit(&|it| it.actions_enabled = false);
                "the alarm's actions are disabled".to_owned()
            }
            _ => {
                self.alarm_rings();
                "the alarm is on".to_owned()
            }
        }
    }

    /// The alarm is on, and is to do something.
    pub(in super::super) fn alarm_rings(&self) {
        self.stage.alarm(true);
        self.stage.edit(|model, now| {
            model.edit_alarm(now, ALARM, |mut it| {
                (it.suppressed_by, it.actions_enabled) = (None, true);
                Some(it)
            });
        });
    }

    fn word_of_healing(&mut self) -> String {
        match self.setup.dice.u32(..8) {
            0 => self.take_away("healing"),
            1 => self.put("healing", "off"),
            2 => self.put("healing", "start"),
            3 => self.put("healing", "restart"),
            4 => self.put("healing", "please"),
            _ => self.put("healing", "replace"),
        }
    }

    fn paused(&mut self) -> String {
        match self.setup.dice.u32(..3) {
            0 => self.put("paused", "true"),
            _ => self.take_away("paused"),
        }
    }

    /// A request that nobody makes now: one that was copied, one of a long time ago, or no request; or a note that
    /// nobody understands.
    fn odd_tag(&mut self, at: usize) -> String {
        let id = self.brokers[at].id.clone();
        let ago = |minutes| self.stage.now() - SignedDuration::from_mins(minutes);
        let copied = InstanceId::from("i-0123456789abcdef0");
        let (key, value) = match self.setup.dice.u32(..5) {
            0 => (tags::RESTART, format!("{:.0} gone {copied}", ago(1))),
            1 => (tags::RESTART, format!("{:.0} gone {id}", ago(20))),
            2 => (tags::RESTART, format!("{:.0} hangs {id}", ago(20))),
            3 => (tags::RESTART, "now".to_owned()),
            _ => (tags::HEALED_AT, "yesterday".to_owned()),
        };
        self.stage.retag(&id, key, &value);
        if self.setup.dice.bool() {
            self.on_host(at, kafka::kill);
        }
        format!("{id} has the tag {key} = {value}")
    }

    /// It is killed, and what lies on its disk then is not its own.
    fn other_disk(&mut self, at: usize) -> String {
        let is_empty = self.setup.dice.bool();
        self.on_host(at, |host| {
            kafka::kill(host);
            (host.is_empty, host.disk_of) = (is_empty, (!is_empty).then_some(77));
        });
        format!(
            "broker {} is killed, and has lost its disk (empty: {is_empty})",
            self.brokers[at].node
        )
    }

    fn volume(&mut self, at: usize) -> String {
        let goes = self.setup.dice.u32(..3) > 0;
        let id = &self.brokers[at].id;
        let volume = id.as_str().replace("i-", "vol-");
        let attached = self
            .stage
            .edit(|model, _| model.attach_volume(id, volume.as_str().into(), goes));
        attached.expect("a volume");
        format!("the volume of {id} goes with it: {goes}")
    }

    /// The next read of this kind is denied.
    pub(super) fn blind_healing(&mut self) -> String {
        let read = READS[self.setup.dice.usize(..READS.len())];
        self.stage
            .model()
            .fail_next(read, ApiError::denied(read), 1);
        format!("the next {read} is denied")
    }

    /// People put everything in order, and brokers may be healed.
    fn recovery(&mut self) -> String {
        self.all_well();
        self.alarm_rings();
        let told = [self.take_away("paused"), self.put("healing", "replace")];
        format!("people put everything in order; {}", told.join("; "))
    }

    /// Hosts, agents, processes and instances are as they should be.
    pub(super) fn all_well(&mut self) {
        self.cares.hangs.clear();
        for at in 0..self.brokers.len() {
            let id = self.brokers[at].id.clone();
            let scribbled = [tags::KEEP_STOPPED, tags::RESTART];
            self.stage
                .edit(|model, _| {
                    let mut tags = model.instance(&id).expect("an instance").tags.clone();
                    scribbled.iter().for_each(|key| _ = tags.remove(*key));
                    if tags
                        .get(tags::HEALED_AT)
                        .is_some_and(|it| it == "yesterday")
                    {
                        tags.remove(tags::HEALED_AT);
                    }
                    model.set_tags(&id, tags)
                })
                .expect("an instance");
            self.set_checks(at, |_| FailedChecks::default());
            self.on_host(at, |host| {
                (host.is_empty, host.disk_of) = (false, None);
                host.recovers_for = Duration::from_secs(5);
            });
            self.stage.keeps_disk(&id);
        }
        self.put_hosts_in_order();
        for at in 0..self.brokers.len() {
            self.start_if_gone(at);
        }
    }

    /// Just when somebody was asked for something: the operator thinks better of it, or people were faster.
    pub(super) fn just_then(&mut self, at: usize) {
        let what = match self.setup.dice.u32(..6) {
            0 => self.put("healing", "off"),
            1 => self.is_kept_stopped(at),
            2 => {
                self.start_if_gone(at);
                format!("people start broker {}", self.brokers[at].node)
            }
            3 => {
                let other = (at + 1) % self.brokers.len();
                self.dies(other)
            }
            4 => {
                let time = Duration::from_secs(self.setup.dice.u64(60..1500));
                let id = self.brokers[at].id.clone();
                let away = self.stage.edit(|model, now| {
                    model.edit_agent(now, &id, |agent| {
                        agent.away_since = Some(now);
                        agent.away_until = now.checked_add(time).ok();
                    })
                });
                away.expect("an agent");
                format!(
                    "the agent of broker {} is away for {time:?}",
                    self.brokers[at].node
                )
            }
            _ => self.other_disk(at),
        };
        self.tell("happens", &what);
    }
}
